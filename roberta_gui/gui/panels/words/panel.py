"""Words: how probable words of one's own are at the masks, beside what they are in B."""

import math
from collections.abc import Iterator
from functools import partial
from typing import Final

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.comparison.against import where_b_is
from roberta_gui.findings.notation.marks import Guess
from roberta_gui.findings.notation.numbers import percentage, written, written_change
from roberta_gui.findings.words.scoring import (
    EXAMPLE,
    ScoredWords,
    WordScore,
    describe_change,
    score,
    words_in,
)
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.picture_panel import PicturePanel, scrolled
from roberta_gui.gui.panels.reasons import Reason, no_head, no_mask
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.tokens.guess_list import GuessList
from roberta_gui.records import Candidate, Replacement
from roberta_gui.view import View

TIP: Final = (
    "Words or phrases of your own, with commas between them. Each is put in place of the mask; "
    "words of several pieces are scored piece by piece."
)
_LEAST_WIDTH: Final = 165
_N_BEST: Final = 5


class WordsPanel(PicturePanel[ScoredWords]):
    """Bits, percent and rank of each word at the chosen mask, and the difference to B."""

    name = "words"
    title = "Words"
    tip = "How probable words of your own are at a mask, in bits and percent; with B, both."
    busy = "Scoring the words"

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._list = GuessList()
        self._list.setAccessibleName("Words to score, with their bits")
        self._list.guess_taken.connect(self._put)
        self.show_picture(scrolled(self._list, spacing=8))
        self.body.insertWidget(0, self.word_field("words", "Words to score", TIP, EXAMPLE))
        self.fit()

    # --- what is computed

    def derive(self, view: View) -> Derivation | None:
        """Ask how probable the words are."""
        analysis, words = view.analysis, self._words(view)
        if analysis is None or not (words and analysis.fills) or analysis.model != view.model:
            return None
        compared = self._compared(view)
        work = partial(score, words, analysis, compared)
        return Derivation((words, analysis, compared), work, analysis.model)

    def result(self, view: View) -> ScoredWords | None:
        """Return the scores, be they of an earlier sentence; none where nothing can be scored."""
        has_none = view.analysis is not None and self.derive(view) is None
        return None if has_none else super().result(view)

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing: a head that guesses, a mask, or words."""
        yield no_head(view.model)
        if view.analysis is not None:
            yield no_mask(view.analysis, "Words are scored where a mask stands. ")
        if not self._words(view):
            text = f"Type some above, such as “{EXAMPLE}”."
            yield Reason("Which words?", text, offer=("Score the best guesses", self.start))

    def start(self) -> None:
        """Score the best guesses at the mask, where nobody has typed other words."""
        view = self.store.view
        if view.analysis is not None and view.analysis.fills and not self._words(view):
            best = view.analysis.fills[view.selection.mask].candidates[:_N_BEST]
            self.store.choose(self.name, words=", ".join(guess.text for guess in best))

    # --- drawing

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give the chosen mask."""
        return (view.selection.mask,)

    def draw_result(self, found: ScoredWords, view: View, *, is_new: bool) -> None:
        """List the words with their numbers at the chosen mask."""
        compared = found.comparison
        where = "" if compared is None or found.b is None else where_b_is(compared)
        self._list.set_guesses(
            [_guess(one, where) for one in found.at(self._mask(found, view))], where
        )

    def caption_of(self, found: ScoredWords, view: View) -> str:
        """Say which word is the likeliest, and which differs most from B."""
        return found.caption(self._mask(found, view))

    def remark_of(self, found: ScoredWords, view: View) -> str:
        """Say which mask it is."""
        return f"mask {self._mask(found, view) + 1}/{found.n_masks} · bits"

    def fit(self) -> None:
        """Never be narrower than the words."""
        super().fit()
        self.setMinimumWidth(self.theme.pixels(_LEAST_WIDTH))

    def whole_caption(self, found: ScoredWords, view: View) -> str:
        """Say that, and what the numbers are."""
        return f"{self.caption_of(found, view)} Bits are −log₂ of the probability at the mask."

    def picture(self) -> GuessList:
        """Return the list of words."""
        return self._list

    @staticmethod
    def _mask(found: ScoredWords, view: View) -> int:
        return min(view.selection.mask, found.n_masks - 1)

    @staticmethod
    def _words(view: View) -> tuple[str, ...]:
        return words_in(view.choices.words.words)

    @staticmethod
    def _compared(view: View) -> Comparison | None:
        known = view.comparison
        return known if known is not None and known.b.model.can_fill_masks else None

    def _put(self, row: int) -> None:
        """Put a word in place of the mask, as it was scored."""
        view, found = self.store.view, self.known
        analysis = None if found is None else found.analysis
        if found is None or analysis is None or analysis is not view.analysis or view.is_stale:
            return  # the list is still that of another sentence
        token = analysis.tokens[analysis.fills[self._mask(found, view)].token_index]
        word = found.a.words[row]
        form = Replacement(token.start, token.end, word)
        guess = Candidate(0, -1, word, False, 0.0)
        self.replacement_wanted.emit(token.index, guess, form)


def _guess(one: WordScore, where: str) -> Guess:
    """Write a word's row."""
    has_b = bool(where)
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
        lines.append(f"{where} {written(one.bits_b, 3)} bits: {describe_change(one)}")
    elif has_b:
        lines.append(f"no number {where}")
    number = f"{written(one.bits, 2)} bits · {percentage(one.probability)}"
    change = "–" if math.isnan(one.change) else written_change(one.change, 2)
    return Guess(one.word, one.probability, "\n".join(lines), in_b, True, rank, number, change)
