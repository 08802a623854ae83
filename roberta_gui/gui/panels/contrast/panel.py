"""Guesses, A against B: every word's probability at a mask of one sentence and of another."""

from collections.abc import Mapping
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from roberta_gui.findings.comparison.guesses import (
    ContrastAt,
    FoundContrast,
    find_contrast,
    n_masks,
)
from roberta_gui.findings.comparison.pair import Pair, describe_second
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.look.theme import Theme
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.two_sentences import TwoSentencesPanel, baseline_of, pair_of
from roberta_gui.gui.panels.why_empty import describe_masks_cut_off, n_masks_cut_off
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.charts.contrast_plot import ContrastPlot
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.paragraph import Paragraph
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.controls.stepper import Stepper
from roberta_gui.gui.widgets.painting.composition import Composition
from roberta_gui.gui.widgets.tokens.word_bars import WordBars
from roberta_gui.records import Analysis
from roberta_gui.view import View

PICTURES: Final[Mapping[str, str]] = {
    "words": "Every word: its probability in A against that in B",
    "list": "The words that tell the guesses of A and of B apart most",
}


class ContrastPanel(TwoSentencesPanel):
    """The whole vocabulary at a mask that both sentences have, and what tells the two apart."""

    name = "contrast"
    title = "Guesses, A against B"
    tip = "Each point is a word: right of the diagonal likelier in A, left of it in B. Hover it."

    def __init__(self, store: ViewStore, theme: Theme) -> None:
        super().__init__(store, theme)
        self._at: ContrastAt | None = None
        self._plot = ContrastPlot(theme)
        self._bars = WordBars(theme, "Words that tell A and B apart most")
        self._pictures = Composition(theme, (self._plot, self._bars), arrange)
        self._pictures.set_headings(("Every word of the vocabulary", "Bits that a word adds"))
        self._pictures.rearranged.connect(self._show_choice)
        for part in (self._plot, self._bars):
            part.word_hovered.connect(self._light)
            part.word_left.connect(self._darken)
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._pictures)
        self._caption = named("caption", Paragraph())
        self._controls = self._choices()
        self.body.addWidget(self._controls)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._caption)

    def derive(self, view: View) -> Derivation | None:
        """Ask the model for all words, at the masks that both sentences have."""
        pair = pair_of(view)
        if pair is None or not pair.a.model.can_fill_masks or not min(n_masks(pair)):
            return None
        known = view.derived.get(self.name)
        names = known.value.names_for(pair.a.model) if known is not None else None
        baseline = baseline_of(view)
        work = partial(find_contrast, pair, baseline, names)
        return Derivation((self.name, *pair, baseline), work, model=pair.a.model)

    def draw(self, view: View, previous: View | None) -> None:
        """Draw the chosen mask's guesses."""
        found = self._found(view)
        self._caption.setVisible(found is not None)
        if found is None:
            self._at = None
            self._controls.hide()
            self._stack.setCurrentWidget(self._empty)
            self._say_why_empty(view)
            self.heading.set_remark("")
            return
        is_new = previous is None or self._found(previous) is not found
        if is_new or previous is None or previous.selection.mask != view.selection.mask:
            self._at = found.mask(view.selection.mask)
            self._draw_mask(self._at)
        self._stack.setCurrentWidget(self._pictures)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self._pictures.set_theme(theme)
        # Two lines always, so that the picture does not jump when the caption grows.
        self._caption.setMinimumHeight(theme.pixels(34))
        super().set_theme(theme)

    def forget(self) -> None:
        """Let go of the guesses that were drawn."""
        super().forget()
        self._at = None

    @property
    def shown(self) -> Analysis | None:
        """The first sentence's pass."""
        return None if self._at is None else self._at.pair.a

    def picture(self) -> QWidget:
        """Return plot and list, as far as they are in sight."""
        return self._pictures

    def caption_text(self) -> str:
        """Say how far the guesses are apart, and which sentence B is."""
        if self._at is None:
            return ""
        return f"{self._at.caption} {describe_second(self._at.pair)}"

    def table(self) -> Table | None:
        """Return the whole vocabulary, what tells the two apart most first."""
        return None if self._at is None else self._at.table()

    def arrays(self) -> Arrays | None:
        """Return both distributions over the vocabulary."""
        return None if self._at is None else self._at.arrays()

    # --- drawing

    def _found(self, view: View) -> FoundContrast | None:
        """Return what can be drawn; nothing once a sentence has no mask any more."""
        derived, pair = view.derived.get(self.name), pair_of(view)
        if derived is None or view.second is None:
            return None
        return None if pair is not None and not min(n_masks(pair)) else derived.value

    def _draw_mask(self, at: ContrastAt) -> None:
        known = at.contrast
        bits_a, bits_b = (side / np.log(np.float32(2)) for side in (known.a, known.b))
        self._plot.set_words(bits_a, bits_b, at.names, at.marked, at.tip)
        self._bars.set_bars(at.bars, ("◂ more in A", "more in B ▸"))
        self._mask.show_value(at.nth + 1, at.n_masks)
        self._mask.setVisible(at.n_masks > 1)
        self._controls.setVisible(self._has_choices())
        self._caption.setText(at.caption)
        self.heading.set_remark(f"{known.divergence_bits:.3f} bits apart")

    def _say_why_empty(self, view: View) -> None:
        pair = pair_of(view)
        if pair is not None and not pair.a.model.can_fill_masks:
            self._empty.say(
                "This model makes no guesses", "Its checkpoint holds no masked-LM head."
            )
        elif pair is not None and not min(n_masks(pair)):
            self._empty.say(*_lacking(pair))
        else:
            self.say_why_empty(self._empty, view)

    def _light(self, word: int) -> None:
        self._plot.set_hovered(word)
        self._bars.set_hovered(word)

    def _darken(self) -> None:
        self._plot.set_hovered(None)
        self._bars.set_hovered(None)

    # --- controls

    def _choices(self) -> QWidget:
        self._picture = Segments({"words": "All words", "list": "List"}, PICTURES, "Show")
        self._picture.set_choice("words")
        self._picture.chosen.connect(lambda name: self._pictures.choose([*PICTURES].index(name)))
        self._mask = Stepper("Mask", "Mask (F3, Shift+F3)")
        self._mask.moved.connect(lambda mask: self.store.select_mask(mask - 1))
        row = QWidget()
        side_by_side = QHBoxLayout(row)
        side_by_side.setContentsMargins(0, 0, 0, 0)
        side_by_side.setSpacing(10)
        for control in (self._mask, self._picture):
            side_by_side.addWidget(control)
        side_by_side.addStretch(1)
        return row

    def _has_choices(self) -> bool:
        several = self._at is not None and self._at.n_masks > 1
        return several or len(self._pictures.shown) < 2

    def _show_choice(self) -> None:
        """Offer the other picture where there is room for one only."""
        self._picture.setVisible(len(self._pictures.shown) < 2)
        self._controls.setVisible(self._at is not None and self._has_choices())


