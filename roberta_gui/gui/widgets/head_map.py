"""HeadMap: one value for each head, layers down and heads across."""

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from roberta_gui.gui.theme import Theme
from roberta_gui.gui.widgets.colour_bar import BAR_ROOM, paint_colour_bar
from roberta_gui.gui.widgets.colour_scale import ColourScale, coloured
from roberta_gui.gui.widgets.figure import Figure
from roberta_gui.records import FloatArray

Head: TypeAlias = tuple[int, int]
"""(attention layer, head), both from 0."""

_LARGEST_CELL = 44


class HeadMap(Figure):
    """Every head as a cell; hover tells the value, a click chooses the head.

    Arrow keys are left to whoever holds the map: they travel through layers and heads.

    Signals
    -------
    head_clicked(layer, head)
        A head was clicked, both from 0.
    """

    head_clicked = Signal(int, int)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme)
        self._values: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._scale = ColourScale(0.0, 1.0)
        self._tip: Callable[[int, int], str] = lambda _layer, _head: ""
        self._chosen: Head | None = None
        self._hovered: Head | None = None
        self.setAccessibleName(name)
        self.setMinimumSize(150, 120)

    def sizeHint(self) -> QSize:
        """Ask for room for a dozen layers of a dozen heads."""
        return QSize(300, 300)

    def set_values(
        self, values: FloatArray, scale: ColourScale, tip: Callable[[int, int], str]
    ) -> None:
        """Show float32 (layer, head) values; ``tip`` is what hovering a head says."""
        self._values, self._scale, self._tip = values, scale, tip
        self.repaint_picture()

    def set_chosen(self, head: Head | None) -> None:
        """Outline the chosen head."""
        if head != self._chosen:
            self._chosen = head
            text = "" if head is None else f"Layer {head[0] + 1}, head {head[1] + 1}"
            self.setAccessibleDescription(text)
            self.update()

    # --- geometry

    def field(self) -> QRectF:
        """Return where the cells are: square ones, as large as there is room for."""
        metrics = QFontMetricsF(self.theme.font("small_number", bold=True))
        n_layers, n_heads = self._values.shape
        left = metrics.horizontalAdvance(str(max(n_layers, 10))) + 10
        top = metrics.height() + 4
        across = self.width() - left - self.theme.pixels(BAR_ROOM)
        side = min(
            across / max(n_heads, 1),
            (self.height() - top - 6) / max(n_layers, 1),
            self.theme.pixels(_LARGEST_CELL),
        )
        side = float(max(math.floor(side), 3))
        return QRectF(math.ceil(left), math.ceil(top), side * n_heads, side * n_layers)

    def cell_rect(self, layer: int, head: int) -> QRectF:
        """Return a head's cell."""
        field = self.field()
        side = field.width() / max(self._values.shape[1], 1)
        return QRectF(field.left() + head * side, field.top() + layer * side, side, side)

    def head_at(self, point: QPointF) -> Head | None:
        """Return the head under a point."""
        field = self.field()
        if not self._values.size or not field.contains(point):
            return None
        side = field.width() / self._values.shape[1]
        layer = int((point.y() - field.top()) / side)
        head = int((point.x() - field.left()) / side)
        return min(layer, self._values.shape[0] - 1), min(head, self._values.shape[1] - 1)

    # --- painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw cells, numbers where they fit, names of layers and heads, the colour bar."""
        if not self._values.size:
            return
        field, ramp = self.field(), self.theme.weight_map()
        pixels = max(round(field.width() / self._values.shape[1] * self.devicePixelRatioF()), 1)
        places = self._scale.places(self._values)
        # Each cell as large as on the screen: what Qt enlarges, it blurs.
        painter.drawImage(field, coloured(ramp, places.repeat(pixels, 0).repeat(pixels, 1)))
        self._paint_gaps(painter, field)
        self._paint_numbers(painter, field)
        painter.setPen(QPen(self.theme.color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(field.adjusted(-0.5, -0.5, 0.5, 0.5))
        paint_colour_bar(painter, field, self.theme, self._scale, ramp)

    def _paint_gaps(self, painter: QPainter, field: QRectF) -> None:
        painter.setPen(QPen(self.theme.color("card"), 1))
        for layer in range(1, self._values.shape[0]):
            y = self.cell_rect(layer, 0).top()
            painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
        for head in range(1, self._values.shape[1]):
            x = self.cell_rect(0, head).left()
            painter.drawLine(QPointF(x, field.top()), QPointF(x, field.bottom()))

    def _paint_numbers(self, painter: QPainter, field: QRectF) -> None:
        font = self.theme.font("small_number")
        metrics = QFontMetricsF(font)
        if field.width() / self._values.shape[1] < metrics.horizontalAdvance("0.00") + 6:
            return
        painter.setFont(font)
        inks = [self.theme.text_on(QColor(*rgba)) for rgba in self.theme.weight_map().tolist()]
        places = self._scale.places(self._values)
        for (layer, head), value in np.ndenumerate(self._values):
            painter.setPen(inks[places[layer, head]])
            cell = self.cell_rect(layer, head)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, f"{value:.2f}")

    def paint_highlights(self, painter: QPainter) -> None:
        """Outline the chosen and the hovered head, and write the names of layers and heads."""
        if not self._values.size:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for head, role, width in ((self._hovered, "hover", 1.5), (self._chosen, "accent", 2)):
            if head is not None and head[0] < self._values.shape[0]:
                painter.setPen(QPen(self.theme.color(role), width))
                painter.drawRect(self.cell_rect(*head))
        self._paint_names(painter)

    def _paint_names(self, painter: QPainter) -> None:
        metrics = QFontMetricsF(self.theme.font("small_number", bold=True))
        side = self.cell_rect(0, 0).width()
        heads = math.ceil((metrics.horizontalAdvance("00") + 4) / side)
        layers = math.ceil(metrics.height() / side)
        chosen = self._chosen or (-1, -1)
        for layer in _named(self._values.shape[0], layers, chosen[0]):
            cell = self.cell_rect(layer, 0)
            room = QRectF(0, cell.center().y() - 10, cell.left() - 6, 20)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            self._write(painter, room, right, layer, lit=layer == chosen[0])
        for head in _named(self._values.shape[1], heads, chosen[1]):
            cell = self.cell_rect(0, head)
            room = QRectF(cell.center().x() - 20, cell.top() - metrics.height() - 2, 40, 20)
            middle = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            self._write(painter, room, middle, head, lit=head == chosen[1])

    def _write(
        self, painter: QPainter, room: QRectF, where: Qt.AlignmentFlag, nth: int, *, lit: bool
    ) -> None:
        painter.setFont(self.theme.font("small_number", bold=lit))
        painter.setPen(self.theme.color("accent" if lit else "muted"))
        painter.drawText(room, where, str(nth + 1))

    # --- pointer

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the value of the head under the pointer."""
        head = self.head_at(event.position())
        if head != self._hovered:
            self._hovered = head
            self.update()
        if head is not None:
            QToolTip.showText(event.globalPosition().toPoint(), self._tip(*head), self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the head under the pointer."""
        head = self.head_at(event.position())
        if head is not None and event.button() is Qt.MouseButton.LeftButton:
            self.head_clicked.emit(*head)

    def leaveEvent(self, event: object) -> None:
        """Let go of the head under the pointer."""
        self._hovered = None
        self.update()


def _named(n: int, step: int, chosen: int) -> list[int]:
    """Choose which of ``n`` get their names: the chosen one, and others clear of it."""
    regular = (i for i in range(0, n, step) if chosen < 0 or abs(i - chosen) >= step)
    return [*([chosen] if 0 <= chosen < n else []), *regular]
