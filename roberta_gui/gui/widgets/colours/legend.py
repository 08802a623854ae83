"""Legend: what the marks of a picture mean, in as many rows as it takes."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from roberta_gui.gui.look import theme as themes

_SAMPLE = 18.0
_GAP = 16.0


class Legend:
    """Names of what a chart draws, each behind a sample, in as many rows as they need."""

    def __init__(self, names: Sequence[str], width: float) -> None:
        theme = themes.current()
        self._names = tuple(names)
        self._font = theme.font("small")
        self._metrics = QFontMetricsF(self._font)
        self._ink = theme.color("text")
        self._spots: list[QPointF] = []
        x, y = 0.0, 0.0
        for name in self._names:
            room = _SAMPLE + 6 + self._metrics.horizontalAdvance(name)
            if x and x + room > width:
                x, y = 0.0, y + self._row
            self._spots.append(QPointF(x, y))
            x += room + _GAP
        self._width = width
        self.height = y + self._row if self._names else 0.0

    @property
    def _row(self) -> float:
        return self._metrics.height() + 3

    def samples(self, left: float, top: float) -> list[QRectF]:
        """Return where the samples are, for the chart to draw what it draws."""
        tall = self._metrics.height()
        return [QRectF(left + s.x(), top + s.y(), _SAMPLE, tall) for s in self._spots]

    def paint_squares(
        self, painter: QPainter, left: float, top: float, inks: Sequence[Sequence[QColor]]
    ) -> None:
        """Write the names, each behind a square of one colour or a piece of several."""
        self.paint(painter, left, top)
        painter.setPen(Qt.PenStyle.NoPen)
        for sample, colors in zip(self.samples(left, top), inks, strict=True):
            side = min(sample.height() - 4, sample.width())
            for nth, color in enumerate(colors):
                x = sample.right() - side + nth * side / len(colors)
                painter.fillRect(QRectF(x, sample.top() + 2, side / len(colors), side), color)

    def paint(self, painter: QPainter, left: float, top: float) -> None:
        """Write the names."""
        painter.setFont(self._font)
        painter.setPen(self._ink)
        for name, spot in zip(self._names, self._spots, strict=True):
            x = left + spot.x() + _SAMPLE + 6
            text = self._metrics.elidedText(
                name, Qt.TextElideMode.ElideRight, max(self._width - spot.x() - _SAMPLE - 6, 20.0)
            )
            painter.drawText(QPointF(x, top + spot.y() + self._metrics.ascent()), text)
