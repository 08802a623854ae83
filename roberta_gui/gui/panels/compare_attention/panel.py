"""Attention, A − B: what one head does otherwise in a second sentence, and which heads do most."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize

from roberta_gui.findings.comparison.against import row_label, rows_of
from roberta_gui.findings.comparison.attention import FoundApart, HeadApart, find_apart
from roberta_gui.findings.names import array_index
from roberta_gui.findings.scales import ColourScale
from roberta_gui.gui.panels.compare_attention.controls import CompareAttentionControls
from roberta_gui.gui.panels.comparison_panel import ComparisonPanel, tokens_of
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.heads.head_map import HeadMap
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.gui.widgets.painting.composition import pair_arranged
from roberta_gui.view import View

PICTURES = {
    "head": ("Head", "The chosen head's attention in A minus that in B"),
    "heads": ("All heads", "How far each head's attention in A and in B is apart"),
}


class CompareAttentionPanel(ComparisonPanel[HeadApart]):
    """The chosen head's weights in A minus those in B, over the tokens that both have."""

    name = "difference"
    needs = "can_compare_heads"
    title = "Attention, A − B"
    tip = "Where one head looks more in A (orange) or in B (blue). Click a head in the small map."

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._head: HeadApart | None = None
        self._compared: FoundApart | None = None
        self._cell: tuple[int, int] | None = None
        self._map = Heatmap()
        self._map.setAccessibleName("Difference of attention")
        self._map.cell_hovered.connect(self._hover)
        self._map.cell_left.connect(self._leave)
        self._map.cell_clicked.connect(lambda row, _column, extend: self.lock_token(row, extend))
        self._map.cell_double_clicked.connect(lambda row, _column: self.mask_token(row))
        self._map.token_hovered.connect(lambda row: self._hover(row, row))
        self._map.token_clicked.connect(self.lock_token)
        self._map.token_double_clicked.connect(self.mask_token)
        self._heads = HeadMap("The heads that tell A and B apart most")
        self._heads.head_clicked.connect(store.select_head)
        self._heads.head_hovered.connect(store.hover_head)
        self._heads.head_left.connect(store.leave)
        self._heads.head_double_clicked.connect(self._show_head)
        self._heads.heads_toggled.connect(store.toggle_heads)
        self._choices = self.controls = self.row = CompareAttentionControls()
        self._choices.layer_moved.connect(store.select_layer)
        self._choices.head_moved.connect(
            lambda head: store.travel(0, head - 1 - store.view.selection.head)
        )
        self._choices.chosen.connect(lambda name, value: store.choose("attention", **{name: value}))
        arrange = pair_arranged(
            beside=QSize(620, 200), share=0.66, below=QSize(0, 560), upper=0.64, widest=400
        )
        pictures, choice = self.composed((self._map, self._heads), arrange, PICTURES)
        # The panel's own title says what the map shows: a heading would take its room.
        pictures.set_headings(("", "Total variation, layers × heads"))
        self.show_picture(pictures, choice)

    def derive(self, view: View) -> Derivation | None:
        """Ask for every head's difference."""
        compared, specials = self.comparable(view), view.choices.attention.specials
        if compared is None:
            return None
        work = partial(find_apart, compared, specials)
        return Derivation((self.name, compared, specials), work)

    def result(self, view: View) -> HeadApart | None:
        """Return the shown head's difference."""
        derived = view.derived.get(self.name)
        if derived is None or not self.has_two(view):
            return None
        found: FoundApart = derived.value
        place = found.inside(*view.selection.shown_head)
        if self._head is None or (self._head.found, self._head.place) != (found, place):
            self._head = found.head(*place)
        return self._head

    @property
    def tokens(self) -> Sequence[int | None]:
        """A's token of each row."""
        return () if self.known is None else tokens_of(self.known.found.alignment)

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give the scale on which it is drawn."""
        return (view.choices.attention.scale,)

    def show_choices(self, view: View) -> None:
        """Show which head is chosen; before the row is laid out by being shown."""
        if (shown := self.result(view)) is not None:
            self._choices.show_view(view, shown.found.shape)

    def draw_result(self, shown: HeadApart, view: View, *, is_new: bool) -> None:
        """Draw the shown head's difference, and how far all heads are apart."""
        found = shown.found
        if self._compared is not found:
            self._compared, values = found, found.apart.variation
            scale = ColourScale(0.0, max(float(values.max(initial=0.0)), 0.01))
            self._heads.set_values(values, scale, "{:.2f}".format, signed=False)
            self._heads.set_tips(found.head_tip)
        tokens = found.comparison.a.tokens, found.comparison.b.tokens
        labels = [row_label(row, *tokens) for row in found.alignment.rows]
        scale = shown.scale(view.choices.attention.scale)
        self._map.set_matrix(
            shown.matrix, labels, scale, signed=True, alone=found.alone, tip=shown.tip
        )
        self._map.set_place(array_index("attention", shown.layer, shown.head))
        self._cell = None

    def highlight(self, shown: HeadApart, view: View) -> None:
        """Outline the chosen head and tokens, and light up what is hovered."""
        selection, found = view.selection, shown.found
        self._heads.set_selected(*found.inside(selection.attention_layer, selection.head))
        self._heads.set_hovered(selection.hovered_head)
        self._heads.set_switched_off(view.switched_off)
        self._map.set_selected(rows_of(selection.tokens, found.alignment))
        hovered = selection.hovered_token
        lit = rows_of(() if hovered is None else (hovered,), found.alignment)
        if self._cell is not None and (not lit or self._cell[0] == lit[0]):
            self._map.set_hovered(*self._cell)
        else:
            self._map.set_hovered(*(lit * 2 or (None, None)))

    def caption_of(self, shown: HeadApart, view: View) -> str:
        """Say how far the shown head is apart."""
        return shown.describe(view.choices.attention.scale)

    def remark_of(self, shown: HeadApart, view: View) -> str:
        """Name the axes."""
        return "row = from (query) · column = to (key)"

    def caption_text(self) -> str:
        """Say what the axes are, what the caption says, and which sentence B is."""
        text = super().caption_text()
        return f"Row = from (query), column = to (key). {text}" if text else ""

    def forget(self) -> None:
        """Let go of the passes that were drawn."""
        super().forget()
        self._head = self._compared = None

    # --- pointer

    def _show_head(self, layer: int, head: int) -> None:
        """Show a head's map, also where there is room for one picture only."""
        self.store.select_head(layer, head)
        self.store.choose(self.name, picture="head")

    def _hover(self, row: int, column: int) -> None:
        self._cell = (row, column)
        self._map.set_hovered(row, column)
        self.hover_token(row)

    def _leave(self) -> None:
        self._cell = None
        self._map.set_hovered(None, None)
        self.store.leave()
