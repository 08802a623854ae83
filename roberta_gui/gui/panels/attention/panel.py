"""Attention: one head's weights, contributions or rollout, as a map or as arcs."""

from collections.abc import Iterator, Sequence
from functools import partial

from PySide6.QtWidgets import QStackedWidget, QWidget

from roberta_gui.findings import attention as captions
from roberta_gui.findings.attention_head import DrawnHead, show
from roberta_gui.findings.attention_steps import MeasuredHeads, measured_directly
from roberta_gui.findings.names import array_index
from roberta_gui.gui.panels.attention.controls import AttentionControls
from roberta_gui.gui.panels.attention.measured import is_direct, measurement_of, subtracted
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.reasons import Reason, no_model, no_sentence, problem_in
from roberta_gui.gui.panels.token_panel import SentencePanel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.arcs.arcs import Arcs
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.gui.widgets.heatmap.margins import Margins, Strip
from roberta_gui.view import View


class AttentionPanel(SentencePanel[DrawnHead]):
    """A map or arcs of one head; specials can be hidden, the scale is printed."""

    name = "attention"
    title = "Attention"
    tip = "Each row shows where one token looks. Wheel zooms, dragging pans, arrow keys travel."

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._head: DrawnHead | None = None
        self._facts = ""
        self._direct: MeasuredHeads | None = None
        self._hovered: tuple[int, int] | None = None
        self._incoming = False
        self._controls = self.controls = self.row = AttentionControls()
        self._controls.layer_moved.connect(store.select_layer)
        self._controls.head_moved.connect(self._choose_head)
        self._controls.chosen.connect(self._choose)
        self.heading.add(self._controls.drawn_as)
        self._heatmap = Heatmap()
        self._heatmap.cell_hovered.connect(self._hover_cell)
        self._heatmap.cell_left.connect(self._leave)
        self._heatmap.cell_clicked.connect(lambda row, _column, extend: self._lock(row, extend))
        self._heatmap.cell_double_clicked.connect(lambda row, _column: self._mask(row))
        self._heatmap.token_hovered.connect(self._hover_token)
        self._arcs = Arcs()
        self._arcs.token_hovered.connect(self._hover_token)
        self._arcs.token_left.connect(self._leave)
        self._arcs.room_changed.connect(self._tell_lines)
        for each in (self._heatmap, self._arcs):
            each.token_clicked.connect(self._lock)
            each.token_double_clicked.connect(self._mask)
        self._pages = QStackedWidget()
        for page in (self._heatmap, self._arcs):
            self._pages.addWidget(page)
        self.show_picture(self._pages)

    def derive(self, view: View) -> Derivation | None:
        """Ask for what the pass itself does not hold: contributions, rollout, words, changes."""
        return measurement_of(view)

    def result(self, view: View) -> DrawnHead | None:
        """Return the shown head; until what is wanted is there, that of the last picture."""
        measured, choices = self._measured(view), view.choices.attention
        has_failed = not is_direct(view) and f"panel:{self.name}" in view.problems
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

    def reasons(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing: the pass, or what is measured on it."""
        if view.analysis is None:
            yield problem_in(view, "sentence")
            yield no_model(view)
            yield no_sentence(view)
        yield problem_in(view, f"panel:{self.name}")
        progress = view.progress.get(f"panel:{self.name}")
        what = {"contribution": "contributions", "rollout": "rollout"}
        title = f"Measuring {what.get(view.choices.attention.measure, 'attention')}"
        fraction = None if progress is None else progress.fraction
        yield Reason(title, "Layer by layer, the lowest first.", fraction, is_busy=True)

    def offers_choices(self, view: View) -> bool:
        """Let one choose another head or measure as soon as there is a pass."""
        return view.analysis is not None

    def show_choices(self, view: View) -> None:
        """Show what is chosen, before it is laid out by being shown."""
        self._controls.show_view(view)
        self._controls.drawn_as.setVisible(view.analysis is not None)
        if is_direct(view) and self.name in view.derived:
            self.store.forget(self.name)  # all heads' numbers, which nobody looks at

    def draw_result(self, shown: DrawnHead, view: View, *, is_new: bool) -> None:
        """Draw the map or the arcs."""
        is_gone = self._hovered is not None and max(self._hovered) >= len(shown.kept)
        self._hovered = None if is_gone else self._hovered
        self._facts = captions.facts(shown)
        scale, signed = shown.scale, shown.is_difference
        if shown.choices.drawn_as == "arcs":
            self._pages.setCurrentWidget(self._arcs)
            self._arcs.set_lines(shown.for_lines, shown.lines, shown.labels, scale, signed=signed)
            self._arcs.set_only_chosen(shown.choices.arcs_of == "chosen")
            self._arcs.set_place(_place(shown))
            self._facts = captions.facts(shown, self._arcs.n_drawn())
            return
        self._pages.setCurrentWidget(self._heatmap)
        margins = _margins(shown) if shown.choices.strips and len(shown.kept) else None
        self._heatmap.set_matrix(
            shown.matrix, shown.labels, scale, signed=signed, margins=margins, alone=shown.alone,
            tip=partial(_tip, shown) if signed else None,
        )  # fmt: skip
        self._heatmap.set_place(_place(shown))

    def highlight(self, shown: DrawnHead, view: View) -> None:
        """Outline what is locked and hovered, unless the picture is of other tokens."""
        fresh = self.is_fresh
        locked = [shown.rows[t] for t in view.selection.tokens if t in shown.rows] if fresh else []
        hovered = view.selection.hovered_token if fresh else None
        lit = None if hovered is None else shown.rows.get(hovered)
        for each in (self._heatmap, self._arcs):
            each.set_selected(tuple(dict.fromkeys(locked)))
        column = lit
        if self._hovered is not None and lit == self._hovered[0]:
            column = self._hovered[1]
        self._heatmap.set_hovered(lit, column)
        self._arcs.set_hovered(lit, incoming=self._incoming)
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

    def forget(self) -> None:
        """Let go of the pass that was drawn."""
        super().forget()
        self._head = self._direct = self._hovered = None

    @property
    def has_picture(self) -> bool:
        """Whether a picture is in sight, which may be of what was wanted before."""
        return self._head is not None

    def picture(self) -> QWidget:
        """Return the map or the arcs."""
        return self._arcs if self.store.view.choices.attention.drawn_as == "arcs" else self._heatmap

    def caption_text(self) -> str:
        """Say what the axes are, then what is drawn, then what that means."""
        known = self.known
        return "" if known is None else self.with_b(captions.describe(known, self._facts))

    # --- drawing

    def _measured(self, view: View) -> MeasuredHeads | None:
        """Return what can be drawn now, be it of an earlier sentence; None where nothing can."""
        analysis = view.analysis
        if analysis is None:
            self._head = self._direct = None
            return None
        if is_direct(view):
            if self._direct is None or self._direct.analysis is not analysis:
                self._direct = measured_directly(analysis)
            return self._direct
        self._direct = None
        derived = view.derived.get(self.name)
        if derived is None or view.selection.shown_head[0] >= len(derived.value.layers):
            return None
        found: MeasuredHeads = derived.value
        choices, comparison = view.choices.attention, subtracted(view)
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
            return captions.strongest(shown, row, incoming=self._incoming)
        if self._hovered is not None and self._hovered[0] == row:
            return captions.cell(shown, *self._hovered)
        return ""

    # --- what people do

    def _choose(self, name: str, value: object) -> None:
        # What went wrong with the last wish is past.
        self.store.report(f"panel:{self.name}", None)
        self.store.choose("attention", **{name: value})

    def _choose_head(self, head: int) -> None:
        self.store.travel(0, head - 1 - self.store.view.selection.head)

    def _hover_cell(self, row: int, column: int) -> None:
        self._hover((row, column), row, incoming=False)

    def _hover_token(self, row: int, incoming: bool = False) -> None:
        self._hover(None, row, incoming=incoming)

    def _hover(self, cell: tuple[int, int] | None, row: int, *, incoming: bool) -> None:
        shown = self.known
        if shown is None or not self.is_fresh:
            return
        self._hovered, self._incoming = cell, incoming
        token, before = shown.tokens(row)[0], self.store.view
        self.store.hover_token(token)
        if self.store.view is before:  # the same token at another place: nobody was told
            self.highlight(shown, before)

    def _leave(self) -> None:
        self._hovered, self._incoming = None, False
        self.store.leave()

    def _lock(self, row: int, extend: bool) -> None:
        """Lock all tokens of a row; again: let them go."""
        if self.known is None or not self.is_fresh:
            return
        tokens, locked = self.known.tokens(row), self.store.view.selection.tokens
        if len(tokens) == 1:
            self.store.select_token(tokens[0], extend=extend)
        else:
            self.store.select_tokens(_toggled(tokens, locked, extend=extend))

    def _mask(self, row: int) -> None:
        if self.known is not None and self.is_fresh:
            self.mask_wanted.emit(self.known.tokens(row)[0])


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
    return f"{place}, A − B" if shown.is_difference else place


def _tip(shown: DrawnHead, row: int, column: int) -> str:
    return f"{captions.cell(shown, row, column)}\n{_place(shown)}"


def _margins(shown: DrawnHead) -> Margins:
    return Margins(
        Strip(shown.received, shown.received_scale, "received", captions.received_meaning(shown)),
        Strip(
            shown.beside,
            shown.beside_scale,
            captions.beside_name(shown),
            captions.beside_meaning(shown),
            "" if shown.measured.measure == "contribution" else "bits",
        ),
    )
