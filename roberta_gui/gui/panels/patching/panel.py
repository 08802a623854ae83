"""Where it comes from: states of A are put into B, and a watched word looked at."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from PySide6.QtWidgets import QLineEdit, QPushButton

from roberta_gui.findings.comparison.against import where_b_is
from roberta_gui.findings.notation.glyphs import SPACE
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
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.reasons import Reason, no_mask
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import Labelled
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.records import Report, Stop
from roberta_gui.view import View

BEHIND: Final = "A sentence has just changed: it is read first"
WORD_TIP: Final = (
    "A word that is one token, as it would stand at the mask. Empty: A's best guess. Enter starts."
)


class PatchingPanel(ComparisonPanel[PatchState]):
    """A map of how much of a word comes back with each state of A; runs when asked to."""

    name = "patching"
    title = "Where it comes from"
    tip = (
        "Activation patching: each state of A is copied into B in turn, and how much of a word's "
        "log-probability comes back is shown."
    )

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._request: PatchRequest | None = None
        self._state: PatchState | None = None
        self._attempts = 0
        self._map = LayerHeatmap("Share of the word that each state of A brings back in B")
        self.connect_cells(self._map)
        self._word = QLineEdit()
        self._word.setAccessibleName("Word to bring back")
        self._word.setToolTip(plain_tip(WORD_TIP))
        self._word.textEdited.connect(
            lambda text: store.choose(self.name, word=text.replace(" ", SPACE))
        )
        self._word.returnPressed.connect(self.start)
        self._run = named("action", QPushButton("Start"))
        self._run.clicked.connect(lambda: self.stop() if self._is_running else self.start())
        self.show_picture(self._map, Labelled("Watch", self._word), self._run)
        self.fit()

    # --- what is computed

    def derive(self, view: View) -> Derivation | None:
        """Ask for the states that were asked to be copied, until all are."""
        request = self._request
        if request is None or request.comparison is not view.comparison or self._is_done:
            return None
        return Derivation(request, partial(patch, request), request.comparison.b.model)

    def start(self) -> None:
        """Begin to copy the states of A into B, for the word in the field."""
        wanted, view = self._wanted(self.store.view), self.store.view
        if wanted is not None and not self.is_outdated(view):
            self._attempts += 1
            self._request, self._state = wanted, None
            self.store.report(f"panel:{self.name}", None)
            self.draw_again()

    def stop(self) -> None:
        """End the work; what is known stays."""
        if self._request is not None and self._is_running:
            found = self._state.patching if self._state is not None else None
            self._state = PatchState(self._request, found, is_done=True)
            # The newest work of the lane replaces the one that runs.
            halted = partial(_recall, self._state)
            self.derivation_wanted.emit(Derivation((self._request, "stopped"), halted))
            self.draw_again()

    @property
    def _is_done(self) -> bool:
        return self._state is not None and self._state.is_done

    @property
    def _is_running(self) -> bool:
        failed = f"panel:{self.name}" in self.store.view.problems
        return self._request is not None and not self._is_done and not failed

    def _wanted(self, view: View) -> PatchRequest | None:
        """Say what Start would ask now."""
        compared, mask = view.comparison, view.selection.mask
        if compared is None or not compared.has_same_model or compared.a.model != view.model:
            return None
        if mask >= min(len(compared.a.fills), len(compared.b.fills)):
            return None
        best, typed = compared.a.fills[mask].candidates[0], view.choices.patching.word
        name = typed or spaced_word(best.text, best.leading_space)
        return PatchRequest(compared, mask, literal(typed) or best.id, name, self._attempts)

    def _take(self, view: View) -> None:
        """Take what has arrived; of other sentences nothing is kept."""
        if self._request is not None and self._request.comparison is not view.comparison:
            self._request = self._state = None
        derived = view.derived.get(self.name)
        if derived is not None and not self._is_done and self._request is not None:
            arrived: PatchState = derived.value
            if arrived.request == self._request:
                self._state = arrived

    # --- drawing

    def result(self, view: View) -> PatchState | None:
        """Return what is known, once a state was copied."""
        state = self._state
        is_of_it = state is not None and state.comparison is view.comparison
        return state if state is not None and state.known is not None and is_of_it else None

    def draw(self, view: View, previous: View | None) -> None:
        """Draw what is known, or say what is missing."""
        self._take(view)
        super().draw(view, previous)

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give nothing: a word that is typed is watched by the next start."""
        return ()

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
        told = caption(state.known, where_b_is(state.comparison)), state.note
        return " ".join(filter(None, told))

    def remark_of(self, state: PatchState, view: View) -> str:
        """Say which word is watched, and how far the work is."""
        return "" if state.known is None else remark(state, state.known)

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing: one model, masks, a word of one token, or that somebody starts."""
        compared, state = view.comparison, self._state
        if compared is None:
            return
        if not compared.has_same_model:
            yield Reason(
                "B is read by another model",
                "States can only be copied between two runs of one model: compare with another "
                "sentence, or switch heads off.",
            )
        if not compared.a.model.can_fill_masks:
            yield Reason(
                "This model cannot guess words",
                "Its checkpoint has no masked-language-model head, so there is no word to watch.",
            )
        yield no_mask(compared.a, "A word is watched at a mask. ")
        if view.selection.mask >= len(compared.b.fills):
            yield Reason(
                "No such mask in B", "A word is watched at the masks with one number in A and B."
            )
        if state is not None and state.refusal is not None:
            yield Reason(state.refusal.title, state.refusal.hint)
        if state is not None and state.has_no_gap:
            yield Reason(
                "The word is as probable in A as in B",
                "So there is nothing to bring back. Change one of the sentences, or watch another "
                "word.",
            )
        if self._is_running:
            progress = view.progress.get(f"panel:{self.name}")
            fraction = None if progress is None else progress.fraction
            yield Reason("Copying states", "The highest layer comes first.", fraction, is_busy=True)
        yield Reason(
            "Where does the guess come from?",
            "Start copies each state of A into B, one layer and token at a time, and shows how "
            "much of a word's log-probability comes back.",
        )

    def offers_choices(self, view: View) -> bool:
        """Let one start where a word can be watched, or stop."""
        return self._is_running or self._wanted(view) is not None

    def show_choices(self, view: View) -> None:
        """Show the word, and the button that does something now."""
        place, text = self._word.cursorPosition(), view.choices.patching.word
        if self._word.text() != text:
            self._word.setText(text)
            self._word.setCursorPosition(place)
        if view.comparison is not None and view.comparison.a.fills:
            fills = view.comparison.a.fills
            best = fills[min(view.selection.mask, len(fills) - 1)].candidates[0]
            self._word.setPlaceholderText(spaced_word(best.text, best.leading_space))
        running = self._is_running
        self._run.setText("Stop" if running else "Start")
        self._run.setToolTip("Keep what is known" if running else "Copy every state")
        rule_out(self._run, BEHIND if not running and self.is_outdated(view) else "")

    def fit(self) -> None:
        """Give the controls the height and width of the others."""
        super().fit()
        self._word.setFixedWidth(self.theme.pixels(112))
        for control in (self._word, self._run):
            control.setFixedHeight(self.theme.pixels(28))


def _recall(state: PatchState, stop: Stop, report: Report) -> PatchState:
    return state
