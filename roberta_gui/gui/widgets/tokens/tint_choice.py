"""TintChoice: by what the sentence's tokens are tinted, and what stands under them."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton

from roberta_gui.gui.widgets.controls.drop_down import add_choices, drop_down
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out

NO_TINT: Final = ""


class TintChoice(QToolButton):
    """A small menu: no tint, or one of some measures, its difference, and its numbers.

    Signals
    -------
    chosen(value)
        Another measure was chosen, or `NO_TINT`; never emitted by :meth:`set_choice`.
    switched(name, bool)
        "bits": numbers shall stand under the tokens, or their ids; "difference": they shall be
        tinted by A − B, or by A.
    """

    chosen = Signal(str)
    switched = Signal(str, bool)

    def __init__(self, measures: Mapping[str, str], tips: Mapping[str, str], numbers: str) -> None:
        super().__init__()
        named("action", self)
        self.setToolTip("Tint the tokens by their surprisal")
        menu = QMenu(self)
        self._names = {NO_TINT: "No tint", **measures}
        tips = {NO_TINT: "Plain tokens with their ids", **tips}
        choices = {value: (name, tips[value]) for value, name in self._names.items()}
        self._actions = add_choices(menu, choices, self.chosen.emit)
        menu.addSeparator()
        switches = {
            "bits": (numbers, "Instead of the tokens' ids"),
            "difference": ("Difference", "The bits of A − B in place of those of A"),
        }
        self._switches = {name: menu.addAction(text) for name, (text, _) in switches.items()}
        for name, action in self._switches.items():
            action.setCheckable(True)
            action.setToolTip(plain_tip(switches[name][1]))
            action.triggered.connect(lambda on, name=name: self.switched.emit(name, on))
        drop_down(self, menu)
        self.set_choice(NO_TINT, numbers=True)

    def set_choice(
        self, value: str, *, numbers: bool, difference: bool = False, why_no_difference: str = ""
    ) -> None:
        """Show what is chosen; ``why_no_difference`` says why there is nothing to subtract."""
        self._actions[value].setChecked(True)
        self._switches["bits"].setChecked(numbers)
        self._switches["difference"].setChecked(difference)
        none = "Choose a tint first: these are its numbers" * (value == NO_TINT)
        rule_out(self._switches["bits"], none)
        rule_out(self._switches["difference"], none or why_no_difference)
        name = self._names[value]
        self.setText("Tint" if value == NO_TINT else f"Tint: {name}{', A − B' * difference}")
        self.setAccessibleName(f"Tint of the tokens: {name}")
