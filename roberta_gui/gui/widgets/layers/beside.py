"""Beside: a map, and words about it at its side or below, whichever leaves the map larger."""

from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from roberta_gui.findings.notation.marks import NO_CHANGES, StepChanges
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.controls.breaking_text import Paragraph
from roberta_gui.gui.widgets.layers.similarity_map import SimilarityMap
from roberta_gui.gui.widgets.layers.step_bars import StepBars

_TALLEST_BARS = 170
_GAP = 16
_NARROWEST, _WIDEST = 170, 380
_LEAST_SHARE = 0.72
"""Words are not shown where they would leave cells smaller than this part of what they can be,"""
_EASY = 30
"""unless the cells are this large all the same: their values can be read in them."""
_BEYOND_EASY = 0.25
"""What a pixel beyond that is worth."""


class Look(NamedTuple):
    """One way of setting the words; cells may be smaller by the factor ``worth`` for it."""

    roomy: bool
    bars: bool
    worth: float


LOOKS: Final = (
    Look(roomy=True, bars=True, worth=1.0),
    Look(roomy=False, bars=True, worth=0.95),
    Look(roomy=True, bars=False, worth=0.78),
    Look(roomy=False, bars=False, worth=0.74),
)


class _Placement(NamedTuple):
    """Where map and words could stand, and how good that would be."""

    worth: float
    map: QRect
    words: QRect
    look: Look


class MapWords(QWidget):
    """Sentences, a paragraph each, and the bars; whoever holds it asks how high a look is."""

    def __init__(self) -> None:
        super().__init__()
        self._labels: list[Paragraph] = []
        self.bars = StepBars()
        self.bars.setParent(self)
        self.bars.hide()
        self.setAccessibleName("What the map shows")

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is said."""
        return tuple(label.text() for label in self._labels if label.text())

    def say(self, sentences: tuple[str, ...], changes: StepChanges = NO_CHANGES) -> None:
        """Say something else, with other bars or none."""
        while len(self._labels) < len(sentences):
            self._labels.append(self._label())
        for nth, label in enumerate(self._labels):
            text = sentences[nth] if nth < len(sentences) else ""
            if text != label.text():
                label.setText(text)
            label.setVisible(bool(text))
        self.bars.set_changes(changes)

    def height_for(self, look: Look, width: int) -> int:
        """Return the height that a look takes at ``width`` pixels."""
        heights = self._heights(look, width)
        if look.bars and self.bars.n_items:
            heights.append(self._bars_height(look))
        return sum(heights) + self._gap(look) * max(len(heights) - 1, 0)

    def set_in(self, look: Look, room: QRect) -> None:
        """Stand in ``room`` with a look; the bars grow into what the words leave."""
        self.setGeometry(room)
        top, gap = 0, self._gap(look)
        said = [label for label in self._labels if label.text()]
        for label, height in zip(said, self._heights(look, room.width()), strict=True):
            label.setGeometry(0, top, room.width(), height)
            top += height + gap
        self.bars.setVisible(look.bars and self.bars.n_items > 0)
        left = max(room.height() - top, self._bars_height(look))
        tall = min(left, themes.current().pixels(_TALLEST_BARS))
        self.bars.setGeometry(0, top, room.width(), tall)

    def _heights(self, look: Look, width: int) -> list[int]:
        font = themes.current().font("control" if look.roomy else "small")
        heights = []
        for label in self._labels:
            if label.text():
                label.setFont(font)
                heights.append(label.heightForWidth(width))
        return heights

    def _gap(self, look: Look) -> int:
        return themes.current().pixels(12 if look.roomy else 4)

    def _bars_height(self, look: Look) -> int:
        return round(self.bars.minimumSizeHint().height() * (1.7 if look.roomy else 1))

    def _label(self) -> Paragraph:
        label = Paragraph()
        label.setParent(self)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label


class Beside(QWidget):
    """Places a map and what is said about it."""

    rearranged = Signal()  # the words have found room, or lost it

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
