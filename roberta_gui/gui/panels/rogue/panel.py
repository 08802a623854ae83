"""Rogue dimensions: the few features that rule mean cosine and variance, layer by layer."""

from functools import partial
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QStackedWidget, QWidget

from roberta_gui.findings.marks import LayerValues
from roberta_gui.findings.names import AxisLabel
from roberta_gui.findings.numbers import written
from roberta_gui.findings.rogue import (
    MOST,
    RULED,
    RogueShares,
    describe,
    find_shares,
)
from roberta_gui.findings.scales import ColourScale
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.panels.panel import Derivation, Panel
from roberta_gui.gui.panels.why_empty import (
    describe_no_room,
    describe_problem,
    describe_reading,
    say_waiting,
)
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.charts.bar_chart import BarChart, BarSeries
from roberta_gui.gui.widgets.controls.caption import Caption
from roberta_gui.gui.widgets.controls.control_row import ControlRow
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import Labelled, Segments
from roberta_gui.gui.widgets.controls.space_choice import SpaceChoice
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.gui.widgets.painting.composition import Composition
from roberta_gui.view import View
from roberta_gui.wording import counted

if TYPE_CHECKING:
    from roberta_gui.choices import Order

ORDERS: Final = {
    "cosine": "The dimensions that add most to the mean cosine of random pairs, of either sign",
    "variance": "The dimensions that hold most of the variance",
}
PICTURES: Final = {"layer": "This layer", "all": "All layers"}
PICTURE_TIPS: Final = {
    "layer": "The largest dimensions of the chosen layer",
    "all": "The largest dimensions of any layer, in all of them",
}
FLOOR: Final = 0.01
"""Least end of an axis or a scale: parts and shares below a hundredth rule nothing."""

BESIDE: Final = 820
"""From this width on the two pictures stand side by side."""

STACKED: Final = 330
"""From this height on they stand one above the other."""

_MEASURING = "Measuring every dimension of every layer"


