"""What stands below the pictures of a sweep, in a place that keeps its height."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from superqt.elidable import QElidingLabel

from roberta_gui.findings.sweep.captions import LONGEST
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.controls.breaking_text import Paragraph
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip

_LINE = 20  # pixels, at a text zoom of 1


class SweepSaid(QWidget):
    """A caption, and a note where the sweep is of something else than what is in the window.

    The pictures above must not move under the pointer while heads come in or the sentence
    changes: there is room for the longest caption, or, where there is little, for one line,
    which the note then takes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._is_roomy = False
        self._note = named("warning", QElidingLabel())
        self._note.setEllipsesWidth(14)  # what the style sheet puts beside the text
        self._line = named("caption", QElidingLabel())
        self._caption = named("caption", Paragraph())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for label in (self._note, self._line, self._caption):
            column.addWidget(label)
        self._fit()
        self._show()

    def say(self, caption: str, note: str) -> None:
        """Say what was found, and whether that is of something else; "" says nothing."""
        for label, text in ((self._caption, caption), (self._line, caption), (self._note, note)):
            label.setText(text)
            label.setToolTip(plain_tip(text))
        self._show()

    def set_roomy(self, roomy: bool) -> None:
        """Say everything, or one line of it with the rest in its tool tip."""
        if roomy != self._is_roomy:
            self._is_roomy = roomy
            self._show()

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._fit()

    def _fit(self) -> None:
        for label in (self._note, self._line):
            label.setFixedHeight(themes.current().pixels(_LINE))
        self._reserve()

    def minimumSizeHint(self) -> QSize:
        """Never more than one line: a roomy panel must not keep what is below it from growing."""
        return QSize(super().minimumSizeHint().width(), self._line.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find out how much room the caption takes now."""
        super().resizeEvent(event)
        self._reserve()

    def _show(self) -> None:
        has_note = bool(self._note.text())
        policy = self._note.sizePolicy()
        policy.setRetainSizeWhenHidden(self._is_roomy)
        self._note.setSizePolicy(policy)
        wanted = {
            self._note: has_note,
            self._line: not self._is_roomy and not has_note,
            self._caption: self._is_roomy,
        }
        # What goes first goes: with both there the height would change for a moment.
        for label in sorted(wanted, key=wanted.__getitem__):
            label.setVisible(wanted[label])

    def _reserve(self) -> None:
        room = QRect(0, 0, max(self.width(), 120), 10_000)
        longest = self._caption.fontMetrics().boundingRect(
            room, int(Qt.TextFlag.TextWordWrap), LONGEST
        )
        self._caption.setMinimumHeight(longest.height() if self.width() >= 300 else 0)
