"""Through the layers: how tokens turn from layer to layer, among others and against chance."""

import math
from collections.abc import Mapping
from functools import partial
from typing import Final, cast

import numpy as np
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QStackedWidget, QWidget

from roberta_gui.analysis.through_layers.paths import TokenPaths
from roberta_gui.choices import Against, PathPicture
from roberta_gui.findings.marks import LayerValues
from roberta_gui.findings.names import axis_label
from roberta_gui.findings.numbers import written
from roberta_gui.findings.path import captions
from roberta_gui.findings.path.numbers import FoundPaths, find_paths, lines_of, scale_of
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.gui.panels.why_empty import (
    describe_no_room,
    describe_problem,
    describe_reading,
    say_waiting,
)
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.charts.line_chart import LineChart
from roberta_gui.gui.widgets.controls.caption import Caption
from roberta_gui.gui.widgets.controls.control_row import ControlRow
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import Labelled, Segments
from roberta_gui.gui.widgets.controls.space_choice import SpaceChoice
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.gui.widgets.painting.composition import Composition
from roberta_gui.records import Analysis, FloatArray
from roberta_gui.view import View

PICTURES: Final[Mapping[str, str]] = {
    "itself": "Each token with itself at another layer",
    "others": "The selected token with every other token of its layer",
    "contexts": "Same words in other contexts, against random pairs of tokens",
}
AGAINST: Final[Mapping[str, str]] = {
    "before": "How much each layer turns a token: low where it changes",
    "embeddings": "How much is left of where the token started",
    "last": "How near the token is to where it ends",
    "full": "What the switched-off heads change: low where they turn a token",
}
ALL_AT_ONCE = QSize(860, 420)
"""From this size on the three pictures stand side by side."""

_COMPARING = "Comparing the layers of this sentence"


