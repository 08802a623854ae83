"""Rogue dimensions: the few features that rule mean cosine and variance, layer by layer."""

from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QSize

from roberta_gui.choices import Order
from roberta_gui.findings.notation.marks import LayerValues
from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.numbers import written
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.findings.rogue import MOST, RULED, RogueShares, describe, find_shares
from roberta_gui.gui.panels.picture_panel import PicturePanel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.charts.bar_chart import BarChart, BarSeries
from roberta_gui.gui.widgets.controls.segments import Labelled
from roberta_gui.gui.widgets.interaction.clicks import item_at
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.gui.widgets.painting.composition import pair_arranged
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.lanes import AXES
from roberta_gui.view import View
from roberta_gui.wording import counted

ORDERS: Final = {
    "cosine": (
        "Mean cosine",
        "The dimensions that add most to the mean cosine of random pairs, of either sign",
    ),
    "variance": ("Variance", "The dimensions that hold most of the variance"),
}
PICTURES: Final = {
    "layer": ("This layer", "The largest dimensions of the chosen layer"),
    "all": ("All layers", "The largest dimensions of any layer, in all of them"),
}
FLOOR: Final = 0.01
"""Least end of an axis or a scale: parts and shares below a hundredth rule nothing."""

BESIDE, STACKED = QSize(820, 0), QSize(0, 330)
"""From these sizes on the two pictures stand side by side, or one above the other."""


