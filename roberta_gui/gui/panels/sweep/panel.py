"""Which heads matter: each is switched off alone, and a watched word looked at."""

import math
from functools import partial
from typing import Final, cast

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from roberta_gui.findings.names import spaced_word
from roberta_gui.findings.numbers import percentage, written_change
from roberta_gui.findings.scales import ColourScale
from roberta_gui.findings.sweep import captions as words
from roberta_gui.findings.sweep.sweeping import SweepRequest, SweepState, sweep_heads
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.look.theme import Theme
from roberta_gui.gui.panels.panel import Derivation, Panel
from roberta_gui.gui.panels.sweep.controls import BEHIND, NO_MASK, NO_SENTENCE, SweepControls
from roberta_gui.gui.panels.sweep.said import SweepSaid
from roberta_gui.gui.panels.why_empty import (
    describe_no_mask,
    describe_problem,
    n_masks_cut_off,
    say_waiting,
)
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.heads.head_map import HeadMap
from roberta_gui.gui.widgets.heads.head_ranking import HeadRanking, RankedHead
from roberta_gui.gui.widgets.painting.composition import Composition
from roberta_gui.records import Ablation, Analysis, Report, Stop, Sweep
from roberta_gui.view import View
from roberta_gui.wording import counted

PICTURES: Final = {
    "map": "Every head, layers up and heads across",
    "ranking": "The heads that change the word most",
}
BESIDE: Final = QSize(560, 190)
"""From this size on map and ranking stand side by side."""
BELOW: Final = QSize(240, 430)
"""From this size on they stand one below the other."""
ROOMY: Final = 400
"""From this height on the caption is there in full."""
LEAST: Final = 108
"""Pixels of height without which neither pictures nor words can be read."""


