"""Composition: several figures as one picture, each under a heading of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.painting.drawing import draw, letters, saved
from roberta_gui.gui.widgets.painting.figure import Figure

Arrange: TypeAlias = Callable[[QSize, int], Mapping[int, QRect]]
"""From a size and the number of the chosen figure to where each figure that is shown goes."""


_BETWEEN = 12
"""Pixels between two figures."""


class Composition(QWidget):
    """Shows the figures that have room, the chosen one where there is room for one only."""

    rearranged = Signal()  # other figures are shown than before

    def __init__(self, figures: Sequence[Figure[Any]], arrange: Arrange) -> None:
        super().__init__()
        self._figures = tuple(figures)
        self._headings = [""] * len(self._figures)
        self._arrange = arrange
        self._chosen = 0
        self._places: Mapping[int, QRect] = {}
        for figure in self._figures:
            figure.setParent(self)
            figure.hide()

    @property
    def shown(self) -> tuple[int, ...]:
        """The numbers of the figures that are shown."""
        return tuple(self._places)

    def choose(self, figure: int) -> None:
        """Show this figure where there is room for one only."""
        if figure != self._chosen:
            self._chosen = figure
            self._place()

    def set_headings(self, headings: Sequence[str]) -> None:
        """Say above each figure what it shows."""
        if list(headings) != self._headings:
            before, self._headings = self._headings, list(headings)
            if self._places and list(map(bool, before)) != list(map(bool, headings)):
                self._place()
            self.update()

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        if self._places:  # else it finds its places when it is first shown
            self._place()

    def minimumSizeHint(self) -> QSize:
        """Ask for what the largest of the figures needs."""
        wide = max(figure.minimumWidth() for figure in self._figures)
        tall = max(figure.minimumHeight() for figure in self._figures)
        return QSize(wide, tall + max(map(self._above, range(len(self._figures)))))

    def sizeHint(self) -> QSize:
        """Ask for what the first figure would like."""
        return self._figures[0].sizeHint() + QSize(0, self._above(0))

    def paint(self, painter: QPainter) -> None:
        """Draw headings and figures, for an export."""
        self._paint_headings(painter)
        for nth, place in self._places.items():
            with saved(painter):
                painter.translate(place.left(), place.top() + self._above(nth))
                self._figures[nth].paint(painter)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write the headings; the figures draw themselves."""
        draw(self, self._paint_headings)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give every figure its place."""
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        """Give every figure its place once more."""
        super().showEvent(event)
        # Qt forgets a size that the first resize, which comes just before, has itself caused.
        self._place()

    def _above(self, nth: int) -> int:
        """Return what a figure's heading takes; none takes nothing."""
        if not self._headings[nth]:
            return 0
        return round(themes.current().metrics("small", bold=True).height()) + 5

    def _place(self) -> None:
        before = self.shown
        self._places = dict(self._arrange(self.size(), self._chosen))
        for nth, figure in enumerate(self._figures):
            place = self._places.get(nth)
            if place is not None:
                figure.setGeometry(place.adjusted(0, self._above(nth), 0, 0))
            figure.setVisible(place is not None)
        # Whoever gives the whole the keyboard gives it to the first figure that is there.
        self.setFocusProxy(self._figures[next(iter(self._places), 0)])
        self.update()
        if self.shown != before:
            self.rearranged.emit()

    def _paint_headings(self, painter: QPainter) -> None:
        metrics = letters(painter, "small", "text", bold=True)
        for nth, place in self._places.items():
            end = Qt.TextElideMode.ElideRight
            text = metrics.elidedText(self._headings[nth], end, place.width() - 8)
            painter.drawText(QPointF(place.left() + 4, place.top() + metrics.ascent() + 1), text)


def pair_arranged(
    *, beside: QSize, share: float, below: QSize, upper: float, widest: int = 100_000
) -> Arrange:
    """Arrange two figures side by side, one above the other, or the chosen one alone.

    From the size ``beside`` on the first takes the ``share`` at the left, and more where the
    second would be wider than ``widest``; else from ``below`` on the ``upper`` part.
    """

    def arrange(size: QSize, chosen: int) -> dict[int, QRect]:
        width, height = size.width(), size.height()
        if size.expandedTo(beside) == size:
            side = min(width - round(width * share), widest)
            left = QRect(0, 0, width - side - _BETWEEN, height)
            return {0: left, 1: QRect(width - side, 0, side, height)}
        if size.expandedTo(below) == size:
            low = height - round(height * upper)
            above = QRect(0, 0, width, height - low - _BETWEEN)
            return {0: above, 1: QRect(0, height - low, width, low)}
        return {chosen: QRect(0, 0, width, height)}

    return arrange
