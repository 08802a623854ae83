"""SteadyLabel: a label that never moves what stands beside it, whatever of its texts it shows."""

from collections.abc import Iterable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel


class SteadyLabel(QLabel):
    """Is always as wide as the widest of some texts, in the font of now.

    A width that was set once would be of the text size of then: nobody tells a label that is out
    of sight of another one, and Qt's label remembers what it once had to be.
    """

    def __init__(self) -> None:
        super().__init__()
        self._texts: tuple[str, ...] = ()
        self._beside = 0
        self._measured: tuple[str, int] = "", 0

    def hold(self, texts: Iterable[str], beside: int) -> None:
        """Have room for any of these texts, and so many pixels beside it."""
        told = tuple(texts)
        if (told, beside) != (self._texts, self._beside):
            self._texts, self._beside = told, beside
            self._measured = "", 0
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Ask for the widest text's room."""
        return self._widened(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        """Never take less."""
        return self._widened(super().minimumSizeHint())

    def _widened(self, hint: QSize) -> QSize:
        font = self.font().key()
        if self._measured[0] != font:
            widest = max(map(self.fontMetrics().horizontalAdvance, self._texts), default=0)
            self._measured = font, widest + self._beside
        return hint.expandedTo(QSize(self._measured[1], 0))
