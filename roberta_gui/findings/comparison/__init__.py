"""What two sentences, models or heads have in common, and where they differ."""

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.stepped import result_of
from roberta_gui.choices import Scale, Specials
from roberta_gui.findings.comparison.against import sides_of
from roberta_gui.findings.comparison.attention import ComparedHead, find_apart
from roberta_gui.findings.notation.places import need_head
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis


def table(a: Analysis, b: Analysis, layer: int, head: int, *, specials: Specials = "show") -> Table:
    """Return a head's attention in A minus that in B, between the tokens that both have.

    Raises
    ------
    problems.NoSuchHead
        The models have no such layer or head, as for all functions here.
    """
    return _apart(a, b, layer, head, specials).table()


def arrays(
    a: Analysis, b: Analysis, layer: int, head: int, *, specials: Specials = "show"
) -> Arrays:
    """Return a head's weights over aligned tokens, A − B, and how far all heads are apart."""
    return _apart(a, b, layer, head, specials).arrays()


def caption(
    a: Analysis, b: Analysis, layer: int, head: int, *,
    specials: Specials = "show", scale: Scale = "auto",
) -> str:  # fmt: skip
    """Say how far a head is apart in A and B, and which heads are most."""
    return _apart(a, b, layer, head, specials).describe(scale)


def _apart(a: Analysis, b: Analysis, layer: int, head: int, specials: Specials) -> ComparedHead:
    sides_of(comparison := Comparison(a, b), "can_compare_heads")  # or a problem
    need_head(a.attention, layer, head)
    return result_of(find_apart(comparison, specials)).head(layer, head)
