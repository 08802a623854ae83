"""Where it comes from: states of A are put into B, and a watched word looked at."""

from collections.abc import Iterator, Sequence
from typing import Final

from roberta_gui.findings.comparison.against import names_of
from roberta_gui.findings.notation.names import literal, spaced_word
from roberta_gui.findings.words.patching import (
    PatchRequest,
    PatchState,
    caption,
    map_of,
    patch,
    remark,
)
from roberta_gui.gui.panels.comparison_panel import ComparisonPanel
from roberta_gui.gui.panels.reasons import Reason, fraction_of, no_head, no_mask_on_a_side
from roberta_gui.gui.panels.started_panel import StartedPanel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.segments import Labelled
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.view import View

WORD_TIP: Final = (
    "A word that is one token, as it would stand at the mask. Empty: A's best guess. Enter starts."
)
AGAINST_TIP: Final = (
    "A second word of one token: what comes back is then how much likelier the first is than "
    "this. Empty: none. Enter starts."
)


class PatchingPanel(StartedPanel[PatchState], ComparisonPanel[PatchState]):
    """A map of how much of a word comes back with each state of A; runs when asked to."""

    name = "patching"
    title = "Where it comes from"
    tip = (
        "Activation patching: each state of A is copied into B in turn, and how much of a word's "
        "log-probability comes back is shown."
    )
    tells_guesses = True
    state = PatchState
    work = staticmethod(patch)
    start_tip = "Copy every state"

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._map = LayerHeatmap("Share of the word that each state of A brings back in B")
        self.connect_cells(self._map)
        self._word = self.word_field("word", "Word to bring back", WORD_TIP, is_followed=True)
        self._against = self.word_field(
            "against", "Word that it is held against", AGAINST_TIP, "none", is_followed=True
        )
        for field in (self._word, self._against):
            field.returnPressed.connect(self.start)
        words = Labelled("Watch", self._word), Labelled("and not", self._against)
        self.show_picture(self._map, *words, self.run)
        self.fit()

    # --- what is computed

    def is_about(self, request: PatchRequest, view: View) -> bool:
        """Tell whether these are the two passes; of other sentences nothing is kept."""
        return request.comparison is view.comparison

    def wanted(self, view: View) -> PatchRequest | None:
        """Say what Start would ask now."""
        compared, mask = view.comparison, view.selection.mask
        if compared is None or not compared.has_same_model or compared.a.model != view.model:
            return None
        if mask >= min(len(compared.a.fills), len(compared.b.fills)):
            return None
        best, chosen = compared.a.fills[mask].candidates[0], view.choices.patching
        name = chosen.word or spaced_word(best.text, best.leading_space)
        words = literal(chosen.word) or best.id, name, literal(chosen.against).rstrip()
        return PatchRequest(compared, mask, *words, self.attempts)

    # --- drawing

    def draw_result(self, state: PatchState, view: View, *, is_new: bool) -> None:
        """Draw how far the work has come."""
        if state.known is not None:
            self._map.set_values(map_of(state, state.known))

    def highlight(self, state: PatchState, view: View) -> None:
        """Outline what is chosen."""
        self.highlight_cells(view, self._map, layer=view.selection.layer)

    @property
    def tokens(self) -> Sequence[int | None]:
        """A's token of each column, which is one of B's."""
        if self.known is None:
            return ()
        partners = {int(b): int(a) for a, b in self.known.comparison.alignment.pairs}
        return [partners.get(place) for place in range(len(self.known.comparison.b.tokens))]

    def caption_of(self, state: PatchState, view: View) -> str:
        """Say where most comes back from."""
        if state.known is None:
            return ""
        told = caption(state.known, state.comparison), state.note
        return " ".join(filter(None, told))

    def remark_of(self, state: PatchState, view: View) -> str:
        """Say which word is watched, and how far the work is."""
        return "" if state.known is None else remark(state, state.known)

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing: one model, masks, a word of one token, or that somebody starts."""
        compared, state = view.comparison, self.so_far
        if compared is None:
            return
        if not compared.has_same_model:
            yield Reason(
                "Another model stands on the other side",
                "States can only be copied between two runs of one model. Choose “Nothing” under "
                "“Compare with” in the model menu, then compare with another sentence (A | B), or "
                "switch heads off.",
            )
        yield no_head(compared.a.model)
        yield no_mask_on_a_side(view, compared)
        if view.selection.mask >= len(compared.b.fills):
            yield Reason(
                f"No such mask {names_of(compared).in_b}",
                "A word is watched at the masks with one number on both sides.",
            )
        if state is not None and state.refusal is not None:
            yield Reason(state.refusal.title, state.refusal.hint)
        if state is not None and state.has_no_gap:
            yield Reason(
                f"The word is as likely {names_of(compared).in_a} as {names_of(compared).in_b}",
                "So there is nothing to bring back. Change one of the sentences, or watch another "
                "word.",
            )
        if self.is_running:
            fraction = fraction_of(view, self.lane)
            yield Reason("Copying states", "The highest layer comes first.", fraction, is_busy=True)
        yield Reason(
            "Where does the guess come from?",
            "Start copies each state of A into B, one layer and token at a time, and shows how "
            "much of a word's log-probability comes back.",
        )
