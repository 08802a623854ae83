"""The controls of "Attention, A − B": which head, on which scale, with or without specials."""

from typing import Final

from PySide6.QtCore import QEvent
from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import QMenu, QToolButton

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.panels.head_controls import HeadControls
from roberta_gui.gui.widgets.controls.drop_down import drop_down
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import Labelled
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.view import View

SCALES: Final = {
    "auto": (
        "Auto", "Linear, up to this head's largest difference; square roots where much is too faint"
    ),
    "head": ("Head", "Full colour = this head's largest difference"),
    "layer": ("Layer", "Full colour = the largest difference of this layer"),
    "all": ("All", "Full colour = the largest difference of all heads"),
    # "log" is how all panels call the scale on which small values are seen.
    "log": ("Root", "Square-root scale of this head's differences: small ones are seen as well"),
}  # fmt: skip

_WIDE: Final = 920
"""Pixels, at a text zoom of 1, from which on all choices have room in the row."""


class CompareAttentionControls(HeadControls):
    """Layer and head, the scale of differences, and what happens to special tokens."""

    def __init__(self) -> None:
        super().__init__()
        self._scale = self.segments("scale", SCALES, "Scale of differences")
        self._labelled_scale = Labelled("Scale", self._scale)
        self._labelled = Labelled("Specials", self.specials)
        self._scale_menu = _menu_button("Scale")
        self._scale_actions = {
            scale: self.add_action(self._scale_menu.menu(), name, tip, "scale", scale)
            for scale, (name, tip) in SCALES.items()
        }
        group = QActionGroup(self)
        for action in self._scale_actions.values():
            group.addAction(action)
        self._specials_menu = _menu_button("Specials")
        self._specials_menu.setToolTip(plain_tip("Show or hide special tokens"))
        self.add_specials(self._specials_menu.menu())
        self.add(
            self._labelled_scale,
            self._labelled,
            self._scale_menu,
            self._specials_menu,
        )

    def show_view(self, view: View, shape: tuple[int, int]) -> None:
        """Show what is chosen, among so many (layers, heads)."""
        scale = view.choices.attention.scale
        self._scale.set_choice(scale)
        self._scale_actions[scale].setChecked(True)
        self._scale_menu.setText(f"Scale: {SCALES[scale][0]} ▾")
        self._scale_menu.setToolTip(plain_tip(SCALES[scale][1]))
        self.show_specials(view.choices.attention.specials)
        n_layers, n_heads = shape
        selection = view.selection
        self.layer.show_value(selection.attention_layer + 1, n_layers)
        self.head.show_value(selection.head + 1, n_heads)

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave to a menu what there is no room for."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        wide = self.width() >= themes.current().pixels(_WIDE)
        for labelled in (self._labelled_scale, self._labelled):
            self.show_control(labelled, wide)
        for button in (self._scale_menu, self._specials_menu):
            self.show_control(button, not wide)


def _menu_button(text: str) -> QToolButton:
    button = named("action", QToolButton())
    button.setText(f"{text} ▾")
    button.setAccessibleName(text)
    menu = QMenu(button)
    menu.setToolTipsVisible(True)
    drop_down(button, menu)
    return button
