"""Figure: the base of all painted widgets, with what pointer, keys and painting repeat."""

from typing import ClassVar

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.painting import ring
from roberta_gui.gui.look.theme import Theme
from roberta_gui.gui.widgets.controls.tool_tip import hide_tip, show_tip
from roberta_gui.gui.widgets.interaction.clicks import Presses, Spot
from roberta_gui.gui.widgets.interaction.navigation import Navigable
from roberta_gui.gui.widgets.painting.drawing import draw
from roberta_gui.gui.widgets.painting.spoken import Spoken

BY_KEY = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
"""How the keyboard comes without a mouse: only then a ring tells something new."""

PASSING = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""How it goes only for a while, and comes back."""


class Figure(Navigable, Spoken[Spot]):
    """Base of the painted widgets: what a click is, and when a tip is shown, is decided here.

    The picture (expensive) is kept as a pixmap until something changes; the highlights (cheap) are
    what pointer and selection add. Exports draw both straight onto the painter, so an SVG holds
    vectors. A ring tells, on the screen only, that a key has brought the keyboard here.
    """

    keeps_picture: ClassVar[bool] = True
    """Not where it may be many times as large as what is seen of it."""

    _kept: QPixmap | None = None
    _ringed = False

    def __init__(
        self, name: str = "", *, narrowest: int = 0, wanted: tuple[int, int] = (-1, -1)
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setMinimumWidth(narrowest)  # how low it may be, its panel says
        self._wanted = QSize(*wanted)
        self._presses: Presses[Spot] = Presses()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        """Ask for the room that a picture of this kind likes."""
        return self._wanted

    @property
    def theme(self) -> Theme:
        """The theme that the application wears."""
        return themes.current()

    # --- painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw what only data, size and theme decide."""

    def paint_highlights(self, painter: QPainter) -> None:
        """Draw what hover and selection add."""

    def paint(self, painter: QPainter) -> None:
        """Draw everything onto ``painter``, for an export."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_picture(painter)
        self.paint_highlights(painter)

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self.repaint_picture()
        self.updateGeometry()

    def repaint_picture(self) -> None:
        """Forget the kept picture, because data, size or theme changed."""
        self._kept = None
        self.tell_parts()
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
        draw(self, self._paint_on_screen)

    def _paint_on_screen(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.keeps_picture:
            painter.drawPixmap(0, 0, self._picture())
        else:
            painter.fillRect(self.rect(), self.theme.color("card"))
            self.paint_picture(painter)
        self.paint_highlights(painter)
        if self.is_ringed:
            ring(painter, QRectF(self.rect()), 6)

    def _picture(self) -> QPixmap:
        """Return the picture without highlights, painted only after a change."""
        ratio = self.devicePixelRatioF()
        if self._kept is None or self._kept.devicePixelRatio() != ratio:
            kept = QPixmap(self.size() * ratio)
            kept.setDevicePixelRatio(ratio)
            kept.fill(self.theme.color("card"))
            with QPainter(kept) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                self.paint_picture(painter)
            self._kept = kept
        return self._kept

    # --- what a subclass has under the pointer, and what is done with it

    def spot_at(self, point: QPointF) -> Spot | None:
        """Return what can be pointed at there, None for nothing."""
        return None

    def hover(self, spot: Spot | None) -> None:
        """Take note that the pointer is on something, or on nothing any more."""

    def tip_place(self, spot: Spot, pointer: QPointF) -> tuple[QPoint, QRect]:
        """Return where its tip is shown, and which room the pointer leaves before it goes."""
        return pointer.toPoint(), QRect()

    def click(self, spot: Spot, keys: Qt.KeyboardModifier) -> None:
        """Do what a click on it means."""

    def double_click(self, spot: Spot | None, keys: Qt.KeyboardModifier) -> bool:
        """Do what a second click means, None being nothing; False makes it one more click."""
        return False

    def press(self, spot: Spot | None, keys: Qt.KeyboardModifier) -> None:
        """Take note that the button went down, for what begins before anybody knows what it is."""

    def drag(self, start: QPointF, at: QPointF, by: QPointF) -> bool:
        """Follow the pointer from ``start``; False if that means nothing here."""
        return False

    def drop(self, keys: Qt.KeyboardModifier) -> None:
        """Do what the end of a drag means."""

    def let_go(self) -> None:
        """Forget what was pressed or dragged, without a result."""
        self._presses.cancel()

    def lose(self) -> None:
        """Hear that all is something else's by now: what was pressed is there no more."""
        self.let_go()
        self._presses.lose()

    # --- pointer and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what the pointer is on, or go on with a drag."""
        if self._presses.move(event, self.drag):
            return
        spot = self.spot_at(event.position())
        self.hover(spot)
        text = "" if spot is None else self.describe(spot)
        if spot is None or not text:
            hide_tip()
        else:
            place, room = self.tip_place(spot, event.position())
            show_tip(self.mapToGlobal(place), text, self, room)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        spot = self.spot_at(event.position())
        if self._presses.press(event, spot):
            self.press(spot, event.modifiers())
        event.accept()  # what it does here is no business of the dock around it

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or click on what was pressed."""
        spot, was_drag = self.spot_at(event.position()), self._presses.is_drag
        if self._presses.release(event, spot) and spot is not None:
            self.click(spot, event.modifiers())
        elif was_drag and not self._presses.is_held:
            self._presses.is_drag = False
            self.drop(event.modifiers())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell what was clicked twice; where that means nothing, it is one more click."""
        event.accept()
        if self._presses.is_gone:
            return  # by the first click itself, or by what was typed before it
        spot = self.spot_at(event.position())
        is_second = self._presses.is_second(event, spot)
        if not (is_second and self.double_click(spot, event.modifiers())):
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer left."""
        super().leaveEvent(event)
        self.hover(None)

    def event(self, event: QEvent) -> bool:
        """Keep Esc from the window while something is pressed here."""
        if event.type() is QEvent.Type.ShortcutOverride and self._lets_go(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let go with Esc; the other keys walk and move."""
        if self._lets_go(event):
            self.let_go()
        else:
            super().keyPressEvent(event)

    def _lets_go(self, event: QEvent) -> bool:
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        return escape and self._presses.is_held

    # --- the keyboard's ring

    @property
    def is_ringed(self) -> bool:
        """Whether somebody came here by keyboard, and is shown where the keys go."""
        return self._ringed and self.hasFocus()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the ring when a key has brought the keyboard here."""
        super().focusInEvent(event)
        # A window or a menu that comes and goes changes nothing about how it came.
        if event.reason() not in PASSING:
            self._ringed = event.reason() in BY_KEY
