"""NoticeBar: the quiet bar in which problems and notices are told."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QToolButton

from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.widgets.controls.breaking_text import BreakingLabel
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip


class NoticeBar(QFrame):
    """A title over a hint, perhaps one thing to do about it, and a way to close it.

    Signals
    -------
    acted()
        The button was pressed.
    dismissed()
        The bar was closed.
    """

    acted = Signal()
    dismissed = Signal()

    def __init__(self) -> None:
        super().__init__()
        named("noticeBar", self)
        self._title = named("noticeTitle", BreakingLabel())
        self._hint = named("noticeHint", BreakingLabel())
        self._action = named("action", QPushButton())
        self._action.clicked.connect(self.acted)
        self._close = QToolButton()
        self._close.setIcon(icon("close"))
        self._close.setToolTip("Close this notice")
        self._close.setAccessibleName("Close this notice")
        self._close.clicked.connect(self.dismissed)
        row = self._row = QHBoxLayout(self)
        row.setSpacing(10)
        self.pad(6)
        self.words = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self.words.setSpacing(1)
        self.words.addWidget(self._title)
        self.words.addWidget(self._hint, 1)
        row.addLayout(self.words, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)
        self.hide()

    def pad(self, room: int) -> None:
        """Leave so many pixels above and below."""
        self._row.setContentsMargins(12, room, 8, room)

    def say(self, title: str, hint: str, *, problem: bool, action: str = "") -> None:
        """Show a title and a hint; ``problem`` colours the bar, ``action`` labels a button."""
        self._title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._action.setText(action)
        self._action.setToolTip(plain_tip(f"{action}: what can be done about it" if action else ""))
        self._action.setVisible(bool(action))
        named("problemBar" if problem else "noticeBar", self)
        self.update()
        self.show()
