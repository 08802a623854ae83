"""Through the layers: how tokens turn from layer to layer, among others and against chance."""

from collections.abc import Mapping
from functools import partial
from typing import Final, cast

import numpy as np
from PySide6.QtCore import QRect, QSize

from roberta_gui.choices import Against, PathPicture
from roberta_gui.findings import path as captions
from roberta_gui.findings.comparison.against import why_not
from roberta_gui.findings.notation.marks import LayerValues
from roberta_gui.findings.notation.names import axis_label
from roberta_gui.findings.notation.numbers import written
from roberta_gui.findings.notation.scales import cosine_scale
from roberta_gui.findings.path import (
    PathsResult,
    find_paths,
    lines_of,
)
from roberta_gui.findings.tables import Table
from roberta_gui.gui.panels.path import tips
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.charts.line_chart import LineChart
from roberta_gui.gui.widgets.controls.segments import Labelled
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.lanes import AXES, SENTENCE
from roberta_gui.records import FloatArray
from roberta_gui.view import View

PICTURES: Final[Mapping[str, tuple[str, str]]] = {
    "itself": ("Itself", "Each token with itself at another layer"),
    "others": ("Others", "The selected token with every other token of its layer"),
    "contexts": ("Contexts", "Same words in other contexts, against random pairs of tokens"),
}
AGAINST: Final[Mapping[str, tuple[str, str]]] = {
    "before": ("Layer before", "How much each layer turns a token: low where it changes"),
    "embeddings": ("Embeddings", "How much is left of where the token started"),
    "last": ("Last layer", "How near the token is to where it ends"),
    "b": ("Partner", "Each token with its partner on the other side: low where the two part"),
}
ITSELF: Final[Mapping[Against, str]] = {
    "before": "with_layer_before", "embeddings": "with_embeddings", "last": "with_last_layer",
    "b": "with_partner_in_b",
}  # fmt: skip
"""What the first picture shows, by the names of the table's columns."""
ALL_AT_ONCE = QSize(860, 420)
"""From this size on the three pictures stand side by side."""


