"""Layers: one small picture a layer, so that what changes between layers can be seen."""

from PySide6.QtWidgets import QStackedWidget, QWidget

from roberta_gui.findings.hidden_states import captions
from roberta_gui.findings.hidden_states.captions import percent
from roberta_gui.findings.hidden_states.projecting import (
    ProjectedTokens,
    first_axis_notes,
    first_axis_words,
)
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.plane import Plane
from roberta_gui.gui.panels.projecting import projection_of, say_why_empty
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.gui.panels.token_points import are_tinted, points_of
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.caption import Caption
from roberta_gui.gui.widgets.controls.control_row import ControlRow
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.controls.space_choice import SpaceChoice
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.multiples.cell_grounds import Cell
from roberta_gui.gui.widgets.multiples.cell_legend import Mark
from roberta_gui.gui.widgets.multiples.multiples_area import MultiplesArea
from roberta_gui.gui.widgets.multiples.small_multiples import SmallMultiples
from roberta_gui.records import Analysis
from roberta_gui.view import View
from roberta_gui.wording import counted

BASES = {"joint": "Joint", "per_layer": "Per layer"}
BASIS_TIPS = {
    "joint": "The same two axes in every picture: places can be compared across layers",
    "per_layer": "Each layer's own two axes: they hold the most, but only within a layer",
}


class LayersPanel(TokenPanel):
    """Small multiples: the sentence in every layer, linked by hover, click and lasso."""

    name = "layers"
    title = "Hidden states, layer by layer"
    tip = (
        "One picture a layer. Hover a token to see it in every layer, click to keep it,\n"
        "drag around several; arrow keys choose a layer."
    )

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._cells = SmallMultiples()
        self._cells.point_hovered.connect(self.hover_token)
        self._cells.point_left.connect(store.leave)
        self._cells.point_clicked.connect(self.lock_token)
        self._cells.point_double_clicked.connect(self.mask_token)
        self._cells.lassoed.connect(self._lock_all)
        self._cells.cell_chosen.connect(self._choose_layer)
        self._area = MultiplesArea(self._cells)
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._area)
        self._controls = self._choices()
        self._said = named("caption", Caption())
        self.body.addWidget(self._controls)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._said)

    def derive(self, view: View) -> Derivation | None:
        """Ask for the tokens' places on the axes, in all layers at once."""
        return projection_of(view, view.choices.layers.basis)

    def draw(self, view: View, previous: View | None) -> None:
        """Draw all layers."""
        self._show_controls(view)
        derived, basis = view.derived.get(self.name), view.choices.layers.basis
        fitted = (
            view.axes.fitted(view.choices.hidden.space, basis) if view.axes is not None else None
        )
        self._said.setVisible(derived is not None and fitted is not None)
        if derived is None or fitted is None:
            self._stack.setCurrentWidget(self._empty)
            say_why_empty(self._empty, view, self.name, basis)
            return
        shown: ProjectedTokens = derived.value
        self._stack.setCurrentWidget(self._area)
        before = previous.derived.get(self.name) if previous is not None else None
        has_other_cells = before is None or before.value.fitted is not shown.fitted
        if has_other_cells:
            self._cells.set_cells(_cells(shown), shown.fitted.background[..., :2])
            self._area.fit()
        if before is not derived:
            points = points_of(shown.analysis.tokens)
            were = None if shown.before is None else shown.before[..., :2]
            self._cells.set_points(shown.places[..., :2], points, were)
            self._cells.set_marks(_marks(shown))
        layer = min(view.selection.layer, len(shown.places) - 1)
        self._cells.set_chosen(layer)
        if has_other_cells or previous is None or previous.selection.layer != layer:
            self._area.show_cell(layer)
        self._cells.set_selected(view.selection.tokens)
        self._cells.set_hovered(view.selection.hovered_token)
        self._said.setText(captions.about(shown, layer))
        self._said.setToolTip(plain_tip(captions.describe(shown, layer).replace(". ", ".\n")))

    @property
    def shown(self) -> Analysis | None:
        """The analysis whose tokens are drawn."""
        projected = self._projected()
        return projected.analysis if projected is not None else None

    def picture(self) -> QWidget:
        """Return all cells, those out of sight too."""
        return self._cells

    def caption_text(self) -> str:
        """Return what the chosen layer's picture holds, and how all were made."""
        shown = self._projected()
        if shown is None:
            return ""
        layer = min(self.store.view.selection.layer, len(shown.places) - 1)
        return captions.describe(shown, layer)

    def table(self) -> Table | None:
        """Return every token's place on the two axes, in every layer."""
        shown = self._projected()
        return None if shown is None else shown.table(2)

    def arrays(self) -> Arrays | None:
        """Return the places, (layer + 1, token, 3), and what they are seen against.

        While heads are switched off, also the places with every head on.
        """
        shown = self._projected()
        return None if shown is None else shown.arrays()

    def _projected(self) -> ProjectedTokens | None:
        derived = self.store.view.derived.get(self.name)
        return derived.value if derived is not None else None

    # --- pointer and keys

    def _lock_all(self, tokens: tuple[int, ...], extend: bool) -> None:
        if self.is_fresh:
            kept = self.store.view.selection.tokens if extend else ()
            self.store.select_tokens((*kept, *tokens))

    def _choose_layer(self, layer: int) -> None:
        if self.is_fresh:
            self.store.select_layer(layer)

    # --- controls

    def _choices(self) -> QWidget:
        self._basis = Segments(BASES, BASIS_TIPS, "Axes")
        self._basis.chosen.connect(lambda basis: self.store.choose("layers", basis=basis))
        self._space = SpaceChoice("Hidden states, layer by layer")
        self._space.chosen.connect(lambda space: self.store.choose("hidden", space=space))
        return ControlRow(self._basis, self._space, gap=5)

    def _show_controls(self, view: View) -> None:
        self._controls.setVisible(view.analysis is not None)
        self._basis.set_choice(view.choices.layers.basis)
        self._space.set_space(view.choices.hidden.space)
        if view.axes is not None:
            joint = view.choices.layers.basis == "joint"
            whose = "the same axes in every picture" if joint else "each picture has its own axes"
            reference = counted(view.axes.n_sentences, "reference sentence")
            self.heading.set_remark(f"{whose} · fitted on {reference}")