class RoguePanel(PicturePanel[RogueShares]):
    """Bars of the chosen layer's largest dimensions, and a map of the largest of all layers."""

    name = "rogue"
    title = "Rogue dimensions"
    tip = "The dimensions that rule cosines and variance, found on the reference sentences."
    obeys_switches = False
    busy = "Measuring every dimension of every layer"
    lanes = (AXES,)
    in_space = True
    why_reference = "Once for each model: its dimensions are measured on them, none is looked up."

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._dimension: int | None = None
        self._hovered: int | None = None
        self._bars = BarChart("Dimensions of this layer")
        self._bars.item_hovered.connect(lambda item: self._hover(item_at(self._in_bars, item)))
        self._bars.hover_left.connect(partial(self._hover, None))
        self._bars.item_clicked.connect(lambda item, _extend: self._choose(item))
        self._bars.stepped.connect(lambda items: self._step(self._in_bars, items))
        self._map = LayerHeatmap("Dimensions of all layers")
        self._map.cell_hovered.connect(
            lambda _layer, item: self._hover(item_at(self._in_map, item))
        )
        self._map.cell_left.connect(partial(self._hover, None))
        self._map.cell_clicked.connect(self._click)
        self._map.stepped.connect(self._walk)
        self._in_bars: tuple[int, ...] = ()
        self._in_map: tuple[int, ...] = ()
        arrange = pair_arranged(beside=BESIDE, share=0.55, below=STACKED, upper=0.5)
        self._pictures, choice = self.composed((self._bars, self._map), arrange, PICTURES)
        self.heading.add(self.space_choice())  # the room below is the chart's
        order = Labelled("Largest by", self.segments("order", ORDERS, "Largest by"))
        self.show_picture(self._pictures, choice, order)

    def derive(self, view: View) -> Derivation | None:
        """Ask for the shares of all dimensions; no sentence has a part in them."""
        axes, preparations = view.axes, self.prepared(view)
        if axes is None or preparations is None:
            return None
        return Derivation(preparations, partial(find_shares, axes, preparations))

    def result(self, view: View) -> RogueShares | None:
        """Return what can be drawn, be it in another space: nothing of another model."""
        shares, fitted = super().result(view), view.axes.preparations.values() if view.axes else ()
        return shares if shares and any(each is shares.preparations for each in fitted) else None

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give the order and the layer."""
        return *super().depends_on(view), view.selection.layer

    def draw_result(self, shares: RogueShares, view: View, *, is_new: bool) -> None:
        """Draw the chosen layer's bars and the map."""
        order, layer = view.choices.rogue.order, self._layer(view, shares)
        self._draw_map(shares, order)
        self._draw_bars(shares, layer, order)
        self._map.set_layer(layer)

    def highlight(self, shares: RogueShares, view: View) -> None:
        """Outline the dimension that is kept."""
        self._show_dimensions()

    def caption_of(self, shares: RogueShares, view: View) -> str:
        """Say what rules the chosen layer."""
        return describe(shares, self._layer(view, shares), view.choices.rogue.order)

    def remark_of(self, shares: RogueShares, view: View) -> str:
        """Name the space, and on how much the dimensions were measured."""
        return f"{shares.space.phrase}, {counted(shares.n_tokens, 'reference token')}"

    # --- drawing

    def _layer(self, view: View, shares: RogueShares) -> int:
        return min(view.selection.layer, len(shares.cosine) - 1)

    def _draw_bars(self, shares: RogueShares, layer: int, order: Order) -> None:
        self._in_bars = tuple(shares.drawn(layer, order).tolist())
        dimensions = list(self._in_bars)
        whole, near_none = shares.whole(layer), abs(shares.raw_cosine[layer].sum()) < RULED
        names = {
            "cosine": "mean cosine × 100" if near_none
            else f"% of the mean cosine {'' if shares.is_raw else 'of raw states, '}{whole:.3f}",
            "variance": "variance in %" if near_none else "% of the variance",
        }  # fmt: skip
        series = []
        kinds: tuple[tuple[Order, int], ...] = (("cosine", 0), ("variance", 4))
        for by, color in kinds:
            chosen, raw = (shares.percentages(layer, by, raw=is_raw) for is_raw in (False, True))
            faint = None if shares.is_raw else raw[dimensions]
            series.append(BarSeries(names[by], chosen[dimensions], color, faint))
        self._bars.set_bars(
            [str(dimension) for dimension in dimensions],
            [shares.tip(layer, dimension) for dimension in dimensions],
            series,
            at_least=FLOOR * 100,
            unit="" if near_none else " %",  # a cosine × 100 is no percentage
            faint="" if shares.is_raw else "pale: raw",
        )
        where = f"Layer {layer}" if layer else "The embeddings"
        by_what = "mean cosine" if order == "cosine" else "variance"
        heading = f"{where}: the {len(dimensions)} largest dimensions by {by_what}"
        self._pictures.set_headings([heading, self._map_heading(shares, order)])

    def _map_heading(self, shares: RogueShares, order: Order) -> str:
        what = "part of the mean cosine" if order == "cosine" else "% of the variance"
        if shares.mapped(order)[1] and not shares.is_raw:
            space = shares.space.phrase
            return f"All layers, raw: {what} ({space}: next to nothing)"
        return f"All layers: {what}"

    def _draw_map(self, shares: RogueShares, order: Order) -> None:
        every, _ = shares.mapped(order)
        most_of_each = np.abs(every).max(axis=0)
        self._in_map = tuple(np.argsort(-most_of_each, kind="stable")[:MOST].tolist())
        dimensions = list(self._in_map)
        percent = 1 if order == "cosine" else 100
        values = every[:, dimensions].astype(np.float32) * percent
        # A floor, so that a space in which nothing rules looks like one.
        most = max(float(np.abs(values).max(initial=0.0)), FLOOR * percent)
        has_signs = order == "cosine" and bool((values < -most / 50).any())
        digits = 1 if percent > 1 else 2 if most >= 0.1 else 3

        def number(value: float) -> str:
            text = written(value, digits)
            return text if text.strip("0.") else ""  # a table of zeros says nothing

        self._map.set_values(
            LayerValues(
                values,
                tuple(AxisLabel(str(dimension)) for dimension in dimensions),
                ColourScale(-most if has_signs else 0.0, most),
                lambda layer, item: shares.tip(layer, dimensions[item]),
                has_signs,
                number,
            )
        )

    def _show_dimensions(self) -> None:
        """Outline the chosen dimension and light up the hovered one, in both pictures."""
        for figure, dimensions in ((self._bars, self._in_bars), (self._map, self._in_map)):
            chosen, lit = (
                [nth for nth, dimension in enumerate(dimensions) if dimension == wanted]
                for wanted in (self._dimension, self._hovered)
            )
            figure.set_selected(chosen)
            item = lit[0] if lit else None
            figure.set_hovered(*((None, item) if figure is self._map else (item,)))

    # --- pointer and keys

    def _hover(self, dimension: int | None) -> None:
        self._hovered = dimension
        self._show_dimensions()

    def _choose(self, item: int) -> None:
        """Keep a bar's dimension outlined, or let it go."""
        dimension = item_at(self._in_bars, item)
        self._dimension = None if self._dimension == dimension else dimension
        self._show_dimensions()

    def _click(self, layer: int, item: int, _extend: bool) -> None:
        """Choose a layer and keep the dimension outlined."""
        self._dimension = item_at(self._in_map, item)
        self._show_dimensions()
        self.store.select_layer(layer)

    def _step(self, dimensions: tuple[int, ...], items: int) -> None:
        """Go to the next dimension, from none to the first or the last."""
        item = 0 if items > 0 else len(dimensions) - 1
        if self._dimension in dimensions:
            item = dimensions.index(self._dimension) + items
        if 0 <= item < len(dimensions):
            self._dimension = dimensions[item]
            self._show_dimensions()

    def _walk(self, layers: int, items: int) -> None:
        if layers:
            self.store.travel(layers, 0)
        else:
            self._step(self._in_map, items)