class RoguePanel(Panel):
    """Bars of the chosen layer's largest dimensions, and a map of the largest of all layers."""

    name = "rogue"
    title = "Rogue dimensions"
    tip = "The dimensions that rule cosines and variance, found on the reference sentences."
    obeys_switches = False

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._order: Order = "cosine"
        self._dimension: int | None = None
        self._hovered: int | None = None
        self._bars = BarChart("Dimensions of this layer")
        self._bars.bar_hovered.connect(lambda item: self._hover(self._in_bars, item))
        self._bars.bar_left.connect(self._leave)
        self._bars.bar_clicked.connect(lambda item: self._choose(self._in_bars, item))
        self._bars.stepped.connect(lambda items: self._step(self._in_bars, items))
        self._map = LayerHeatmap("Dimensions of all layers")
        self._map.cell_hovered.connect(lambda _layer, item: self._hover(self._in_map, item))
        self._map.cell_left.connect(self._leave)
        self._map.cell_clicked.connect(self._click)
        self._map.stepped.connect(self._walk)
        self._in_bars: tuple[int, ...] = ()
        self._in_map: tuple[int, ...] = ()
        self._pictures = Composition((self._bars, self._map), arrange)
        self._pictures.rearranged.connect(self._show_choices)
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._pictures)
        self._caption = named("caption", Caption())
        self._controls = self._choices()
        self.body.addWidget(self._controls)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._caption)

    def derive(self, view: View) -> Derivation | None:
        """Ask for the shares of all dimensions; no sentence has a part in them."""
        axes = view.axes
        preparations = axes.preparation(view.choices.hidden.space) if axes is not None else None
        if axes is None or preparations is None:
            return None
        return Derivation(preparations, partial(find_shares, axes, preparations))

    def draw(self, view: View, previous: View | None) -> None:
        """Draw the chosen layer's bars and the map."""
        self._space.set_space(view.choices.hidden.space)
        shares = self._shares(view)
        for row in (self._controls, self._space):
            row.setVisible(view.model is not None)
        self._caption.setVisible(shares is not None)
        if shares is None:
            self._stack.setCurrentWidget(self._empty)
            self._say_why_empty(view)
            self.heading.set_remark("")
            return
        self._stack.setCurrentWidget(self._pictures)
        layer = self._layer(view, shares)
        if previous is None or self._shares(previous) is not shares:
            self._draw_map(shares)
            self._draw_bars(shares, layer)
        elif previous.selection.layer != view.selection.layer:
            self._draw_bars(shares, layer)
        self._map.set_layer(layer)
        self._show_dimensions()
        text = describe(shares, layer, self._order)
        self._caption.setText(text)
        self._caption.setToolTip(plain_tip(text))

    def picture(self) -> QWidget:
        """Return bars and map."""
        return self._pictures

    def caption_text(self) -> str:
        """Say what rules the chosen layer."""
        view = self.store.view
        shares = self._shares(view)
        return "" if shares is None else describe(shares, self._layer(view, shares), self._order)

    def table(self) -> Table | None:
        """Return the numbers of every dimension in every layer."""
        shares = self._shares(self.store.view)
        return shares.table() if shares is not None else None

    def arrays(self) -> Arrays | None:
        """Return the numbers of every dimension in every layer."""
        shares = self._shares(self.store.view)
        return shares.arrays() if shares is not None else None

    # --- drawing

    def _shares(self, view: View) -> RogueShares | None:
        """Return what can be drawn for a View: nothing while its space is still being fitted."""
        derived = view.derived.get(self.name)
        if derived is None or view.axes is None:
            return None
        return (
            derived.value if view.axes.preparation(view.choices.hidden.space) is not None else None
        )

    def _layer(self, view: View, shares: RogueShares) -> int:
        return min(view.selection.layer, len(shares.cosine) - 1)

    def _draw_bars(self, shares: RogueShares, layer: int) -> None:
        self._in_bars = tuple(shares.drawn(layer, self._order).tolist())
        dimensions = list(self._in_bars)
        whole, near_none = shares.whole(layer), abs(shares.raw_cosine[layer].sum()) < RULED
        names = {
            "cosine": "mean cosine × 100" if near_none
            else f"% of the mean cosine {'' if shares.is_raw else 'of raw states, '}{whole:.3f}",
            "variance": "variance in %" if near_none else "% of the variance",
        }  # fmt: skip
        series = []
        for order, color in (("cosine", 0), ("variance", 4)):
            by = cast("Order", order)
            chosen, raw = (shares.percentages(layer, by, raw=is_raw) for is_raw in (False, True))
            faint = None if shares.is_raw else raw[dimensions]
            series.append(BarSeries(names[order], chosen[dimensions], color, faint))
        self._bars.set_bars(
            [str(dimension) for dimension in dimensions],
            [shares.tip(layer, dimension) for dimension in dimensions],
            series,
            at_least=FLOOR * 100,
            unit="" if near_none else " %",  # a cosine × 100 is no percentage
            faint="" if shares.is_raw else "pale: raw",
        )
        where = f"Layer {layer}" if layer else "The embeddings"
        by_what = "mean cosine" if self._order == "cosine" else "variance"
        heading = f"{where}: the {len(dimensions)} largest dimensions by {by_what}"
        self._pictures.set_headings([heading, self._map_heading(shares)])
        self.heading.set_remark(
            f"{shares.space.label.lower()}, {counted(shares.n_tokens, 'reference token')}"
        )

    def _map_heading(self, shares: RogueShares) -> str:
        what = "part of the mean cosine" if self._order == "cosine" else "% of the variance"
        if shares.mapped(self._order)[1] and not shares.is_raw:
            space = shares.space.label.lower()
            return f"All layers, raw: {what} ({space}: next to nothing)"
        return f"All layers: {what}"

    def _draw_map(self, shares: RogueShares) -> None:
        every, _ = shares.mapped(self._order)
        most_of_each = np.abs(every).max(axis=0)
        self._in_map = tuple(np.argsort(-most_of_each, kind="stable")[:MOST].tolist())
        dimensions = list(self._in_map)
        percent = 1 if self._order == "cosine" else 100
        values = every[:, dimensions].astype(np.float32) * percent
        # A floor, so that a space in which nothing rules looks like one.
        most = max(float(np.abs(values).max(initial=0.0)), FLOOR * percent)
        has_signs = self._order == "cosine" and bool((values < -most / 50).any())
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
        for dimensions, in_map in ((self._in_bars, False), (self._in_map, True)):
            place = {dimension: item for item, dimension in enumerate(dimensions)}
            chosen = place.get(self._dimension) if self._dimension is not None else None
            lit = place.get(self._hovered) if self._hovered is not None else None
            if in_map:
                self._map.set_selected([] if chosen is None else [chosen])
                self._map.set_hovered(None, lit)
            else:
                self._bars.set_selected(chosen)
                self._bars.set_hovered(lit)

    def _say_why_empty(self, view: View) -> None:
        if describe_problem(self._empty, view, "panel:axes", f"panel:{self.name}"):
            return
        if view.model is None:
            say_waiting(self._empty, view, _MEASURING, of_sentence=False)
            return
        why = "Once for each model: its dimensions are measured on them, none is looked up."
        if not (describe_no_room(self._empty, view) or describe_reading(self._empty, view, why)):
            say_waiting(self._empty, view, _MEASURING, of_sentence=False)

    # --- pointer and keys

    def _hover(self, dimensions: tuple[int, ...], item: int) -> None:
        self._hovered = dimensions[item]
        self._show_dimensions()

    def _leave(self) -> None:
        self._hovered = None
        self._show_dimensions()

    def _choose(self, dimensions: tuple[int, ...], item: int) -> None:
        """Keep a dimension outlined, or let it go."""
        dimension = dimensions[item]
        self._dimension = None if self._dimension == dimension else dimension
        self._show_dimensions()

    def _click(self, layer: int, item: int, _extend: bool) -> None:
        """Choose a layer and keep the dimension outlined."""
        self._dimension = self._in_map[item]
        self._show_dimensions()
        self.store.select_layer(layer)

    def _step(self, dimensions: tuple[int, ...], items: int) -> None:
        """Go to the next dimension, from none to the first or the last."""
        if self._dimension in dimensions:
            item = dimensions.index(self._dimension) + items
        else:
            item = 0 if items > 0 else len(dimensions) - 1
        if 0 <= item < len(dimensions):
            self._dimension = dimensions[item]
            self._show_dimensions()

    def _walk(self, layers: int, items: int) -> None:
        if layers:
            self.store.travel(layers, 0)
        else:
            self._step(self._in_map, items)

    # --- controls

    def _choices(self) -> ControlRow:
        self._picture = Segments(PICTURES, PICTURE_TIPS, "Show")
        self._picture.set_choice("layer")
        self._picture.chosen.connect(
            lambda picture: self._pictures.choose([*PICTURES].index(picture))
        )
        orders = {"cosine": "Mean cosine", "variance": "Variance"}
        self._sort = Segments(orders, ORDERS, "Largest by")
        self._sort.set_choice(self._order)
        self._sort.chosen.connect(self._choose_order)
        self._space = SpaceChoice("Rogue dimensions")
        self._space.chosen.connect(lambda space: self.store.choose("hidden", space=space))
        self.heading.add(self._space)  # the room below is the chart's
        return ControlRow(self._picture, Labelled("Largest by", self._sort))

    def _show_choices(self) -> None:
        """Let one choose the picture where there is room for one only."""
        self._controls.show_control(self._picture, len(self._pictures.shown) == 1)

    def _choose_order(self, order: str) -> None:
        self._order = cast("Order", order)
        self._drawn = None
        self._refresh()


def arrange(size: QSize, chosen: int) -> dict[int, QRect]:
    """Put bars and map side by side or one above the other, or the chosen one alone."""
    width, height = size.width(), size.height()
    if width >= BESIDE:
        left = round(width * 0.55)
        return {0: QRect(0, 0, left, height), 1: QRect(left + 12, 0, width - left - 12, height)}
    if height >= STACKED:
        half = height // 2
        return {0: QRect(0, 0, width, half - 4), 1: QRect(0, half + 4, width, height - half - 4)}
    return {chosen: QRect(0, 0, width, height)}
