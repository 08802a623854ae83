"""What is measured, shown and said of one head; layer and head count from 0, as in the arrays."""

from roberta_gui.choices import AttentionChoices
from roberta_gui.findings.attention import captions
from roberta_gui.findings.attention.measured import measured_directly
from roberta_gui.findings.attention.shown import DrawnHead, show
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis


def table(run: Analysis, layer: int, head: int) -> Table:
    """Return a head's weights: one row a query, one column a key."""
    return _drawn(run, layer, head).table()


def arrays(run: Analysis, layer: int, head: int) -> Arrays:
    """Return a head's weights, (query, key), with what tokens receive and how widely they look."""
    return _drawn(run, layer, head).arrays()


def caption(run: Analysis, layer: int, head: int) -> str:
    """Say what a head looks at most, in whole sentences."""
    return captions.caption(_drawn(run, layer, head))


def _drawn(run: Analysis, layer: int, head: int) -> DrawnHead:
    return show(measured_directly(run), layer, head, AttentionChoices())
