"""ZoomedFigure: a figure of many cells of which a part can be looked at."""

from abc import abstractmethod

from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtGui import QWheelEvent

from roberta_gui.gui.widgets.interaction.clicks import Spot
from roberta_gui.gui.widgets.interaction.navigation import NOTCH, Navigation, notches, wheel_is_for
from roberta_gui.gui.widgets.painting.cell_layout import Zoom
from roberta_gui.gui.widgets.painting.figure import Figure


class ZoomedFigure(Figure[Spot]):
    """The wheel zooms about the pointer, dragging pans, a double click beside all shows all.

    Where the page around it scrolls, the wheel does so with Ctrl.

    So do + and -, Shift with the arrow keys, and 0. Where only one direction is zoomed into, the
    other one's places are 0 and its cells have no size.
    """

    _zoom = Zoom.whole(1)

    @property
    @abstractmethod
    def n_cells(self) -> int:
        """How many cells there are in the direction that is zoomed into."""

    @abstractmethod
    def cell_size(self) -> QSizeF:
        """Return the size of a cell in pixels, 0 in a direction that is not zoomed into."""

    @abstractmethod
    def cells_at(self, point: QPointF) -> tuple[float, float] | None:
        """Return the (row, column) under a point, with fractions; None beside the cells."""

    def look(self, zoom: Zoom) -> None:
        """Bring another part into sight."""
        if zoom != self._zoom:
            self._zoom = zoom
            self.repaint_picture()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        is_for_it = self.n_cells and wheel_is_for(self, event)
        at = self.cells_at(event.position()) if is_for_it else None
        if at is not None:
            factor = NOTCH ** notches(event)
            self.look(self._zoom.scaled(factor, *at, self.n_cells))
        event.setAccepted(at is not None)

    def drag(self, start: QPointF, at: QPointF, by: QPointF) -> bool:
        """Pan, where not everything is in sight."""
        if self._zoom.span >= self.n_cells:
            return False
        cell = self.cell_size()
        rows = -by.y() / cell.height() if cell.height() else 0.0
        columns = -by.x() / cell.width() if cell.width() else 0.0
        self.look(self._zoom.moved(rows, columns, self.n_cells))
        return True

    def double_click(self, spot: Spot | None, keys: Qt.KeyboardModifier) -> bool:
        """See everything again; subclasses say what a second click on something means."""
        if spot is None:
            self.look(Zoom.whole(self.n_cells))
        return spot is None

    def navigate(self, way: Navigation) -> bool:
        """Zoom about the middle, pan by a quarter of what is in sight, or see everything."""
        if not self.n_cells:
            return False
        zoom, size = self._zoom, self.n_cells
        has_rows, has_columns = self.cell_size().height() > 0, self.cell_size().width() > 0
        if way.home:
            self.look(Zoom.whole(size))
        elif way.zoom:
            row, column = zoom.top + zoom.span / 2, zoom.left + zoom.span / 2
            self.look(zoom.scaled(NOTCH**way.zoom, row * has_rows, column * has_columns, size))
        else:
            step = max(zoom.span / 4, 1.0)
            self.look(zoom.moved(-step * way.up * has_rows, step * way.right * has_columns, size))
        return True
