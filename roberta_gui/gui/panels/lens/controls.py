"""What the lens is asked with: a tint for its cells, and a word to watch."""

from typing import Final

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from roberta_gui.choices import Tint
from roberta_gui.findings.glyphs import SPACE
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip

TINTS: Final = {
    "probability": ("Probability", "How sure each layer is of the word it would guess"),
    "entropy": ("Entropy", "How undecided each layer is, in bits; strong colours are decided"),
    "kl": (
        "KL",
        "How far each layer is from the last layer's guesses, in bits; strong colours are near",
    ),
    "rank": (
        "Rank", "Where the watched word stands among all guesses; strong colours are first places",
    ),
    "difference": (
        "Difference",
        "How much likelier the watched word is than in B: log-probability A − B, in bits",
    ),
}  # fmt: skip
OF_WORD: Final = ("rank", "difference")
"""Tints that need a watched word."""
WORD_TIP: Final = (
    "A word whose rank is followed through the layers, as it would stand at the first mask, or "
    f"after a space: {SPACE}. Enter watches it; a click on a guess watches that very piece."
)

_WATCH: Final = "Watch a word"
_BESIDE_WORD: Final = 44
"""Pixels, at a text zoom of 1, of the field's margins and of the button that empties it."""


class LensControls(QWidget):
    """Segments and a field in one row.

    Signals
    -------
    tint_chosen(tint)
        Cells shall be tinted by something else.
    word_taken(word)
        A word shall be watched, as it is written; "" for none.
    """

    tint_chosen = Signal(str)
    word_taken = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._tints = Segments(TINTS, "Tint")
        self._tints.chosen.connect(self.tint_chosen)
        self._word = QLineEdit()
        self._word.setPlaceholderText(_WATCH)
        self._word.setClearButtonEnabled(True)
        self._word.setAccessibleName("Word to watch")
        self._word.setToolTip(plain_tip(WORD_TIP))
        self._word.editingFinished.connect(lambda: self.word_taken.emit(self._word.text()))
        self._word.textChanged.connect(self._hear_nothing)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._tints)
        row.addWidget(self._word)
        self._fit()

    def show_tint(self, tint: Tint, why_no_difference: str) -> None:
        """Show which tint the cells have, and why it cannot be a difference."""
        self._tints.set_choice(tint)
        self._tints.rule_out({"difference": why_no_difference})

    def show_word(self, word: str) -> None:
        """Write a word that was taken elsewhere."""
        if word != self._word.text():
            self._word.setText(word)

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._fit()

    def _fit(self) -> None:
        theme = themes.current()
        asked = QFontMetrics(theme.font("control")).horizontalAdvance(_WATCH)
        self._word.setFixedWidth(asked + theme.pixels(_BESIDE_WORD))

    def _hear_nothing(self, text: str) -> None:
        """Let go of the word as soon as the field is empty: its button ends no editing."""
        if not text:
            self.word_taken.emit("")
