"""Heatmap: a square matrix over tokens as one raster image, with token axes and a printed scale."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip

from roberta_gui.gui.theme import Theme
from roberta_gui.gui.widgets.colour_bar import BAR_ROOM, paint_colour_bar
from roberta_gui.gui.widgets.colour_scale import ColourScale, coloured
from roberta_gui.gui.widgets.figure import Figure
from roberta_gui.gui.widgets.heatmap_layout import LABEL_ANGLE, HeatmapLayout, Zoom
from roberta_gui.gui.widgets.navigation import navigation
from roberta_gui.records import FloatArray

LabelKind: TypeAlias = Literal["plain", "special", "mask"]

_LONGEST_LABEL = 110
_LARGEST_CELL = 56


@dataclass(frozen=True)
class AxisLabel:
    """A token's name on both axes, how it is drawn, and which token it is.

    ``index`` is the token's place in the sentence, which is not the row's where some tokens are
    hidden; -1 is the row's own number.
    """

    text: str
    kind: LabelKind = "plain"
    index: int = field(default=-1, kw_only=True)


def _strongest(values: FloatArray, starts: NDArray[np.intp]) -> FloatArray:
    """Return the largest of each run of rows: (row, column) -> (run, column).

    What ``np.maximum.reduceat`` does, in a quarter of its time where runs are short: whole rows
    are compared with whole rows. ``starts`` do not fall; a run ends where the next one starts,
    and has one row at least.
    """
    values = np.ascontiguousarray(values)
    ends = np.maximum(np.append(starts[1:], len(values)), starts + 1)
    strongest = values[starts]
    for further in range(1, int((ends - starts).max())):
        strongest = np.maximum(strongest, values[np.minimum(starts + further, ends - 1)])
    return strongest


class Heatmap(Figure):
    """Rows look from, columns are looked at; hover tells the value, a click locks a token.

    Wheel zooms about the pointer, dragging pans, a double click outside the cells shows all;
    so do + and -, Shift with the arrow keys, and 0.

    Signals
    -------
    cell_hovered(row, column), cell_left()
        The pointer is on a cell, or on none any more.
    cell_clicked(row, column, extend)
        A cell was clicked; ``extend`` with Ctrl or Shift.
    cell_double_clicked(row, column)
        A cell was clicked twice.
    """

    cell_hovered = Signal(int, int)
    cell_left = Signal()
    cell_clicked = Signal(int, int, bool)
    cell_double_clicked = Signal(int, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._matrix: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._labels: tuple[AxisLabel, ...] = ()
        self._widest: float | None = None
        self._scale = ColourScale(0.0, 1.0)
        self._zoom = Zoom.whole(1)
        self._rows: tuple[int, ...] = ()
        self._hovered: tuple[int | None, int | None] = (None, None)
        self._pressed: QPointF | None = None
        self._panned = False
        self._place = ""
        self.setAccessibleName("Attention")
        self.setMinimumSize(180, 160)

    def sizeHint(self) -> QSize:
        """Ask for room for a sentence."""
        return QSize(520, 480)

    def set_matrix(
        self, matrix: FloatArray, labels: Sequence[AxisLabel], scale: ColourScale
    ) -> None:
        """Show float32 (row, column) values; both axes carry the same tokens."""
        if len(matrix) != len(self._matrix):
            self._zoom = Zoom.whole(len(matrix))
        self._matrix, self._labels, self._scale = matrix, tuple(labels), scale
        self._widest = None
        self.repaint_picture()

    def set_place(self, text: str) -> None:
        """Choose what a tip says last: where in the pass the matrix is from, "" for nothing."""
        self._place = text
        self.setAccessibleDescription(text)

    @property
    def scale(self) -> ColourScale:
        """The colour scale that is drawn with."""
        return self._scale

    def set_selected(self, rows: Sequence[int]) -> None:
        """Outline the rows of locked tokens."""
        if self._rows != tuple(rows):
            self._rows = tuple(rows)
            self.update()

    def set_hovered(self, row: int | None, column: int | None) -> None:
        """Light up a row and a column."""
        if self._hovered != (row, column):
            self._hovered = (row, column)
            self.update()

    # --- painting

    def layout_now(self) -> HeatmapLayout:
        """Return where everything is at the present size."""
        label = min(self._widest_label(), self.theme.pixels(_LONGEST_LABEL)) + 4
        return HeatmapLayout.fit(
            self.width(),
            self.height(),
            len(self._matrix),
            self._zoom,
            row_label=label,
            column_label=label,
            bar=self.theme.pixels(BAR_ROOM),
            largest_cell=self.theme.pixels(_LARGEST_CELL),
        )

    def _widest_label(self) -> float:
        """Measure all labels, once: at 512 tokens that takes longer than painting the rest."""
        if self._widest is None:
            advance = QFontMetricsF(self.theme.font("control")).horizontalAdvance
            words = {label.text for label in self._labels}
            self._widest = max(map(advance, words), default=0.0)
        return self._widest

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self._widest = None
        super().set_theme(theme)

    def paint_picture(self, painter: QPainter) -> None:
        """Draw cells and the colour bar."""
        if not len(self._matrix):
            return
        layout = self.layout_now()
        painter.drawImage(layout.field, self._image(layout))
        if layout.cell >= 9:
            self._paint_gaps(painter, layout)
        painter.setPen(QPen(self.theme.color("line"), 1))
        # Around the cells, not over them: the first row and column are <s>, where much rests.
        painter.drawRect(layout.field.adjusted(-0.5, -0.5, 0.5, 0.5))
        paint_colour_bar(painter, layout.field, self.theme, self._scale, self.theme.weight_map())

    def _image(self, layout: HeatmapLayout) -> QImage:
        """Colour what is in sight; several cells on one pixel show the strongest of them."""
        top, left, span = layout.zoom.top, layout.zoom.left, layout.zoom.span
        pixels = max(1, round(layout.field.width() * self.devicePixelRatioF()))
        # Each pixel's range of rows and of columns; at least one cell wide.
        edges = np.linspace(0, span, pixels + 1)
        rows = np.minimum((top + edges[:-1]).astype(np.intp), len(self._matrix) - 1)
        columns = np.minimum((left + edges[:-1]).astype(np.intp), len(self._matrix) - 1)
        if layout.cell * self.devicePixelRatioF() >= 1:
            seen = self._matrix[np.ix_(rows, columns)]
        else:
            part = self._matrix[: math.ceil(top + span), : math.ceil(left + span)]
            seen = _strongest(_strongest(part, rows).T, columns).T
        return coloured(self.theme.weight_map(), self._scale.places(seen))

    def _paint_gaps(self, painter: QPainter, layout: HeatmapLayout) -> None:
        painter.setPen(QPen(self.theme.color("card"), 1))
        field = layout.field
        for row in layout.visible(layout.zoom.top):
            y = field.top() + (row - layout.zoom.top) * layout.cell
            if field.top() < y < field.bottom():
                painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
        for column in layout.visible(layout.zoom.left):
            x = field.left() + (column - layout.zoom.left) * layout.cell
            if field.left() < x < field.right():
                painter.drawLine(QPointF(x, field.top()), QPointF(x, field.bottom()))

    def _paint_row_label(
        self, painter: QPainter, layout: HeatmapLayout, row: int, *, lit: bool
    ) -> None:
        rect = layout.row_rect(row)
        text, height = self._dress(painter, row, lit=lit)
        room = QRectF(0, rect.center().y() - height / 2, layout.field.left() - 6, height)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_column_label(
        self, painter: QPainter, layout: HeatmapLayout, column: int, *, lit: bool
    ) -> None:
        rect = layout.column_rect(column)
        text, height = self._dress(painter, column, lit=lit)
        painter.save()
        painter.translate(rect.center().x(), layout.field.top() - 5)
        painter.rotate(-LABEL_ANGLE)
        painter.drawText(QPointF(2, height * 0.2), text)
        painter.restore()

    def _dress(self, painter: QPainter, token: int, *, lit: bool) -> tuple[str, float]:
        """Set pen and font for a token's label; return its text, elided, and its height."""
        label = self._labels[token]
        role = {"special": "muted", "mask": "mask_text"}.get(label.kind, "text")
        painter.setPen(self.theme.color("accent" if lit else role))
        font = self.theme.font("control", bold=lit or label.kind == "mask")
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        limit = self.theme.pixels(_LONGEST_LABEL)
        return metrics.elidedText(label.text, Qt.TextElideMode.ElideRight, limit), metrics.height()

    def paint_highlights(self, painter: QPainter) -> None:
        """Outline locked rows and the hovered row and column, and write the labels."""
        if not len(self._matrix):
            return
        layout = self.layout_now()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        locked = [row for row in self._rows if row < layout.size]
        row_lit, column_lit = (
            i if i is not None and i < layout.size else None for i in self._hovered
        )
        for row in locked:
            mask = self._labels[row].kind == "mask"
            painter.setPen(QPen(self.theme.color("mask" if mask else "accent"), 2))
            painter.drawRect(layout.row_rect(row))
        painter.setPen(QPen(self.theme.color("hover"), 1.5))
        if row_lit is not None:
            painter.drawRect(layout.row_rect(row_lit))
        if column_lit is not None:
            painter.drawRect(layout.column_rect(column_lit))
        lit_rows = {*locked, *(() if row_lit is None else (row_lit,))}
        lit_columns = set() if column_lit is None else {column_lit}
        for row in self._labelled(layout, layout.zoom.top, lit_rows):
            self._paint_row_label(painter, layout, row, lit=row in lit_rows)
        for column in self._labelled(layout, layout.zoom.left, lit_columns):
            self._paint_column_label(painter, layout, column, lit=column in lit_columns)

    def _labelled(self, layout: HeatmapLayout, start: float, lit: set[int]) -> list[int]:
        """Choose whose labels fit: the lit ones, then every so many that stay clear of those."""
        visible = layout.visible(start)
        step = layout.label_step(QFontMetricsF(self.theme.font("control")).height())
        regular = (i for i in visible if i % step == 0 and all(abs(i - j) >= step for j in lit))
        return [*(i for i in lit if i in visible), *regular]

    # --- pointer

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which cell the pointer is on, or pan."""
        layout = self.layout_now()
        if self._pressed is not None and self._zoom.span < len(self._matrix):
            moved = self._pressed - event.position()
            if self._panned or moved.manhattanLength() > 4:
                self._panned = True
                self._pressed = event.position()
                self._look(
                    self._zoom.moved(moved.y() / layout.cell, moved.x() / layout.cell, layout.size)
                )
                return
        cell = layout.cell_at(event.position())
        if cell is None:
            self.cell_left.emit()
        else:
            self.cell_hovered.emit(*cell)
            QToolTip.showText(event.globalPosition().toPoint(), self.tip(*cell), self)

    def tip(self, row: int, column: int) -> str:
        """Return what hovering a cell says."""
        start, end = self._labels[row], self._labels[column]
        tokens = (
            place if label.index < 0 else label.index
            for place, label in ((row, start), (column, end))
        )
        lines = [
            f"from {start.text} to {end.text}: {self._matrix[row, column]:.4f}",
            "tokens {} and {}".format(*tokens),
            self._place,
        ]
        return "\n".join(line for line in lines if line)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a click or a drag began."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._panned = event.position(), False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which cell was clicked, unless the picture was dragged."""
        cell = self.layout_now().cell_at(event.position())
        if self._pressed is not None and not self._panned and cell is not None:
            keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
            self.cell_clicked.emit(*cell, bool(event.modifiers() & keys))
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell which cell was clicked twice; outside the cells: see everything again."""
        cell = self.layout_now().cell_at(event.position())
        if cell is None:
            self._look(Zoom.whole(len(self._matrix)))
        else:
            self.cell_double_clicked.emit(*cell)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        layout = self.layout_now()
        if not len(self._matrix) or not layout.field.contains(event.position()):
            event.ignore()
            return
        row, column = layout.place_at(event.position())
        factor = 0.8 ** (event.angleDelta().y() / 120)
        self._look(self._zoom.scaled(factor, row, column, layout.size))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom with + and -, show all with 0, pan with Shift and arrows; leave the others."""
        layout = self.layout_now()
        half = self._zoom.span / 2
        way = navigation(event)
        if way is None or not len(self._matrix):
            super().keyPressEvent(event)
            return
        if way.home:
            self._look(Zoom.whole(layout.size))
        elif way.zoom:
            middle = self._zoom.top + half, self._zoom.left + half
            self._look(self._zoom.scaled(0.8**way.zoom, *middle, layout.size))
        else:
            # A quarter of what is in sight, and at least a cell.
            step = max(half / 2, 1.0)
            self._look(self._zoom.moved(-step * way.up, step * way.right, layout.size))
        event.accept()

    def leaveEvent(self, event: object) -> None:
        """Tell that the pointer left."""
        self.cell_left.emit()

    def _look(self, zoom: Zoom) -> None:
        if zoom != self._zoom:
            self._zoom = zoom
            self.repaint_picture()
