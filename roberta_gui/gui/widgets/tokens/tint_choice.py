"""TintChoice: by what the sentence's tokens are tinted, and what stands under them."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from roberta_gui.gui.widgets.controls.drop_down import drop_down
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out

NO_TINT: Final = ""


class TintChoice(QToolButton):
    """A small menu: no tint, or one of some measures; and whether its numbers are written.

    Signals
    -------
    chosen(value)
        Another measure was chosen, or `NO_TINT`; never emitted by :meth:`set_choice`.
    numbers_chosen(bool)
        Numbers shall stand under the tokens, or their ids.
    """

    chosen = Signal(str)
    numbers_chosen = Signal(bool)

    def __init__(self, measures: Mapping[str, str], tips: Mapping[str, str], numbers: str) -> None:
        super().__init__()
        named("action", self)
        self.setToolTip("Tint the tokens by their surprisal")
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        self._names = {NO_TINT: "No tint", **measures}
        self._actions: dict[str, QAction] = {}
        for value, name in self._names.items():
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setToolTip(plain_tip(tips.get(value, "Plain tokens with their ids")))
            action.triggered.connect(partial(self._choose, value))
            group.addAction(action)
            self._actions[value] = action
        menu.addSeparator()
        self._numbers = menu.addAction(numbers)
        self._numbers.setCheckable(True)
        self._numbers.setToolTip("Instead of the tokens' ids")
        self._numbers.triggered.connect(self.numbers_chosen)
        drop_down(self, menu)
        self.set_choice(NO_TINT, numbers=True)

    def set_choice(self, value: str, *, numbers: bool) -> None:
        """Show what is chosen."""
        self._actions[value].setChecked(True)
        self._numbers.setChecked(numbers)
        rule_out(self._numbers, "Choose a tint first: these are its numbers" * (value == NO_TINT))
        name = self._names[value]
        self.setText("Tint" if value == NO_TINT else f"Tint: {name}")
        self.setAccessibleName(f"Tint of the tokens: {name}")

    def _choose(self, value: str, _checked: bool = False) -> None:
        self.chosen.emit(value)
