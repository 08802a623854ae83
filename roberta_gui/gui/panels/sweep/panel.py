"""Which heads matter: each is switched off alone, and a watched word looked at."""

import math
from collections.abc import Iterator
from functools import partial
from typing import Final, cast

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QProgressBar

from roberta_gui.findings import sweep as words
from roberta_gui.findings.guesses import n_masks_cut_off
from roberta_gui.findings.notation.numbers import percentage, written_change
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.findings.sweep import (
    SweepRequest,
    SweepState,
    by_size,
    changes,
    sweep_heads,
)
from roberta_gui.gui.panels.reasons import Reason, no_head, no_mask
from roberta_gui.gui.panels.started_panel import StartedPanel
from roberta_gui.gui.panels.word_field import sweep_wanted
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import ABLATIONS, Labelled, Segments
from roberta_gui.gui.widgets.heads.head_map import HeadMap
from roberta_gui.gui.widgets.heads.head_ranking import HeadRanking, RankedHead
from roberta_gui.gui.widgets.painting.composition import pair_arranged
from roberta_gui.gui.widgets.sentence.mask_chips import NO_MASK_TO_TYPE
from roberta_gui.records import Ablation, Analysis, Sweep
from roberta_gui.view import View
from roberta_gui.wording import counted

PICTURES: Final = {
    "map": ("Map", "Every head, layers up and heads across"),
    "ranking": ("Ranking", "The heads that change the word most"),
}
BESIDE: Final = QSize(560, 190)
"""From this size on map and ranking stand side by side."""
BELOW: Final = QSize(240, 430)
"""From this size on they stand one below the other."""
NO_SENTENCE: Final = "Heads can be tried as soon as a sentence is read"
NO_MASK: Final = "No mask in the sentence: Ctrl+M puts one in, and heads are tried at it"
WORD_TIP: Final = (
    "A word that is one token, as it would stand at the mask. Empty: the best guess. Enter starts."
)


