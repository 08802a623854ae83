"""Attention, A − B: what one head does otherwise on the other side, and which heads do most."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QSize

from roberta_gui.findings.comparison.against import row_label
from roberta_gui.findings.comparison.attention import AttentionResult, ComparedHead, find_apart
from roberta_gui.findings.notation.names import array_index
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.panels.comparison_panel import ComparisonPanel, tokens_of
from roberta_gui.gui.panels.head_panel import SPECIALS, HeadPanel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.segments import Labelled
from roberta_gui.gui.widgets.heads.head_map import HeadMap
from roberta_gui.gui.widgets.painting.composition import pair_arranged
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.view import View

PICTURES = {
    "head": ("Head", "The chosen head's attention in A minus that in B"),
    "heads": ("All heads", "How far each head's attention in A and in B is apart"),
}


SCALES = {
    "auto": (
        "Auto", "Linear, up to this head's largest difference; square roots where much is too faint"
    ),
    "head": ("Head", "Full colour = this head's largest difference"),
    "layer": ("Layer", "Full colour = the largest difference of this layer"),
    "all": ("All", "Full colour = the largest difference of all heads"),
    # "log" is how all panels call the scale on which small values are seen.
    "log": ("Root", "Square-root scale of this head's differences: small ones are seen as well"),
}  # fmt: skip


class CompareAttentionPanel(HeadPanel[ComparedHead], ComparisonPanel[ComparedHead]):
    """The chosen head's weights in A minus those in B, over the tokens that both have."""

    name = "difference"
    needs = "can_compare_heads"
    longest = 340
    title = "Attention, A − B"
    tip = "Where one head looks more in A (orange) or in B (blue). Click a head in the small map."

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._head: ComparedHead | None = None
        self._compared: AttentionResult | None = None
        self.heatmap.setAccessibleName("Difference of attention")
        self._heads = HeadMap("The heads that tell A and B apart most")
        self.connect_heads(self._heads)
        scale = self.segments("scale", SCALES, "Scale of differences", "attention")
        specials = self.segments("specials", SPECIALS, "Specials", "attention")
        self._specials = Labelled("Specials", specials)
        self.heading.add(self._specials)  # the room below is the maps'
        arrange = pair_arranged(
            beside=QSize(620, 200), share=0.66, below=QSize(0, 560), upper=0.64, widest=400
        )
        pictures, choice = self.composed((self.heatmap, self._heads), arrange, PICTURES)
        # The panel's own title says what the map shows: a heading would take its room.
        pictures.set_headings(("", "Total variation, layers × heads"))
        steps = self.layer_steps, self.head_steps
        self.show_picture(pictures, *steps, Labelled("Scale", scale), choice)

    def derive(self, view: View) -> Derivation | None:
        """Ask for every head's difference."""
        compared, specials = self.comparable(view), view.choices.attention.specials
        if compared is None:
            return None
        work = partial(find_apart, compared, specials)
        return Derivation((self.name, compared, specials), work)

    def result(self, view: View) -> ComparedHead | None:
        """Return the shown head's difference."""
        derived = view.derived.get(self.name)
        if derived is None or not self.has_two(view):
            return None
        found: AttentionResult = derived.value
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
        shown = self.result(view)
        self._specials.setVisible(shown is not None)
        if shown is not None:
            self.show_steps(view, *shown.found.apart.variation.shape)

    def draw_result(self, shown: ComparedHead, view: View, *, is_new: bool) -> None:
        """Draw the shown head's difference, and how far all heads are apart."""
        found = shown.found
        if self._compared is not found:
            self._compared, values = found, found.apart.variation
            scale = ColourScale(0.0, max(float(np.nan_to_num(values).max(initial=0.0)), 0.01))
            self._heads.set_values(values, scale, "{:.2f}".format, signed=False)
            self._heads.set_tips(found.head_tip)
        labels = [row_label(row, found.comparison) for row in found.alignment.rows]
        scale = shown.scale(view.choices.attention.scale)
        self.heatmap.set_matrix(
            shown.matrix, labels, scale, signed=True, alone=found.alone, tip=shown.tip
        )
        self.heatmap.set_place(array_index("attention", shown.layer, shown.head))
        self.pointed = None

    def highlight(self, shown: ComparedHead, view: View) -> None:
        """Outline the chosen head and tokens, and light up what is hovered."""
        selection, found = view.selection, shown.found
        self._heads.set_selected(*found.inside(selection.attention_layer, selection.head))
        self._heads.set_hovered(selection.hovered_head)
        self._heads.set_switched_off(view.switched_off)
        rows = {token: row for row, (token, _) in enumerate(found.alignment.rows)}
        self.highlight_rows({token: row for token, row in rows.items() if token is not None}, view)

    def caption_of(self, shown: ComparedHead, view: View) -> str:
        """Say how far the shown head is apart."""
        return shown.describe(view.choices.attention.scale)

    def remark_of(self, shown: ComparedHead, view: View) -> str:
        """Name the axes."""
        return "row = from (query) · column = to (key)"

    def whole_caption(self, shown: ComparedHead, view: View) -> str:
        """Say what the axes are, and what the caption says."""
        return f"Row = from (query), column = to (key). {self.caption_of(shown, view)}"

    def forget(self) -> None:
        """Let go of the passes that were drawn."""
        super().forget()
        self._head = self._compared = None

    def show_head(self, layer: int, head: int) -> None:
        """Show a head's map, also where there is room for one picture only."""
        self.store.select_head(layer, head)
        self.store.choose(self.name, picture="head")
