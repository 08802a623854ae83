"""MapWords: what a map says, in sentences, with the steps through the layers as bars below."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from roberta_gui.findings.marks import NO_CHANGES, StepChanges
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.layers.step_bars import StepBars

_TALLEST_BARS = 170


@dataclass(frozen=True)
class Look:
    """One way of setting the words: how much room they take, and how good that is.

    Attributes
    ----------
    worth
        Cells may be smaller by this factor for it, compared with the best look.
    """

    roomy: bool
    bars: bool
    worth: float


LOOKS: Final = (
    Look(roomy=True, bars=True, worth=1.0),
    Look(roomy=False, bars=True, worth=0.95),
    Look(roomy=True, bars=False, worth=0.78),
    Look(roomy=False, bars=False, worth=0.74),
)
"""The best first."""


class MapWords(QWidget):
    """Sentences, a paragraph each, and the bars; whoever holds it asks how high a look is."""

    def __init__(self) -> None:
        super().__init__()
        self._labels: list[QLabel] = []
        self.bars = StepBars()
        self.bars.setParent(self)
        self.bars.hide()
        self._changes = NO_CHANGES
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
        self._changes = changes
        self.bars.set_changes(changes)

    def height_for(self, look: Look, width: int) -> int:
        """Return the height that a look takes at ``width`` pixels."""
        heights = self._heights(look, width)
        if look.bars and len(self._changes.changes):
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
        has_bars = look.bars and bool(len(self._changes.changes))
        self.bars.setVisible(has_bars)
        if has_bars:
            left = max(room.height() - top, self._bars_height(look))
            self.bars.setGeometry(
                0, top, room.width(), min(left, themes.current().pixels(_TALLEST_BARS))
            )

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

    def _label(self) -> QLabel:
        label = QLabel(self)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label