class PathPanel(TokenPanel[PathsResult]):
    """Cosines of tokens through the layers: with themselves, with others, and what chance gives."""

    name = "path"
    title = "Through the layers"
    tip = "How tokens change from layer to layer. Click a token to follow it; arrow keys travel."
    busy = "Comparing the layers of this sentence"
    lanes = (SENTENCE, AXES)
    in_space = True
    needs = "can_compare_states"
    why_reference = "Once for each model: what random tokens have in common is measured on them."

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._drawn_of: tuple[object, ...] | None = None
        self._itself = LayerHeatmap("Each token with itself")
        self._others = LayerHeatmap("The selected token with the others")
        self._contexts = LineChart("Contexts and random pairs")
        self.connect_cells(self._itself, self._others)
        self._contexts.item_clicked.connect(lambda layer, _extend: store.select_layer(layer))
        self._contexts.stepped.connect(lambda layers: store.travel(layers, 0))
        figures = (self._itself, self._others, self._contexts)
        self._pictures, choice = self.composed(figures, arrange, PICTURES, "Compare with")
        self._pictures.rearranged.connect(self._show_what_is_seen)
        self._reference = self.segments("against", AGAINST, "Itself at")
        self._itself_at = Labelled("Itself at", self._reference)
        self.heading.add(self.space_choice())  # the room below is the pictures'
        self.show_picture(self._pictures, choice, self._itself_at)

    def derive(self, view: View) -> Derivation | None:
        """Ask for the sentence's cosines; the reference's are kept from sentence to sentence."""
        analysis, axes, preparations = view.analysis, view.axes, self.prepared(view)
        if analysis is None or not axes or not preparations or analysis.model != view.model:
            return None
        known = view.derived.get(self.name)
        found = known.value if known is not None else None
        work = partial(find_paths, analysis, axes, preparations, view.comparison, found)
        # Not the axes: more of them may come while the space and its sample stay what they are.
        return Derivation((analysis, view.comparison, preparations), work)

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give the selected token, with which all others are compared, and the layer told of."""
        return *super().depends_on(view), view.selection.token, view.selection.layer

    def draw_result(self, found: PathsResult, view: View, *, is_new: bool) -> None:
        """Draw all pictures."""
        self._reference.rule_out({"b": why_not(found.comparison, self.needs)})
        self._reference.set_choice(self._against_now(found))
        drawn = found, view.choices.path.against, _token(view, found)
        if is_new or drawn != self._drawn_of:
            self._drawn_of = drawn
            self._draw_all(view, found)

    def highlight(self, found: PathsResult, view: View) -> None:
        """Outline what is chosen."""
        layer = view.selection.layer
        self.highlight_cells(view, self._itself, self._others, layer=layer)
        self._contexts.set_selected([layer])

    def caption_of(self, found: PathsResult, view: View) -> str:
        """Say what is seen in the pictures that are in sight."""
        shown = [cast("PathPicture", [*PICTURES][nth]) for nth in self._pictures.shown]
        layer = min(view.selection.layer, len(found.paths.sentence) - 1)
        against = self._against_now(found)
        return captions.describe(found, layer, _token(view, found), shown, against)

    def remark_of(self, found: PathsResult, view: View) -> str:
        """Name the space."""
        return f"cosines, {found.space.phrase}"

    def table(self) -> Table | None:
        """Return each token's cosines in every layer."""
        found, view = self.known, self.store.view
        return None if found is None else found.table(_token(view, found))

    def forget(self) -> None:
        """Let go of the cosines that were drawn."""
        super().forget()
        self._drawn_of = None

    def _show_what_is_seen(self) -> None:
        """Offer what chooses something now, and say what is in sight now."""
        self.row.show_control(self._itself_at, 0 in self._pictures.shown)
        self.say_again()

    # --- drawing

    def _draw_all(self, view: View, found: PathsResult) -> None:
        token, against = _token(view, found), self._against_now(found)
        numbers, others = found.numbers(token), "mean_with_others"
        if token is not None:
            others = "with_selected_token"
            numbers[others] = numbers[others].copy()
            numbers[others][:, token] = np.nan  # 1 everywhere: it would take the scale for itself
        self._itself.set_values(self._map(found, numbers, ITSELF[against], None))
        self._others.set_values(self._map(found, numbers, others, token))
        self._contexts.set_lines(lines_of(found))
        headings = captions.headings(against, found.analysis.tokens, token)
        self._pictures.set_headings(headings)

    def _against_now(self, found: PathsResult) -> Against:
        """Return what tokens are compared with; partners in B only where there are any."""
        against = self.store.view.choices.path.against
        return "before" if against == "b" and why_not(found.comparison, self.needs) else against

    def _map(
        self, found: PathsResult, numbers: Mapping[str, FloatArray], name: str, token: int | None
    ) -> LayerValues:
        tokens, against = found.analysis.tokens, self._against_now(found)
        values, changes = numbers[name], numbers.get(f"{name}_a_minus_b")
        is_of_others = name not in ITSELF.values()

        def tip(layer: int, column: int) -> str:
            value = float(values[layer, column])
            if is_of_others:
                text = tips.tip_of_others(value, tokens, token, layer, column)
            else:
                text = tips.tip_of_itself(value, tokens[column], against, layer)
            if changes is None or found.comparison is None:
                return text
            return text + tips.tip_of_change(
                value, float(changes[layer, column]), found.comparison, layer
            )

        # Blue sequential while all are alike anyway; else zero means something and stands out.
        has_signs = is_of_others and found.space.mode != "raw"
        labels, is_of_b = tuple(axis_label(t) for t in tokens), name == ITSELF["b"]
        hatched = np.flatnonzero(np.isnan(values).all(axis=0)).tolist() if is_of_b else ()
        # A few heads of many change little: two digits would be 1.00 nearly everywhere.
        number, scale = (
            partial(written, digits=3 if is_of_b else 2),
            cosine_scale(values, signed=has_signs),
        )
        return LayerValues(values, labels, scale, tip, has_signs, number, hatched=tuple(hatched))


def _token(view: View, found: PathsResult) -> int | None:
    """Return the selected token, if the drawn sentence has it."""
    token = view.selection.token
    return token if token is not None and token < len(found.analysis.tokens) else None


def arrange(size: QSize, chosen: int) -> dict[int, QRect]:
    """Stack the maps and put the chart beside them, or show the chosen picture alone."""
    width, height = size.width(), size.height()
    if width < ALL_AT_ONCE.width() or height < ALL_AT_ONCE.height():
        return {chosen: QRect(0, 0, width, height)}
    gap, half = 12, (height - 8) // 2
    maps = round(width * 0.6)
    return {
        0: QRect(0, 0, maps, half),
        1: QRect(0, half + 8, maps, height - half - 8),
        2: QRect(maps + gap, 0, width - maps - gap, height),
    }
