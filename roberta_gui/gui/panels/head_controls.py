"""HeadControls: what the controls of all panels have in common that show one head's map."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from roberta_gui.gui.widgets.controls.control_row import ControlRow
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.controls.stepper import Stepper
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip

SPECIALS: Final = {
    "show": ("Show", "Draw special tokens like all tokens"),
    "hide": ("Hide", "Leave special tokens out; the other weights stay as they are"),
    "renormalise": ("Renormalise", "Leave special tokens out and scale each row to sum to 1"),
}
_SPECIALS_IN_A_MENU: Final = {
    "show": "Specials shown",
    "hide": "Specials hidden",
    "renormalise": "Specials hidden, rows renormalised",
}


class HeadControls(ControlRow):
    """Steppers for layer and head, and what chooses how a head is drawn.

    Signals
    -------
    layer_moved(layer), head_moved(head)
        Another layer or head shall be shown, counted from 1.
    chosen(name, value)
        A choice of Attention shall have another value.
    """

    layer_moved = Signal(int)
    head_moved = Signal(int)
    chosen = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.layer = Stepper("Layer", "Layer (Alt+Up, Alt+Down)")
        self.head = Stepper("Head", "Head (Alt+Left, Alt+Right)")
        self.layer.moved.connect(self.layer_moved)
        self.head.moved.connect(self.head_moved)
        self.specials = self.segments("specials", SPECIALS, "Specials")
        self.ways_of_specials: dict[str, QAction] = {}
        self.add(self.layer, self.head)

    def show_specials(self, way: str) -> None:
        """Show what happens to special tokens, in the row and in the menu."""
        self.specials.set_choice(way)
        self.ways_of_specials[way].setChecked(True)

    def segments(self, name: str, options: Mapping[str, tuple[str, str]], label: str) -> Segments:
        """Make a choice in sight of Attention's, of options with their names and tips."""
        segments = Segments(options, label)
        segments.chosen.connect(partial(self.chosen.emit, name))
        return segments

    def add_specials(self, menu: QMenu) -> None:
        """Add what can happen to special tokens to a menu."""
        group = QActionGroup(menu)
        for way, text in _SPECIALS_IN_A_MENU.items():
            action = self.add_action(menu, text, SPECIALS[way][1], "specials", way)
            self.ways_of_specials[way] = action
            group.addAction(action)

    def add_action(self, menu: QMenu, text: str, tip: str, name: str, value: Any) -> QAction:
        """Add a value of Attention's to a menu."""
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setToolTip(plain_tip(tip))
        action.triggered.connect(lambda _on: self.chosen.emit(name, value))
        return action