def _cells(shown: ProjectedTokens) -> list[Cell]:
    """Describe each layer's picture; on joint axes all of them show the same part of the plane."""
    background, plane = shown.fitted.background, Plane()
    is_joint = shown.fitted.axes.basis == "joint"
    cells = []
    for layer, first in enumerate(shown.fitted.first):
        extent = plane.extent(background if is_joint else background[layer : layer + 1])
        held = float(shown.fitted.axes.explained[layer, :2].sum())
        name = f"layer {layer}" if layer else "embeddings"
        tip = f"hidden[{layer}]: the two axes hold {percent(held)} of its variance.\n"
        tip += _broken(first_axis_words(first))
        note, short = first_axis_notes(first)
        names = (name if layer else "emb", str(layer or "emb"))
        cells.append(Cell(name, percent(held), tip, extent, note, names, short))
    return cells


def _marks(shown: ProjectedTokens) -> list[Mark]:
    """Explain what the sentence's marks mean, the most telling first."""
    tokens = shown.analysis.tokens
    marks = []
    if are_tinted(tokens):
        marks.append(Mark("ramp", "", str(len(tokens) - 1), "place in the sentence: token 0"))
    if any(token.is_mask for token in tokens):
        marks.append(Mark("square", "mask", "mask"))
    names = dict.fromkeys(token.text for token in tokens if token.is_special)
    if names:
        marks.append(Mark("dot", "muted", " and ".join(names)))
    if shown.before is not None:
        marks.append(Mark("line", "muted", "from its place with every head on"))
    return [*marks, Mark("dust", "backdrop", "tokens of reference sentences")]


def _broken(sentence: str) -> str:
    """Break a sentence for a tip, which does not break lines itself."""
    return sentence.replace(" (", "\n(")
