"""Header: the product's name, model and device pickers, and the buttons on the right."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
)

from roberta_gui.gui.widgets.controls.drop_down import drop_down
from roberta_gui.gui.widgets.controls.named import literal, named
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip

_ICON_GAP = 4
"""Pixels between an icon and the text beside it."""

_FOLDS, _MODEL = 1, 2
"""Which of the savings are not in the row's own hint: that of choices, and of a cut name."""

_SHORTEST_MODEL = 110
"""Pixels that the model's name keeps in the narrowest window."""


class Header(QFrame):
    """One row of pickers and buttons; what they do is decided by whoever owns the actions."""

    def __init__(self, model_menu: QMenu, device_menu: QMenu) -> None:
        super().__init__()
        named("header", self)
        self.model = self._picker(model_menu, "Model (Ctrl+Shift+M)")
        self.device = self._picker(device_menu, "Device and precision")
        # The model's long name is shortened before any button is.
        self.model.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.model.setMinimumWidth(_SHORTEST_MODEL)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 7, 12, 7)
        self._row.setSpacing(10)
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._product = named("productName", QLabel("RoBERTa Explorer"))
        self._texts: list[QToolButton] = []
        self._choices: list[Segments] = []
        self._left_out = 0
        self._row.addWidget(self._product)
        self._row.addWidget(self.model)
        self._row.addWidget(self.device)
        self._row.addStretch(1)

    def add_action(self, action: QAction, *, text: bool = False) -> None:
        """Put a button for ``action`` at the right; with ``text`` its name stands beside it."""
        button = QToolButton()
        button.setDefaultAction(action)
        self._row.addWidget(button)
        if text:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            self._texts.append(button)

    def add_choice(self, choice: Segments) -> None:
        """Put a choice among a few at the right."""
        self._choices.append(choice)
        self._row.addWidget(choice)

    def show_model(self, model: str, device: str) -> None:
        """Write which model is in use, and on what it computes."""
        for button, text in ((self.model, model), (self.device, device)):
            button.setText(f"{literal(text)}  ▾" if text else "")
            button.setAccessibleName(text)
        self.make_room()

    def make_room(self) -> None:
        """Leave out what says nothing new, where the row is too narrow for all of it.

        First the product's name and the names of buttons; then choices fold, the model's name is
        cut, the device goes, which the status line names as well, and last buttons that have keys.
        """
        savings = self._savings()
        needed = self._row.sizeHint().width()
        left = enumerate(savings[: self._left_out])
        needed += sum(saved for n, saved in left if n not in (_FOLDS, _MODEL))
        needed += sum(c.full_width - c.sizeHint().width() for c in self._choices)
        left_out = 0
        while left_out < len(savings) and needed > self.width():
            needed -= savings[left_out]
            left_out += 1
        self._left_out = left_out
        for choice in self._choices:
            choice.fold(left_out > 1)
            # What is left out is the model's name: both would be shortened else.
            choice.setMinimumWidth(0 if left_out > 1 else choice.full_width)
        self._product.setHidden(left_out > 0)
        style = Qt.ToolButtonStyle
        for button in self._texts:
            button.setHidden(left_out > 4)
            button.setToolButtonStyle(
                style.ToolButtonIconOnly if left_out else style.ToolButtonTextBesideIcon
            )
        self.device.setHidden(left_out > 3 or not self.device.text())

    def _savings(self) -> tuple[int, ...]:
        """Return how much narrower each thing that can be left out makes the row, in order."""
        gap = self._row.spacing()
        names = self._product.sizeHint().width() + gap
        icons = 0
        for button in self._texts:
            metrics = button.fontMetrics()
            # As Qt reckons what text beside an icon takes.
            text = metrics.size(Qt.TextFlag.TextShowMnemonic, button.text()).width() + _ICON_GAP
            text += 2 * metrics.horizontalAdvance(" ")
            has_text = button.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            names += text
            icons += button.sizeHint().width() - (text if has_text else 0) + gap
        device = self.device.sizeHint().width() + gap if self.device.text() else 0
        folds = sum(c.full_width - c.minimumSizeHint().width() for c in self._choices)
        model = max(self.model.sizeHint().width() - _SHORTEST_MODEL, 0)
        return names, folds, model, device, icons

    def event(self, event: QEvent) -> bool:
        """Show as much as there is room for, also when a button has got another text."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self.make_room()
        return super().event(event)

    def add_menu(self, text: str, tip: str, menu: QMenu) -> None:
        """Put a button that opens a menu at the right."""
        button = QToolButton()
        button.setText(f"{text} ▾")
        button.setAccessibleName(text)
        button.setToolTip(plain_tip(tip))
        drop_down(button, menu)
        self._row.addWidget(button)

    def _picker(self, menu: QMenu, tip: str) -> QToolButton:
        button = named("picker", QToolButton())
        button.setToolTip(plain_tip(tip))
        drop_down(button, menu)
        return button
