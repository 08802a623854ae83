"""Fill: all masks filled together, or whole words guessed at one of them, when asked for."""

from collections.abc import Iterator
from typing import Final

from roberta_gui.findings.words.together import (
    FilledTogether,
    FillRequest,
    FillState,
    GuessedWords,
    fill,
)
from roberta_gui.gui.panels.picture_panel import scrolled
from roberta_gui.gui.panels.reasons import Reason, fraction_of, no_head, no_mask
from roberta_gui.gui.panels.started_panel import StartedPanel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.tokens.fact_list import FactList
from roberta_gui.records import Analysis, Candidate, Filling, WholeWord
from roberta_gui.view import View
from roberta_gui.wording import counted

WHAT: Final = {
    "together": (
        "All masks",
        "A word for every mask: jointly, independently, and one after the other",
    ),
    "words": ("Whole words", "Words of one to four pieces at the chosen mask"),
}
_HINT: Final = "Click to put it into the sentence."


class FillPanel(StartedPanel[FillState]):
    """Lists of fillings and of words with their bits, each found in its own way."""

    name = "fill"
    title = "Fill the masks"
    tip = "Several masks filled together, or words of several pieces at one; a click puts them in."
    tells_guesses = True
    state = FillState
    work = staticmethod(fill)
    start_tip = "Look for what is likeliest"

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._about: tuple[Filling | WholeWord | None, ...] = ()
        self._list = FactList()
        self._list.setAccessibleName("Fillings and words, with their bits")
        self._list.guess_taken.connect(self._put)
        self._what = self.segments("what", WHAT, "What is looked for")
        self.show_picture(scrolled(self._list), self._what, self.run, drawn=self._list)

    # --- what is computed

    def wanted(self, view: View) -> FillRequest | None:
        """Say what Start would ask now."""
        analysis = view.analysis
        if analysis is None or not analysis.fills or analysis.model != view.model:
            return None
        mask = view.selection.mask if view.choices.fill.what == "words" else None
        return FillRequest(analysis.request, analysis.model, mask, self.attempts)

    def is_about(self, request: FillRequest, view: View) -> bool:
        """Tell whether this is the sentence, and what is looked for in it."""
        wanted = self.wanted(view)
        is_it = wanted is not None and (request.request, request.mask, request.model) == (
            wanted.request, wanted.mask, wanted.model
        )  # fmt: skip
        return is_it or (view.is_stale and request.model == view.model)

    def outlasts(self, request: FillRequest, view: View) -> bool:
        """Keep it for the sentence that an undo brings back."""
        return request.model == view.model

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing: a head that guesses, a mask, or that somebody starts."""
        analysis = view.analysis
        if analysis is None:
            return
        yield no_head(analysis.model)
        yield no_mask(view, "Words are looked for where masks stand. ")
        is_together = view.choices.fill.what == "together"
        if self.is_running:
            fraction = fraction_of(view, self.lane)
            busy = "Filling the masks" if is_together else "Looking for words"
            yield Reason(busy, "The best so far come first.", fraction, is_busy=True)
        if is_together:
            if len(analysis.fills) == 1:
                yield Reason("Which words fit?", "Start lists what is likeliest at the one mask.")
            yield Reason(
                "Which words fit together?",
                f"Start fills {len(analysis.fills)} masks in both orders, and shows what is "
                "likeliest jointly beside what every mask alone and one after the other give.",
            )
        yield Reason(
            "Which whole words?",
            "Start looks for words of one to four pieces at the chosen mask.",
        )

    # --- drawing

    def draw_result(self, filled: FillState, view: View, *, is_new: bool) -> None:
        """List what is known by now."""
        if filled.known is not None:
            rows, self._about = filled.known.listed()
            self._list.set_guesses(rows)

    def caption_of(self, filled: FillState, view: View) -> str:
        """Say what is likeliest, and how far the other ways are from it."""
        return "" if filled.known is None else f"{filled.known.caption()} {_HINT}"

    def remark_of(self, filled: FillState, view: View) -> str:
        """Say where it stands, and whether more is to come."""
        mask, analysis = filled.request.mask, view.analysis
        n_masks = 0 if analysis is None else len(analysis.fills)
        where = counted(n_masks, "mask") if mask is None else f"mask {mask + 1}/{n_masks}"
        return f"{where} · bits" if filled.is_done else f"{where} · bits · searching"

    @property
    def shown(self) -> Analysis | None:
        """The sentence whose masks are filled, while it is the one that the window shows."""
        view, filled = self.store.view, self.known
        is_it = filled is not None and not view.is_stale
        return view.analysis if is_it else None

    # --- what a click does

    def _put(self, row: int) -> None:
        """Put all words of a filling, or one whole word, into the sentence in one undo step."""
        one, filled, analysis = self._about[row], self.known, self.shown
        if one is None or filled is None or analysis is None:
            return
        if isinstance(one, WholeWord) and isinstance(filled.known, GuessedWords):
            token = analysis.fills[filled.known.mask].token_index
            guess = Candidate(0, -1, one.text, False, 0.0)
            self.replacement_wanted.emit(token, guess, filled.known.written(one))
        elif isinstance(one, Filling) and isinstance(filled.known, FilledTogether):
            masks = [fill.token_index for fill in analysis.fills]
            forms = filled.known.written(one)
            self.replacements_wanted.emit([*zip(masks, one.candidates, forms, strict=True)])
