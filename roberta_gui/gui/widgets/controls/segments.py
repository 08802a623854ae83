"""Segments: a row of buttons of which one is chosen."""

from collections.abc import Collection, Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QWidget,
)

from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.widgets.painting.spoken import OneOfMany

ABLATIONS: Final = {
    "zero": ("Zero", "A switched-off head gives zeros instead of what it found"),
    "mean": ("Mean", "A switched-off head gives its mean over the tokens of the sentence"),
}
"""What can stand in the place of what a head found, with its tip."""


class Segments(QFrame):
    """A choice among a few, all of them in sight; each option has a label and a tip.

    Signals
    -------
    chosen(value)
        Somebody chose another value; never emitted by :meth:`set_choice`.
    """

    chosen = Signal(str)

    def __init__(self, options: Mapping[str, tuple[str, str]], name: str) -> None:
        super().__init__()
        named("segments", self)
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(1)
        self._group = QButtonGroup(self)
        stop_at_chosen(self._group)
        self._buttons: dict[str, OneOfMany] = {}
        for value, (label, tip) in options.items():
            button = named("segment", OneOfMany())
            button.setText(label)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setToolTip(plain_tip(tip))
            button.setAccessibleName(f"{name}: {label}")
            button.clicked.connect(lambda _checked, v=value: self.chosen.emit(v))
            self._group.addButton(button)
            self._buttons[value] = button
            row.addWidget(button)

    def set_choice(self, value: str) -> None:
        """Show which value is chosen."""
        self._buttons[value].setChecked(True)

    def offer(self, values: Collection[str]) -> None:
        """Show these values only: the others choose nothing now."""
        for value, button in self._buttons.items():
            button.setVisible(value in values)

    def rule_out(self, reasons: Mapping[str, str]) -> None:
        """Grey out the values that cannot be chosen now, each with the reason as its tip."""
        for value, button in self._buttons.items():
            rule_out(button, reasons.get(value, ""))


def stop_at_chosen(group: QButtonGroup) -> None:
    """Let Tab stop at the chosen button of a group; none of the others may take it at first.

    Qt sees to it only after one of them has had the keyboard: the first Tab would go to the first.
    """
    policy = Qt.FocusPolicy

    def stop(button: QAbstractButton, is_chosen: bool) -> None:
        button.setFocusPolicy(policy.TabFocus if is_chosen else policy.NoFocus)

    group.buttonToggled.connect(stop)


class Labelled(QWidget):
    """A control with its label in front, kept together when a row of controls wraps."""

    def __init__(self, label: str, control: QWidget) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(named("controlLabel", QLabel(label)))
        row.addWidget(control)
