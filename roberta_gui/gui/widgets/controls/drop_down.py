"""A button that opens a menu below itself, and menus of choices."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from roberta_gui.gui.widgets.controls.named import literal
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip

Value = TypeVar("Value")


def drop_down(button: QToolButton, menu: QMenu) -> None:
    """Let ``button`` open ``menu``, and look unpressed again when it closes.

    The tips of its entries are shown: one that is greyed out says why.
    """
    menu.setToolTipsVisible(True)
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def let_go() -> None:
        # The pointer left while the menu had it, so Qt never told the button.
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
        button.update()

    menu.aboutToHide.connect(let_go)


def add_choices(
    menu: QMenu,
    choices: Mapping[Value, tuple[str, str]],
    choose: Callable[[Value], object],
) -> dict[Value, QAction]:
    """List choices, each a label and a tip, of which one is ticked; ``choose`` hears of a click."""
    menu.setToolTipsVisible(True)
    group = QActionGroup(menu)
    actions = {}
    for value, (label, tip) in choices.items():
        action = actions[value] = menu.addAction(literal(label), partial(choose, value))
        action.setCheckable(True)
        action.setToolTip(plain_tip(tip))
        group.addAction(action)
    return actions
