"""A button that opens a menu below itself."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton


def drop_down(button: QToolButton, menu: QMenu) -> None:
    """Let ``button`` open ``menu``, and look unpressed again when it closes."""
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def let_go() -> None:
        # The pointer left while the menu had it, so Qt never told the button.
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
        button.update()

    menu.aboutToHide.connect(let_go)
