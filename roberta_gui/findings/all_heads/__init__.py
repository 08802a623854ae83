"""What all heads are sorted by, and what their thumbnails show."""

from roberta_gui.analysis.heads.roles import HeadRoles
from roberta_gui.analysis.stepped import result_of
from roberta_gui.choices import Scale
from roberta_gui.findings.all_heads import captions
from roberta_gui.findings.all_heads.pictures import HeadPictures, shrink
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis


def table(run: Analysis, roles: HeadRoles | None = None) -> Table:
    """Return each head's largest weight, its attention to special tokens, and its roles."""
    return _pictures(run, roles).table()


def arrays(run: Analysis, roles: HeadRoles | None = None) -> Arrays:
    """Return every attention map, and what heads look at where ``roles`` tell."""
    return _pictures(run, roles).arrays()


def caption(run: Analysis, scale: Scale = "auto") -> str:
    """Say how the thumbnails of all heads are to be read."""
    return captions.caption(_pictures(run), scale)


def _pictures(run: Analysis, roles: HeadRoles | None = None) -> HeadPictures:
    return result_of(shrink(run, None, "show", False, roles))
