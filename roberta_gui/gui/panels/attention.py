"""Attention: one head's weights as a heatmap over tokens."""

from typing import get_args

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget
from superqt.utils import QFlowLayout

from roberta_gui.analysis.attention import (
    ShownAttention,
    colour_domain,
    entropy_bits,
    on_scale,
    show_specials,
    special_share,
)
from roberta_gui.gui.export import Arrays, Table
from roberta_gui.gui.panel import Panel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.theme import Theme
from roberta_gui.gui.token_names import axis_label, token_name
from roberta_gui.gui.widgets.colour_scale import ColourScale
from roberta_gui.gui.widgets.empty_state import EmptyState
from roberta_gui.gui.widgets.heatmap import Heatmap
from roberta_gui.gui.widgets.named import named
from roberta_gui.gui.widgets.segments import Labelled, Segments
from roberta_gui.gui.widgets.stepper import Stepper
from roberta_gui.records import Analysis
from roberta_gui.view import Scale, Specials, View

SPECIALS_TIPS = {
    "show": "Draw <s> and </s> like all tokens",
    "hide": "Leave <s> and </s> out; the other weights stay as they are",
    "renormalise": "Leave <s> and </s> out and scale each row to sum to 1",
}
SCALE_TIPS = {
    "head": "Darkest = this head's largest weight",
    "layer": "Darkest = the largest weight of this layer",
    "all": "Darkest = the largest weight of all heads",
    "log": "Logarithmic, the same for all heads",
}


