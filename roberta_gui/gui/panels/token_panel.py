"""TokenPanel: what pointing at tokens does in every panel that shows the sentence's own."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.panels.picture_panel import Finding, PicturePanel
from roberta_gui.records import Analysis


class OfSentence(Finding, Protocol):
    """What was found of a sentence."""

    @property
    def analysis(self) -> Analysis:
        """The pass that it was found in."""


class TokenPanel(Panel):
    """A panel that has places for the tokens of the sentence.

    What is pointed at, clicked or double-clicked there means the same in all of them. While the
    picture is still of an earlier sentence its places are other tokens, and nothing happens.
    """

    @property
    def is_fresh(self) -> bool:
        """Whether the tokens in the picture are those that the rest of the window shows."""
        return self.shown is self.store.view.analysis

    @property
    def tokens(self) -> Sequence[int | None]:
        """The token of each place; None where it is none of this sentence's."""
        return range(len(self.shown.tokens)) if self.shown is not None else ()

    def hover_token(self, place: int) -> None:
        """Light a token up in all panels."""
        if not self.is_fresh:
            return
        if (token := self.tokens[place]) is not None:
            self.store.hover_token(token)
        else:  # a token that no other panel knows: the one before must not stay lit
            self.store.end_hover()

    def lock_token(self, place: int, extend: bool) -> None:
        """Lock a token, or let it go; ``extend`` keeps the others that are locked."""
        if self.is_fresh and (token := self.tokens[place]) is not None:
            self.store.select_token(token, extend=extend)

    def mask_token(self, place: int) -> None:
        """Put a mask in a token's place, or take it back."""
        if self.is_fresh and (token := self.tokens[place]) is not None:
            self.mask_wanted.emit(token)

    def step_tokens(self, steps: int) -> None:
        """Go so many tokens on, as far as there are any; from none to the first or the last."""
        known = [token for token in self.tokens if token is not None] if self.is_fresh else []
        if not known:
            return
        chosen, last = self.store.view.selection.token, len(known) - 1
        start = known.index(chosen) + steps if chosen in known else 0 if steps > 0 else last
        self.store.select_tokens([known[min(max(start, 0), last)]])

    # --- where every token has a cell in every layer

    def hover_cell(self, _layer: int, place: int) -> None:
        """Light up the token of a cell."""
        self.hover_token(place)

    def lock_cell(self, layer: int, place: int, extend: bool) -> None:
        """Choose a cell's layer and lock its token, which stays locked from layer to layer."""
        selection = self.store.view.selection
        if not self.is_fresh or (token := self.tokens[place]) is None:
            return
        if extend or token not in selection.tokens or layer == selection.layer:
            self.store.select_token(token, extend=extend)
        self.store.select_layer(layer)

    def mask_cell(self, _layer: int, place: int) -> None:
        """Put a mask in the place of a cell's token, or take it back."""
        self.mask_token(place)

    def step_cells(self, layers: int, places: int) -> None:
        """Go to the next layer, or on to the next token."""
        if layers:
            self.store.travel(layers, 0)
        else:
            self.step_tokens(places)


Found = TypeVar("Found", bound=OfSentence)


class SentencePanel(TokenPanel, PicturePanel[Found]):
    """A panel with places for the tokens, whose picture is of one pass."""

    @property
    def shown(self) -> Analysis | None:
        """The pass that the picture was made from."""
        return None if self.known is None else self.known.analysis
