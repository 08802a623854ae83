"""TokenPanel and TintingPanel: what pointing does where tokens and heads have places."""

from collections.abc import Sequence

from PySide6.QtWidgets import QToolButton

from roberta_gui.gui.panels.picture_panel import PicturePanel, Result
from roberta_gui.gui.sentence.sentence_tint import NAME, TINTED, tinted_by
from roberta_gui.gui.widgets.heads.head_cells import HeadCells
from roberta_gui.gui.widgets.interaction.clicks import item_at
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.gui.widgets.lens.lens_grid import LensGrid
from roberta_gui.gui.widgets.multiples.small_multiples import SmallMultiples
from roberta_gui.gui.widgets.painting.items import Items
from roberta_gui.view import View


class TokenPanel(PicturePanel[Result]):
    """A panel that has places for the tokens of the sentence, or for the heads.

    While the picture is still of an earlier sentence its places are other tokens: nothing happens.
    """

    _outlined: tuple[Items | SmallMultiples, ...] = ()

    @property
    def is_fresh(self) -> bool:
        """Whether the tokens in the picture are those that the rest of the window shows."""
        return self.shown is self.store.view.analysis

    @property
    def tokens(self) -> Sequence[int | None]:
        """The token of each place; None where it is none of this sentence's."""
        return range(len(self.shown.tokens)) if self.shown is not None else ()

    def token_at(self, place: int) -> int | None:
        """Return the token at a place, None where there is none of this sentence's."""
        return item_at(self.tokens, place) if self.is_fresh else None

    def hover_token(self, place: int) -> None:
        """Light a token up in all panels."""
        if (token := self.token_at(place)) is not None:
            self.store.hover_token(token)
        elif self.is_fresh:  # a token that no other panel knows: the one before must not stay lit
            self.store.end_hover()

    def lock_token(self, place: int, extend: bool) -> None:
        """Lock a token, or let it go; ``extend`` keeps the others that are locked."""
        if (token := self.token_at(place)) is not None:
            self.store.select_token(token, extend=extend)

    def mask_token(self, place: int) -> None:
        """Put a mask in a token's place, or take it back."""
        if (token := self.token_at(place)) is not None:
            self.mask_wanted.emit(token)

    def step_tokens(self, steps: int) -> None:
        """Go so many tokens on, as far as there are any; from none to the first or the last."""
        known = [token for token in self.tokens if token is not None] if self.is_fresh else []
        if not known:
            return
        chosen, last = self.store.view.selection.token, len(known) - 1
        start = known.index(chosen) + steps if chosen in known else 0 if steps > 0 else last
        self.store.select_tokens([known[min(max(start, 0), last)]])

    def connect_items(self, *figures: Items | SmallMultiples) -> None:
        """Listen to figures in which every token has a place, and outline the tokens there."""
        self._outlined += figures
        for each in figures:
            each.item_hovered.connect(self.hover_token)
            each.hover_left.connect(self.store.leave)
            each.item_clicked.connect(self.lock_token)
            each.item_double_clicked.connect(self.mask_token)

    def highlight(self, result: Result, view: View) -> None:
        """Outline the locked tokens, and light up the hovered one."""
        for each in self._outlined:
            each.set_selected(view.selection.tokens)
            each.set_hovered(view.selection.hovered_token)

    def connect_cells(self, *maps: LayerHeatmap | LensGrid) -> None:
        """Listen to maps in which every token has a cell in every layer."""
        for each in maps:
            each.cell_hovered.connect(lambda _layer, place: self.hover_token(place))
            each.cell_left.connect(self.store.leave)
            each.cell_clicked.connect(self._lock_cell)
            each.cell_double_clicked.connect(lambda _layer, place: self.mask_token(place))
            each.stepped.connect(self.step_cells)

    def _lock_cell(self, layer: int, place: int, extend: bool) -> None:
        """Choose a cell's layer and lock its token, which stays locked from layer to layer."""
        selection = self.store.view.selection
        if (token := self.token_at(place)) is None:
            return
        if extend or token not in selection.tokens or layer == selection.layer:
            self.store.select_token(token, extend=extend)
        self.store.select_layer(layer)

    def step_cells(self, layers: int, places: int) -> None:
        """Go to the next layer, or on to the next token."""
        if layers:
            self.store.travel(layers, 0)
        else:
            self.step_tokens(places)

    def highlight_cells(self, view: View, *maps: LayerHeatmap | LensGrid, layer: int) -> None:
        """Outline what is locked in such maps, and light up what is hovered."""
        selection = view.selection
        places = {token: place for place, token in enumerate(self.tokens) if token is not None}
        for each in maps:
            each.set_layer(layer)
            each.set_selected([places[token] for token in selection.tokens if token in places])
            each.set_hovered(None, places.get(-1 if (t := selection.hovered_token) is None else t))

    def connect_heads(self, *figures: HeadCells) -> None:
        """Listen to figures in which every head has a cell; a double click shows it alone."""
        for each in figures:
            each.head_hovered.connect(self.store.hover_head)
            each.head_left.connect(self.store.leave)
            each.head_clicked.connect(self.store.select_head)
            each.head_double_clicked.connect(self.show_head)
            each.heads_toggled.connect(self.store.toggle_heads)

    def show_head(self, layer: int, head: int) -> None:
        """Show a head's map alone."""
        self.store.select_head(layer, head)
        self.solo_wanted.emit("attention")


class TintingPanel(TokenPanel[Result]):
    """A panel whose values stay while the sentence is tinted by them, though nobody sees it."""

    def tint_toggle(self, text: str, tip: str) -> QToolButton:
        """Make the button by which they tint the sentence."""
        button = self.toggle("tint", text, tip, TINTED[self.name], panel=NAME)
        button.setAccessibleName("Tint the sentence")
        return button

    def forget(self) -> None:
        """Let go of the picture; the values stay while the sentence is tinted by them."""
        self._drawn = self._drawn_result = None
        if tinted_by(self.store.view) != self.name:
            super().forget()

    def set_covered(self, behind: bool) -> None:
        """Give the measuring up where nobody sees it any more: it can take minutes."""
        super().set_covered(behind)
        if behind:
            self.forget()

    def _changed(self, view: View, previous: View) -> None:
        super()._changed(view, previous)
        if not self.is_in_sight:
            self.forget()  # the tint may have let go of them
