"""Where A and B part: each token of one sentence against its partner in another, by layer."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QStackedWidget, QWidget

from roberta_gui.findings.comparison.layers import (
    FoundCosines,
    caption_of,
    find_cosines,
    lines_of,
    map_of,
)
from roberta_gui.findings.comparison.pair import describe_second
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.look.theme import Theme
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.two_sentences import TwoSentencesPanel, baseline_of, pair_of
from roberta_gui.gui.panels.why_empty import describe_no_room
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.charts.line_chart import LineChart
from roberta_gui.gui.widgets.controls.control_row import ControlRow
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.paragraph import Paragraph
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.controls.space_choice import SpaceChoice
from roberta_gui.gui.widgets.layers.hatched_layer_heatmap import HatchedLayerHeatmap
from roberta_gui.gui.widgets.painting.composition import Composition
from roberta_gui.records import Analysis
from roberta_gui.view import View

PICTURES: Final[Mapping[str, str]] = {
    "tokens": "Each token of A against its partner in B, in every layer",
    "mean": "How far the tokens are apart on average, layer by layer",
}


class CompareLayersPanel(TwoSentencesPanel):
    """Cosines of aligned tokens in every layer, and their mean: where two sentences part."""

    name = "aligned"
    title = "Where A and B part"
    tip = "Cosine of each token with its partner in the other sentence. Arrow keys travel."

    def __init__(self, store: ViewStore, theme: Theme) -> None:
        super().__init__(store, theme)
        self._map = HatchedLayerHeatmap(theme, "Aligned tokens, layer by layer")
        self._chart = LineChart(theme, "How far apart, layer by layer")
        self._pictures = Composition(theme, (self._map, self._chart), arrange)
        self._pictures.set_headings(
            ("Cosine of each token of A with its partner in B", "1 − cosine, the mean")
        )
        self._pictures.rearranged.connect(self._show_choice)
        self._map.cell_hovered.connect(lambda _layer, column: self._hover(column))
        self._map.cell_left.connect(store.leave)
        self._map.cell_clicked.connect(self._click)
        self._map.cell_double_clicked.connect(lambda _layer, column: self._mask(column))
        self._map.stepped.connect(self._step)
        self._chart.layer_clicked.connect(store.select_layer)
        self._chart.stepped.connect(lambda layers: store.travel(layers, 0))
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._pictures)
        self._caption = named("caption", Paragraph())
        self._controls = self._choices()
        self.body.addWidget(self._controls)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._caption)

    def derive(self, view: View) -> Derivation | None:
        """Ask for the cosines in the chosen space."""
        pair = pair_of(view)
        prepared = view.axes.preparation(view.display.space) if view.axes is not None else None
        if pair is None or prepared is None:
            return None
        baseline = baseline_of(view)
        work = partial(find_cosines, pair, baseline, prepared)
        return Derivation((self.name, *pair, baseline, prepared), work)

    def draw(self, view: View, previous: View | None) -> None:
        """Draw both pictures, and outline what is chosen."""
        self._space.set_space(view.display.space)
        found = self._found(view)
        for part in (self._caption, self._controls):
            part.setVisible(found is not None)
        if found is None or not len(found.alignment.pairs):
            self._stack.setCurrentWidget(self._empty)
            self._caption.hide()
            self._say_why_empty(view, found)
            return
        self._stack.setCurrentWidget(self._pictures)
        if previous is None or self._found(previous) is not found:
            self._map.set_values(map_of(found))
            self.heading.set_remark(f"cosines, {found.space.label.lower()}")
        token = view.selection.token
        if (
            previous is None
            or self._found(previous) is not found
            or previous.selection.token != token
        ):
            self._chart.set_lines(lines_of(found, found.column(token)))
        self._show_selection(view, found)
        self._caption.setText(caption_of(found))

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self._pictures.set_theme(theme)
        # Two lines always, so that the picture does not jump when the caption grows.
        self._caption.setMinimumHeight(theme.pixels(34))
        super().set_theme(theme)

    @property
    def shown(self) -> Analysis | None:
        """The first sentence's pass."""
        found = self._found(self.store.view)
        return None if found is None else found.pair.a

    def picture(self) -> QWidget:
        """Return both pictures, as far as they are in sight."""
        return self._pictures

    def caption_text(self) -> str:
        """Say where the two part, and which sentence B is."""
        found = self._found(self.store.view)
        if found is None or not len(found.alignment.pairs):
            return ""
        return f"{caption_of(found)} {describe_second(found.pair)}"

    def table(self) -> Table | None:
        """Return each pair's cosine in every layer."""
        found = self._found(self.store.view)
        return None if found is None else found.table()

    def arrays(self) -> Arrays | None:
        """Return the cosines, (layer + 1, pair), and which tokens they are of."""
        found = self._found(self.store.view)
        return None if found is None else found.arrays()

    # --- drawing

    def _found(self, view: View) -> FoundCosines | None:
        derived = view.derived.get(self.name)
        if derived is None or view.second is None or view.axes is None:
            return None
        return derived.value if view.axes.preparation(view.display.space) is not None else None

    def _show_selection(self, view: View, found: FoundCosines) -> None:
        columns = (found.place(token) for token in view.selection.tokens)
        self._map.set_selected([column for column in columns if column is not None])
        self._map.set_hovered(None, found.place(view.selection.hovered_token))
        layer = min(view.selection.layer, len(found.values) - 1)
        for each in (self._map, self._chart):
            each.set_layer(layer)

    def _say_why_empty(self, view: View, found: FoundCosines | None) -> None:
        if found is not None:
            self._empty.say("Nothing in common", "No token of A has a partner in B.")
        elif view.second is not None and describe_no_room(self._empty, view):
            self._controls.show()
        else:
            self.say_why_empty(self._empty, view)

    # --- pointer and keys

    def _token(self, column: int) -> int | None:
        """Return A's token of a column, while the columns are those of the rest of the window."""
        found = self._found(self.store.view)
        if found is None or found.pair.a is not self.store.view.analysis:
            return None
        return found.alignment.rows[column][0]

    def _hover(self, column: int) -> None:
        if (token := self._token(column)) is not None:
            self.store.hover_token(token)
        else:  # B's token alone: the one before must not stay lit
            self.store.end_hover()

    def _click(self, layer: int, column: int, extend: bool) -> None:
        """Choose layer and token; the same token in another layer stays locked."""
        token, selection = self._token(column), self.store.view.selection
        if token is None:
            return
        if extend or token not in selection.tokens or layer == selection.layer:
            self.store.select_token(token, extend=extend)
        self.store.select_layer(layer)

    def _mask(self, column: int) -> None:
        if (token := self._token(column)) is not None:
            self.mask_wanted.emit(token)

    def _step(self, layers: int, columns: int) -> None:
        """Go to the next layer, or on to the next pair (from none: to the first or last)."""
        found = self._found(self.store.view)
        if layers:
            self.store.travel(layers, 0)
        elif found is not None:
            start, last = found.place(self.store.view.selection.token), len(found.alignment.rows)
            column = (0 if columns > 0 else last - 1) if start is None else start + columns
            while 0 <= column < last:
                if (token := self._token(column)) is not None:
                    self.store.select_tokens([token])
                    break
                column += columns  # B's token alone: nothing to lock

    # --- controls

    def _choices(self) -> ControlRow:
        self._picture = Segments({"tokens": "Tokens", "mean": "Mean"}, PICTURES, "Show")
        self._picture.set_choice("tokens")
        self._picture.chosen.connect(lambda name: self._pictures.choose([*PICTURES].index(name)))
        self._space = SpaceChoice("Where A and B part")
        self._space.chosen.connect(lambda space: self.store.display(space=space))
        return ControlRow(self._space, self._picture)

    def _show_choice(self) -> None:
        """Offer the other picture where there is room for one only."""
        self._controls.show_control(self._picture, len(self._pictures.shown) == 1)


def arrange(size: QSize, chosen: int) -> dict[int, QRect]:
    """Put the chart at the side or below, or show the chosen picture alone."""
    width, height = size.width(), size.height()
    if width >= 680 and height >= 190:
        side = round(width * 0.4)
        return {0: QRect(0, 0, width - side - 12, height), 1: QRect(width - side, 0, side, height)}
    if height >= 420:
        low = round(height * 0.45)
        return {0: QRect(0, 0, width, height - low - 8), 1: QRect(0, height - low, width, low)}
    return {chosen: QRect(0, 0, width, height)}
