"""ControlRow: controls beside each other, in as many lines as they need."""

from PySide6.QtWidgets import QWidget
from superqt.utils import QFlowLayout

_BETWEEN_LINES = 6


class ControlRow(QWidget):
    """A row that goes on in a next line where there is no room left; ``gap`` is in pixels."""

    def __init__(self, *controls: QWidget, gap: int = 10) -> None:
        super().__init__()
        self._controls: list[QWidget] = []
        self._absent: set[QWidget] = set()
        self._flow = QFlowLayout(self)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow.setHorizontalSpacing(gap)
        self._flow.setVerticalSpacing(_BETWEEN_LINES)
        self.add(*controls)

    def add(self, *controls: QWidget) -> None:
        """Put more controls at the end."""
        for control in controls:
            self._controls.append(control)
            self._flow.addWidget(control)

    def show_control(self, control: QWidget, shown: bool) -> None:
        """Show a control in its place, or leave it out together with the gap beside it."""
        if shown is (control not in self._absent):
            return
        self._absent ^= {control}
        control.setVisible(shown)
        # A control that is merely hidden would leave its gap: so the row is filled anew.
        while self._flow.count():
            self._flow.takeAt(0)
        for each in self._controls:
            if each not in self._absent:
                self._flow.addWidget(each)
        self._flow.invalidate()
