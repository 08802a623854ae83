"""TokenCells: the same tokens drawn in many small pictures, one a cell."""

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPen,
    QRegion,
    QResizeEvent,
)

from roberta_gui.gui.theme import Theme
from roberta_gui.gui.widgets.charts.dots import DotGroup, draw_dot, faded
from roberta_gui.gui.widgets.charts.figure import Figure
from roberta_gui.gui.widgets.charts.point_labels import dot_room, place_names, write_name
from roberta_gui.gui.widgets.charts.scatter import Point
from roberta_gui.gui.widgets.layers.cell_grounds import Cell, CellGrounds
from roberta_gui.gui.widgets.layers.multiples_layout import MultiplesLayout, Sight
from roberta_gui.records import FloatArray

SMALLEST = 120
"""Narrowest cell in pixels; where more of them would not fit, the whole is scrolled."""

_DOT = 0.25  # a dot's size by the side of the square that each token has for itself
_FADED = 0.35  # how much of its colour a token keeps that is not locked, once several are
_RINGED = 60  # more locked tokens than this have no rings, or all would be one blot
_SHAPES = 800  # more tokens than this, in all cells together, are written as pixels
_MOST_NAMES = 12  # in a cell
_VEIL = 0.75  # opacity of what keeps a name apart from the points under it
_LIT = 4  # pixels by which the hovered token is larger
_NOWHERE: FloatArray = np.zeros((0, 2), dtype=np.float32)


