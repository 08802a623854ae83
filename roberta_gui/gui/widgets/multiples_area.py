"""MultiplesArea: gives cells all the room there is, and scrolls where that is too little."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea

from roberta_gui.gui.widgets.token_cells import TokenCells


class MultiplesArea(QScrollArea):
    """Holds the cells; they are as wide as the area and as high, or higher where they must be."""

    def __init__(self, cells: TokenCells) -> None:
        super().__init__()
        self._cells = cells
        self._in_sight = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(150, 110)
        self.setWidget(cells)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the cells for the new size, and keep in sight what was."""
        self.fit()
        super().resizeEvent(event)
        self.show_cell(self._in_sight)

    def fit(self) -> None:
        """Decide whether to scroll, after another size, text size or number of cells.

        Decided for the whole area, not for what a scroll bar leaves of it: otherwise the bar
        could make itself needless, go, and be needed again.
        """
        room = self.size()
        scrolls = self._cells.height_for(room) > room.height()
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOn if scrolls else policy.ScrollBarAlwaysOff
        )
        if scrolls:
            room.setWidth(room.width() - self.verticalScrollBar().sizeHint().width())
        height = self._cells.height_for(room) if scrolls else 0
        self._cells.setMinimumHeight(height)
        # At once, not in the layout's next turn: what comes next may scroll.
        self._cells.resize(self.viewport().width(), max(self.viewport().height(), height))

    def show_cell(self, cell: int) -> None:
        """Scroll so that a cell is in sight, now and after every change of size."""
        self._in_sight = cell
        rect = self._cells.cell_rect(cell).toAlignedRect()
        self.ensureVisible(rect.center().x(), rect.top(), 0, 0)
        self.ensureVisible(rect.center().x(), rect.bottom(), 0, 2)