class SweepPanel(StartedPanel[SweepState]):
    """A map of what each head means to a guess, and a ranking of them; runs when asked to."""

    name = "sweep"
    title = "Which heads matter"
    tip = "Every head is switched off in turn while one word's probability at a mask is watched."
    tells_guesses = True
    state = SweepState
    work = staticmethod(sweep_heads)
    start_tip = "Try every head"
    longest = 340

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._map = HeadMap("What each head means to the word")
        self._ranking = HeadRanking("The heads that matter most")
        arrange = pair_arranged(beside=BESIDE, share=0.58, below=BELOW, upper=0.52)
        figures = self._map, self._ranking
        self._pictures, self._choice = self.composed(figures, arrange, PICTURES, "Picture")
        self._pictures.rearranged.connect(lambda: self.show_choices(store.view))
        self.heading.add(self._choice)
        self.connect_heads(*figures)
        for figure in figures:
            figure.set_tips(self._tip)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(8)  # its room is kept while there is none
        keeping = self._progress.sizePolicy()
        keeping.setRetainSizeWhenHidden(True)  # what is clicked must not move when it goes
        self._progress.setSizePolicy(keeping)
        self._word = self.word_field("word", "Word to watch", WORD_TIP, is_followed=True)
        self._word.returnPressed.connect(self.start)
        self._ablation = Segments(ABLATIONS, "Instead of what a head found")
        self._ablation.chosen.connect(lambda way: store.ablate(cast("Ablation", way)))
        self.show_picture(self._pictures, Labelled("Watch", self._word), self._ablation, self.run)
        self.body.insertWidget(1, self._progress)

    # --- what is computed

    def wanted(self, view: View) -> SweepRequest | None:
        """Say what Start would ask now."""
        return sweep_wanted(view, view.choices.sweep.word, self.attempts)

    def why_no_start(self, view: View) -> str:
        """Say that there is no sentence yet, or no mask."""
        if view.analysis is None:
            return NO_SENTENCE
        lacking = NO_MASK if view.analysis.model.can_type_mask else NO_MASK_TO_TYPE
        return super().why_no_start(view) or ("" if view.analysis.fills else lacking)

    # --- drawing

    def draw(self, view: View, previous: View | None) -> None:
        """Draw what is known of the sweep, and say what is missing."""
        super().draw(view, previous)
        self._show_note(view)

    def draw_result(self, swept: SweepState, view: View, *, is_new: bool) -> None:
        """Draw how far the sweep has come."""
        if swept.known is not None:
            self._draw_sweep(swept, swept.known)

    def highlight(self, swept: SweepState, view: View) -> None:
        """Outline the chosen head, and cross out those that are off."""
        for figure in (self._map, self._ranking):
            figure.set_switched_off(view.switched_off)
            figure.set_selected(view.selection.attention_layer, view.selection.head)
            figure.set_hovered(view.selection.hovered_head)

    def caption_of(self, swept: SweepState, view: View) -> str:
        """Say what the word depends on most, and how that was found."""
        told = ("" if swept.known is None else words.caption(swept.known), swept.note)
        return " ".join(part for part in told if part)

    def _draw_sweep(self, swept: SweepState, sweep: Sweep) -> None:
        end = words.domain(sweep)
        in_bits = changes(sweep) / math.log(2)
        self._map.set_values(in_bits, ColourScale(-end, end), partial(written_change, digits=2))
        ranked = [
            RankedHead(
                head,
                float(in_bits[head]),
                words.bits(float(sweep.changes[head])),
                percentage(words.probability(sweep, head)),
            )
            for head in by_size(sweep)
        ]
        spelled = swept.watched.spelled
        self._ranking.set_ranking(ranked, ("bits", spelled if len(spelled) <= 12 else "has"))
        self._pictures.set_headings(
            (f"Change of log₂ P(“{spelled}”)", f"Largest changes of {counted(len(ranked), 'head')}")
        )

    def remark_of(self, swept: SweepState, view: View) -> str:
        """Say which word is watched, and how many heads were tried."""
        if swept.known is None:
            return ""
        n_tried, n_heads = len(by_size(swept.known)), words.n_to_try(swept.known)
        of = "" if n_tried == n_heads else f"{n_tried} of "
        return f"“{swept.watched.spelled}” · {of}{counted(n_heads, 'head')}"

    def fit(self) -> None:
        """Keep the controls at one height."""
        super().fit()
        for control in (self._word, self._ablation):
            control.setFixedHeight(self.theme.pixels(28))

    def set_covered(self, behind: bool) -> None:
        """Keep no room for what is said behind another tab."""
        super().set_covered(behind)
        self.fit()

    def _show_note(self, view: View) -> None:
        """Say instead where what was found is of something else than what is shown."""
        note, known = "", self.known
        if known is not None and self.asked is not None and view.run.tokens:
            wanted, text = self.wanted(view), view.run.text
            note = words.what_changed(self.asked, wanted, text, _lacking(view))
        named("outdated" if note else "caption", self.caption)
        self.say(note or ("" if known is None else self.caption_of(known, view)))

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing: a mask, a word that can be watched, or that somebody starts."""
        analysis, refusal = view.analysis, self.so_far.refusal if self.so_far else None
        if analysis is None:
            return
        yield no_head(analysis.model)
        yield no_mask(view, "A sweep watches a word at a mask. ")
        if refusal is not None:
            yield Reason(refusal.title, refusal.hint)
        if self.is_running:
            yield Reason("Trying the heads", "The highest layer comes first.", is_busy=True)
        off = analysis.request.switched_off
        n_heads = analysis.model.n_layers * analysis.model.n_heads - len(off)
        yield Reason(
            "Which heads does the guess depend on?",
            f"Start switches each of the {'other ' * bool(off)}{n_heads} heads off alone and "
            "watches one word "
            "at the mask: the best guess, or the one in the field.",
        )

    def offers_choices(self, view: View) -> bool:
        """Let one start a sweep where there is a mask, or stop it."""
        has_mask = view.analysis is not None and bool(view.analysis.fills)
        return has_mask or self.is_running or self.so_far is not None

    def _tip(self, layer: int, head: int) -> str:
        swept = self.so_far
        if swept is None:
            return ""
        off = (layer, head) in self.store.view.switched_off
        return words.tip(swept.watched, swept.found, (layer, head), is_off=off)

    # --- what is handed out

    @property
    def shown(self) -> Analysis | None:
        """The sentence that was swept, without its pass where the window shows another."""
        if self.known is None or self.asked is None:
            return None
        analysis = self.store.view.analysis
        if analysis is not None and analysis.request == self.asked.request:
            return analysis
        return self.known.request.bare()

    # --- controls

    def show_choices(self, view: View) -> None:
        """Show the controls that do something now."""
        super().show_choices(view)
        self._ablation.set_choice(view.ablation)
        sweep = self.so_far.found if self.so_far is not None else None
        self._progress.setVisible(self.is_running)
        self._progress.setRange(0, 0 if sweep is None else 1000)
        self._progress.setValue(0 if sweep is None else round(sweep.fraction * 1000))
        is_drawn = self.result(view) is not None
        self._choice.setVisible(is_drawn and len(self._pictures.shown) == 1)


def _lacking(view: View) -> str:
    """Say that the sentence has no mask to watch a word at; "" if it has, or nobody knows yet."""
    analysis = view.analysis
    if analysis is None or view.is_stale or analysis.fills:
        return ""
    cut_off = n_masks_cut_off(analysis)
    if not cut_off:
        return "The present one has no mask."
    return f"The present one's {'mask is' if cut_off == 1 else 'masks are'} cut off."
