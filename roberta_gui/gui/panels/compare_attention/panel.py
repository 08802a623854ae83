"""Attention, A − B: what one head does otherwise in a second sentence, and which heads do most."""

from functools import partial
from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from roberta_gui.findings.comparison.attention import FoundApart, HeadApart, find_apart
from roberta_gui.findings.comparison.pair import describe_second, row_label, rows_of
from roberta_gui.findings.scales import ColourScale
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.look.theme import Theme
from roberta_gui.gui.panels.compare_attention.controls import PICTURES, CompareAttentionControls
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.two_sentences import TwoSentencesPanel, baseline_of, pair_of
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.paragraph import Paragraph
from roberta_gui.gui.widgets.heads.head_map import HeadMap
from roberta_gui.gui.widgets.heatmap.difference_map import DifferenceMap
from roberta_gui.gui.widgets.painting.composition import Composition
from roberta_gui.records import Analysis
from roberta_gui.view import View

_WIDE: Final = 1000
"""Pixels, at a text zoom of 1, from which on the caption takes two lines."""

_WORDS: Final = "The heads that tell A and B apart most"


class CompareAttentionPanel(TwoSentencesPanel):
    """The chosen head's weights in A minus those in B, over the tokens that both have."""

    name = "difference"
    title = "Attention, A − B"
    tip = "Where one head looks more in A (orange) or in B (blue). Click a head in the small map."

    def __init__(self, store: ViewStore, theme: Theme) -> None:
        super().__init__(store, theme)
        self._head_shown: HeadApart | None = None
        self._told = ""
        self._hovered: tuple[int, int] | None = None
        self._map = DifferenceMap(theme)
        self._heads = HeadMap(theme, _WORDS)
        self._pictures = Composition(theme, (self._map, self._heads), arrange)
        # The panel's own title says what the map shows: a heading would take its room.
        self._pictures.set_headings(("", "Total variation, layers × heads"))
        self._pictures.rearranged.connect(self._show_choice)
        self._heads.head_clicked.connect(store.select_head)
        self._heads.head_hovered.connect(store.hover_head)
        self._heads.head_left.connect(store.leave)
        self._heads.head_double_clicked.connect(self._show_head)
        self._heads.heads_toggled.connect(store.toggle_heads)
        self._connect_map()
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._pictures)
        self._caption = named("caption", Paragraph())
        self.heading.set_remark("row = from (query) · column = to (key)")
        self._controls = self._choices()
        self.body.addWidget(self._controls)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._caption)

    def derive(self, view: View) -> Derivation | None:
        """Ask for every head's difference."""
        pair = pair_of(view)
        if pair is None:
            return None
        baseline, specials = baseline_of(view), view.display.specials
        work = partial(find_apart, pair, baseline, specials)
        return Derivation((self.name, *pair, baseline, specials), work)

    def draw(self, view: View, previous: View | None) -> None:
        """Draw the shown head's difference; on a mere hover only the highlights."""
        found = self._found(view)
        if found is not None:
            self._controls.show_view(view, found.shape)  # before it is laid out by being shown
        for part in (self._caption, self._controls):
            part.setVisible(found is not None)
        if found is None:
            self._head_shown = None
            self._stack.setCurrentWidget(self._empty)
            self.say_why_empty(self._empty, view)
            return
        self._stack.setCurrentWidget(self._pictures)
        before = None if previous is None else self._found(previous)
        if before is not found:
            scale = ColourScale(0.0, max(float(found.apart.variation.max(initial=0.0)), 0.01))
            values = found.apart.variation
            self._heads.set_values(values, scale, "{:.2f}".format, signed=False)
            self._heads.set_tips(found.head_tip)
        if (
            previous is None
            or before is not found
            or previous.selection.shown_head != view.selection.shown_head
            or previous.display.scale != view.display.scale
        ):
            self._draw_head(view, found)
        self._show_selection(view, found)
        self._caption.setText(self._told)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self._pictures.set_theme(theme)
        self._controls.set_theme(theme)
        super().set_theme(theme)
        self._keep_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep as many lines for the caption as it takes in this width."""
        super().resizeEvent(event)
        self._keep_room()

    def _keep_room(self) -> None:
        """Keep the picture from jumping when the caption grows: three lines always, or two."""
        wide = self.width() >= self.theme.pixels(_WIDE)
        self._caption.setMinimumHeight(self.theme.pixels(34 if wide else 50))

    def forget(self) -> None:
        """Let go of the passes that were drawn."""
        super().forget()
        self._head_shown = None

    @property
    def shown(self) -> Analysis | None:
        """The first sentence's pass."""
        found = self._found(self.store.view)
        return None if found is None else found.pair.a

    def picture(self) -> QWidget:
        """Return both maps, as far as they are in sight."""
        return self._pictures

    def caption_text(self) -> str:
        """Say what the axes are, what the caption says, and which sentence B is."""
        found = self._found(self.store.view)
        if found is None or self._head_shown is None:
            return ""
        axes = "Row = from (query), column = to (key)."
        return f"{axes} {self._told} {describe_second(found.pair)}"

    def table(self) -> Table | None:
        """Return the shown head's differences, with each row's total variation as the last."""
        return None if self._head_shown is None else self._head_shown.table()

    def arrays(self) -> Arrays | None:
        """Return the shown head's differences, and what is known of all heads."""
        return None if self._head_shown is None else self._head_shown.arrays()

    # --- drawing

    def _found(self, view: View) -> FoundApart | None:
        derived = view.derived.get(self.name)
        return derived.value if derived is not None and view.second is not None else None

    def _draw_head(self, view: View, found: FoundApart) -> None:
        shown = self._head_shown = found.head(*view.selection.shown_head)
        tokens = found.pair.a.tokens, found.pair.b.tokens
        labels = [row_label(row, *tokens) for row in found.alignment.rows]
        scale = shown.scale(view.display.scale)
        self._map.set_difference(shown.matrix, labels, found.alone, scale, shown.tip)
        self._map.set_place(f"attention[{shown.layer}, {shown.head}]")
        self._told = shown.describe(view.display.scale)
        self._hovered = None

    def _show_selection(self, view: View, found: FoundApart) -> None:
        selection = view.selection
        self._heads.set_selected(*found.inside(selection.attention_layer, selection.head))
        self._heads.set_hovered(selection.hovered_head)
        self._heads.set_switched_off(view.switched_off)
        self._map.set_selected(rows_of(view.selection.tokens, found.alignment))
        hovered = view.selection.hovered_token
        lit = rows_of(() if hovered is None else (hovered,), found.alignment)
        if self._hovered is not None and (not lit or self._hovered[0] == lit[0]):
            self._map.set_hovered(*self._hovered)
        else:
            self._map.set_hovered(*(lit * 2 or (None, None)))

    # --- controls

    def _choices(self) -> CompareAttentionControls:
        controls = CompareAttentionControls(self.theme)
        controls.layer_moved.connect(self.store.select_layer)
        controls.head_moved.connect(
            lambda head: self.store.travel(0, head - 1 - self.store.view.selection.head)
        )
        controls.chosen.connect(lambda name, value: self.store.display(**{name: value}))
        controls.picture.chosen.connect(lambda name: self._pictures.choose([*PICTURES].index(name)))
        return controls

    def _show_head(self, layer: int, head: int) -> None:
        """Show a head's map, also where there is room for one picture only."""
        self.store.select_head(layer, head)
        self._controls.picture.set_choice("head")
        self._pictures.choose(0)

    def _show_choice(self) -> None:
        """Offer the other picture where there is room for one only."""
        self._controls.show_control(self._controls.picture, len(self._pictures.shown) == 1)

    # --- pointer

    def _connect_map(self) -> None:
        self._map.cell_hovered.connect(self._hover)
        self._map.cell_left.connect(self._leave)
        self._map.cell_clicked.connect(lambda row, _column, extend: self._lock(row, extend))
        self._map.cell_double_clicked.connect(lambda row, _column: self._mask(row))
        self._map.token_hovered.connect(lambda row: self._hover(row, row))
        self._map.token_clicked.connect(self._lock)
        self._map.token_double_clicked.connect(self._mask)

    def _token(self, row: int) -> int | None:
        """Return A's token of a row, while the rows are those of the rest of the window."""
        found = self._found(self.store.view)
        if found is None or found.pair.a is not self.store.view.analysis:
            return None
        return found.alignment.rows[row][0]

    def _hover(self, row: int, column: int) -> None:
        self._hovered = (row, column)
        token = self._token(row)
        if token is None:
            self.store.end_hover()  # B's token alone: no other panel knows it
            self._map.set_hovered(row, column)
        else:
            self._map.set_hovered(row, column)
            self.store.hover_token(token)

    def _leave(self) -> None:
        self._hovered = None
        self._map.set_hovered(None, None)
        self.store.leave()

    def _lock(self, row: int, extend: bool) -> None:
        if (token := self._token(row)) is not None:
            self.store.select_token(token, extend=extend)

    def _mask(self, row: int) -> None:
        if (token := self._token(row)) is not None:
            self.mask_wanted.emit(token)


def arrange(size: QSize, chosen: int) -> dict[int, QRect]:
    """Put the map of heads at the side or below, or show the chosen map alone."""
    width, height = size.width(), size.height()
    if width >= 620 and height >= 200:
        side = min(round(width * 0.34), 400)
        return {0: QRect(0, 0, width - side - 16, height), 1: QRect(width - side, 0, side, height)}
    if height >= 560:
        low = round(height * 0.36)
        return {0: QRect(0, 0, width, height - low - 12), 1: QRect(0, height - low, width, low)}
    return {chosen: QRect(0, 0, width, height)}
