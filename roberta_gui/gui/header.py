"""Header: the product's name, model and device pickers, and the buttons on the right."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from roberta_gui.gui.widgets.drop_down import drop_down
from roberta_gui.gui.widgets.named import named


class Header(QFrame):
    """One row of pickers and buttons; what they do is decided by whoever owns the actions."""

    def __init__(self, model_menu: QMenu, device_menu: QMenu) -> None:
        super().__init__()
        named("header", self)
        self.model = self._picker(model_menu, "Model (Ctrl+Shift+M)")
        self.device = self._picker(device_menu, "Device and precision")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 7, 12, 7)
        self._row.setSpacing(10)
        self._product = named("productName", QLabel("RoBERTa Explorer"))
        self._texts: list[QToolButton] = []
        self._row.addWidget(self._product)
        self._row.addWidget(self.model)
        self._row.addWidget(self.device)
        self._row.addStretch(1)

    def add_action(self, action: QAction, *, text: bool = False) -> QToolButton:
        """Put a button for ``action`` at the right; with ``text`` its name stands beside it."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setIconSize(QSize(18, 18))
        style = Qt.ToolButtonStyle
        button.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if text else style.ToolButtonIconOnly
        )
        self._row.addWidget(button)
        if text:
            self._texts.append(button)
        return button

    def add_choice(self, choice: QWidget) -> None:
        """Put a choice among a few at the right."""
        self._row.addWidget(choice)

    def make_room(self) -> None:
        """Leave out what says nothing new, where the row is too narrow for all of it."""
        style = Qt.ToolButtonStyle
        for is_tight in (False, True):
            self._product.setVisible(not is_tight)
            for button in self._texts:
                button.setToolButtonStyle(
                    style.ToolButtonIconOnly if is_tight else style.ToolButtonTextBesideIcon
                )
            if self._row.minimumSize().width() <= self.width():
                return

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self.make_room()

    def add_menu(self, text: str, tip: str, menu: QMenu) -> QToolButton:
        """Put a button that opens a menu at the right."""
        button = QToolButton()
        button.setText(f"{text} ▾")
        button.setToolTip(tip)
        drop_down(button, menu)
        self._row.addWidget(button)
        return button

    def _picker(self, menu: QMenu, tip: str) -> QToolButton:
        button = named("picker", QToolButton())
        button.setToolTip(tip)
        drop_down(button, menu)
        return button
