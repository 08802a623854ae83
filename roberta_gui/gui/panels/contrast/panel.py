"""Guesses, A against B: the whole vocabulary at a mask, and what tells the two apart."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from PySide6.QtCore import QRect, QSize

from roberta_gui.findings.comparison.guesses import ContrastAt, find_contrast, n_masks
from roberta_gui.gui.panels.comparison_panel import ComparisonPanel
from roberta_gui.gui.panels.reasons import Reason, no_head, no_mask_on_a_side
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.charts.contrast_plot import ContrastPlot
from roberta_gui.gui.widgets.controls.stepper import Stepper
from roberta_gui.gui.widgets.tokens.word_bars import WordBars
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.view import View

PICTURES = {
    "words": ("All words", "Every word: its probability on one side against that on the other"),
    "list": ("List", "The words that tell the guesses of both sides apart most"),
}


class ContrastPanel(ComparisonPanel[ContrastAt]):
    """The whole vocabulary at a mask that both sides have, and what tells the two apart."""

    name = "contrast"
    title = "Guesses, A against B"
    tip = (
        "Each point is a word, by its probability on both sides: on the diagonal none tells apart."
    )
    tells_guesses = True

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._plot = ContrastPlot()
        self._bars = WordBars("Words that tell A and B apart most")
        for part in (self._plot, self._bars):
            part.item_hovered.connect(self._light)
            part.hover_left.connect(partial(self._light, None))
        self._mask = Stepper("Mask", "Mask (F3, Shift+F3)")
        self._mask.moved.connect(lambda mask: store.select_mask(mask - 1))
        pictures, choice = self.composed((self._plot, self._bars), arrange, PICTURES)
        pictures.set_headings(("Every word of the vocabulary", "Bits that a word adds"))
        self.show_picture(pictures, self._mask, choice)

    def derive(self, view: View) -> Derivation | None:
        """Ask the model for all words, at the masks that both sides have."""
        compared = self.comparable(view)
        if compared is None or not compared.can_compare_guesses or not min(n_masks(compared)):
            return None
        known = view.derived.get(self.name)
        words = known.value.words_for(compared) if known is not None else None
        work = partial(find_contrast, compared, words)
        return Derivation((self.name, compared), work, model=compared.a.model)

    def result(self, view: View) -> ContrastAt | None:
        """Return the chosen mask's guesses; nothing once a sentence has no mask any more."""
        derived, compared = view.derived.get(self.name), view.comparison
        if derived is None or not self.has_two(view) or (compared and not min(n_masks(compared))):
            return None
        at: ContrastAt = derived.value.mask(view.selection.mask)
        return at

    def reasons(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing: a head that guesses, or masks."""
        compared = view.comparison
        if compared is not None:
            yield no_head(compared.a.model, compared.b.model)
            yield no_mask_on_a_side(view, compared)
        yield from super().reasons(view)

    def draw_result(self, at: ContrastAt, view: View, *, is_new: bool) -> None:
        """Draw a mask's guesses."""
        known = at.contrast
        bits_a, bits_b = (side / np.log(np.float32(2)) for side in (known.a, known.b))
        where = at.sides.in_a, at.sides.in_b
        self._plot.set_words(bits_a, bits_b, at.names, at.marked, at.tip, where)
        self._bars.set_bars(at.bars, (f"◂ likelier {where[0]}", f"likelier {where[1]} ▸"))
        self._mask.show_value(at.nth + 1, at.n_masks)
        self.row.show_control(self._mask, at.n_masks > 1)

    def caption_of(self, at: ContrastAt, view: View) -> str:
        """Say how far the guesses are apart."""
        return at.caption

    def remark_of(self, at: ContrastAt, view: View) -> str:
        """Say it in a number."""
        return f"{at.contrast.divergence_bits:.3f} bits apart"

    def _light(self, word: int | None) -> None:
        self._plot.set_hovered(word)
        self._bars.set_hovered(word)


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
