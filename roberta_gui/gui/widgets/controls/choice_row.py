"""ChoiceRow: controls side by side, whose choice buttons say less where there is less room."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from roberta_gui.gui.widgets.controls.choice_button import ChoiceButton
from roberta_gui.gui.widgets.controls.segments import SegmentRow, fold_where_narrow

_SPACING = 4


class ChoiceRow(QWidget):
    """One control and choice buttons; the row never breaks."""

    def __init__(self, first: SegmentRow, buttons: Sequence[ChoiceButton]) -> None:
        super().__init__()
        self._first, self._buttons = first, tuple(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SPACING)
        row.addWidget(first)
        for button in self._buttons:
            row.addWidget(button)
        row.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say all that there is room for."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Look again when another choice, or another text size, takes other room."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        least = sum(button.minimumSizeHint().width() + _SPACING for button in self._buttons)
        fold_where_narrow(self._first, self.width() - least)
        free = self.width() - self._first.sizeHint().width() - _SPACING * len(self._buttons)
        says_all = sum(button.full_width() for button in self._buttons) <= free
        for button in self._buttons:
            button.say_all(says_all)
        widths = [button.sizeHint().width() for button in self._buttons]
        widest = _share(widths, free)
        for button, width in zip(self._buttons, widths, strict=True):
            button.setMaximumWidth(max(min(width, widest), 1))


def _share(widths: Sequence[int], free: int) -> int:
    """Return how wide the widest may be so that all fit: short ones are left as they are."""
    left = len(widths)
    for width in sorted(widths):
        if width * left > free:
            return free // left
        free, left = free - width, left - 1
    return max(widths, default=0)