class PathPanel(TokenPanel):
    """Cosines of tokens through the layers: with themselves, with others, and what chance gives."""

    name = "path"
    title = "Through the layers"
    tip = "How tokens change from layer to layer. Click a token to follow it; arrow keys travel."

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._against: Against = "before"
        self._itself = LayerHeatmap("Each token with itself")
        self._others = LayerHeatmap("The selected token with the others")
        self._contexts = LineChart("Contexts and random pairs")
        self._pictures = Composition((self._itself, self._others, self._contexts), arrange)
        self._pictures.rearranged.connect(self._show_choices)
        for each in (self._itself, self._others):
            each.cell_hovered.connect(self.hover_cell)
            each.cell_left.connect(store.leave)
            each.cell_clicked.connect(self.lock_cell)
            each.cell_double_clicked.connect(self.mask_cell)
            each.stepped.connect(self._step)
        self._contexts.layer_clicked.connect(store.select_layer)
        self._contexts.stepped.connect(lambda layers: store.travel(layers, 0))
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
        """Ask for the sentence's cosines; the reference's are kept from sentence to sentence."""
        analysis, axes = view.analysis, view.axes
        if analysis is None or axes is None or analysis.model != view.model:
            return None
        preparations = axes.preparation(view.choices.hidden.space)
        if preparations is None:
            return None
        known = view.derived.get(self.name)
        found = known.value if known is not None else None
        work = partial(find_paths, analysis, axes, preparations, view.baseline, found)
        # Not the axes: more of them may come while the space and its sample stay what they are.
        return Derivation((analysis, view.baseline, preparations), work)

    def draw(self, view: View, previous: View | None) -> None:
        """Draw the pictures that have arrived, and outline what is chosen."""
        self._space.set_space(view.choices.hidden.space)
        for row in (self._controls, self._space):
            row.setVisible(view.analysis is not None)
        found = self._found(view)
        self._caption.setVisible(found is not None)
        if found is None:
            self._stack.setCurrentWidget(self._empty)
            self._say_why_empty(view)
            self.heading.set_remark("")
            return
        self._stack.setCurrentWidget(self._pictures)
        self._reference.offer([a for a in AGAINST if a != "full" or found.baseline is not None])
        self._reference.set_choice(self._against_now(found))
        if (
            previous is None
            or self._found(previous) is not found
            or previous.selection.token != view.selection.token
        ):
            self._draw_all(view, found)
        self._show_selection(view, found)
        self._say()

    @property
    def shown(self) -> Analysis | None:
        """The analysis that the pictures were made from."""
        found = self._found(self.store.view)
        return found.analysis if found is not None else None

    def picture(self) -> QWidget:
        """Return the pictures that are in sight."""
        return self._pictures

    def caption_text(self) -> str:
        """Say what is seen in the pictures that are in sight."""
        view = self.store.view
        found = self._found(view)
        if found is None:
            return ""
        shown = [cast("PathPicture", [*PICTURES][nth]) for nth in self._pictures.shown]
        layer = min(view.selection.layer, len(found.paths.sentence) - 1)
        against = self._against_now(found)
        return captions.caption(found, layer, _token(view, found), shown, against)

    def table(self) -> Table | None:
        """Return each token's cosines in every layer."""
        view = self.store.view
        found = self._found(view)
        return None if found is None else found.table(_token(view, found))

    def arrays(self) -> Arrays | None:
        """Return the cosines, (layer + 1, token), those of all pairs, and the curves."""
        found = self._found(self.store.view)
        return None if found is None else found.arrays()

    # --- drawing

    def _found(self, view: View) -> FoundPaths | None:
        """Return what can be drawn for a View: nothing while its space is still being fitted."""
        derived = view.derived.get(self.name)
        if derived is None or view.axes is None:
            return None
        return (
            derived.value if view.axes.preparation(view.choices.hidden.space) is not None else None
        )

    def _draw_all(self, view: View, found: FoundPaths) -> None:
        paths, token = found.paths, _token(view, found)
        self._itself.set_values(self._map(found, self._with_itself(found), "itself"))
        if token is None:
            others: FloatArray = paths.with_others
        else:
            others = paths.between[:, token].copy()
            others[:, token] = np.nan  # 1 everywhere: it would take the scale for itself
        self._others.set_values(self._map(found, others, "others", token))
        self._contexts.set_lines(lines_of(found))
        headings = captions.headings(self._against_now(found), found.analysis.tokens, token)
        self._pictures.set_headings(headings)
        self.heading.set_remark(f"cosines, {found.space.phrase}")

    def _against_now(self, found: FoundPaths) -> Against:
        """Return what tokens are compared with; every head on only while some are off."""
        return "before" if self._against == "full" and found.baseline is None else self._against

    def _with_itself(self, found: FoundPaths) -> FloatArray:
        against, paths = self._against_now(found), found.paths
        if against == "full" and found.baseline is not None:
            return found.baseline.cosines
        return _compared(paths, against)

    def _map(
        self, found: FoundPaths, values: FloatArray, picture: PathPicture, token: int | None = None
    ) -> LayerValues:
        tokens, against = found.analysis.tokens, self._against_now(found)
        were = self._every_head_on(found, picture, token)

        def tip(layer: int, column: int) -> str:
            value = float(values[layer, column])
            before = math.nan if were is None else float(were[layer, column])
            change = captions.tip_of_change(value, before)
            if picture == "others":
                text = captions.tip_of_others(value, tokens, token, layer, column)
            else:
                text = captions.tip_of_itself(value, tokens[column], against, layer)
            return f"{text}{change}"

        # Blue sequential while all are alike anyway; else zero means something and stands out.
        has_signs = picture == "others" and found.space.mode != "raw"
        labels = tuple(axis_label(t) for t in tokens)
        # A few heads of many change little: two digits would be 1.00 nearly everywhere.
        digits = 3 if picture == "itself" and against == "full" else 2
        number, scale = partial(written, digits=digits), scale_of(values, has_signs)
        return LayerValues(values, labels, scale, tip, has_signs, number)

    def _every_head_on(
        self, found: FoundPaths, picture: PathPicture, token: int | None
    ) -> FloatArray | None:
        """Return what a map shows with every head on; None where that is what it compares with."""
        against = self._against_now(found)
        if found.baseline is None or (picture == "itself" and against == "full"):
            return None
        paths = found.baseline.paths
        if picture == "itself":
            return _compared(paths, against)
        return paths.with_others if token is None else paths.between[:, token]

    def _show_selection(self, view: View, found: FoundPaths) -> None:
        n_tokens, layer = len(found.analysis.tokens), view.selection.layer
        hovered = view.selection.hovered_token
        for each in (self._itself, self._others):
            each.set_layer(layer)
            each.set_selected([t for t in view.selection.tokens if t < n_tokens])
            each.set_hovered(None, hovered if hovered is not None and hovered < n_tokens else None)
        self._contexts.set_layer(layer)

    def _say_why_empty(self, view: View) -> None:
        if describe_problem(self._empty, view, "sentence", "panel:axes", f"panel:{self.name}"):
            return
        if view.model is None:
            say_waiting(self._empty, view, _COMPARING)
            return
        why = "Once for each model: what random tokens have in common is measured on them."
        if not (describe_no_room(self._empty, view) or describe_reading(self._empty, view, why)):
            say_waiting(self._empty, view, _COMPARING)

    # --- pointer and keys

    def _step(self, layers: int, tokens: int) -> None:
        """Go to the next layer, or on to the next token (from none: to the first or last)."""
        if layers:
            self.store.travel(layers, 0)
        else:
            self.step_tokens(tokens)

    # --- controls

    def _choices(self) -> ControlRow:
        self._picture = Segments(
            {"itself": "Itself", "others": "Others", "contexts": "Contexts"},
            PICTURES,
            "Compare with",
        )
        self._picture.set_choice("itself")
        self._picture.chosen.connect(self._choose_picture)
        self._reference = Segments(
            {
                "before": "Layer before",
                "embeddings": "Embeddings",
                "last": "Last layer",
                "full": "Every head on",
            },
            AGAINST,
            "Itself at",
        )
        self._reference.set_choice(self._against)
        self._reference.chosen.connect(self._choose_against)
        self._space = SpaceChoice("Through the layers")
        self._space.chosen.connect(lambda space: self.store.choose("hidden", space=space))
        self._itself_at = Labelled("Itself at", self._reference)
        self.heading.add(self._space)  # the room below is the pictures'
        return ControlRow(self._picture, self._itself_at)

    def _choose_picture(self, picture: str) -> None:
        self._pictures.choose([*PICTURES].index(picture))

    def _choose_against(self, against: str) -> None:
        self._against = cast("Against", against)
        self._drawn = None
        self._refresh()

    def _say(self) -> None:
        text = self.caption_text()
        self._caption.setText(text)
        self._caption.setToolTip(plain_tip(text.replace(". ", ".\n")))

    def _show_choices(self) -> None:
        """Show the choices that choose something now."""
        shown = self._pictures.shown
        self._controls.show_control(self._picture, len(shown) == 1)
        self._controls.show_control(self._itself_at, 0 in shown)
        self._say()


def _compared(paths: TokenPaths, against: Against) -> FloatArray:
    return {
        "before": paths.with_before,
        "embeddings": paths.with_embeddings,
        "last": paths.with_last,
        "full": paths.with_before,
    }[against]


def _token(view: View, found: FoundPaths) -> int | None:
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
