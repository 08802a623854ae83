"""Words: how probable words of one's own are at the masks, beside what they are in B."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from roberta_gui.findings.comparison.against import Sides, describe_likelier
from roberta_gui.findings.notation.marks import Guess
from roberta_gui.findings.notation.numbers import percentage, written, written_change
from roberta_gui.findings.words.scoring import (
    EXAMPLE,
    ScoredWords,
    WordPair,
    WordScore,
    score,
    words_in,
    written_list,
)
from roberta_gui.gui.panels.picture_panel import PicturePanel, scrolled
from roberta_gui.gui.panels.reasons import Reason, no_head, no_mask
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.tokens.guess_list import GuessList
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.records import Candidate, Replacement
from roberta_gui.view import View

TIP: Final = (
    'Words or phrases of your own, with commas between them; a comma itself as ",". '
    "Each is put in place of the mask; "
    "words of several pieces are scored piece by piece."
)
_N_BEST: Final = 5


class WordsPanel(PicturePanel[ScoredWords]):
    """Bits, percent and rank of each word at the chosen mask, and the difference to B."""

    name = "words"
    title = "Words"
    tip = "How probable words of your own are at a mask, in bits and percent; with B, both."
    tells_guesses = True
    narrowest = 165
    busy = "Scoring the words"
    needs = "can_compare_guesses"

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._list = GuessList()
        self._list.setAccessibleName("Words to score, with their bits")
        self._list.guess_taken.connect(self._put)
        self.show_picture(scrolled(self._list), drawn=self._list)
        self._field = self.word_field("words", "Words to score", TIP, f"Words, such as {EXAMPLE}")
        self.body.insertWidget(0, self._field)
        self.fit()

    # --- what is computed

    def derive(self, view: View) -> Derivation | None:
        """Ask how probable the words are."""
        analysis, words = view.analysis, self._words(view)
        if analysis is None or not (words and analysis.fills) or analysis.model != view.model:
            return None
        compared = self.comparable(view)
        work = partial(score, words, analysis, compared)
        return Derivation((words, analysis, compared), work, analysis.model)

    def result(self, view: View) -> ScoredWords | None:
        """Return the scores, be they of an earlier sentence; none where nothing can be scored."""
        has_none = view.analysis is not None and self.derive(view) is None
        return None if has_none else super().result(view)

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing: a head that guesses, a mask, or words."""
        yield no_head(view.model)
        yield no_mask(view, "Words are scored where a mask stands. ")
        if not self._words(view):
            text = 'Type them above, with commas between them; a comma itself as ",".'
            yield Reason("Which words?", text, offer=("Score the best guesses", self.start))

    def start(self) -> None:
        """Score the best guesses at the mask, where nobody has typed other words."""
        view = self.store.view
        if view.analysis is not None and view.analysis.fills and not self._words(view):
            guesses = view.analysis.fills[view.selection.mask].candidates
            best = words_in(written_list(one.text for one in guesses))[:_N_BEST]
            self.store.choose(self.name, words=written_list(best))

    # --- drawing

    def show_choices(self, view: View) -> None:
        """Hide the words where somebody guesses first: they may be the best guesses."""
        self._field.setVisible(not self.is_secret(view))

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give the chosen mask."""
        return (view.selection.mask,)

    def draw_result(self, found: ScoredWords, view: View, *, is_new: bool) -> None:
        """List the words with their numbers at the chosen mask."""
        mask, has_b = self._mask(found, view), found.b is not None
        rows = [_guess(one, found.sides, has_b=has_b) for one in found.at(mask)]
        rows += [_pair(one, found.sides, has_b=has_b) for one in found.pairs(mask)]
        self._list.set_guesses(rows, found.sides.in_b if has_b else "", rank="rank")

    def caption_of(self, found: ScoredWords, view: View) -> str:
        """Say which word is the likeliest, and which differs most from B."""
        return found.caption(self._mask(found, view))

    def remark_of(self, found: ScoredWords, view: View) -> str:
        """Say which mask it is."""
        return f"mask {self._mask(found, view) + 1}/{found.n_masks} · bits"

    def whole_caption(self, found: ScoredWords, view: View) -> str:
        """Say that, and what the numbers are."""
        return f"{self.caption_of(found, view)} Bits are −log₂ of the probability at the mask."

    def entrance(self) -> QWidget:
        """Return the field."""
        return self._field

    @staticmethod
    def _mask(found: ScoredWords, view: View) -> int:
        return min(view.selection.mask, found.n_masks - 1)

    @staticmethod
    def _words(view: View) -> tuple[str, ...]:
        return words_in(view.choices.words.words)

    def _put(self, row: int) -> None:
        """Put a word in place of the mask, as it was scored."""
        view, found = self.store.view, self.known
        analysis = None if found is None else found.analysis
        if (
            found is None
            or row >= len(found.a.words)
            or analysis is None
            or analysis is not view.analysis
            or view.is_stale
        ):
            return  # no word, or the list is still that of another sentence
        token = analysis.tokens[analysis.fills[self._mask(found, view)].token_index]
        word = found.a.words[row]
        form = Replacement(token.start, token.end, word)
        guess = Candidate(0, -1, word, False, 0.0)
        self.replacement_wanted.emit(token.index, guess, form)


def _pair(one: WordPair, sides: Sides, *, has_b: bool) -> Guess:
    """Write the row of two words: how much likelier the first is, on each side."""
    in_b = math.nan if has_b else None
    told = _told([one.bits, one.bits_b] if has_b else [one.bits], _changed)
    change = _told([one.bits - one.bits_b], _changed)
    tip = one.describe(sides)
    return Guess(one.name, math.nan, tip, in_b, True, "–", f"{told} bits", change)


def _guess(one: WordScore, sides: Sides, *, has_b: bool) -> Guess:
    """Write a word's row."""
    if math.isnan(one.bits):
        tip = f"{one.word}: no number, it has no pieces of its own here or does not fit"
        return Guess(one.word, 0.0, tip, math.nan if has_b else None, False, "–", "–", "–")
    rank = f"{one.rank:,}" if one.rank > 0 else "–"
    in_b = 2.0**-one.bits_b if has_b else None
    lines = [
        f"{one.word}: {written(one.bits, 3)} bits, probability {one.probability:.3g}",
        f"rank {rank}" if one.rank > 0 else f"{len(one.pieces)} pieces: {' + '.join(one.pieces)}",
    ]
    if has_b and not math.isnan(one.bits_b):
        apart = describe_likelier(one.likelier, sides)
        lines.append(f"{written(one.bits_b, 3)} bits {sides.in_b}: {apart}")
    elif has_b:
        lines.append(f"no number {sides.in_b}")
    both = [one.bits, one.bits_b] if has_b else [one.bits]
    bits = f"{_told(both, written)} bits"
    number = f"{bits} · {_told(both, lambda bits: percentage(2.0**-bits))}"
    change, tip = _told([one.likelier], _changed), "\n".join(lines)
    return Guess(one.word, one.probability, tip, in_b, True, rank, number, change, bits)


def _told(sides: Sequence[float], write: Callable[[float], str]) -> str:
    """Write the number of each side that has one, side by side."""
    return " | ".join("–" if math.isnan(number) else write(number) for number in sides)


def _changed(bits: float) -> str:
    return written_change(bits, 2)
