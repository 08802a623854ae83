"""Layers: one small picture a layer, so that what changes between layers can be seen."""

from roberta_gui.analysis.projection import Basis
from roberta_gui.findings import hidden_states as captions
from roberta_gui.findings.comparison.against import names_of
from roberta_gui.findings.hidden_states import (
    ProjectedTokens,
    first_axis_notes,
    first_axis_words,
    percent,
)
from roberta_gui.findings.tables import Table
from roberta_gui.gui.panels.plane import Plane
from roberta_gui.gui.panels.projecting import ProjectionPanel
from roberta_gui.gui.panels.token_points import are_tinted, points_of
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.multiples.cell_marks import Cell, Mark
from roberta_gui.gui.widgets.multiples.small_multiples import MultiplesArea, SmallMultiples
from roberta_gui.view import View
from roberta_gui.wording import counted

BASES = {
    "joint": ("Joint", "The same two axes in every picture: places can be compared across layers"),
    "per_layer": (
        "Per layer",
        "Each layer's own two axes: they hold the most, but only within a layer",
    ),
}


class LayersPanel(ProjectionPanel):
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
        self.connect_items(self._cells)
        self._cells.lassoed.connect(self._lock_all)
        self._cells.cell_chosen.connect(self._choose_layer)
        self._area = MultiplesArea(self._cells)
        self._fitted: object = None
        self._layer = -1
        basis = self.segments("basis", BASES, "Axes")
        self.show_picture(
            self._area, basis, self.space_choice(), self.partners(), drawn=self._cells
        )

    def basis(self, view: View) -> Basis:
        """Return the chosen axes."""
        return view.choices.layers.basis

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give the layer that is outlined."""
        return (view.selection.layer,)

    def draw_result(self, shown: ProjectedTokens, view: View, *, is_new: bool) -> None:
        """Draw all layers, and bring the chosen one into sight when it was chosen."""
        layer, has_other_cells = self.layer_of(shown, view), self._fitted is not shown.fitted
        if has_other_cells:
            self._fitted = shown.fitted
            self._cells.set_cells(_cells(shown), shown.fitted.background[..., :2])
            self._area.fit()
        if is_new:
            points = points_of(shown.analysis.tokens, shown.comparison)
            others = None if shown.of_b is None else shown.of_b[..., :2]
            self._cells.set_points(shown.coordinates[..., :2], points, others)
            self._cells.set_marks(_marks(shown))
        self._cells.set_chosen(layer)
        if has_other_cells or self._layer != layer:
            self._layer = layer
            self._area.show_cell(layer)

    def caption_of(self, shown: ProjectedTokens, view: View) -> str:
        """Say what the chosen layer's picture holds."""
        return captions.about(shown, self.layer_of(shown, view))

    def remark_of(self, shown: ProjectedTokens, view: View) -> str:
        """Say whose the axes are, and on how much they were fitted."""
        joint = view.choices.layers.basis == "joint"
        whose = "the same axes in every picture" if joint else "each picture has its own axes"
        return f"{whose} · fitted on {counted(shown.axes.n_sentences, 'reference sentence')}"

    def whole_caption(self, shown: ProjectedTokens, view: View) -> str:
        """Say that, and how all pictures were made."""
        return captions.describe(shown, self.layer_of(shown, view))

    def table(self) -> Table | None:
        """Return every token's coordinates on the two axes, in every layer."""
        return None if self.known is None else self.known.table(2)

    # --- pointer and keys

    def _lock_all(self, tokens: tuple[int, ...], extend: bool) -> None:
        if self.is_fresh:
            kept = self.store.view.selection.tokens if extend else ()
            self.store.select_tokens((*kept, *tokens))

    def _choose_layer(self, layer: int) -> None:
        if self.is_fresh:
            self.store.select_layer(layer)


def _cells(shown: ProjectedTokens) -> list[Cell]:
    """Describe each layer's picture; on joint axes all of them show the same part of the plane."""
    background, plane = shown.fitted.background, Plane()
    is_joint = shown.fitted.axes.basis == "joint"
    cells = []
    for layer, first in enumerate(shown.fitted.first):
        extent = plane.extent(background if is_joint else background[layer : layer + 1])
        held = float(shown.fitted.axes.explained[layer, :2].sum())
        name = f"layer {layer}" if layer else "embeddings"
        tip = f"The two axes hold {percent(held)} of its variance.\n"
        tip += f"{first_axis_words(first, in_lines=True)}."
        note, short = first_axis_notes(first)
        names = (name if layer else "emb", str(layer or "emb"))
        cells.append(Cell(name, percent(held), tip, extent, note, names, short))
    return cells


def _marks(shown: ProjectedTokens) -> list[Mark]:
    """Explain what the sentence's marks mean, the most telling first."""
    tokens = shown.analysis.tokens
    marks = []
    if are_tinted(tokens):
        marks.append(Mark("ramp", "", str(len(tokens)), "place in the sentence: token 1"))
    if any(token.is_mask for token in tokens):
        marks.append(Mark("square", "mask", "mask"))
    names = dict.fromkeys(token.text for token in tokens if token.is_special)
    if names:
        marks.append(Mark("dot", "muted", " and ".join(names)))
    if shown.of_b is not None:
        marks.append(Mark("line", "muted", f"from its partner {names_of(shown.comparison).in_b}"))
    return [*marks, Mark("dust", "backdrop", "tokens of reference sentences")]
