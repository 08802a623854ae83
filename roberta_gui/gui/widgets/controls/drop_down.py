"""A button that opens a menu below itself, menus of choices, and names in a menu."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from roberta_gui.gui.widgets.controls.named import literal
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.wording import on_one_line

Value = TypeVar("Value")

_LONGEST: Final = 60
"""Characters of usual width of a name in a menu, which is as wide as its longest entry."""


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
        action = actions[value] = menu.addAction(name_in(menu, label), partial(choose, value))
        action.setCheckable(True)
        action.setToolTip(plain_tip(tip))
        group.addAction(action)
    return actions


def name_in(menu: QMenu, name: str) -> str:
    """Write a name from outside for an entry of a menu: a long one is cut in its middle.

    The entry's tip is to have all of it.
    """
    metrics, told = menu.fontMetrics(), on_one_line(name.replace("\t", " "))
    room = _LONGEST * metrics.averageCharWidth()
    return literal(metrics.elidedText(told, Qt.TextElideMode.ElideMiddle, room))
