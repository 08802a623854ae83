"""MultiplesArea: gives cells all the room there is, and scrolls where that is too little."""

from PySide6.QtGui import QResizeEvent

from roberta_gui.gui.widgets.controls.tall_area import TallArea
from roberta_gui.gui.widgets.multiples.token_cells import TokenCells


class MultiplesArea(TallArea):
    """Holds the cells, and keeps in sight the one that was shown last."""

    def __init__(self, cells: TokenCells) -> None:
        super().__init__(cells, cells.height_for)
        self._cells = cells
        self._in_sight = 0
        self.setMinimumSize(150, 110)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the cells for the new size, and keep in sight what was."""
        super().resizeEvent(event)
        self.show_cell(self._in_sight)

    def show_cell(self, cell: int) -> None:
        """Scroll so that a cell is in sight, now and after every change of size."""
        self._in_sight = cell
        self.show_rect(self._cells.cell_rect(cell))
