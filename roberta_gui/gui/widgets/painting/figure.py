"""Figure: a widget that paints a picture once and only its highlights on every hover."""

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from roberta_gui.gui.look.theme import Theme

# How the keyboard comes without a mouse: only then the ring tells something new.
_BY_KEY = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_PASSING = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class Figure(QWidget):
    """Base of the painted widgets.

    Subclasses write :meth:`paint_picture` (dear: kept as a pixmap until something changes) and
    :meth:`paint_highlights` (cheap: what the pointer and the selection add). Exports call
    :meth:`paint`, which draws both straight onto the painter, so an SVG holds vectors. A ring
    around the whole tells, on the screen only, that a key has brought the keyboard here.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._kept: QPixmap | None = None
        self._ringed = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paint_picture(self, painter: QPainter) -> None:
        """Draw what only data, size and theme decide."""

    def paint_highlights(self, painter: QPainter) -> None:
        """Draw what hover and selection add."""

    def paint(self, painter: QPainter) -> None:
        """Draw everything onto ``painter``, for an export."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_picture(painter)
        self.paint_highlights(painter)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self.theme = theme
        self.repaint_picture()
        self.updateGeometry()

    def repaint_picture(self) -> None:
        """Forget the kept picture, because data, size or theme changed."""
        self._kept = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw anew at the new size."""
        super().resizeEvent(event)
        self.repaint_picture()

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew when the widget is enabled, disabled or restyled."""
        super().changeEvent(event)
        self.repaint_picture()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the kept picture, then the highlights."""
        ratio = self.devicePixelRatioF()
        if self._kept is None or self._kept.devicePixelRatio() != ratio:
            self._kept = QPixmap(self.size() * ratio)
            self._kept.setDevicePixelRatio(ratio)
            self._kept.fill(self.theme.color("card"))
            inside = QPainter(self._kept)
            inside.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.paint_picture(inside)
            inside.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._kept)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_highlights(painter)
        if self.is_ringed:
            painter.setPen(QPen(self.theme.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()

    @property
    def is_ringed(self) -> bool:
        """Whether somebody came here by keyboard, and shall see where the keys go."""
        return self._ringed and self.hasFocus()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the ring when a key has brought the keyboard here."""
        super().focusInEvent(event)
        # A window or a menu that comes and goes changes nothing about how it came.
        if event.reason() not in _PASSING:
            self._ringed = event.reason() in _BY_KEY
