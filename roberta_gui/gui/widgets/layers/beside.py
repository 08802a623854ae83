"""Beside: a map, and words about it at its side or below, whichever leaves the map larger."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from roberta_gui.gui.theme import Theme
from roberta_gui.gui.widgets.layers.similarity_map import SimilarityMap

_GAP = 16
_NARROWEST, _WIDEST = 170, 380
_LEAST_SHARE = 0.72
"""Words are not shown where they would leave cells smaller than this part of what they can be."""


class Beside(QWidget):
    """Places a map and sentences about it.

    Signals
    -------
    rearranged()
        The words have found room, or lost it.
    """

    rearranged = Signal()

    def __init__(self, theme: Theme, map_: SimilarityMap) -> None:
        super().__init__()
        self._theme = theme
        self._map = map_
        map_.setParent(self)
        self._words = QLabel(self)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setAccessibleName("What the map shows")

    def sizeHint(self) -> QSize:
        """Ask for the map's room."""
        return self._map.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Be no smaller than the map can be."""
        return self._map.minimumSize()

    @property
    def has_words(self) -> bool:
        """Whether there is room for the words."""
        return not self._words.isHidden()

    def say(self, sentences: tuple[str, ...]) -> None:
        """Write other sentences, a paragraph each."""
        text = "\n\n".join(sentences)
        if text != self._words.text():
            self._words.setText(text)
        self.place()

    def set_theme(self, theme: Theme) -> None:
        """Take other sizes."""
        self._theme = theme
        self._words.setFont(theme.font("control"))
        self.place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place both anew."""
        super().resizeEvent(event)
        self.place()

    def place(self) -> None:
        """Give both their room: the map first."""
        narrowest, widest = (self._theme.pixels(n) for n in (_NARROWEST, _WIDEST))
        width, height = self.width(), self.height()
        words = self._words.heightForWidth(width)
        least = _LEAST_SHARE * self._map.side(width, height)
        side_beside = self._map.side(width - narrowest - _GAP, height)
        side_above = self._map.side(width, height - words - _GAP)
        beside = self._map.extent(width - narrowest - _GAP, height)
        if not self._words.text():
            self._put(QRect(0, 0, width, height), QRect())
        elif side_beside >= max(side_above, least) and self._fits(beside, width, height):
            left = beside.width() + _GAP
            room = QRect(left, 4, min(width - left, widest), height - 4)
            self._put(QRect(0, 0, beside.width(), height), room)
        elif side_above >= least:
            above = self._map.extent(width, height - words - _GAP)
            top = min(above.height() + _GAP, height - words)
            self._put(QRect(0, 0, width, top - _GAP // 2), QRect(0, top, width, words))
        else:
            self._put(QRect(0, 0, width, height), QRect())

    def _fits(self, map_: QSize, width: int, height: int) -> bool:
        """Tell whether all words stand at the side of a map of this size."""
        room = min(width - map_.width() - _GAP, self._theme.pixels(_WIDEST))
        return self._words.heightForWidth(room) <= height - 4

    def _put(self, map_: QRect, words: QRect) -> None:
        self._map.setGeometry(map_)
        self._words.setGeometry(words)
        had_words = self.has_words
        self._words.setVisible(not words.isNull())
        if self.has_words is not had_words:
            self.rearranged.emit()