class SweepPanel(Panel):
    """A map of what each head means to a guess, and a ranking of them; runs when asked to."""

    name = "sweep"
    title = "Which heads matter"
    tip = "Every head is switched off in turn while one word's probability at a mask is watched."

    def __init__(self, store: ViewStore, theme: Theme) -> None:
        super().__init__(store, theme)
        self._question: SweepRequest | None = None
        self._swept: SweepState | None = None
        self._attempts = 0
        self._map = HeadMap(theme, "What each head means to the word")
        self._ranking = HeadRanking(theme, "The heads that matter most")
        self._pictures = Composition(theme, (self._map, self._ranking), arrange)
        self._pictures.rearranged.connect(self._show_choices)
        for figure in (self._map, self._ranking):
            figure.head_hovered.connect(store.hover_head)
            figure.head_left.connect(store.leave)
            figure.head_clicked.connect(store.select_head)
            figure.head_double_clicked.connect(self._solo)
            figure.heads_toggled.connect(store.toggle_heads)
            figure.set_tips(self._tip)
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._pictures)
        self._stack.setMinimumHeight(theme.pixels(LEAST))
        self._said = SweepSaid()
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        keeping = self._progress.sizePolicy()
        keeping.setRetainSizeWhenHidden(True)  # what is clicked must not move when it goes
        self._progress.setSizePolicy(keeping)
        self._build_controls()
        above = QVBoxLayout()
        above.setSpacing(4)
        above.addWidget(self._controls)
        above.addWidget(self._progress)
        self.body.addLayout(above)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._said)

    # --- what is computed

    def derive(self, view: View) -> Derivation | None:
        """Ask for the sweep that was started, until it is done."""
        question = self._question
        if question is None or question.model != view.model or self._is_done:
            return None
        return Derivation(question, partial(sweep_heads, question), question.model)

    def start(self) -> None:
        """Begin a sweep of the sentence as it is, for the word in the field."""
        wanted = self._wanted(self.store.view)
        if wanted is not None:
            self._attempts += 1
            self._question, self._swept = wanted, None
            self.store.report(f"panel:{self.name}", None)
            self._show_again()

    def stop(self) -> None:
        """End the sweep; what is known stays."""
        if self._question is not None and self._is_running:
            sweep = self._swept.sweep if self._swept is not None else None
            self._swept = SweepState(self._question, sweep, is_done=True)
            # The newest work of the lane replaces the sweep.
            halted = partial(_recall, self._swept)
            self.derivation_wanted.emit(Derivation((self._question, "stopped"), halted))
            self._show_again()

    @property
    def _is_done(self) -> bool:
        return self._swept is not None and self._swept.is_done

    @property
    def _is_running(self) -> bool:
        failed = f"panel:{self.name}" in self.store.view.problems
        return self._question is not None and not self._is_done and not failed

    def _wanted(self, view: View) -> SweepRequest | None:
        """Say what Start would ask now."""
        analysis = view.analysis
        if analysis is None or not analysis.fills or analysis.model != view.model:
            return None
        mask = view.selection.mask
        best = analysis.fills[mask].candidates[0]
        return SweepRequest(
            analysis.request, analysis.model, analysis.tokens, mask,
            self._controls.word or best.id, view.ablation, self._attempts,
            "" if self._controls.word else spaced_word(best.text, best.leading_space),
        )  # fmt: skip

    def _take(self, view: View) -> None:
        """Take what has arrived; heads of another model are others."""
        if self._question is not None and self._question.model != view.model:
            self._question = self._swept = None
        derived = view.derived.get(self.name)
        if derived is not None and not self._is_done and self._question is not None:
            arrived: SweepState = derived.value
            if arrived.question == self._question:
                self._swept = arrived

    # --- drawing

    def draw(self, view: View, previous: View | None) -> None:
        """Draw what is known of the sweep, and say what is missing."""
        before = self._swept
        self._take(view)
        swept = self._swept
        sweep = swept.sweep if swept is not None else None
        self._say(view)
        if swept is None or sweep is None or not words.by_size(sweep):
            self._stack.setCurrentWidget(self._empty)
            self.heading.set_remark("")
            self._say_why_empty(view)
            self._show_choices()
            return
        self._stack.setCurrentWidget(self._pictures)
        self._show_choices()
        if previous is None or before is not swept:
            self._draw_sweep(swept, sweep)
        for figure in (self._map, self._ranking):
            figure.set_switched_off(view.switched_off)
            figure.set_selected(view.selection.attention_layer, view.selection.head)
            figure.set_hovered(view.selection.hovered_head)

    def _draw_sweep(self, swept: SweepState, sweep: Sweep) -> None:
        end = words.domain(sweep)
        changes = words.changes(sweep) / math.log(2)  # bits
        self._map.set_values(changes, ColourScale(-end, end), partial(written_change, digits=2))
        ranked = [
            RankedHead(
                head,
                float(changes[head]),
                words.bits(float(sweep.changes[head])),
                percentage(words.probability(sweep, head)),
            )
            for head in words.by_size(sweep)
        ]
        spelled = swept.watched.spelled
        self._ranking.set_ranking(ranked, ("bits", spelled if len(spelled) <= 12 else "has"))
        self._pictures.set_headings(
            (f"Change of log₂ P(“{spelled}”)", f"Largest changes of {counted(len(ranked), 'head')}")
        )
        n_tried, n_heads = len(ranked), words.n_to_try(sweep)
        tried = (
            f"{counted(n_heads, 'head')}"
            if n_tried == n_heads
            else f"{n_tried} of {counted(n_heads, 'head')}"
        )
        self.heading.set_remark(f"“{spelled}” · {tried}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._said.set_roomy(self.height() >= self.theme.pixels(ROOMY))

    def _say(self, view: View) -> None:
        """Say what was found, and whether that is of something else than what is shown."""
        note = ""
        if self._known() is not None and self._question is not None and view.run.tokens:
            wanted, text = self._wanted(view), view.run.text
            note = words.what_changed(self._question, wanted, text, _lacking(view))
        self._said.say(self.caption_text(), note)

    def _say_why_empty(self, view: View) -> None:
        analysis = view.analysis
        refusal = self._swept.refusal if self._swept is not None else None
        if describe_problem(self._empty, view, "sentence", f"panel:{self.name}"):
            return
        if analysis is None:
            say_waiting(self._empty, view, "Trying the heads")
        elif not analysis.model.can_fill_masks:
            self._empty.say(
                "This model cannot guess words",
                "Its checkpoint has no masked-language-model head, so there is no word to watch.",
            )
        elif describe_no_mask(self._empty, analysis, "A sweep watches a word at a mask. "):
            return
        elif refusal is not None:
            self._empty.say(refusal.title, refusal.hint)
        elif self._is_running:
            self._empty.say("Trying the heads", "The highest layer comes first.", busy=True)
        else:
            off = analysis.request.switched_off
            n_heads = analysis.model.n_layers * analysis.model.n_heads - len(off)
            self._empty.say(
                "Which heads does the guess depend on?",
                f"Start switches each of the {'other ' * bool(off)}{n_heads} heads off alone and "
                "watches one word "
                "at the mask: the best guess, or the one in the field.",
            )

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self._pictures.set_theme(theme)
        self._controls.set_theme(theme)
        self._said.set_theme(theme)
        self._stack.setMinimumHeight(theme.pixels(LEAST))
        super().set_theme(theme)

    def _tip(self, layer: int, head: int) -> str:
        swept = self._swept
        if swept is None:
            return ""
        off = (layer, head) in self.store.view.switched_off
        return words.tip(swept.watched, swept.sweep, (layer, head), is_off=off)

    # --- what is handed out

    @property
    def shown(self) -> Analysis | None:
        """The sentence that was swept, without its pass where the window shows another."""
        if self._known() is None or self._question is None:
            return None
        analysis = self.store.view.analysis
        if analysis is not None and analysis.request == self._question.request:
            return analysis
        return self._question.bare()

    def picture(self) -> QWidget:
        """Return map and ranking, as far as they are in sight."""
        return self._pictures

    def caption_text(self) -> str:
        """Say what the word depends on most, and how that was found."""
        sweep = self._known()
        if sweep is None or self._swept is None:
            return ""
        told = (words.caption(sweep), self._swept.note)
        return " ".join(part for part in told if part)

    def table(self) -> Table | None:
        """Return what each head that was tried means to the word; nan where it was off already."""
        sweep = self._known()
        return None if sweep is None else words.table(sweep)

    def arrays(self) -> Arrays | None:
        """Return the changes, (layer, head) in nats, and what they are changes of."""
        sweep = self._known()
        return None if sweep is None else words.arrays(sweep)

    def _known(self) -> Sweep | None:
        """Return the sweep, once a head was tried."""
        sweep = self._swept.sweep if self._swept is not None else None
        return sweep if sweep is not None and words.by_size(sweep) else None

    # --- controls

    def _build_controls(self) -> None:
        self._controls = SweepControls()
        self._controls.start_wanted.connect(self.start)
        self._controls.stop_wanted.connect(self.stop)
        self._controls.ablation_chosen.connect(lambda way: self.store.ablate(cast("Ablation", way)))
        self._controls.word_edited.connect(lambda: self._say(self.store.view))
        self._picture = Segments({"map": "Map", "ranking": "Ranking"}, PICTURES, "Picture")
        self._picture.set_choice("map")
        self._picture.chosen.connect(lambda p: self._pictures.choose([*PICTURES].index(p)))
        self.heading.add(self._picture)

    def _show_choices(self) -> None:
        """Show the controls that do something now."""
        view = self.store.view
        fills = view.analysis.fills if view.analysis is not None else ()
        running = self._is_running
        self._controls.setVisible(bool(fills) or running or self._swept is not None)
        if fills:
            best = fills[min(view.selection.mask, len(fills) - 1)].candidates[0]
            self._controls.show_best_guess(spaced_word(best.text, best.leading_space))
        self._controls.set_ablation(view.ablation)
        why_not = "" if fills and not view.is_stale else _why_not(view)
        self._controls.show_state(running=running, why_not=why_not)
        sweep = self._swept.sweep if self._swept is not None else None
        self._progress.setVisible(running)
        self._progress.setRange(0, 0 if sweep is None else 1000)
        self._progress.setValue(0 if sweep is None else round(sweep.fraction * 1000))
        drawn = self._stack.currentWidget() is self._pictures
        self._picture.setVisible(drawn and len(self._pictures.shown) == 1)

    def _show_again(self) -> None:
        self._drawn = None
        self._refresh()

    def _solo(self, layer: int, head: int) -> None:
        self.store.select_head(layer, head)
        self.solo_wanted.emit("attention")


def _lacking(view: View) -> str:
    """Say that the sentence has no mask to watch a word at; "" if it has, or nobody knows yet."""
    analysis = view.analysis
    if analysis is None or view.is_stale or analysis.fills:
        return ""
    cut_off = n_masks_cut_off(analysis)
    if not cut_off:
        return "The present one has no mask."
    return f"The present one's {'mask is' if cut_off == 1 else 'masks are'} cut off."


def _recall(swept: SweepState, stop: Stop, report: Report) -> SweepState:
    return swept


def arrange(size: QSize, chosen: int) -> dict[int, QRect]:
    """Put the ranking beside the map or below it, or show the chosen one alone."""
    width, height = size.width(), size.height()
    if width >= BESIDE.width() and height >= BESIDE.height():
        left = min(round(width * 0.58), width - 240)
        return {0: QRect(0, 0, left - 12, height), 1: QRect(left, 0, width - left, height)}
    if width >= BELOW.width() and height >= BELOW.height():
        top = round(height * 0.52)
        return {0: QRect(0, 0, width, top - 8), 1: QRect(0, top, width, height - top)}
    return {chosen: QRect(0, 0, width, height)}


def _why_not(view: View) -> str:
    """Say why no sweep can begin now."""
    if view.analysis is None:
        return NO_SENTENCE
    return BEHIND if view.is_stale else NO_MASK
