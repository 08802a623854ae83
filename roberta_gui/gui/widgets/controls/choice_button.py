"""ChoiceButton: one of a few named things, in a menu, or another one that must be looked for."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup, QFontMetrics
from PySide6.QtWidgets import QMenu, QToolButton

from roberta_gui.gui.widgets.controls.drop_down import drop_down
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip

_LONGEST = 150
"""Pixels of a choice's name on the button; the menu shows all of it."""


class ChoiceButton(QToolButton):
    """Shows what is chosen; its menu lists the others and, last, ``other``.

    Signals
    -------
    chosen(value)
        Something in the list was chosen; never emitted by :meth:`set_choices`.
    other_wanted()
        Something that is not in the list shall be looked for.
    """

    chosen = Signal(str)
    other_wanted = Signal()

    def __init__(self, name: str, other: str, tip: str) -> None:
        super().__init__()
        named("action", self)
        self._name, self._other = name, other
        self._choices: dict[str, str] = {}
        self._menu = QMenu(self)
        self.setToolTip(plain_tip(tip))
        drop_down(self, self._menu)

    def set_choices(self, choices: Mapping[str, str], current: str) -> None:
        """List values with their names, and mark one of them."""
        if dict(choices) != self._choices:
            self._choices = dict(choices)
            self._fill()
        for action in self._menu.actions():
            if action.isCheckable():
                action.setChecked(action.data() == current)
        label = self._choices[current]
        metrics = QFontMetrics(self.font())
        self.setText(f"{metrics.elidedText(label, Qt.TextElideMode.ElideMiddle, _LONGEST)} ▾")
        self.setAccessibleName(f"{self._name}: {label}")

    def _fill(self) -> None:
        self._menu.clear()
        group = QActionGroup(self._menu)
        for value, label in self._choices.items():
            action = self._menu.addAction(label)
            action.setCheckable(True)
            action.setData(value)
            action.triggered.connect(partial(self._choose, value))
            group.addAction(action)
        self._menu.addSeparator()
        self._menu.addAction(self._other, self.other_wanted.emit)

    def _choose(self, value: str, _checked: bool = False) -> None:
        self.chosen.emit(value)
