"""Beside: a map, and words about it at its side or below, whichever leaves the map larger."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from roberta_gui.findings.marks import NO_CHANGES, StepChanges
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.layers.map_words import LOOKS, Look, MapWords
from roberta_gui.gui.widgets.layers.similarity_map import SimilarityMap

_GAP = 16
_NARROWEST, _WIDEST = 170, 380
_LEAST_SHARE = 0.72
"""Words are not shown where they would leave cells smaller than this part of what they can be,"""
_EASY = 30
"""unless the cells are this large all the same: their values can be read in them."""
_BEYOND_EASY = 0.25
"""What a pixel beyond that is worth."""


@dataclass(frozen=True)
class _Placement:
    """Where map and words could stand, and how good that would be."""

    worth: float
    map: QRect
    words: QRect
    look: Look


class Beside(QWidget):
    """Places a map and what is said about it.

    Signals
    -------
    rearranged()
        The words have found room, or lost it.
    """

    rearranged = Signal()

    def __init__(self, map_: SimilarityMap) -> None:
        super().__init__()
        self._map = map_
        map_.setParent(self)
        self.words = MapWords()
        self.words.setParent(self)

    def sizeHint(self) -> QSize:
        """Ask for the map's room."""
        return self._map.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Be no smaller than the map can be."""
        return self._map.minimumSize()

    @property
    def has_words(self) -> bool:
        """Whether there is room for the words."""
        return not self.words.isHidden()

    def say(self, sentences: tuple[str, ...], changes: StepChanges = NO_CHANGES) -> None:
        """Write other sentences, a paragraph each, and draw other steps or none."""
        self.words.say(sentences, changes)
        self.place()

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self.place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place both anew."""
        super().resizeEvent(event)
        self.place()

    def place(self) -> None:
        """Give both their room: the map first, but words may take a little of it."""
        had_words, best = self.has_words, None
        if self.words.sentences:
            both = (p for look in LOOKS for p in (self._at_side(look), self._below(look)) if p)
            best = max(both, key=lambda placement: placement.worth, default=None)
        if best is None:
            self._map.setGeometry(0, 0, self.width(), self.height())
        else:
            self._map.setGeometry(best.map)
            self.words.set_in(best.look, best.words)
        self.words.setVisible(best is not None)
        if self.has_words is not had_words:
            self.rearranged.emit()

    def _at_side(self, look: Look) -> _Placement | None:
        """Put the words at the right, as wide as the map leaves, if all of them stand there."""
        width, height = self.width(), self.height()
        left_over = width - themes.current().pixels(_NARROWEST) - _GAP
        taken = self._map.extent(left_over, height).width()
        room = min(width - taken - _GAP, themes.current().pixels(_WIDEST))
        worth = self._worth(look, self._map.side(left_over, height))
        if worth is None or self.words.height_for(look, room) > height - 4:
            return None
        map_, words = QRect(0, 0, taken, height), QRect(taken + _GAP, 4, room, height - 4)
        return _Placement(worth, map_, words, look)

    def _below(self, look: Look) -> _Placement | None:
        """Put the words below the map."""
        width, height = self.width(), self.height()
        words = self.words.height_for(look, width)
        worth = self._worth(look, self._map.side(width, height - words - _GAP))
        if worth is None:
            return None
        above = self._map.extent(width, height - words - _GAP)
        top = min(above.height() + _GAP, height - words)
        map_ = QRect(0, 0, width, top - _GAP // 2)
        return _Placement(worth, map_, QRect(0, top, width, height - top), look)

    def _worth(self, look: Look, side: float) -> float | None:
        """Weigh a look by the cells that it leaves; None where it leaves too little of them."""
        easy = themes.current().pixels(_EASY)
        if side < min(_LEAST_SHARE * self._map.side(self.width(), self.height()), easy):
            return None
        return look.worth * (min(side, easy) + _BEYOND_EASY * max(side - easy, 0))
