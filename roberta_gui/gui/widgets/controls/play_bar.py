"""PlayBar: a slider with a button that walks along it."""

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QWidget

from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.interaction.navigation import wheel_is_for

PLAY_MS = 700


class Slider(QSlider):
    """A slider that lets a page be scrolled where the pointer comes over it."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Move, unless the wheel is for what is around it."""
        if wheel_is_for(self, event):
            super().wheelEvent(event)
        else:
            event.ignore()


class PlayBar(QWidget):
    """Chooses one of some places in a row, by hand or one after the other, round and round."""

    chosen = Signal(int)  # by somebody, or by play

    def __init__(self, name: str, play_tip: str) -> None:
        super().__init__()
        self.slider = Slider()
        self.slider.setPageStep(1)
        self.slider.setAccessibleName(name)
        self.slider.valueChanged.connect(self.chosen)
        self._play = QToolButton()
        self._play.setToolTip(plain_tip(play_tip))
        self._play.setAccessibleName("Play")
        self._play.clicked.connect(self.toggle_play)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(8)
        self.row.addWidget(self.slider, 1)
        self.row.addWidget(self._play)
        self._clock = QTimer(self, interval=PLAY_MS)
        self._clock.timeout.connect(self._go_on)
        self._show_playing()

    def show_place(self, place: int, last: int) -> None:
        """Show which place is chosen, of 0 to the last."""
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, last)
            self.slider.setValue(place)

    def toggle_play(self) -> None:
        """Start or stop walking, where that is in sight."""
        if self._clock.isActive():
            self._clock.stop()
        elif self.isVisible():
            self._clock.start()
            self._go_on()
        self._show_playing()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop walking when nobody sees it."""
        super().hideEvent(event)
        self._clock.stop()
        self._show_playing()

    def _show_playing(self) -> None:
        self._play.setIcon(icon("pause" if self._clock.isActive() else "play"))

    def _go_on(self) -> None:
        place = self.slider.value() + 1
        self.slider.setValue(place if place <= self.slider.maximum() else 0)
