"""Where A and B part: each token of one sentence against its partner in another, by layer."""

from collections.abc import Iterator, Sequence
from functools import partial

from PySide6.QtCore import QSize

from roberta_gui.findings.comparison.layers import (
    CosinesResult,
    caption_of,
    find_cosines,
    lines_of,
    map_of,
)
from roberta_gui.gui.panels.comparison_panel import ComparisonPanel, tokens_of
from roberta_gui.gui.panels.reasons import Reason
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.charts.line_chart import LineChart
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.gui.widgets.painting.composition import pair_arranged
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.view import View

PICTURES = {
    "tokens": ("Tokens", "Each token of A against its partner in B, in every layer"),
    "mean": ("Mean", "How far the tokens are apart on average, layer by layer"),
}


class CompareLayersPanel(ComparisonPanel[CosinesResult]):
    """Cosines of aligned tokens in every layer, and their mean: where two sides part."""

    name = "aligned"
    needs = "can_compare_states"
    in_space = True
    title = "Where A and B part"
    tip = "Cosine of each token with its partner on the other side. Arrow keys travel."

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._map = LayerHeatmap("Aligned tokens, layer by layer")
        self.connect_cells(self._map)
        self._chart = LineChart("How far apart, layer by layer")
        self._chart.item_clicked.connect(lambda layer, _extend: store.select_layer(layer))
        self._chart.stepped.connect(lambda layers: store.travel(layers, 0))
        arrange = pair_arranged(beside=QSize(680, 190), share=0.6, below=QSize(0, 420), upper=0.55)
        pictures, choice = self.composed((self._map, self._chart), arrange, PICTURES)
        pictures.set_headings(
            ("Cosine of each token of A with its partner in B", "1 − cosine, the mean")
        )
        self.show_picture(pictures, self.space_choice(), choice)

    def derive(self, view: View) -> Derivation | None:
        """Ask for the cosines in the chosen space."""
        compared, prepared = self.comparable(view), self.prepared(view)
        if compared is None or prepared is None:
            return None
        work = partial(find_cosines, compared, prepared)
        return Derivation((self.name, compared, prepared), work)

    def result(self, view: View) -> CosinesResult | None:
        """Return the cosines; nothing while their space is fitted, or where nothing is aligned."""
        found = super().result(view)
        return found if found is not None and len(found.alignment.pairs) else None

    def reasons(self, view: View) -> Iterator[Reason | None]:
        """Say what is missing, or that nothing can be compared."""
        if super().result(view) is not None:
            yield Reason(
                "Nothing in common", "No token of A has a partner in B.", keeps_choices=True
            )
        yield from super().reasons(view)

    @property
    def tokens(self) -> Sequence[int | None]:
        """A's token of each column."""
        return () if self.known is None else tokens_of(self.known.alignment)

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give the selected token, which has a line of its own."""
        return (view.selection.token,)

    def draw_result(self, found: CosinesResult, view: View, *, is_new: bool) -> None:
        """Draw both pictures."""
        if is_new:
            self._map.set_values(map_of(found))
        self._chart.set_lines(lines_of(found, found.column(view.selection.token)))

    def highlight(self, found: CosinesResult, view: View) -> None:
        """Outline what is chosen."""
        layer = min(view.selection.layer, len(found.values) - 1)
        self.highlight_cells(view, self._map, layer=layer)
        self._chart.set_selected([layer])

    def caption_of(self, found: CosinesResult, view: View) -> str:
        """Say where the two part."""
        return caption_of(found)

    def remark_of(self, found: CosinesResult, view: View) -> str:
        """Name the space."""
        return f"cosines, {found.space.phrase}"
