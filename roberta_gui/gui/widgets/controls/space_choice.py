"""SpaceChoice: the one switch for what happens to hidden states before they are looked at."""

from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from roberta_gui.analysis.axes.modes import SPACES, TAKING_MODES, Space
from roberta_gui.gui.widgets.controls.drop_down import drop_down
from roberta_gui.gui.widgets.controls.segments import SegmentRow, WideButton
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.painting.spoken import OneOfMany

_TIPS: Final = {
    "raw": "Hidden states as they are; a few large dimensions may rule what you see",
    "centred": "Minus each layer's own mean over the reference sentences",
    "standardised": "Each dimension centred and divided by its own standard deviation",
    "drop_top": "Centred, without the dimensions of the largest variance",
    "all_but_the_top": "Centred, without the leading principal components",
}
_SHORT: Final = {"drop_top": "−{} dim", "all_but_the_top": "−{} PCs"}
"""What the button says; its menu and all captions have the whole names."""
_MORE: Final = "More"
_NO_SPACE: Final = "Drop the largest dimensions, or take the leading components out"


def _button_text(space: Space | None) -> str:
    if space is None:
        return f"{_MORE} ▾"
    return f"{_SHORT.get(space.mode, space.label).format(space.k)} ▾"


class SpaceChoice(SegmentRow):
    """Raw, centred and standardised in sight, the spaces that take something away in a menu.

    Signals
    -------
    chosen(Space)
        Somebody chose another space; never emitted by :meth:`set_space`.
    """

    chosen = Signal(object)

    def __init__(self, name: str = "Space") -> None:
        taking = [space for space in SPACES if space.mode in TAKING_MODES]
        self._more = WideButton(*map(_button_text, (None, *taking)))
        super().__init__(name, self._more)
        self._buttons: dict[Space, QToolButton] = {}
        for space in SPACES:
            if space not in taking:
                button = OneOfMany()
                button.setText(space.label)
                button.setToolTip(plain_tip(_TIPS[space.mode]))
                button.clicked.connect(partial(self._choose, space))
                self._add(button, f"{name}: {space.label}")
                self._buttons[space] = button
        self._add(self._more, f"{name}: more")
        drop_down(self._more, self._menu())
        self.set_space(Space())

    def set_space(self, space: Space) -> None:
        """Show which space is chosen."""
        self._space = space
        taken = space not in self._buttons
        self._more.setText(_button_text(space if taken or self._is_folded else None))
        self._more.setToolTip(plain_tip(_TIPS[space.mode] if taken else _NO_SPACE))
        (self._more if self._is_folded else self._buttons.get(space, self._more)).setChecked(True)
        self._actions[space].setChecked(True)

    def _choose(self, space: Space) -> None:
        self.set_space(space)
        self.chosen.emit(space)

    def _show_buttons(self) -> None:
        super()._show_buttons()
        self.set_space(self._space)

    def _menu(self) -> QMenu:
        """List every space, so that the keyboard finds all of them in one place."""
        menu = QMenu(self._more)
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        self._actions: dict[Space, QAction] = {}
        before = None
        for space in SPACES:
            if space.mode in TAKING_MODES and space.mode != before:
                menu.addSeparator()
            before = space.mode
            action = menu.addAction(space.label)
            action.setCheckable(True)
            action.setToolTip(plain_tip(_TIPS[space.mode]))
            action.triggered.connect(partial(self._choose, space))
            group.addAction(action)
            self._actions[space] = action
        return menu
