"""Rows and columns of a map that are hatched: nothing is known of them, which is not nothing."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from roberta_gui.gui.widgets.heatmap.heatmap_layout import HeatmapLayout
from roberta_gui.gui.widgets.painting.drawing import hatch

_THINNEST = 3.0
"""Pixels of a hatched band: of a single token among hundreds less would be no more than a gap."""


def paint_hatching(painter: QPainter, layout: HeatmapLayout, alone: Sequence[int]) -> None:
    """Hatch the rows and the columns ``alone``, which rise."""
    bands = [
        rect(first) | rect(last)
        for first, last in runs(alone)
        for rect in (layout.row_rect, layout.column_rect)
    ]
    hatch(painter, (_widened(band, layout.field) for band in bands if not band.isEmpty()))


def runs(indexes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Join neighbours: the first and last of each run of rising ``indexes``.

    Examples
    --------
    >>> list(runs([1, 2, 3, 7, 9, 10]))
    [(1, 3), (7, 7), (9, 10)]
    """
    start = 0
    for nth, index in enumerate(indexes):
        if nth + 1 == len(indexes) or indexes[nth + 1] != index + 1:
            yield indexes[start], index
            start = nth + 1


def _widened(part: QRectF, field: QRectF) -> QRectF:
    """Make a band so thick that it is seen to be hatched, a little over its neighbours."""
    wide, high = max(part.width(), _THINNEST), max(part.height(), _THINNEST)
    widened = QRectF(0.0, 0.0, wide, high)
    widened.moveCenter(part.center())
    widened.moveLeft(max(min(widened.left(), field.right() - wide), field.left()))
    widened.moveTop(max(min(widened.top(), field.bottom() - high), field.top()))
    return widened
