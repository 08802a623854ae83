"""Which heads matter: each is switched off alone, and a watched word looked at."""

import math
from collections.abc import Iterator
from functools import partial
from typing import Final, cast

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLineEdit, QProgressBar, QPushButton
from superqt.elidable import QElidingLabel

from roberta_gui.findings import sweep as words
from roberta_gui.findings.notation.glyphs import SPACE
from roberta_gui.findings.notation.names import literal, spaced_word
from roberta_gui.findings.notation.numbers import percentage, written_change
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.findings.sweep import (
    SweepRequest,
    SweepState,
    by_size,
    changes,
    sweep_heads,
)
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.picture_panel import LOW
from roberta_gui.gui.panels.reasons import Reason, n_masks_cut_off, no_mask
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import ABLATIONS, Labelled, Segments
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.widgets.heads.head_map import HeadMap
from roberta_gui.gui.widgets.heads.head_ranking import HeadRanking, RankedHead
from roberta_gui.gui.widgets.painting.composition import pair_arranged
from roberta_gui.records import Ablation, Analysis, Report, Stop, Sweep
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
BEHIND: Final = "The sentence has just changed: it is read first"
NO_MASK: Final = "No mask in the sentence: Ctrl+M puts one in, and heads are tried at it"
WORD_TIP: Final = (
    "A word that is one token, as it would stand at the mask. Empty: the best guess. Enter starts."
)
LEAST: Final = 108
"""Pixels of height without which neither pictures nor words can be read."""


class SweepPanel(TokenPanel[SweepState]):
    """A map of what each head means to a guess, and a ranking of them; runs when asked to."""

    name = "sweep"
    title = "Which heads matter"
    tip = "Every head is switched off in turn while one word's probability at a mask is watched."

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._question: SweepRequest | None = None
        self._swept: SweepState | None = None
        self._attempts = 0
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
        self._note = named("warning", QElidingLabel())
        self._note.setEllipsesWidth(14)  # what the style sheet puts beside the text
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(8)  # its room is kept while there is none
        keeping = self._progress.sizePolicy()
        keeping.setRetainSizeWhenHidden(True)  # what is clicked must not move when it goes
        self._progress.setSizePolicy(keeping)
        self._word = QLineEdit()
        self._word.setAccessibleName("Word to watch")
        self._word.setToolTip(plain_tip(WORD_TIP))
        self._word.textEdited.connect(self._spell)
        self._word.returnPressed.connect(self.start)
        self._ablation = Segments(ABLATIONS, "Instead of what a head found")
        self._ablation.chosen.connect(lambda way: store.ablate(cast("Ablation", way)))
        self._run = named("action", QPushButton("Start"))
        self._run.clicked.connect(lambda: self.stop() if self._is_running else self.start())
        self.show_picture(self._pictures, Labelled("Watch", self._word), self._ablation, self._run)
        self.body.insertWidget(1, self._progress)
        self.body.insertWidget(3, self._note)
        self.fit()

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
            self.draw_again()

    def stop(self) -> None:
        """End the sweep; what is known stays."""
        if self._question is not None and self._is_running:
            sweep = self._swept.sweep if self._swept is not None else None
            self._swept = SweepState(self._question, sweep, is_done=True)
            # The newest work of the lane replaces the sweep.
            halted = partial(_recall, self._swept)
            self.derivation_wanted.emit(Derivation((self._question, "stopped"), halted))
            self.draw_again()

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
            literal(self._word.text()) or best.id, view.ablation, self._attempts,
            "" if self._word.text() else spaced_word(best.text, best.leading_space),
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

    def result(self, view: View) -> SweepState | None:
        """Return the sweep, once a head was tried."""
        return self._swept if self._swept is not None and self._swept.known else None

    def draw(self, view: View, previous: View | None) -> None:
        """Draw what is known of the sweep, and say what is missing."""
        self._take(view)
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
        """Keep room for a note; in a low panel it takes that of the caption."""
        super().fit()
        is_low = self.height() < self.theme.pixels(LOW)
        keeping = self._note.sizePolicy()
        # Behind another tab it must not make the cells around it higher than they are designed.
        keeping.setRetainSizeWhenHidden(self.is_in_sight and not is_low)
        self._note.setSizePolicy(keeping)
        self._note.setFixedHeight(self.caption.heightForWidth(self.width()) if is_low else 20)
        self._stack.setMinimumHeight(self.theme.pixels(LEAST))
        self._word.setFixedWidth(self.theme.pixels(112))
        for control in (self._word, self._ablation, self._run):
            control.setFixedHeight(self.theme.pixels(28))
        self._show_note(self.store.view)

    def set_covered(self, behind: bool) -> None:
        """Keep no room behind another tab."""
        super().set_covered(behind)
        self.fit()

    def _show_note(self, view: View) -> None:
        """Say where what was found is of something else than what is shown."""
        note, is_known = "", self.known is not None
        if is_known and self._question is not None and view.run.tokens:
            wanted, text = self._wanted(view), view.run.text
            note = words.what_changed(self._question, wanted, text, _lacking(view))
        self._note.setText(note)
        self._note.setToolTip(plain_tip(note))
        is_low = self.height() < self.theme.pixels(LOW)
        # What goes first goes: with both there the height would change for a moment.
        if note and is_low:
            self.caption.hide()
        self._note.setVisible(bool(note))
        self.caption.setVisible(not (note and is_low))  # empty at first: its room is kept
        if not is_known:
            self.say("")

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing: a mask, a word that can be watched, or that somebody starts."""
        analysis, refusal = view.analysis, self._swept.refusal if self._swept else None
        if analysis is None:
            return
        if not analysis.model.can_fill_masks:
            yield Reason(
                "This model cannot guess words",
                "Its checkpoint has no masked-language-model head, so there is no word to watch.",
            )
        yield no_mask(analysis, "A sweep watches a word at a mask. ")
        if refusal is not None:
            yield Reason(refusal.title, refusal.hint)
        if self._is_running:
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
        return has_mask or self._is_running or self._swept is not None

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
        if self.known is None or self._question is None:
            return None
        analysis = self.store.view.analysis
        if analysis is not None and analysis.request == self._question.request:
            return analysis
        return self._question.bare()

    # --- controls

    def show_choices(self, view: View) -> None:
        """Show the controls that do something now."""
        fills = view.analysis.fills if view.analysis is not None else ()
        running = self._is_running
        if fills:
            best = fills[min(view.selection.mask, len(fills) - 1)].candidates[0]
            self._word.setPlaceholderText(spaced_word(best.text, best.leading_space))
        self._ablation.set_choice(view.ablation)
        self._run.setText("Stop" if running else "Start")
        self._run.setToolTip("Keep what is known" if running else "Try every head")
        why_not = BEHIND if view.is_stale else "" if fills else NO_MASK
        rule_out(self._run, "" if running else why_not if view.analysis else NO_SENTENCE)
        sweep = self._swept.sweep if self._swept is not None else None
        self._progress.setVisible(running)
        self._progress.setRange(0, 0 if sweep is None else 1000)
        self._progress.setValue(0 if sweep is None else round(sweep.fraction * 1000))
        is_drawn = self.result(view) is not None
        self._choice.setVisible(is_drawn and len(self._pictures.shown) == 1)

    def _spell(self, text: str) -> None:
        """Make spaces visible while they are typed."""
        place = self._word.cursorPosition()
        self._word.setText(text.replace(" ", SPACE))
        self._word.setCursorPosition(place)
        self._show_note(self.store.view)


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