def _lacking(pair: Pair) -> tuple[str, str]:
    """Say, as title and hint, which sentences have no mask that is read."""
    sides = [(name, side) for name, side, n in zip("AB", pair, n_masks(pair), strict=True) if not n]
    cut = [(name, side) for name, side in sides if n_masks_cut_off(side)]
    none = " and ".join(name for name, side in sides if not n_masks_cut_off(side))
    absent = f"{none} {'hold' if len(none) > 1 else 'holds'} no mask"
    if not cut:
        return absent, "Put one into each sentence (Ctrl+M) to compare the guesses."
    hint = "Shorten the text, or put a mask nearer to its beginning (Ctrl+M)."
    if len(cut) == 2:
        return "The masks of A and B lie beyond what is read", hint
    (name, side), *_ = cut
    return describe_masks_cut_off(side, f" of {name}"), f"{hint} {absent}." if none else hint


def arrange(size: QSize, chosen: int) -> dict[int, QRect]:
    """Put the list at the side or below, or show the chosen picture alone."""
    width, height = size.width(), size.height()
    if width >= 520 and height >= 200:
        side = max(round(width * 0.38), width - height - 30)
        if side > (longest := max(620, round(height * 0.6))):
            # More would part the words from their bars: both pictures go to the middle.
            wide = height + 18
            left = (width - wide - 12 - longest) // 2
            at = left + wide + 12
            return {0: QRect(left, 0, wide, height), 1: QRect(at, 0, longest, height)}
        return {0: QRect(0, 0, width - side - 12, height), 1: QRect(width - side, 0, side, height)}
    if height >= 520:
        low = height - min(width + 10, round(height * 0.62))
        return {0: QRect(0, 0, width, height - low - 8), 1: QRect(0, height - low, width, low)}
    return {chosen: QRect(0, 0, width, height)}
