"""HeadGrid: every head's attention as a thumbnail, all of them in one image."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from roberta_gui.gui.theme import Theme
from roberta_gui.gui.widgets.colour_scale import coloured
from roberta_gui.gui.widgets.figure import Figure

_GAP = 6
_STEPS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


class HeadGrid(Figure):
    """Layers down, heads across; hover previews a head, a click chooses it.

    Signals
    -------
    head_hovered(layer, head), head_left()
        The pointer is on a head (both from 0), or on none any more.
    head_clicked(layer, head)
        A head was chosen, by mouse or arrow keys.
    head_double_clicked(layer, head)
        A head shall be shown alone.
    """

    head_hovered = Signal(int, int)
    head_left = Signal()
    head_clicked = Signal(int, int)
    head_double_clicked = Signal(int, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._places: NDArray[np.uint8] = np.zeros((0, 0), dtype=np.uint8)
        self._image = QImage()
        self._shape = (0, 0)
        self._selected: tuple[int, int] | None = None
        self._hovered: tuple[int, int] | None = None
        self.setAccessibleName("All heads")
        self.setMinimumSize(160, 90)

    def sizeHint(self) -> QSize:
        """Ask for room for a dozen rows."""
        return QSize(340, 320)

    def set_thumbnails(self, places: NDArray[np.uint8]) -> None:
        """Show uint8 (layer, head, query, key) rows of the colour map."""
        n_layers, n_heads, rows, columns = places.shape
        self._shape = (n_layers, n_heads)
        flat = places.transpose(0, 2, 1, 3).reshape(n_layers * rows, n_heads * columns)
        self._places = flat
        self._image = coloured(self.theme.weight_map(), flat)
        self.repaint_picture()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self._image = coloured(theme.weight_map(), self._places)
        super().set_theme(theme)

    def set_selected(self, layer: int, head: int) -> None:
        """Outline the chosen head."""
        if (layer, head) != self._selected:
            self._selected = (layer, head)
            self.setAccessibleDescription(f"Layer {layer + 1}, head {head + 1}")
            self.update()

    def set_hovered(self, head: tuple[int, int] | None) -> None:
        """Outline the head under the pointer."""
        if head != self._hovered:
            self._hovered = head
            self.update()

    # --- geometry

    def cell_rect(self, layer: int, head: int) -> QRectF:
        """Return where a head's thumbnail is."""
        left, top, width, height = self._grid()
        side = max(min(width, height) - _GAP, 2.0)
        return QRectF(
            left + (head + 0.5) * width - side / 2,
            top + (layer + 0.5) * height - side / 2,
            side,
            side,
        )

    def head_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return the (layer, head) under a point."""
        left, top, width, height = self._grid()
        if point.x() < left or point.y() < top:
            return None
        layer, head = int((point.y() - top) / height), int((point.x() - left) / width)
        return (layer, head) if layer < self._shape[0] and head < self._shape[1] else None

    def _grid(self) -> tuple[float, float, float, float]:
        """Return left and top of the grid, and width and height of a cell with its gap."""
        metrics = QFontMetricsF(self.theme.font("small_number"))
        left, top = metrics.horizontalAdvance("88") + 8.0, metrics.height() + 2.0
        n_layers, n_heads = max(self._shape[0], 1), max(self._shape[1], 1)
        width = (self.width() - left - 2) / n_heads
        height = (self.height() - top - 2) / n_layers
        # Neither direction may drift far apart from the other, or rows stop reading as rows.
        return left, top, min(width, height * 1.6), min(height, width * 1.6)

    # --- painting

    def paint_picture(self, painter: QPainter) -> None:
        """Draw all thumbnails and the numbers of layers and heads."""
        n_layers, n_heads = self._shape
        if not n_layers:
            return
        rows, columns = self._image.height() // n_layers, self._image.width() // n_heads
        cell = self.cell_rect(0, 0)
        smooth = cell.width() < columns
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.setPen(QPen(self.theme.color("line"), 1))
        for layer in range(n_layers):
            for head in range(n_heads):
                place = self.cell_rect(layer, head)
                # A copy, not a source rectangle: Qt's SVG writer leaves source rectangles out.
                part = self._image.copy(head * columns, layer * rows, columns, rows)
                painter.drawImage(place, part)
                painter.drawRect(place)
        painter.setPen(self.theme.color("muted"))
        painter.setFont(self.theme.font("small_number"))
        height = QFontMetricsF(painter.font()).height()
        _, _, width, tall = self._grid()
        middle = Qt.AlignmentFlag.AlignVCenter
        for layer in range(0, n_layers, max(1, int(height / tall + 0.99))):
            place = self.cell_rect(layer, 0)
            room = QRectF(0, place.center().y() - height / 2, place.left() - 6, height)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | middle, str(layer + 1))
        for head in range(0, n_heads, max(1, int(22 / width + 0.99))):
            place = self.cell_rect(0, head)
            room = QRectF(place.center().x() - 20, place.top() - height - 2, 40, height)
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | middle, str(head + 1))

    def paint_highlights(self, painter: QPainter) -> None:
        """Outline the chosen and the hovered head."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for head, role, width in ((self._hovered, "hover", 1.5), (self._selected, "accent", 2.0)):
            if head is not None and head[0] < self._shape[0] and head[1] < self._shape[1]:
                painter.setPen(QPen(self.theme.color(role), width))
                painter.drawRoundedRect(self.cell_rect(*head).adjusted(-3, -3, 3, 3), 4, 4)

    # --- pointer and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Preview the head under the pointer."""
        head = self.head_at(event.position())
        if head is None:
            self.head_left.emit()
            return
        self.head_hovered.emit(*head)
        text = f"Layer {head[0] + 1}, head {head[1] + 1}\nattention[{head[0]}, {head[1]}]"
        QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the head under the pointer."""
        head = self.head_at(event.position())
        if head is not None and event.button() is Qt.MouseButton.LeftButton:
            self.head_clicked.emit(*head)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the head under the pointer alone."""
        head = self.head_at(event.position())
        if head is not None:
            self.head_double_clicked.emit(*head)

    def leaveEvent(self, event: object) -> None:
        """Tell that the pointer left."""
        self.head_left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Travel over the grid with the arrow keys; Enter shows the head alone."""
        key = Qt.Key(event.key())
        if self._selected is None or key not in (*_STEPS, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        if key not in _STEPS:
            self.head_double_clicked.emit(*self._selected)
            return
        layer = min(max(self._selected[0] + _STEPS[key][0], 0), self._shape[0] - 1)
        head = min(max(self._selected[1] + _STEPS[key][1], 0), self._shape[1] - 1)
        self.head_clicked.emit(layer, head)