class TokenCells(Figure):
    """Cells in rows and columns; a token that is hovered or locked lights up in all of them.

    This is the picture alone; :class:`SmallMultiples` adds pointer and keys.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._cells: tuple[Cell, ...] = ()
        self._clouds: FloatArray = np.zeros((0, 0, 2), dtype=np.float32)
        self._xy: FloatArray = np.zeros((0, 0, 2), dtype=np.float32)
        self._points: tuple[Point, ...] = ()
        self._sights: list[Sight] = []
        self._names: list[list[tuple[int, QRectF]]] | None = None
        self._selected: tuple[int, ...] = ()
        self._hovered: int | None = None
        self._chosen = 0
        self._pointed: int | None = None
        self.setAccessibleName("Hidden states, layer by layer")
        self._arrange()

    def sizeHint(self) -> QSize:
        """Ask for room for three columns."""
        return QSize(640, 480)

    # --- what is shown

    def set_cells(self, cells: Sequence[Cell], clouds: FloatArray) -> None:
        """Show these cells, each over faint reference points: float (cell, point, 2)."""
        self._cells, self._clouds = tuple(cells), clouds
        self._arrange()

    def set_points(self, xy: FloatArray, points: Sequence[Point]) -> None:
        """Show the tokens, float (cell, token, 2) and how each is drawn."""
        self._xy, self._points = xy, tuple(points)
        self._find_spots()

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
            self.update()
        if cell < len(self._cells):
            shown = self._cells[cell]
            self.setAccessibleDescription(f"{shown.name}. {shown.tip}")

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        super().set_theme(theme)
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
        """Return how high all cells are together where ``size`` is in sight."""
        return math.ceil(self._fit(size).height)

    def frame(self, cell: int) -> QRectF:
        """Return where a cell's picture is."""
        return self._layout.frame(cell)

    def cell_rect(self, cell: int) -> QRectF:
        """Return where a cell is, its header included."""
        return self._layout.frame(cell) | self._layout.header_room(cell)

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
        x, y = self._sights[cell][0][token].tolist()
        return QPointF(x, y)

    def locked(self) -> list[int]:
        """Return the locked tokens that are drawn, oldest first."""
        return [token for token in self._selected if token < len(self._points)]

    def tip_of(self, cell: int, token: int) -> str:
        """Say which token this is, and where it lies in this cell."""
        x, y = self._xy[cell, token].tolist()
        beyond = " (further out than this picture)" if self._sights[cell][1][token] else ""
        place = f"{self._cells[cell].name}: PC1 {x:.2f}, PC2 {y:.2f}{beyond}"
        return f"{self._points[token].tip}\n{place}"

    def cell_tip(self, cell: int) -> str:
        """Return what there is to say about a cell."""
        return self._cells[cell].tip

    def _fit(self, size: QSize) -> MultiplesLayout:
        header = QFontMetricsF(self.theme.font("small")).height() + 4
        smallest = self.theme.pixels(SMALLEST)
        n_cells = max(len(self._cells), 1)
        return MultiplesLayout.fit(size.width(), size.height(), n_cells, header, smallest)

    def _arrange(self) -> None:
        """Find the cells' places anew, after another size or other cells."""
        self._layout = self._fit(self.size())
        self._grounds = CellGrounds(self._layout, self._cells, self._clouds, self.theme)
        self._find_spots()

    def _find_spots(self) -> None:
        """Find the tokens' places anew."""
        cells = zip(self._cells, self._xy, strict=False)
        self._sights = [
            self._layout.spots_in_sight(nth, cell.extent, xy)
            for nth, (cell, xy) in enumerate(cells)
        ]
        self._names = None
        self.repaint_picture()

    # --- names

    def _names_in(self, cell: int) -> list[tuple[int, QRectF]]:
        """Find room for the names of locked tokens; kept until anything moves."""
        if self._names is None:
            self._names = [self._place_names(cell) for cell in range(len(self._sights))]
        return self._names[cell] if cell < len(self._names) else []

    def _place_names(self, cell: int) -> list[tuple[int, QRectF]]:
        """Keep names clear of all tokens, and where that leaves no room, of the locked ones."""
        locked = self.locked()[::-1][:_MOST_NAMES]
        font, frame = self._name_font(), self._layout.frame(cell)
        names = [(token, self._label(token), self.spot(cell, token)) for token in locked]
        placed: list[tuple[int, QRectF]] = []
        if locked and len(self._points) <= _RINGED:
            dots = [dot_room(self.spot(cell, token)) for token in range(len(self._points))]
            placed = place_names(names, font, frame, dots)
        found = {token for token, _ in placed}
        taken = [dot_room(self.spot(cell, token)) for token in locked]
        taken += [room for _, room in placed]
        left = [name for name in names if name[0] not in found]
        return placed + place_names(left, font, frame, taken)

    def _lit_name(self, token: int) -> QRectF | None:
        """Find room for the hovered token's name: once, in the cell that is looked at."""
        cell = self._chosen if self._pointed is None else self._pointed
        if cell >= len(self._sights) or token in (named for named, _ in self._names_in(cell)):
            return None
        name = (token, self._label(token), self.spot(cell, token))
        places = place_names([name], self._name_font(), self._layout.frame(cell), [])
        return places[0][1] if places else None

    def _label(self, token: int) -> str:
        """Return a token's name, shortened where it would fill its cell."""
        metrics, room = QFontMetricsF(self._name_font()), self._layout.wide * 0.6
        return metrics.elidedText(self._points[token].label, Qt.TextElideMode.ElideRight, room)

    def _name_font(self) -> QFont:
        return self.theme.font("small", bold=True)

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
        stamped = [] if as_shapes else [group for group in groups if group.outline is None]
        drawn = [group for group in groups if group not in stamped]
        for cell in range(len(self._cells)):
            self._paint_header(painter, cell)
            frame = self._layout.frame(cell)
            painter.drawImage(frame.topLeft(), self._stamped(cell, ratio, stamped))
            painter.setPen(QPen(self.theme.color("line"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(-0.5, -0.5, 0.5, 0.5), 4, 4)
            for group in drawn:
                group.draw(painter, *self._sights[cell])
            for token, place in self._names_in(cell):
                self._paint_name(painter, place, token, self.theme.color("card", _VEIL))

    def _paint_header(self, painter: QPainter, cell: int) -> None:
        room = self._layout.header_room(cell).adjusted(1, 0, -1, -3)
        shown, bottom = self._cells[cell], Qt.AlignmentFlag.AlignBottom
        painter.setPen(self.theme.color("muted"))
        painter.setFont(self.theme.font("small_number"))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | bottom, shown.share)
        advance = painter.fontMetrics().horizontalAdvance
        name, note = advance(f"{shown.name}   "), advance(f"{shown.note}   ")
        if name + note + advance(shown.share) <= room.width():
            left = room.adjusted(name, 0, 0, 0)
            painter.drawText(left, Qt.AlignmentFlag.AlignLeft | bottom, shown.note)
        painter.setPen(self.theme.color("text"))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | bottom, shown.name)

    def _stamped(self, cell: int, ratio: float, groups: Sequence[DotGroup]) -> QImage:
        """Return a cell's ground with tokens written into it."""
        image = self._grounds.image(cell, ratio)
        if not groups:
            return image
        image = image.copy()
        spots, outside = self._sights[cell]
        corner = self._layout.frame(cell).topLeft()
        inside = spots - np.array([corner.x(), corner.y()], dtype=np.float32)
        for group in groups:
            group.stamp(image, inside, outside)
        return image

    def _groups(self) -> list[DotGroup]:
        """Return the tokens in the order of drawing: locked ones lie on top of the others."""
        card, locked = self.theme.color("card"), self.locked()
        others = sorted({*range(len(self._points))} - {*locked})
        rest = [self._points[token].color for token in others]
        few = len(self._points) * len(self._cells) <= _SHAPES
        if len(locked) > 1 or (locked and not few):
            rest = [faded(color, card, _FADED) for color in rest]
        lit = [self._points[token].color for token in locked]
        rim = QPen(card, 1.0) if few else None
        ring = QPen(self.theme.color("accent"), 1.5) if len(locked) <= _RINGED else None
        larger = 2.0 if ring is not None else 0.0
        return [
            DotGroup(others, rest, self.dot_size, card, rim),
            DotGroup(locked, lit, self.dot_size + larger, card, ring),
        ]

    def paint_highlights(self, painter: QPainter) -> None:
        """Outline the chosen cell and light up the hovered token."""
        if self._chosen < len(self._cells):
            painter.setPen(QPen(self.theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            frame = self._layout.frame(self._chosen)
            painter.drawRoundedRect(frame.adjusted(-1, -1, 1, 1), 5, 5)
        token = self._lit()
        if token is not None:
            outline, color = QPen(self.theme.color("accent"), 2), self._points[token].color
            for cell, (_, outside) in enumerate(self._sights):
                spot, diamond = self.spot(cell, token), bool(outside[token])
                draw_dot(painter, spot, self.dot_size + _LIT, color, outline, diamond=diamond)
            place = self._lit_name(token)
            if place is not None:
                self._paint_name(painter, place, token, self.theme.color("accent_soft"))

    def _paint_name(self, painter: QPainter, place: QRectF, token: int, behind: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(behind)
        painter.drawRoundedRect(place.adjusted(-1, 0, 1, 0), 4, 4)
        painter.setPen(self.theme.color("accent"))
        painter.setFont(self._name_font())
        write_name(painter, place, self._label(token))

    def _lit(self) -> int | None:
        """Return the hovered token, if it is drawn."""
        hovered = self._hovered
        return hovered if hovered is not None and hovered < len(self._points) else None

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
