"""The controls of "Attention, A − B": which head, on which scale, with or without specials."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QMenu, QToolButton

from roberta_gui.gui.panels.attention_controls import NAMES_OF_SPECIALS, SPECIALS
from roberta_gui.gui.theme import Theme
from roberta_gui.gui.widgets.controls.control_row import ControlRow
from roberta_gui.gui.widgets.controls.drop_down import drop_down
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import Labelled, Segments
from roberta_gui.gui.widgets.controls.stepper import Stepper
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.view import View

PICTURES: Final[Mapping[str, str]] = {
    "head": "The chosen head's attention in A minus that in B",
    "heads": "How far each head's attention in A and in B is apart",
}
SCALES: Final[Mapping[str, str]] = {
    "auto": "This head's largest difference; square roots where much would be too pale to see",
    "head": "Full colour = this head's largest difference",
    "layer": "Full colour = the largest difference of this layer",
    "all": "Full colour = the largest difference of all heads",
    "log": "Square-root scale of this head's differences: small ones are seen as well",
}

_WIDE: Final = 920
"""Pixels, at a text zoom of 1, from which on labels and specials have room in the row."""


class CompareAttentionControls(ControlRow):
    """Steppers for layer and head, the scale, and what happens to special tokens.

    Signals
    -------
    layer_moved(layer), head_moved(head)
        Another layer or head shall be shown, counted from 1.
    chosen(name, value)
        A field of the Display shall have another value.
    """

    layer_moved = Signal(int)
    head_moved = Signal(int)
    chosen = Signal(str, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._layer = Stepper("Layer", "Layer (Alt+Up, Alt+Down)", theme)
        self._head = Stepper("Head", "Head (Alt+Left, Alt+Right)", theme)
        self._layer.moved.connect(self.layer_moved)
        self._head.moved.connect(self.head_moved)
        # "log" is how all panels call the scale on which small values are seen.
        scales = {value: value.capitalize() for value in SCALES} | {"log": "Root"}
        self._scale = Segments(scales, SCALES, "Scale of differences")
        self._scale.chosen.connect(partial(self.chosen.emit, "scale"))
        ways = {value: value.capitalize() for value in SPECIALS}
        self._specials = Segments(ways, SPECIALS, "Specials")
        self._specials.chosen.connect(partial(self.chosen.emit, "specials"))
        self._labelled_scale = Labelled("Scale", self._scale)
        self._labelled = Labelled("Specials", self._specials)
        self._more = named("action", QToolButton())
        self._more.setText("Specials ▾")
        self._more.setAccessibleName("Specials")
        self._more.setToolTip(plain_tip("Show or hide <s> and </s>"))
        self._ways: dict[str, QAction] = {}
        drop_down(self._more, self._menu())
        self.picture = Segments({"head": "Head", "heads": "All heads"}, PICTURES, "Show")
        """Which picture is shown where there is room for one only."""
        self.picture.set_choice("head")
        self.add(
            self._layer,
            self._head,
            self._labelled_scale,
            self._labelled,
            self._more,
            self.picture,
        )

    def show_view(self, view: View, shape: tuple[int, int]) -> None:
        """Show what is chosen, among so many (layers, heads)."""
        self._scale.set_choice(view.display.scale)
        self._specials.set_choice(view.display.specials)
        self._ways[view.display.specials].setChecked(True)
        n_layers, n_heads = shape
        selection = view.selection
        self._layer.show_value(selection.attention_layer + 1, n_layers)
        self._head.show_value(selection.head + 1, n_heads)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self._theme = theme
        for stepper in (self._layer, self._head):
            stepper.set_theme(theme)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave to a menu what there is no room for."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        wide = self.width() >= self._theme.pixels(_WIDE)
        self._labelled_scale.show_label(wide)
        self._labelled.setVisible(wide)
        self._more.setVisible(not wide)

    def _menu(self) -> QMenu:
        menu = QMenu(self._more)
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        for way, text in NAMES_OF_SPECIALS.items():
            action = self._ways[way] = menu.addAction(text)
            action.setCheckable(True)
            action.setToolTip(plain_tip(SPECIALS[way]))
            action.triggered.connect(partial(self._choose_way, way))
            group.addAction(action)
        return menu

    def _choose_way(self, way: str, _checked: bool = False) -> None:
        self.chosen.emit("specials", way)
