"""Token: one token closely, and the tokenizer under a microscope for its word."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from roberta_gui.findings.notation.names import ordinary
from roberta_gui.findings.words.cut import LONGEST, rows_of
from roberta_gui.findings.words.token import InspectedToken, inspect
from roberta_gui.gui.panels.picture_panel import PicturePanel, scrolled
from roberta_gui.gui.panels.reasons import Reason, no_tokens
from roberta_gui.gui.sentence.sentence_tint import known_surprisal
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.interaction.clicks import item_at
from roberta_gui.gui.widgets.tokens.fact_list import FactList
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.view import View

TIP = "A word to cut in place of the selected token's own; empty: that one"


class TokenInspectorPanel(PicturePanel[InspectedToken]):
    """Id, bytes, place, neighbours of the selected token, and each step of cutting its word."""

    name = "token"
    title = "Token"
    tip = "The selected token closely, and how the tokenizer cuts its word, step by step."
    tells_guesses = True
    busy = "Looking at the token"

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._tokens: tuple[int | None, ...] = ()
        self._list = FactList()
        self._list.setAccessibleName("The token, its neighbours, and how its word is cut")
        self._list.guess_taken.connect(self._select)
        self.show_picture(scrolled(self._list), drawn=self._list)
        field = self.word_field("word", "A word to cut", TIP, "Another word to cut")
        field.setMaxLength(LONGEST)
        self.body.insertWidget(0, field)

    # --- what is computed

    def derive(self, view: View) -> Derivation | None:
        """Ask about the token that was locked last, else the one under the pointer."""
        analysis, index, typed = view.analysis, self._index(view), view.choices.token.word.strip()
        if analysis is None or analysis.model != view.model or (index is None and not typed):
            return None
        layer = min(view.selection.layer, len(analysis.hidden) - 1)
        preparations = self.prepared(view)
        work = partial(inspect, analysis, index, layer, preparations, typed)
        return Derivation((analysis, index, layer, preparations, typed), work, analysis.model)

    def result(self, view: View) -> InspectedToken | None:
        """Return what is known of a token of this sentence, with its surprisal if it is known."""
        found = super().result(view)
        if found is None or (found.analysis is not view.analysis and self.derive(view) is None):
            return None
        return found

    @property
    def known(self) -> InspectedToken | None:
        """What is drawn, with the surprisal if another panel has measured it."""
        found = super().known
        return None if found is None else _with_bits(found, self.store.view)

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say that no token is selected."""
        yield no_tokens(view)
        if view.analysis is not None and self.derive(view) is None:
            yield Reason(
                "Which token?",
                "Click one below the sentence, or point at it; or type a word above.",
                offer=("Look at the first token", self.start),
            )

    def start(self) -> None:
        """Look at the first token, where none is selected."""
        view = self.store.view
        if view.analysis is not None and view.analysis.tokens and self.derive(view) is None:
            self.store.select_token(ordinary(view.analysis.tokens)[0])

    # --- drawing

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give the surprisal that is known by now."""
        return (known_surprisal(view),)

    def draw_result(self, found: InspectedToken, view: View, *, is_new: bool) -> None:
        """List all that is known."""
        rows, self._tokens = rows_of(_with_bits(found, view).facts())
        self._list.set_guesses(rows)

    def caption_of(self, found: InspectedToken, view: View) -> str:
        """Say what is nearest, and how the word is cut."""
        return found.caption()

    def remark_of(self, found: InspectedToken, view: View) -> str:
        """Name the token."""
        return found.remark()

    @staticmethod
    def _index(view: View) -> int | None:
        chosen = view.selection.token
        index = view.selection.hovered_token if chosen is None else chosen
        n_tokens = 0 if view.analysis is None else len(view.analysis.tokens)
        return index if index is not None and index < n_tokens else None

    def _select(self, row: int) -> None:
        """Look at the token that a row is about."""
        token = item_at(self._tokens, row)
        if token is not None and not self.store.view.is_stale:
            self.store.select_token(token)


def _with_bits(found: InspectedToken, view: View) -> InspectedToken:
    """Add the token's surprisal, where it was measured for this very pass."""
    measured = known_surprisal(view)
    if found.index is None or measured is None or measured.analysis is not found.analysis:
        return found
    return replace(found, bits=float(measured.bits[found.index]))
