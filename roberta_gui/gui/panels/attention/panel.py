"""Attention: one head's weights, contributions or rollout, as a map or as arcs."""

from collections.abc import Sequence

from PySide6.QtWidgets import QStackedWidget, QWidget

from roberta_gui.findings.attention import captions
from roberta_gui.findings.attention.measured import MeasuredHeads, measured_directly
from roberta_gui.findings.attention.shown import DrawnHead, show
from roberta_gui.findings.names import array_index
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.look.theme import Theme
from roberta_gui.gui.panels.attention.controls import AttentionControls
from roberta_gui.gui.panels.attention.measured import is_direct, measurement_of, subtracted
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.gui.panels.why_empty import say_waiting
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.arcs.arcs import Arcs
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.paragraph import Paragraph
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.gui.widgets.heatmap.margins import Margins, Strip
from roberta_gui.records import Analysis
from roberta_gui.view import View


class AttentionPanel(TokenPanel):
    """A map or arcs of one head; specials can be hidden, the scale is printed."""

    name = "attention"
    title = "Attention"
    tip = "Each row shows where one token looks. Wheel zooms, dragging pans, arrow keys travel."

    def __init__(self, store: ViewStore, theme: Theme) -> None:
        super().__init__(store, theme)
        self._shown: DrawnHead | None = None
        self._facts = ""
        self._direct: MeasuredHeads | None = None
        self._hovered: tuple[int, int] | None = None
        self._incoming = False
        self._controls = AttentionControls(theme)
        self._controls.layer_moved.connect(store.select_layer)
        self._controls.head_moved.connect(self._choose_head)
        self._controls.chosen.connect(self._choose)
        self.heading.add(self._controls.drawn_as)
        self.body.addWidget(self._controls)
        self._heatmap = Heatmap(theme)
        self._heatmap.cell_hovered.connect(self._hover_cell)
        self._heatmap.cell_left.connect(self._leave)
        self._heatmap.cell_clicked.connect(lambda row, _column, extend: self._lock(row, extend))
        self._heatmap.cell_double_clicked.connect(lambda row, _column: self._mask(row))
        self._heatmap.token_hovered.connect(self._hover_token)
        self._arcs = Arcs(theme)
        self._arcs.token_hovered.connect(self._hover_token)
        self._arcs.token_left.connect(self._leave)
        self._arcs.room_changed.connect(self._tell_lines)
        for each in (self._heatmap, self._arcs):
            each.token_clicked.connect(self._lock)
            each.token_double_clicked.connect(self._mask)
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        for page in (self._empty, self._heatmap, self._arcs):
            self._stack.addWidget(page)
        self.body.addWidget(self._stack, 1)
        self._caption = named("caption", Paragraph())
        self.body.addWidget(self._caption)

    def derive(self, view: View) -> Derivation | None:
        """Ask for what the pass itself does not hold: contributions, rollout, words, changes."""
        return measurement_of(view)

    def draw(self, view: View, previous: View | None) -> None:
        """Draw the shown head; on a mere hover only the highlights."""
        found = self._measured(view)
        # Until what is wanted is there, the last picture stays, and follows the selection.
        measured = found or (self._shown.measured if self._shown is not None else None)
        if measured is not None and self._must_draw(measured, view, previous):
            self._draw_head(measured, view)
        self._controls.show_view(view)  # before it is laid out by being shown
        self._controls.setVisible(view.analysis is not None)
        self._controls.drawn_as.setVisible(view.analysis is not None)
        shown = self._shown if view.analysis is not None else None
        problem = None if is_direct(view) else view.problems.get(f"panel:{self.name}")
        if shown is None or (problem is not None and found is None):
            self._say_why_empty(view)
            return
        arcs = view.choices.attention.drawn_as == "arcs"
        self._stack.setCurrentWidget(self._arcs if arcs else self._heatmap)
        sides = "left = from (query) · right = to (key)"
        self.heading.set_remark(sides if arcs else "row = from (query) · column = to (key)")
        self._highlight(view, shown)
        self._caption.setVisible(True)
        self._say(shown, view.selection.hovered_token)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self._heatmap.set_theme(theme)
        self._arcs.set_theme(theme)
        self._controls.set_theme(theme)
        self._caption.setMinimumHeight(theme.pixels(34))
        super().set_theme(theme)

    def forget(self) -> None:
        """Let go of the pass that was drawn."""
        super().forget()
        self._shown = self._direct = self._hovered = None

    @property
    def has_picture(self) -> bool:
        """Whether a picture is in sight, which may be of what was wanted before."""
        return self._shown is not None

    @property
    def shown(self) -> Analysis | None:
        """The pass that the picture belongs to."""
        return self._shown.analysis if self._shown is not None else None

    def picture(self) -> QWidget:
        """Return the map or the arcs."""
        return self._arcs if self.store.view.choices.attention.drawn_as == "arcs" else self._heatmap

    def caption_text(self) -> str:
        """Say what the axes are, then what is drawn, then what that means."""
        shown = self._shown
        if shown is None:
            return ""
        return captions.caption(shown, self._facts)

    def table(self) -> Table | None:
        """Return the values that are shown: one row a query, one column a key."""
        return None if self._shown is None else self._shown.table()

    def arrays(self) -> Arrays | None:
        """Return what is drawn, (query, key), what it was made from, and which tokens it is of."""
        return None if self._shown is None else self._shown.arrays()

    # --- drawing

    def _measured(self, view: View) -> MeasuredHeads | None:
        """Return what can be drawn now, be it of an earlier sentence; None where nothing can."""
        analysis = view.analysis
        if analysis is None:
            self._shown = self._direct = None
            return None
        if is_direct(view):
            if self._direct is None or self._direct.analysis is not analysis:
                self._direct = measured_directly(analysis)
            if self.name in view.derived:
                self.store.forget(self.name)  # all heads' numbers, which nobody looks at
            return self._direct
        self._direct = None
        derived = view.derived.get(self.name)
        if derived is None or view.selection.shown_head[0] >= len(derived.value.layers):
            return None
        found: MeasuredHeads = derived.value
        choices, baseline = view.choices.attention, subtracted(view)
        wanted = choices.measure, choices.unit, baseline is not None
        return found if wanted == (found.measure, found.unit, found.baseline is not None) else None

    def _must_draw(self, measured: MeasuredHeads, view: View, previous: View | None) -> bool:
        if view.selection.shown_head[0] >= len(measured.layers):
            return False  # not measured yet
        return (
            previous is None
            or self._shown is None
            or self._shown.measured is not measured
            or previous.selection.shown_head != view.selection.shown_head
            or previous.choices.attention != view.choices.attention
        )

    def _draw_head(self, measured: MeasuredHeads, view: View) -> None:
        choices, (layer, head) = view.choices.attention, view.selection.shown_head
        head = min(head, measured.layers[layer].shape[0] - 1)
        self._shown = shown = show(measured, layer, head, choices)
        self._hovered = None if self._hovered is None else self._in_sight(shown, self._hovered)
        self._facts = captions.facts(shown)
        self._caption.setToolTip(plain_tip(captions.explained(shown)))
        scale, signed = shown.scale, shown.is_difference
        if choices.drawn_as == "arcs":
            self._arcs.set_lines(shown.for_lines, shown.lines, shown.labels, scale, signed=signed)
            self._arcs.set_only_chosen(choices.arcs_of == "chosen")
            self._arcs.set_place(_place(shown))
            self._facts = captions.facts(shown, self._arcs.n_drawn())
            return
        margins = _margins(shown) if choices.strips and len(shown.kept) else None
        self._heatmap.set_matrix(shown.matrix, shown.labels, scale, signed=signed, margins=margins)
        self._heatmap.set_place(_place(shown))

    def _tell_lines(self) -> None:
        """Say anew how many lines are drawn: there is more room for them, or less."""
        shown = self._shown
        if shown is not None and shown.choices.drawn_as == "arcs":
            self._facts = captions.facts(shown, self._arcs.n_drawn())
            self._say(shown, self.store.view.selection.hovered_token)

    @staticmethod
    def _in_sight(shown: DrawnHead, cell: tuple[int, int]) -> tuple[int, int] | None:
        return cell if max(cell) < len(shown.kept) else None

    def _highlight(self, view: View, shown: DrawnHead) -> None:
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

    def _say(self, shown: DrawnHead, hovered: int | None) -> None:
        """Write the caption, in as much room as the one that stays takes: nothing may jump."""
        self._caption.setText(self._facts)
        self._caption.setMinimumHeight(0)  # a label never asks for less than its least height
        room = self._caption.heightForWidth(self._caption.width())
        self._caption.setMinimumHeight(max(self.theme.pixels(34), room))
        row = None if hovered is None else shown.rows.get(hovered)
        if row is not None and self.is_fresh and (told := self._describe_row(shown, row)):
            self._caption.setText(captions.hovered(shown, told))

    def _describe_row(self, shown: DrawnHead, row: int) -> str:
        if shown.choices.drawn_as == "arcs":
            return captions.strongest(shown, row, incoming=self._incoming)
        if self._hovered is not None and self._hovered[0] == row:
            return captions.cell(shown, *self._hovered)
        return ""

    def _say_why_empty(self, view: View) -> None:
        self._stack.setCurrentWidget(self._empty)
        self._caption.setVisible(False)
        lanes = ("sentence",) if view.analysis is None else (f"panel:{self.name}",)
        problem = view.problem_of(*lanes)
        progress = view.progress.get(f"panel:{self.name}")
        if problem is not None:
            self._empty.say(problem.title, problem.hint)
        elif view.analysis is None:
            say_waiting(self._empty, view, "Measuring attention")
        else:
            what = {"contribution": "contributions", "rollout": "rollout"}
            title = f"Measuring {what.get(view.choices.attention.measure, 'attention')}"
            fraction = None if progress is None else progress.fraction
            self._empty.say(title, "Layer by layer, the lowest first.", fraction, busy=True)

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
        shown = self._shown
        if shown is None or not self.is_fresh:
            return
        self._hovered, self._incoming = cell, incoming
        token, before = shown.tokens(row)[0], self.store.view
        self.store.hover_token(token)
        if self.store.view is before:  # the same token at another place: nobody was told
            self._highlight(before, shown)
            self._say(shown, token)

    def _leave(self) -> None:
        self._hovered, self._incoming = None, False
        self.store.leave()

    def _lock(self, row: int, extend: bool) -> None:
        """Lock all tokens of a row; again: let them go."""
        if self._shown is None or not self.is_fresh:
            return
        tokens, locked = self._shown.tokens(row), self.store.view.selection.tokens
        if len(tokens) == 1:
            self.store.select_token(tokens[0], extend=extend)
        else:
            self.store.select_tokens(_toggled(tokens, locked, extend=extend))

    def _mask(self, row: int) -> None:
        if self._shown is not None and self.is_fresh:
            self.mask_wanted.emit(self._shown.tokens(row)[0])


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
    return f"{place}, heads off − every head on" if shown.is_difference else place


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
