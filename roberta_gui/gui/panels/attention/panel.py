"""Attention: one head's weights, contributions or rollout, as a map or as arcs."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from roberta_gui.analysis.sentences.comparison import Comparison, Needs
from roberta_gui.findings import attention as captions
from roberta_gui.findings.comparison.against import names_of
from roberta_gui.findings.notation.names import array_index
from roberta_gui.findings.steps.attention import (
    MeasuredHeads,
    groups_of,
    measure_steps,
    measured_directly,
)
from roberta_gui.findings.steps.attention_head import DrawnHead, look_of, show
from roberta_gui.gui.panels.attention.controls import (
    DRAWN_AS,
    MEASURES,
    NO_HEAD,
    NO_SUM,
    WORDS,
    DrawMenu,
)
from roberta_gui.gui.panels.head_panel import SPECIALS, HeadPanel
from roberta_gui.gui.panels.reasons import Reason, fraction_of
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.arcs.arcs import Arcs
from roberta_gui.gui.widgets.controls.segments import Labelled
from roberta_gui.gui.widgets.controls.tool_tip import rule_out
from roberta_gui.gui.widgets.heatmap.margins import Margins, Strip
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.view import View

_WIDE = 500
"""Pixels, at a text zoom of 1, from which on specials and words have room beside the menu."""


class AttentionPanel(HeadPanel[DrawnHead]):
    """A map or arcs of one head; specials can be hidden, the scale is printed."""

    name = "attention"
    title = "Attention"
    tip = "Each row shows where one token looks. Wheel zooms, dragging pans, arrow keys travel."

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._head: DrawnHead | None = None
        self._facts = ""
        self._direct: MeasuredHeads | None = None
        self._drawn_as = self.segments("drawn_as", DRAWN_AS, "Drawn as")
        self.heading.add(self._drawn_as)
        measure = self.segments("measure", MEASURES, "Measure")
        self._draw_menu = DrawMenu()
        self._draw_menu.chosen.connect(lambda name, value: self.choose(self.name, **{name: value}))
        difference = self.difference_switch("Draw the difference to what it is held against")
        self._specials = self.segments("specials", SPECIALS, "Specials")
        self._labelled_specials = Labelled("Specials", self._specials)
        self._words = self.toggle("unit", "Words", WORDS, "words", "tokens")
        self._arcs = Arcs()
        self._arcs.token_hovered.connect(lambda row, to: self.hover_row(row, incoming=to))
        self._arcs.token_left.connect(self._leave)
        self._arcs.room_changed.connect(self._tell_lines)
        self.connect_names(self._arcs)
        self._pages = QStackedWidget()
        for page in (self.heatmap, self._arcs):
            self._pages.addWidget(page)
        self.show_picture(
            self._pages, self.layer_steps, self.head_steps, measure, self._draw_menu,
            difference, self._labelled_specials, self._words,
        )  # fmt: skip

    def needs_of(self, view: View) -> Needs:
        """Need no head to have a counterpart for rollout: it follows all heads together."""
        return "" if view.choices.attention.measure == "rollout" else "can_compare_heads"

    def subtracted(self, view: View) -> Comparison | None:
        """Return what is to be subtracted, where a difference is wanted and there is one."""
        return self.comparable(view) if view.choices.attention.difference else None

    def is_direct(self, view: View) -> bool:
        """Whether what is wanted is there with the pass itself."""
        wanted = view.choices.attention.measure, view.choices.attention.unit
        return wanted == ("attention", "tokens") and self.subtracted(view) is None

    def derive(self, view: View) -> Derivation | None:
        """Ask for what the pass itself does not hold: contributions, rollout, words, changes."""
        analysis = view.analysis
        if analysis is None or analysis.model != view.model or self.is_direct(view):
            return None
        measure, unit = view.choices.attention.measure, view.choices.attention.unit
        comparison = self.subtracted(view)
        request = MeasuredHeads(analysis, comparison, measure, unit, groups_of(analysis, unit), ())
        work = partial(measure_steps, request, view.selection.shown_head[0])
        asked = analysis.model if measure == "contribution" else None
        told = work if asked is not None else partial(work, None)
        return Derivation((analysis, comparison, measure, unit), told, asked)

    def result(self, view: View) -> DrawnHead | None:
        """Return the shown head; until what is wanted is there, that of the last picture."""
        measured, choices = self._measured(view), view.choices.attention
        has_failed = not self.is_direct(view) and self.lane in view.problems
        if view.analysis is None or (measured is None and has_failed):
            return None
        before = self._head
        measured = measured or (None if before is None else before.measured)
        layer, head = view.selection.shown_head
        if measured is not None and layer < len(measured.layers):
            head = min(head, measured.layers[layer].shape[0] - 1)
            if (
                before is None
                or before.measured is not measured
                or (before.layer, before.head, before.choices) != (layer, head, choices)
            ):
                self._head = show(measured, layer, head, choices)
        return self._head

    @property
    def known(self) -> DrawnHead | None:
        """The head that is drawn."""
        return self._drawn_result

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say how far that is which is measured on the pass."""
        if view.analysis is not None:
            what = {"contribution": "contributions", "rollout": "rollout"}
            title = f"Measuring {what.get(view.choices.attention.measure, 'attention')}"
            fraction = fraction_of(view, self.lane)
            yield Reason(title, "Layer by layer, the lowest first.", fraction, is_busy=True)

    def offers_choices(self, view: View) -> bool:
        """Let one choose another head or measure as soon as there is a pass."""
        return view.analysis is not None

    def show_choices(self, view: View) -> None:
        """Show what is chosen, and grey out what means nothing for it."""
        chosen = view.choices.attention
        look, rollout = look_of(chosen, chosen.measure), chosen.measure == "rollout"
        no_sum, arcs = NO_SUM * (chosen.measure == "contribution"), chosen.drawn_as == "arcs"
        self._drawn_as.setVisible(view.analysis is not None)
        self._specials.set_choice(look.specials)
        self._specials.rule_out({"renormalise": no_sum})
        why_not = {
            "renormalise": no_sum,
            "head": NO_HEAD * rollout,
            "strips": "Strips stand along the map, not along arcs" * arcs,
            "line_mass": "" if arcs else "Only arcs leave weak lines out",
            "arcs_of": "" if arcs else "A map has no lines",
        }
        self._draw_menu.show_choices(look, why_not, difference=self.subtracted(view) is not None)
        self.show_steps(view, *(view.analysis.attention.shape[:2] if view.analysis else (1, 1)))
        rule_out(self.head_steps, NO_HEAD * rollout)
        if self.is_direct(view) and self.name in view.derived:
            self.store.forget(self.name)  # all heads' numbers, which nobody looks at

    def draw_result(self, shown: DrawnHead, view: View, *, is_new: bool) -> None:
        """Draw the map or the arcs."""
        if self.pointed is not None and max(self.pointed[0], self.pointed[1] or 0) >= len(
            shown.kept
        ):
            self.pointed = None
        self._facts = captions.facts(shown)
        scale, signed = shown.scale, shown.is_difference
        if shown.choices.drawn_as == "arcs":
            self._pages.setCurrentWidget(self._arcs)
            self._arcs.set_lines(shown.for_lines, shown.lines, shown.labels, scale, signed=signed)
            self._arcs.set_only_chosen(shown.choices.arcs_of == "chosen")
            self._arcs.set_place(_place(shown))
            self._facts = captions.facts(shown, self._arcs.n_drawn())
            return
        self._pages.setCurrentWidget(self.heatmap)
        margins = _margins(shown) if shown.choices.strips and len(shown.kept) else None
        self.heatmap.set_matrix(
            shown.matrix, shown.labels, scale, signed=signed, margins=margins, alone=shown.alone,
            tip=partial(_tip, shown) if signed else None,
        )  # fmt: skip
        self.heatmap.set_place(_place(shown))

    def highlight(self, shown: DrawnHead, view: View) -> None:
        """Outline what is locked and hovered, and say what that is."""
        locked, lit = self.highlight_rows(shown.rows, view)
        self._arcs.set_selected(locked)
        self._arcs.set_hovered(lit, incoming=self.incoming)
        told = "" if lit is None else self._describe_row(shown, lit)
        self.caption.setText(captions.hovered(shown, told) if told else self._facts)

    def caption_of(self, shown: DrawnHead, view: View) -> str:
        """Say what is drawn."""
        return self._facts

    def remark_of(self, shown: DrawnHead, view: View) -> str:
        """Name the axes."""
        if view.choices.attention.drawn_as == "arcs":
            return "left = from (query) · right = to (key)"
        return "row = from (query) · column = to (key)"

    def fit(self) -> None:
        """Leave to the menu what there is no room for."""
        super().fit()
        wide = self.width() >= self.theme.pixels(_WIDE)
        self.row.show_control(self._labelled_specials, wide)
        self.row.show_control(self._words, wide)

    def forget(self) -> None:
        """Let go of the pass that was drawn."""
        super().forget()
        self._head = self._direct = self.pointed = None

    @property
    def has_picture(self) -> bool:
        """Whether a picture is in sight, which may be of what was wanted before."""
        return self._head is not None

    def picture(self) -> QWidget:
        """Return the map or the arcs."""
        return self._arcs if self.store.view.choices.attention.drawn_as == "arcs" else self.heatmap

    def whole_caption(self, shown: DrawnHead, view: View) -> str:
        """Say what the axes are, then what is drawn, then what that means."""
        return captions.describe(shown, self._facts)

    # --- drawing

    def _measured(self, view: View) -> MeasuredHeads | None:
        """Return what can be drawn now, be it of an earlier sentence; None where nothing can."""
        analysis = view.analysis
        if analysis is None:
            self._head = self._direct = None
            return None
        if self.is_direct(view):
            if self._direct is None or self._direct.analysis is not analysis:
                self._direct = measured_directly(analysis)
            return self._direct
        self._direct = None
        derived = view.derived.get(self.name)
        if derived is None or view.selection.shown_head[0] >= len(derived.value.layers):
            return None
        found: MeasuredHeads = derived.value
        choices, comparison = view.choices.attention, self.subtracted(view)
        wanted = choices.measure, choices.unit, comparison is not None
        known = found.measure, found.unit, found.comparison is not None
        return found if wanted == known else None

    def _tell_lines(self) -> None:
        """Say anew how many lines are drawn: there is more room for them, or less."""
        shown = self.known
        if shown is not None and shown.choices.drawn_as == "arcs":
            self._facts = captions.facts(shown, self._arcs.n_drawn())
            self.say(self._facts)

    def _describe_row(self, shown: DrawnHead, row: int) -> str:
        if shown.choices.drawn_as == "arcs":
            return captions.strongest(shown, row, incoming=self.incoming)
        if self.pointed is None or self.pointed[0] != row or self.pointed[1] is None:
            return ""
        return captions.cell(shown, row, self.pointed[1])

    # --- what people do

    def choose(self, panel: str, **changes: Any) -> None:
        """Choose something else; what went wrong with the last choice is past."""
        self.store.report(self.lane, None)
        super().choose(panel, **changes)

    @property
    def tokens(self) -> Sequence[int | None]:
        """The first token of each row."""
        shown = self.known
        return () if shown is None else [shown.tokens(row)[0] for row in range(len(shown.kept))]

    def lock_token(self, place: int, extend: bool) -> None:
        """Lock all tokens of a row; again: let them go."""
        known = self.known if self.token_at(place) is not None else None
        word = () if known is None else known.tokens(place)
        if len(word) > 1:
            locked = self.store.view.selection.tokens
            self.store.select_tokens(_toggled(word, locked, extend=extend))
        else:
            super().lock_token(place, extend)


def _toggled(word: Sequence[int], locked: Sequence[int], *, extend: bool) -> list[int]:
    """Lock the tokens of a word, or let them go where they are locked already."""
    others = [token for token in locked if token not in word]
    if set(word) <= set(locked) and (extend or not others):
        return others
    return [*(others if extend else ()), *word]


def _place(shown: DrawnHead) -> str:
    """Say where in the pass the values are from."""
    measure, layer = shown.measured.measure, shown.layer
    index = (layer,) if measure == "rollout" else (layer, shown.head)
    place = array_index(measure, *index)
    sides = names_of(shown.comparison)
    return f"{place}, {sides.a} − {sides.b}" if shown.is_difference else place


def _tip(shown: DrawnHead, row: int, column: int) -> str:
    return f"{captions.cell(shown, row, column)}\n{_place(shown)}"


def _margins(shown: DrawnHead) -> Margins:
    name, whole = captions.beside(shown)
    return Margins(
        Strip(shown.received, shown.received_scale, "received", captions.received_meaning(shown)),
        Strip(
            shown.beside,
            shown.beside_scale,
            name,
            f"difference of the {whole}" if shown.is_difference else whole,
            "" if shown.measured.measure == "contribution" else "bits",
        ),
    )
