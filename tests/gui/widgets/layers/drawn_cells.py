"""Small multiples with made-up tokens, and what can be seen of them."""

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QColor, QImage

from roberta_gui.gui.widgets.charts.scatter import Point
from roberta_gui.gui.widgets.multiples.cell_marks import Cell
from roberta_gui.gui.widgets.multiples.small_multiples import SmallMultiples
from roberta_gui.records import FloatArray
from tests.gui.painted import colours, pixels

COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7")
PLACES = np.array([[-6, -3], [0, 2], [5, 4], [6, -4]], dtype=np.float32)
N_CELLS = 5


def show(cells: SmallMultiples, places: list[FloatArray], n_cloud: int = 0) -> None:
    described = [
        Cell(f"layer {i}", f"{i} %", f"tip of {i}", (-8, 8, -5, 5)) for i in range(len(places))
    ]
    cloud = np.random.default_rng(0).normal(0, 2, (len(places), n_cloud, 2))
    cells.set_cells(described, cloud.astype(np.float32))
    points = [Point(f"t{i}", QColor(COLOURS[i % 4]), f"tip {i}") for i in range(len(places[0]))]
    cells.set_points(np.stack(places), points)


def at(cells: SmallMultiples, cell: int, x: float, y: float) -> QPoint:
    """Map a place on a cell's axes to pixels: 16 by 10 units, centred, at one scale."""
    frame = cells.frame(cell)
    scale = min(frame.width() / 16, frame.height() / 10)
    return (frame.center() + QPointF(x * scale, -y * scale)).toPoint()


def shot(cells: SmallMultiples) -> QImage:
    return cells.grab().toImage()


def colours_in(image: QImage, rect: QRectF) -> set[str]:
    return colours(image, rect.toAlignedRect())


def around(point: QPointF | QPoint, reach: float = 4) -> QRectF:
    return QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)


def changed(before: QImage, after: QImage) -> list[tuple[int, int]]:
    """Return the pixels that differ, as (x, y)."""
    return [(int(x), int(y)) for y, x in np.argwhere(pixels(before) != pixels(after))]
