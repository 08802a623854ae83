"""Labels: what a fine-tuned model says of the sentence, while it is typed."""

import math
from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import Qt

from roberta_gui.findings.comparison.against import Sides, describe_likelier, names_of
from roberta_gui.findings.labels import LabelRow, LabelsResult, predict
from roberta_gui.findings.notation.marks import Guess
from roberta_gui.findings.notation.numbers import bits_likelier, percentage, written
from roberta_gui.gui.panels.picture_panel import scrolled
from roberta_gui.gui.panels.reasons import Reason, no_tokens
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.tokens.guess_list import LIKELIER, GuessList
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.view import View


class LabelsPanel(TokenPanel[LabelsResult]):
    """The probability of each label, or of each word's label, with what it is in B."""

    name = "labels"
    title = "Labels"
    tip = "What a fine-tuned model says of the sentence, or of each word; with B, both."
    busy = "Asking for the label"

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._list = GuessList()
        self._list.setAccessibleName("Labels, with their probabilities")
        self._list.guess_taken.connect(self._lock)
        self.show_picture(scrolled(self._list), drawn=self._list)

    def derive(self, view: View) -> Derivation | None:
        """Ask the head that the model was fine-tuned with."""
        analysis, compared = view.analysis, view.comparison
        if analysis is None or analysis.model != view.model or not self._can_tell(view):
            return None
        work = partial(predict, analysis, compared)
        return Derivation((analysis, compared), work, analysis.model)

    def result(self, view: View) -> LabelsResult | None:
        """Return the labels, be they of an earlier sentence; none of a model that tells none."""
        return super().result(view) if self._can_tell(view) else None

    @staticmethod
    def _can_tell(view: View) -> bool:
        has_tokens = view.analysis is None or bool(view.analysis.tokens) or view.is_stale
        return has_tokens and view.model is not None and view.model.task is not None

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say that the model was fine-tuned to no task, and what to do about it."""
        if view.model is not None and view.model.task is None:
            yield Reason(
                "This model tells no labels",
                f"{view.model.name} was fine-tuned to no task. Teach it one (F10), or open a "
                "checkpoint that was saved as RobertaForSequenceClassification.",
            )
        yield no_tokens(view)

    def draw_result(self, found: LabelsResult, view: View, *, is_new: bool) -> None:
        """List the labels, or the words with theirs."""
        compared = found.comparison
        sides = None if found.b is None else names_of(compared)
        rows = found.rows()
        order = sorted(rows, key=lambda one: -one.value)
        places = ["" if found.is_of_words else str(order.index(one) + 1) for one in rows]
        guesses = [
            _guess(one, place, sides, found) for one, place in zip(rows, places, strict=True)
        ]
        where = "" if sides is None else sides.in_b
        self._list.set_guesses(guesses, where, where if found.is_number else LIKELIER)
        hand, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
        self._list.setCursor(hand if found.is_of_words else arrow)

    def caption_of(self, found: LabelsResult, view: View) -> str:
        """Say which label it is, here and in B."""
        return found.caption()

    def remark_of(self, found: LabelsResult, view: View) -> str:
        """Say what the numbers are, and how two texts are written that are one input."""
        numbers = "values" if found.is_number else "probabilities"
        if len(found.a.model.special_tokens) != 2 or found.is_of_words:
            return numbers
        end = found.a.model.special_tokens[1]
        return f"{numbers} · a pair of texts: A{end}{end}B"

    def _lock(self, row: int) -> None:
        """Lock the first token of a word in all panels."""
        if (found := self.known) is not None and found.is_of_words:
            self.lock_token(found.rows()[row].token, extend=False)


def _guess(one: LabelRow, place: str, sides: Sides | None, found: LabelsResult) -> Guess:
    """Write a label's row, or a word's."""
    name = f"{one.word}: {one.label}" if one.word else one.label
    number = written(one.value, 3) if found.is_number else percentage(one.value)
    tip = f"{name} {number}" if found.is_number else f"{name}: probability {one.value:.6f}"
    change = ""
    if sides is not None and math.isnan(one.in_b):
        tip += f"\nno number {sides.in_b}"
    elif sides is not None and found.is_number:
        change = written(one.in_b, 3)
        tip += f"\n{sides.in_b} {change}"
    elif sides is not None:
        told = describe_likelier(bits_likelier(one.value, one.in_b), sides)
        tip += f"\n{percentage(one.in_b)} {sides.in_b}: {told}"
    share = 0.0 if found.is_number else one.value
    before = None if sides is None else math.nan if found.is_number else one.in_b
    return Guess(name, share, tip, before, True, place or str(one.token + 1), number, change)
