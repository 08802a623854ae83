"""TokenCells: the same tokens drawn in many small pictures, one a cell."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QRegion, QResizeEvent

from roberta_gui.findings.notation.numbers import written
from roberta_gui.gui.widgets.charts.dots import DotGroup, draw_dot, faded, shape_of
from roberta_gui.gui.widgets.charts.glide import Glide
from roberta_gui.gui.widgets.charts.point_labels import write_name
from roberta_gui.gui.widgets.charts.scatter import Point
from roberta_gui.gui.widgets.multiples.cell_marks import (
    GAP,
    Cell,
    Mark,
    ground,
    header_texts,
    paint_legend,
)
from roberta_gui.gui.widgets.multiples.cell_names import NAMED, CellNames
from roberta_gui.gui.widgets.multiples.multiples_layout import MultiplesLayout, Sight
from roberta_gui.gui.widgets.painting.drawing import letters, outline, saved
from roberta_gui.gui.widgets.painting.figure import Figure
from roberta_gui.records import FloatArray

SMALLEST = 120
"""Narrowest cell in pixels; where more of them would not fit, the whole is scrolled."""

_DOT = 0.25  # a dot's size by the side of the square that each token has for itself
_FADED = 0.35  # how much of its colour a token keeps that is not locked, once several are
_RINGED = 60  # more locked tokens than this have no rings, or all would be one blot
_SHAPES = 800  # more tokens than this, in all cells together, are written as pixels
_VEIL = 0.75  # opacity of what keeps a name apart from the points under it
_SECOND = 1.5  # radius of a second mark, in pixels
_LIT = 4  # pixels by which the hovered token is larger
_NOWHERE: FloatArray = np.zeros((0, 2), dtype=np.float32)


@dataclass(frozen=True)
class CellSpot:
    """What is under the pointer in a cell: a token, else its header or its ground."""

    cell: int
    token: int | None
    is_header: bool = False


class TokenCells(Figure[CellSpot]):
    """The picture alone; `SmallMultiples` adds pointer and keys.

    Painted by hand: pyqtgraph would lay out a plot for each of the cells, which have no axes.
    """

    def __init__(self) -> None:
        super().__init__("Hidden states, layer by layer", wanted=(640, 480))
        self._cells: tuple[Cell, ...] = ()
        self._clouds: FloatArray = np.zeros((0, 0, 2), dtype=np.float32)
        self._xy: FloatArray = np.zeros((0, 0, 2), dtype=np.float32)
        self._points: tuple[Point, ...] = ()
        self._sights: list[Sight] = []
        self._names: CellNames | None = None
        self._others: FloatArray | None = None
        self._marks: tuple[Mark, ...] = ()
        self._selected: tuple[int, ...] = ()
        self._hovered: int | None = None
        self._chosen = 0
        self._pointed: int | None = None
        self._glide = Glide(self, self._move)
        self._arrange()

    # --- what is shown

    def set_cells(self, cells: Sequence[Cell], clouds: FloatArray) -> None:
        """Show these cells, each over faint reference points: float (cell, point, 2)."""
        self._cells, self._clouds = tuple(cells), clouds
        self._arrange()

    def set_points(
        self,
        xy: FloatArray,
        points: Sequence[Point],
        others: FloatArray | None = None,
        *,
        glides: bool = False,
    ) -> None:
        """Show the tokens, float (cell, token, 2), and how each is drawn.

        ``others``, float (cell, token + n, 2), are second marks: a thin line leads to each token
        from its own, which may be nan, and n more stand alone. The same tokens as before may
        glide to other places, so that the eye can follow each.
        """
        self._points, self._others = tuple(points), others
        if glides:
            self._glide.begin((self._xy, xy))
        else:
            self._glide.stop()
            self._move(xy)

    @property
    def is_gliding(self) -> bool:
        """Whether the points are still on their way."""
        return self._glide.is_running

    def _move(self, xy: FloatArray) -> None:
        self._xy = xy
        self._find_spots()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Explain the marks, in a line below all cells."""
        if self._marks != tuple(marks):
            self._marks = tuple(marks)
            self.repaint_picture()

    def set_selected(self, indexes: Sequence[int]) -> None:
        """Draw locked tokens over the others, larger and with their names where there is room."""
        if self._selected != tuple(indexes):
            self._selected = tuple(indexes)
            self._names = None
            self.repaint_picture()

    def set_hovered(self, index: int | None) -> None:
        """Draw the hovered token larger in every cell, and name it in one."""
        if self._hovered != index:
            self._update_lit()
            self._hovered = index
            self._update_lit()

    def set_pointed(self, cell: int | None) -> None:
        """Name the hovered token in the cell under the pointer; without one in the chosen cell."""
        if self._pointed != cell:
            self._update_lit()
            self._pointed = cell
            self._update_lit()

    def set_chosen(self, cell: int) -> None:
        """Outline the chosen cell."""
        if self._chosen != cell:
            self._chosen = cell
            if len(self._points) <= NAMED:
                self._kept = None  # the names move to another cell
            self.update()
        if cell < len(self._cells):
            self.setAccessibleDescription(self.cell_name(cell))

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        super().customEvent(event)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the cells anew."""
        super().resizeEvent(event)
        self._arrange()

    # --- where it is

    @property
    def n_cells(self) -> int:
        """How many cells there are."""
        return len(self._cells)

    @property
    def dot_size(self) -> float:
        """How large a token is, in pixels: the more room each has in a cell, the larger."""
        room = self._layout.wide * self._layout.tall / max(len(self._points), 1)
        return float(min(max(round(_DOT * math.sqrt(room)), 4), 8))

    def height_for(self, size: QSize) -> int:
        """Return how high all cells and the line below are where ``size`` is in sight."""
        return math.ceil(self._fit(size).height + self._line())

    def frame(self, cell: int) -> QRectF:
        """Return where a cell's picture is."""
        return self._layout.frame(cell)

    def cell_rect(self, cell: int) -> QRectF:
        """Return where a cell is, its header included."""
        return self._layout.cell_rect(cell)

    def cell_at(self, point: QPointF) -> int | None:
        """Return the cell whose picture or header is under a point."""
        cell = self._layout.cell_at(point)
        return cell if cell is not None and cell < len(self._cells) else None

    def neighbour(self, rows: int, columns: int) -> int:
        """Return the cell so many rows down and columns on from the chosen one."""
        last = len(self._cells) - 1
        chosen = min(self._chosen, last)
        further = chosen + rows * self._layout.columns + columns
        if rows > 0 and chosen // self._layout.columns < last // self._layout.columns:
            return min(further, last)  # the last row may be shorter
        return further if 0 <= further <= last else chosen

    def spots(self, cell: int) -> FloatArray:
        """Return where the tokens are drawn in a cell, float (token, 2) in pixels."""
        return self._sights[cell][0] if cell < len(self._sights) else _NOWHERE

    def spot(self, cell: int, token: int) -> QPointF:
        """Return where a token is drawn in a cell."""
        return QPointF(*self._sights[cell][0][token].tolist())

    def locked(self) -> list[int]:
        """Return the locked tokens that are drawn, oldest first."""
        return [token for token in self._selected if token < len(self._points)]

    def tip_of(self, cell: int, token: int) -> str:
        """Say which token this is, and where it lies in this cell."""
        x, y = self._xy[cell, token].tolist()
        beyond = " (further out than this picture)" if self._sights[cell][1][token] else ""
        place = f"{self._cells[cell].name}: PC1 {written(x, 2)}, PC2 {written(y, 2)}{beyond}"
        return f"{self._points[token].tip}\n{place}"

    def cell_name(self, cell: int) -> str:
        """Return the same for a screen reader."""
        return f"{self._cells[cell].name}. {' '.join(self._cells[cell].tip.split())}"

    def _line(self) -> float:
        """Return the height of a header, and of the line that explains the marks."""
        return self.theme.metrics("small").height() + 4

    def _fit(self, size: QSize) -> MultiplesLayout:
        smallest, header = self.theme.pixels(SMALLEST), self._line()
        n_cells, height = max(len(self._cells), 1), size.height() - header
        return MultiplesLayout.fit(size.width(), height, n_cells, header, smallest)

    def _arrange(self) -> None:
        """Find the cells' places anew, after another size or other cells."""
        self._layout = self._fit(self.size())
        self._grounds: dict[tuple[int, float], QImage] = {}
        self._find_spots()

    def _find_spots(self) -> None:
        """Find the tokens' places anew."""
        cells = enumerate(zip(self._cells, self._xy, strict=False))
        in_sight = self._layout.spots_in_sight
        self._sights = [in_sight(nth, cell.extent, xy) for nth, (cell, xy) in cells]
        self._names = None
        self.repaint_picture()

    # --- names

    def _placed(self) -> CellNames:
        """Return the names' places; kept until anything moves."""
        if self._names is None:
            self._names = CellNames(self._layout, self._sights, self._points, self.locked())
        return self._names

    def _lit_name(self, token: int) -> QRectF | None:
        """Find room for the hovered token's name: once, in the cell that is looked at."""
        cell = self._chosen if self._pointed is None else self._pointed
        if cell >= len(self._sights) or token in dict(self._placed().of_locked(cell)):
            return None
        return self._placed().of_one(cell, token)

    # --- painting

    def paint(self, painter: QPainter) -> None:
        """Draw everything onto ``painter``, for an export: tokens as shapes, not as pixels."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_cells(painter, 2.0, as_shapes=True)
        self.paint_highlights(painter)

    def paint_picture(self, painter: QPainter) -> None:
        """Draw all cells with their tokens."""
        self._paint_cells(painter, self.devicePixelRatioF(), as_shapes=False)

    def _paint_cells(self, painter: QPainter, ratio: float, *, as_shapes: bool) -> None:
        groups = self._groups() if self._sights else []
        self._paint_headers(painter)
        for cell in range(len(self._cells)):
            frame = self._layout.frame(cell)
            painter.drawImage(frame.topLeft(), self._ground(cell, ratio))
            outline(painter, frame.adjusted(-0.5, -0.5, 0.5, 0.5), radius=4)
            if self._others is not None and self._sights:
                self._paint_others(painter, cell, self._others[cell])
            for group in groups:
                group.draw(painter, *self._sights[cell], as_shapes=as_shapes)
            # An exported picture cannot be hovered, so every cell of it has all names.
            self._paint_names(painter, cell, every=as_shapes or cell == self._chosen)
        room = QRectF(4, self._layout.height, self.width() - 8, self._line())
        paint_legend(painter, room, self._marks if self._cells else ())

    def _paint_names(self, painter: QPainter, cell: int, *, every: bool) -> None:
        if cell >= len(self._sights):
            return
        veil, placed = self.theme.color("card", _VEIL), self._placed()
        painter.setPen(QPen(self.theme.color("muted"), 1))
        for token, place in placed.of_others(cell) if every else ():
            if line := placed.leader(cell, token, place):
                painter.drawLine(line)
        for token, place in placed.of_others(cell) if every else ():
            self._paint_name(painter, place, token, veil, is_lit=False)
        for token, place in placed.of_locked(cell):
            self._paint_name(painter, place, token, veil)

    def _paint_others(self, painter: QPainter, cell: int, others: FloatArray) -> None:
        """Draw second marks with their lines, but those less than a pixel from their tokens."""
        spots = self._sights[cell][0]
        marks = self._layout.spots(cell, self._cells[cell].extent, others)
        apart = np.hypot(*(spots - marks[: len(spots)]).T) >= 1  # never where there is nan
        with saved(painter):
            painter.setClipRect(self._layout.frame(cell))
            painter.setPen(QPen(self.theme.color("muted"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ends = zip(marks[: len(spots)][apart].tolist(), spots[apart].tolist(), strict=True)
            painter.drawLines([QLineF(*start, *end) for start, end in ends])
            for mark in [*marks[: len(spots)][apart].tolist(), *marks[len(spots) :].tolist()]:
                painter.drawEllipse(QPointF(*mark), _SECOND, _SECOND)

    def _paint_headers(self, painter: QPainter) -> None:
        advance = letters(painter, "small_number").horizontalAdvance
        texts = header_texts(self._cells, self._layout.wide - 2, advance)
        bottom = Qt.AlignmentFlag.AlignBottom
        for cell, (name, note) in enumerate(texts):
            room = self._layout.header_room(cell).adjusted(1, 0, -1, -3)
            share, left = self._cells[cell].share, advance(name) + GAP
            painter.setPen(self.theme.color("muted"))
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | bottom, share)
            after = room.adjusted(left, 0, 0, 0)
            painter.drawText(after, Qt.AlignmentFlag.AlignLeft | bottom, note)
            painter.setPen(self.theme.color("text"))
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | bottom, name)

    def _ground(self, cell: int, ratio: float) -> QImage:
        """Return what lies behind a cell's tokens, which is kept."""
        if (cell, ratio) not in self._grounds:
            extent, cloud = self._cells[cell].extent, self._clouds[cell]
            self._grounds[cell, ratio] = ground(self._layout, cell, extent, cloud, ratio)
        return self._grounds[cell, ratio]

    def _groups(self) -> list[DotGroup]:
        """Return the tokens in the order of drawing: locked ones lie on top of the others."""
        card, locked = self.theme.color("card"), self.locked()
        others = sorted({*range(len(self._points))} - {*locked})
        others.sort(key=lambda token: self._points[token].matters)  # masks on top of words
        rest = [self._points[token].color for token in others]
        few = len(self._points) * len(self._cells) <= _SHAPES
        if len(locked) > 1 or (locked and not few):
            rest = [faded(color, card, _FADED) for color in rest]
        lit = [self._points[token].color for token in locked]
        rim = QPen(card, 1.0) if few else None
        ring = QPen(self.theme.color("accent"), 1.5) if len(locked) <= _RINGED else None
        larger = 2.0 if ring is not None else 0.0
        squares = [[self._points[token].matters for token in each] for each in (others, locked)]
        return [
            DotGroup(others, rest, self.dot_size, squares[0], rim),
            DotGroup(locked, lit, self.dot_size + larger, squares[1], ring),
        ]

    def paint_highlights(self, painter: QPainter) -> None:
        """Outline the chosen cell and light up the hovered token."""
        if self._chosen < len(self._cells):
            frame = self._layout.frame(self._chosen)
            outline(painter, frame.adjusted(-1, -1, 1, 1), "accent", 2, radius=5)
        token = self._lit()
        if token is not None:
            ring, color = QPen(self.theme.color("accent"), 2), self._points[token].color
            for cell, (_, outside) in enumerate(self._sights):
                shape = shape_of(outside=bool(outside[token]), square=self._points[token].matters)
                spot, size = self.spot(cell, token), self.dot_size + _LIT
                draw_dot(painter, spot, size, color, ring, shape=shape)
            place = self._lit_name(token)
            if place is not None:
                self._paint_name(painter, place, token, self.theme.color("accent_soft"))

    def _paint_name(
        self, painter: QPainter, place: QRectF, token: int, behind: QColor, *, is_lit: bool = True
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(behind)
        painter.drawRoundedRect(place.adjusted(-1, 0, 1, 0), 4, 4)
        letters(painter, "small", "accent" if is_lit else "text", bold=is_lit)
        write_name(painter, place, self._placed().label(token))

    def _lit(self) -> int | None:
        """Return the hovered token, if it is drawn."""
        token = self._hovered
        return token if token is not None and token < len(self._points) else None

    def _update_lit(self) -> None:
        """Ask for new pixels where the hovered token is lit, and nowhere else."""
        token = self._lit()
        if token is None:
            return
        region, reach = QRegion(), round(self.dot_size + _LIT)
        for cell in range(len(self._sights)):
            around = QRect(0, 0, 2 * reach, 2 * reach)
            around.moveCenter(self.spot(cell, token).toPoint())
            region += around
        name = self._lit_name(token)
        if name is not None:
            region += name.adjusted(-4, -3, 4, 3).toAlignedRect()
        self.update(region)
