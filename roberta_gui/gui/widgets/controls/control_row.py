"""ControlRow: controls beside each other, in as many lines as they need."""

from PySide6.QtWidgets import QWidget
from superqt.utils import QFlowLayout

_BETWEEN_LINES = 6


class ControlRow(QWidget):
    """A row that goes on in a next line where there is no room left; ``gap`` is in pixels."""

    def __init__(self, *controls: QWidget, gap: int = 10) -> None:
        super().__init__()
        self._flow = QFlowLayout(self)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow.setHorizontalSpacing(gap)
        self._flow.setVerticalSpacing(_BETWEEN_LINES)
        self.add(*controls)

    def add(self, *controls: QWidget) -> None:
        """Put more controls at the end."""
        for control in controls:
            self._flow.addWidget(control)
