"""DifferenceMap: a heatmap of signed values in which some tokens are hatched."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from roberta_gui.findings.names import AxisLabel
from roberta_gui.findings.scales import ColourScale
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.gui.widgets.heatmap.heatmap_layout import HeatmapLayout
from roberta_gui.gui.widgets.painting.drawing import hatch
from roberta_gui.records import FloatArray

Tip: TypeAlias = Callable[[int, int], str]
"""What hovering a (row, column) says."""


_THINNEST = 3.0
"""Pixels of a hatched band: of a single token among hundreds less would be no more than a gap."""


class DifferenceMap(Heatmap):
    """Shows one matrix minus another, zero in the card's colour.

    Tokens that only one of the two has are hatched: their difference is not known, which is
    something else than none.
    """

    def __init__(self) -> None:
        super().__init__()
        self._alone: tuple[int, ...] = ()
        self._tip: Tip = super().tip
        self.setAccessibleName("Difference of attention")

    def set_difference(
        self,
        matrix: FloatArray,
        labels: Sequence[AxisLabel],
        alone: Sequence[int],
        scale: ColourScale,
        tip: Tip,
    ) -> None:
        """Show float32 (row, column) differences, the same distance to both sides of zero.

        The rows and columns ``alone`` are hatched.
        """
        self._alone, self._tip = tuple(alone), tip
        self.set_matrix(matrix, labels, scale, signed=True)

    def tip(self, row: int, column: int) -> str:
        """Return what hovering a cell says."""
        return self._tip(row, column)

    def paint_picture(self, painter: QPainter) -> None:
        """Draw the cells, and hatch what has no partner."""
        super().paint_picture(painter)
        layout = self.layout_now()
        bands = [
            part
            for first, last in runs(self._alone)
            for part in (_rows(layout, first, last), _columns(layout, first, last))
            if not part.isEmpty()
        ]
        hatch(painter, (_widened(band, layout.field) for band in bands))


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


def _rows(layout: HeatmapLayout, first: int, last: int) -> QRectF:
    return layout.row_rect(first) | layout.row_rect(last)


def _columns(layout: HeatmapLayout, first: int, last: int) -> QRectF:
    return layout.column_rect(first) | layout.column_rect(last)
