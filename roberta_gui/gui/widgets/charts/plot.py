"""Plot: a figure whose axes, lines, bars and points are pyqtgraph's."""

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPicture

from roberta_gui.findings.notation.numbers import true_minus
from roberta_gui.gui.widgets.charts.point_labels import dot_room
from roberta_gui.gui.widgets.painting.drawing import outline, saved
from roberta_gui.gui.widgets.painting.items import Items
from roberta_gui.records import FloatArray
from roberta_gui.wording import figures

_LABEL_OVERHANG = 5  # pixels by which pyqtgraph lets an axis's title stand beyond its edge


class Axis(pg.AxisItem):  # type: ignore[misc] # pyqtgraph has no type hints
    """One axis in the theme's colours: short numbers with a true minus, and their unit."""

    unit = ""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Write the numbers."""
        return [true_minus(f"{figures(value, 4)}{self.unit}") for value in values]

    def paint(self, painter: QPainter, *_rest: object) -> None:
        """Draw at once: pyqtgraph's kept QPicture would be scaled by a file's resolution."""
        measured_on = QPicture()  # whose whole pixels no number loses by rounding
        with QPainter(measured_on) as measuring:
            measuring.setFont(self.style["tickFont"] or QFont())
            specs = self.generateDrawSpecs(measuring)
        if specs is not None:
            with saved(painter):
                self.drawPicture(painter, *specs)

    def boundingRect(self) -> QRectF:
        """Leave room for numbers at the ends, which pyqtgraph would leave out."""
        font = QFontMetricsF(self.style["tickFont"] or QFont())
        side, tall = font.horizontalAdvance("−0.00"), font.height()
        return QRectF(super().boundingRect()).adjusted(-side, -tall, side, tall)


class Plot(Items):
    """Base of the charts: pyqtgraph draws them into the picture that a figure keeps.

    Pointer, keys, highlights, exports and the keyboard's ring are therefore those of all figures.
    Subclasses write `arrange`: where the axes are, what they reach over, and what is drawn.
    """

    first = 0.0
    """Where on the axis below the first item begins; each is 1 wide."""

    _is_arranged = False

    def __init__(self, name: str, *, narrowest: int, wanted: tuple[int, int]) -> None:
        super().__init__(name, narrowest=narrowest, wanted=wanted)
        # It is never shown: pyqtgraph's items ask the view of their scene how large a pixel is.
        view = pg.GraphicsView(self, useOpenGL=False, background=None)
        view.hide()
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._scene = view.scene()
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0)
        self.left, self.bottom = Axis("left"), Axis("bottom")
        self._scene.addItem(self.box)
        for axis in (self.left, self.bottom):
            self._scene.addItem(axis)
            axis.linkToView(self.box)
            axis.setZValue(self.box.zValue() - 1)  # its grid stays behind the data
        self._items: list[Any] = []

    def arrange(self) -> None:
        """Say with `frame`, `draw` and the axes what is seen at the present size."""

    def arranged(self) -> pg.ViewBox:
        """Return the room of the data, once it is where data, size and theme want it."""
        if not self._is_arranged:
            self._is_arranged = True
            self._scene.setSceneRect(QRectF(self.rect()))
            before, self._items = self._items, []
            self.arrange()
            for item in before:
                if item not in self._items:
                    self.box.removeItem(item)
        return self.box

    def repaint_picture(self) -> None:
        """Forget also where everything was."""
        self._is_arranged = False
        super().repaint_picture()

    def frame(
        self,
        room: QRectF,
        x: tuple[float, float],
        y: tuple[float, float],
        titles: tuple[str, str] = ("", ""),
        *,
        grid: bool = True,
    ) -> None:
        """Draw the values from ``x`` and ``y`` in ``room``, in pixels, with the axes around it.

        ``titles`` stand below and beside; with ``grid`` a line is drawn at each number beside.
        """
        self.box.setGeometry(room)
        self.box.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)
        two_lines = 2 * self.theme.metrics("small_number").height() + 8
        # The title stands at the lower edge: close to the numbers, however high the widget is.
        below = min(self.height() - room.bottom() - _LABEL_OVERHANG, two_lines)
        self._dress(self.bottom, titles[0], grid=False)
        self._dress(self.left, titles[1], grid=grid)
        self.bottom.setHeight(below)
        self.left.setWidth(room.left())
        self.bottom.setGeometry(QRectF(room.left(), room.bottom(), room.width(), below))
        self.left.setGeometry(QRectF(0, room.top(), room.left(), room.height()))

    def _dress(self, axis: Axis, title: str, *, grid: bool) -> None:
        font, muted = self.theme.font("small_number"), self.theme.color("muted")
        axis.setPen(None)
        axis.setTextPen(muted)
        axis.setTickPen(self.theme.color("line"))
        axis.setGrid(255 if grid else False)
        axis.setStyle(
            tickFont=font, tickLength=0, tickTextOffset=5, tickAlpha=255 if grid else 0,
            maxTickLevel=0, maxTextLevel=0,
        )  # fmt: skip
        axis.label.setFont(font)
        # pyqtgraph writes it as HTML, and names of models may look like some.
        axis.setLabel(escape(title) or None, color=muted.name())
        axis.showLabel(bool(title))

    def draw(self, item: Any) -> None:
        """Draw one of pyqtgraph's items over those before, until the next arrangement.

        What was drawn before stays in: PySide forgets no connection of an item that comes back.
        """
        item.setZValue(len(self._items))
        if item not in self.box.addedItems:
            self.box.addItem(item, ignoreBounds=True)
        self._items.append(item)

    def bars(self, x0: Any, x1: Any, values: Any, colors: QColor | Sequence[QColor]) -> None:
        """Draw bars from zero to their values, in one colour or one each."""
        inks = {"brush" if isinstance(colors, QColor) else "brushes": colors}
        self.draw(pg.BarGraphItem(x0=x0, x1=x1, y0=0, y1=values, pen=None, **inks))

    def marks(self, x: Any, y: Any, colors: Sequence[QColor], size: float = 6.0) -> None:
        """Draw dots with a rim, so that they stand out from a line of their own colour."""
        rim = pg.mkPen(self.theme.color("card"), width=1.5)
        self.draw(pg.ScatterPlotItem(x, y, size=size, brush=list(colors), pen=rim, useCache=False))

    def room(self) -> QRectF:
        """Return where the data is drawn, in pixels."""
        return QRectF(self.arranged().geometry())

    def place(self, x: float, y: float) -> QPointF:
        """Return where a value is drawn."""
        return QPointF(self.arranged().mapViewToScene(QPointF(x, y)))

    def rect_of(self, x0: float, x1: float, y0: float, y1: float) -> QRectF:
        """Return the rectangle between two values."""
        return QRectF(self.place(x0, y0), self.place(x1, y1)).normalized()

    def value_at(self, point: QPointF) -> QPointF | None:
        """Return which value is drawn at a point; None beside the room of the data."""
        box = self.arranged()
        return QPointF(box.mapSceneToView(point)) if box.geometry().contains(point) else None

    def item_rect(self, item: int) -> QRectF:
        """Return the strip that belongs to an item."""
        left, (low, high) = self.first + item, self.arranged().viewRange()[1]
        return self.rect_of(left, left + 1, low, high)

    def spot_at(self, point: QPointF) -> int | None:
        """Return the item whose strip a point is in."""
        value = self.value_at(point) if self.n_items else None
        return None if value is None else min(int(value.x() - self.first), self.n_items - 1)

    def outline(self, painter: QPainter) -> None:
        """Outline the chosen items and the hovered one."""
        for item, role, width in self.outlined():
            strip = self.item_rect(item)
            if strip.width() < 6:  # thin bars would vanish behind their outline
                strip.adjust(-2, 0, 2, 0)
            outline(painter, strip.adjusted(0.5, 0, -0.5, 0), role, width, radius=3)

    def paint_picture(self, painter: QPainter) -> None:
        """Let pyqtgraph draw."""
        self.arranged()
        self._scene.prepareForPaint()
        whole = QRectF(self.rect())
        with saved(painter):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            self._scene.render(painter, whole, whole)

    def paint(self, painter: QPainter) -> None:
        """Draw everything onto ``painter``, for an export: symbols as vectors, not as pixels."""
        self.arranged()
        marks = [item for item in self._scene.items() if isinstance(item, pg.ScatterPlotItem)]
        for mark in marks:
            mark.setExportMode(True, {"antialias": True, "resolutionScale": 1.0})
        super().paint(painter)
        for mark in marks:
            mark.setExportMode(False)


class PointPlot(Plot):
    """A plot whose items are points: the nearest one is meant, if the pointer comes near enough."""

    reach = 14.0
    """Pixels."""

    def positions(self) -> FloatArray:
        """Return where the points are, float (item, 2) in pixels."""
        return np.zeros((0, 2))

    def spot(self, item: int) -> QPointF:
        """Return where one is."""
        return QPointF(*self.positions()[item].tolist())

    def item_rect(self, item: int) -> QRectF:
        """Return the room of a point."""
        return dot_room(self.spot(item))

    def spot_at(self, point: QPointF) -> int | None:
        """Return the point that is near enough."""
        away = ((self.positions() - (point.x(), point.y())) ** 2).sum(axis=1)
        return int(away.argmin()) if away.min(initial=np.inf) <= self.reach**2 else None
