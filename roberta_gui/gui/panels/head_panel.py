"""HeadPanel: what the panels have in common that draw the weights of one head, row by row."""

from collections.abc import Mapping

from roberta_gui.findings.notation.names import array_index
from roberta_gui.gui.panels.picture_panel import Result
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.arcs.arcs import Arcs
from roberta_gui.gui.widgets.controls.stepper import Stepper
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.view import View

SPECIALS = {
    "show": ("Show", "Draw special tokens like all tokens"),
    "hide": ("Hide", "Leave special tokens out; the other weights stay as they are"),
    "renormalise": ("Renormalise", "Leave special tokens out and scale each row to sum to 1"),
}


class HeadPanel(TokenPanel[Result]):
    """A panel with a map whose rows look at its columns, and steppers for layer and head."""

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self.pointed: tuple[int, int | None] | None = None  # row, and column if on a cell
        self.incoming = False
        self.layer_steps, self.head_steps = Stepper("Layer", ""), Stepper("Head", "")
        # From the head that they name, which may be a hovered one.
        self.layer_steps.moved.connect(
            lambda layer: store.select_head(layer - 1, store.view.selection.shown_head[1])
        )
        self.head_steps.moved.connect(
            lambda head: store.select_head(store.view.selection.shown_head[0], head - 1)
        )
        self.heatmap = Heatmap()
        self.heatmap.cell_hovered.connect(self.hover_row)
        self.heatmap.cell_left.connect(self._leave)
        self.heatmap.cell_clicked.connect(lambda row, _column, extend: self.lock_token(row, extend))
        self.heatmap.cell_double_clicked.connect(lambda row, _column: self.mask_token(row))
        self.heatmap.token_hovered.connect(self.hover_row)
        self.connect_names(self.heatmap)

    def connect_names(self, figure: Heatmap | Arcs) -> None:
        """Listen to clicks on the names of rows."""
        figure.token_clicked.connect(self.lock_token)
        figure.token_double_clicked.connect(self.mask_token)

    def hover_row(self, row: int, column: int | None = None, *, incoming: bool = False) -> None:
        """Light up a row's token in all panels, and the cell here."""
        places = range(len(self.tokens))
        if not self.is_fresh or row not in places or (column or 0) not in places:
            return
        self.pointed, self.incoming, before = (row, column), incoming, self.store.view
        self.hover_token(row)
        if self.store.view is before and self.known is not None:  # nobody was told
            self.highlight(self.known, before)

    def _leave(self) -> None:
        self.pointed, self.incoming = None, False
        self.store.leave()

    def highlight_rows(
        self, rows: Mapping[int, int], view: View
    ) -> tuple[tuple[int, ...], int | None]:
        """Outline what is locked and hovered, unless the picture is of other tokens.

        ``rows`` is from each token to its row. Returns the rows that are locked, and the lit one.
        """
        fresh, selection = self.is_fresh, view.selection
        locked = [rows[token] for token in selection.tokens if token in rows] if fresh else []
        lit = column = rows.get(-1 if selection.hovered_token is None else selection.hovered_token)
        if not fresh:
            lit = column = None
        elif self.pointed is not None:
            row, at = self.pointed
            if lit == row or (lit is None and self.tokens[row] is None):
                lit, column = row, row if at is None else at
        chosen = tuple(dict.fromkeys(locked))
        self.heatmap.set_selected(chosen)
        self.heatmap.set_hovered(lit, column)
        return chosen, lit

    def show_steps(self, view: View, n_layers: int, n_heads: int) -> None:
        """Name the head that is drawn, chosen or hovered, and where it is in the arrays."""
        layer, head = view.selection.shown_head
        self.layer_steps.show_value(layer + 1, n_layers)
        self.head_steps.show_value(head + 1, n_heads)
        where = f"Layer (Alt+Up, Alt+Down)\n{array_index('attention', layer)}"
        self.layer_steps.setToolTip(plain_tip(where))
        where = f"Head (Alt+Left, Alt+Right)\n{array_index('attention', layer, head)}"
        self.head_steps.setToolTip(plain_tip(where))
