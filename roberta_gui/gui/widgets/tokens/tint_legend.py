"""TintLegend: which tint means which value, the ends printed."""

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.painting.colour_scale import to_image
from roberta_gui.gui.widgets.painting.drawing import draw

_LENGTH = 84
_THICK = 9


class TintLegend(QWidget):
    """A bar in the colours of the tint with both ends of its scale below."""

    def __init__(self) -> None:
        super().__init__()
        self._ends = ("", "")
        self._is_signed = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_ends(self, low: str, high: str, tip: str, *, signed: bool = False) -> None:
        """Print other ends, and say in a tip what they are."""
        if (low, high) != self._ends:
            self._ends, self._is_signed = (low, high), signed
            self.setAccessibleName(f"Tint from {low} to {high}")
            self.setToolTip(plain_tip(tip))
            self.update()

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as the bar and one line of text."""
        height = QFontMetricsF(themes.current().font("small_number")).height()
        return QSize(themes.current().pixels(_LENGTH), round(_THICK + 4 + height))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bar and ends."""
        draw(self, self._paint_bar)

    def _paint_bar(self, painter: QPainter) -> None:
        bar = QRectF(0.5, 0.5, self.width() - 1, _THICK)
        theme = themes.current()
        colours = theme.difference_map() if self._is_signed else theme.weight_map()
        painter.drawImage(bar, to_image(colours[None, :, :]))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRect(bar)
        painter.setFont(themes.current().font("small_number"))
        painter.setPen(themes.current().color("muted"))
        metrics = QFontMetricsF(painter.font())
        low, high = self._ends
        y = bar.bottom() + 3 + metrics.ascent()
        painter.drawText(0, round(y), low)
        painter.drawText(round(self.width() - metrics.horizontalAdvance(high)), round(y), high)