class AttentionPanel(Panel):
    """Rows look from, columns are looked at; specials can be hidden, the scale is printed."""

    name = "attention"
    title = "Attention"
    tip = "Each row shows where one token looks. Wheel zooms, dragging pans, arrow keys travel."

    def __init__(self, store: ViewStore, theme: Theme) -> None:
        super().__init__(store, theme)
        self._shown: ShownAttention | None = None
        self._facts = ""
        self._wide: tuple[Analysis, Scale, tuple[float, float]] | None = None
        self._layer = Stepper("Layer", "Layer (Alt+Up, Alt+Down)", theme)
        self._head = Stepper("Head", "Head (Alt+Left, Alt+Right)", theme)
        self._layer.moved.connect(store.select_layer)
        self._head.moved.connect(self._choose_head)
        self._specials = Segments(
            {value: value.capitalize() for value in get_args(Specials)}, SPECIALS_TIPS, "Specials"
        )
        self._specials.chosen.connect(lambda value: store.display(specials=value))
        self._scale = Segments(
            {value: value.capitalize() for value in get_args(Scale)}, SCALE_TIPS, "Scale"
        )
        self._scale.chosen.connect(lambda value: store.display(scale=value))
        self.heading.set_remark("row = from (query) · column = to (key)")
        self._row = self._controls()
        self.body.addWidget(self._row)
        self._heatmap = Heatmap(theme)
        self._heatmap.cell_hovered.connect(self._hover)
        self._heatmap.cell_left.connect(self._leave)
        self._heatmap.cell_clicked.connect(
            lambda row, _column, extend: store.select_token(self._token(row), extend=extend)
        )
        self._heatmap.cell_double_clicked.connect(
            lambda row, _column: self.mask_wanted.emit(self._token(row))
        )
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._heatmap)
        self.body.addWidget(self._stack, 1)
        self._caption = named("caption", QLabel())
        self._caption.setWordWrap(True)
        self._caption.setTextFormat(Qt.TextFormat.PlainText)
        # Two lines always, so that the picture does not jump when the caption grows.
        self._caption.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self._caption)
        self._hovered: tuple[int, int] | None = None

    def draw(self, view: View, previous: View | None) -> None:
        """Draw the shown head; on a mere hover only the highlights."""
        analysis = view.analysis
        self._stack.setCurrentWidget(self._empty if analysis is None else self._heatmap)
        self._caption.setVisible(analysis is not None)
        self._row.setVisible(analysis is not None)
        self._show_controls(view)
        if analysis is None:
            problem = view.problems.get("sentence")
            if problem is None:
                self._empty.say("Getting ready", "Attention appears once the model is loaded.")
            else:
                self._empty.say(problem.title, problem.hint)
            return
        if previous is None or (
            previous.analysis is not analysis
            or previous.selection.shown_head != view.selection.shown_head
            or previous.display != view.display
        ):
            self._draw_matrix(view, analysis)
        shown = self._shown_tokens(analysis)
        place = {token: row for row, token in enumerate(shown)}
        self._heatmap.set_selected([place[t] for t in view.selection.tokens if t in place])
        hovered = view.selection.hovered_token
        lit = None if hovered is None else place.get(hovered)
        column = self._hovered[1] if self._hovered and lit == self._hovered[0] else None
        self._heatmap.set_hovered(lit, column if column is not None else lit)
        self._caption.setText(self._describe(view, analysis))

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self._heatmap.set_theme(theme)
        self._layer.set_theme(theme)
        self._head.set_theme(theme)
        self._caption.setMinimumHeight(theme.pixels(34))
        super().set_theme(theme)

    def forget(self) -> None:
        """Let go of the pass that was drawn."""
        super().forget()
        self._shown = self._wide = None

    def picture(self) -> QWidget:
        """Return the heatmap."""
        return self._heatmap

    def caption_text(self) -> str:
        """Say what the axes are, then what the caption says about the head."""
        if self._drawn is None or self._drawn.analysis is None:
            return ""
        about = self._describe(self._drawn, self._drawn.analysis, hover=False)
        return f"Row = from (query), column = to (key). {about}"

    def table(self) -> Table | None:
        """Return the weights that are shown: one row a query, one column a key."""
        analysis, shown = self.shown, self._shown
        if analysis is None or shown is None:
            return None
        names = [f"{t} {token_name(analysis.tokens[t])}" for t in self._shown_tokens(analysis)]
        rows = ((name, *row.tolist()) for name, row in zip(names, shown.matrix, strict=True))
        return Table(("from \\ to", *names), rows)

    def arrays(self) -> Arrays | None:
        """Return the weights that are shown, (query, key), and which tokens they belong to."""
        analysis, shown = self.shown, self._shown
        if analysis is None or shown is None:
            return None
        tokens = np.array(self._shown_tokens(analysis), dtype=np.int64)
        return {
            "attention": shown.matrix,
            "token_index": tokens,
            "ids": np.array([analysis.tokens[t].id for t in tokens], dtype=np.int64),
        }

    # --- drawing

    def _draw_matrix(self, view: View, analysis: Analysis) -> None:
        layer, head = view.selection.shown_head
        weights = analysis.attention[layer, head]
        specials = [token.is_special for token in analysis.tokens]
        self._shown = show_specials(weights, specials, view.display.specials)
        matrix = self._shown.matrix
        scale = view.display.scale
        low, high = self._domain(analysis, scale)
        if scale == "head":
            high = float(matrix.max(initial=0.0))
        elif matrix.size:
            # Renormalised rows can exceed the largest weight of the pass.
            high = max(high, float(on_scale(matrix, scale).max()))
        labels = [axis_label(analysis.tokens[t]) for t in self._shown_tokens(analysis)]
        self._heatmap.set_matrix(matrix, labels, ColourScale(low, high, scale == "log"))
        self._heatmap.set_place(f"attention[{layer}, {head}]")
        share = special_share(weights, specials)
        if view.display.specials == "show":
            spent = f"this head spends {share * 100:.0f} % of its attention on <s> and </s>"
        else:
            verb = "hidden" if view.display.specials == "hide" else "left out before scaling"
            spent = f"{share * 100:.0f} % of the attention, on <s> and </s>, is {verb}"
        self._facts = f"{spent} · mean entropy {entropy_bits(weights):.1f} bits."

    def _domain(self, analysis: Analysis, scale: Scale) -> tuple[float, float]:
        """Return the ends of the scale; the largest of all weights is looked for once a pass."""
        if scale in ("all", "log"):
            if self._wide is None or self._wide[0] is not analysis or self._wide[1] != scale:
                self._wide = (analysis, scale, colour_domain(analysis.attention, 0, 0, scale))
            return self._wide[2]
        return colour_domain(analysis.attention, *self.store.view.selection.shown_head, scale)

    def _shown_tokens(self, analysis: Analysis) -> list[int]:
        if self._shown is None:
            return list(range(len(analysis.tokens)))
        return [int(index) for index in self._shown.kept]

    def _describe(self, view: View, analysis: Analysis, *, hover: bool = True) -> str:
        layer, head = view.selection.shown_head
        low, high = self._heatmap.scale.labels()
        parts = [f"Layer {layer + 1}, head {head + 1}", f"scale {low} – {high}"]
        if hover and self._hovered is not None and self._shown is not None:
            row, column = self._hovered
            if max(row, column) < len(self._shown.kept):
                names = [
                    token_name(analysis.tokens[int(self._shown.kept[i])]) for i in (row, column)
                ]
                value = self._shown.matrix[row, column]
                parts.append(f"from {names[0]} to {names[1]}: {value:.3f}")
        return " · ".join((*parts, self._facts))

    # --- controls

    def _controls(self) -> QWidget:
        row = QWidget()
        flow = QFlowLayout(row)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.setHorizontalSpacing(10)
        flow.setVerticalSpacing(6)
        for control in (
            self._layer,
            self._head,
            Labelled("Specials", self._specials),
            Labelled("Scale", self._scale),
        ):
            flow.addWidget(control)
        return row

    def _show_controls(self, view: View) -> None:
        self._specials.set_choice(view.display.specials)
        self._scale.set_choice(view.display.scale)
        layers, heads = (view.analysis.attention.shape if view.analysis else (1, 1))[:2]
        shown = view.selection
        for stepper, value, most in (
            (self._layer, shown.attention_layer + 1, layers),
            (self._head, shown.head + 1, heads),
        ):
            stepper.show_value(value, most)
        layer, head = shown.attention_layer, shown.head
        self._layer.setToolTip(f"Layer (Alt+Up, Alt+Down): attention[{layer}]")
        self._head.setToolTip(f"Head (Alt+Left, Alt+Right): attention[{layer}, {head}]")

    def _choose_head(self, head: int) -> None:
        self.store.travel(0, head - 1 - self.store.view.selection.head)

    def _hover(self, row: int, column: int) -> None:
        self._hovered = (row, column)
        token = self._token(row)
        if self.store.view.selection.hovered_token == token:
            self._refresh_hover()
        self.store.hover_token(token)

    def _refresh_hover(self) -> None:
        view = self.store.view
        if view.analysis is not None and self._hovered is not None:
            self._heatmap.set_hovered(*self._hovered)
            self._caption.setText(self._describe(view, view.analysis))

    def _leave(self) -> None:
        self._hovered = None
        self.store.leave()

    def _token(self, row: int) -> int:
        return int(self._shown.kept[row]) if self._shown is not None else row
