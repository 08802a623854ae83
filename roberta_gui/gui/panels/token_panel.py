"""TokenPanel: what pointing at tokens does in every panel that shows the sentence's own."""

from roberta_gui.gui.panels.panel import Panel


class TokenPanel(Panel):
    """A panel that has a place for each token of the sentence.

    What is pointed at, clicked or double-clicked there means the same in all of them. While the
    picture is still of an earlier sentence its places are other tokens, and nothing happens.
    """

    @property
    def is_fresh(self) -> bool:
        """Whether the tokens in the picture are those that the rest of the window shows."""
        return self.shown is self.store.view.analysis

    def hover_token(self, token: int) -> None:
        """Light a token up in all panels."""
        if self.is_fresh:
            self.store.hover_token(token)

    def lock_token(self, token: int, extend: bool) -> None:
        """Lock a token, or let it go; ``extend`` keeps the others that are locked."""
        if self.is_fresh:
            self.store.select_token(token, extend=extend)

    def mask_token(self, token: int) -> None:
        """Put a mask in a token's place, or take it back."""
        if self.is_fresh:
            self.mask_wanted.emit(token)

    def step_tokens(self, tokens: int) -> None:
        """Go so many tokens on, as far as there are any; from none to the first or the last."""
        analysis, chosen = self.store.view.analysis, self.store.view.selection.token
        if analysis is None or not self.is_fresh:
            return
        last = len(analysis.tokens) - 1
        at = (0 if tokens > 0 else last) if chosen is None else chosen + tokens
        self.store.select_tokens([min(max(at, 0), last)])

    # --- where every token has a cell in every layer

    def hover_cell(self, _layer: int, token: int) -> None:
        """Light up the token of a cell."""
        self.hover_token(token)

    def lock_cell(self, layer: int, token: int, extend: bool) -> None:
        """Choose a cell's layer and lock its token, which stays locked from layer to layer."""
        selection = self.store.view.selection
        if not self.is_fresh:
            return
        if extend or token not in selection.tokens or layer == selection.layer:
            self.store.select_token(token, extend=extend)
        self.store.select_layer(layer)

    def mask_cell(self, _layer: int, token: int) -> None:
        """Put a mask in the place of a cell's token, or take it back."""
        self.mask_token(token)
