"""Stepper: a number with an arrow on either side."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.steady_label import SteadyLabel
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.widgets.interaction.navigation import wheel_is_for


class Stepper(QFrame):
    """Chooses a number from 1 to ``most``; arrows, wheel and the arrow keys move it."""

    moved = Signal(int)
    """Somebody chose another number; never emitted by `show_value`."""

    def __init__(self, label: str, tip: str) -> None:
        super().__init__()
        named("segments", self)
        self._label, self._value, self._most = label, 1, 1
        self._text = named("stepperText", SteadyLabel())
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._less = self._button(f"{label} before", "chevron-left", -1)
        self._more = self._button(f"{label} after", "chevron-right", 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        for part in (self._less, self._text, self._more):
            row.addWidget(part)
        self.setToolTip(plain_tip(tip))
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_value(self, value: int, most: int) -> None:
        """Show which number is chosen, out of how many."""
        self._value, self._most = value, most
        self._text.setText(f"{self._label} {value} of {most}")
        self._text.hold((f"{self._label} {most} of {most}",), 8)
        rule_out(self._less, "" if value > 1 else f"{self._label} 1 is the first")
        rule_out(self._more, "" if value < most else f"{self._label} {most} is the last")

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Move by a notch."""
        event.setAccepted(wheel_is_for(self, event))
        if event.isAccepted():
            self._move(1 if event.angleDelta().y() < 0 else -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrow keys."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Down):
            self._move(-1)
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Up):
            self._move(1)
        else:
            super().keyPressEvent(event)

    def _move(self, by: int) -> None:
        value = min(max(self._value + by, 1), self._most)
        if value != self._value:
            self.moved.emit(value)

    def _button(self, name: str, glyph: str, by: int) -> QToolButton:
        button = named("segment", QToolButton())
        button.setAccessibleName(name)
        button.setIcon(icon(glyph))
        button.setAutoRepeat(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self._move(by))
        return button
