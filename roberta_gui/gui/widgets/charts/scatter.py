"""Scatter: tokens as labelled points on two axes, over a cloud of reference points."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QPointF,
    QRectF,
    QSize,
    Qt,
    QVariantAnimation,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.painting import ring
from roberta_gui.gui.widgets.charts.dots import Shape, shape_of
from roberta_gui.gui.widgets.charts.kept_pens import kept_brush, kept_pen
from roberta_gui.gui.widgets.charts.point_labels import PointLabels
from roberta_gui.gui.widgets.controls.tool_tip import show_tip
from roberta_gui.gui.widgets.painting.drawing import drawn_by
from roberta_gui.gui.widgets.painting.navigation import navigation
from roberta_gui.gui.widgets.painting.presses import Presses, extends
from roberta_gui.records import FloatArray

GLIDE_MS = 140

_NOWHERE: FloatArray = np.zeros((0, 2), dtype=np.float32)

_SYMBOLS: dict[Shape, str] = {"dot": "o", "diamond": "d", "square": "s"}

_REACH = 14
"""How near, in pixels, the pointer must come to a point."""

_TURN = 10.0
"""Degrees by which a key turns a three-dimensional picture."""


@dataclass(frozen=True)
class Point:
    """How one token is drawn: its name, its colour and what hovering says."""

    label: str
    color: QColor
    tip: str
    matters: bool = False
    """A square, and named before the others where there is little room."""


class Scatter(pg.PlotWidget):  # type: ignore[misc] # pyqtgraph has no type hints
    """Points with names; wheel zooms, dragging pans (or turns), a double click shows all.

    The keys are + and -, Shift with the arrow keys, and 0.

    Signals
    -------
    point_hovered(index), point_left()
        The pointer is near a point, or near none any more.
    point_clicked(index, extend)
        A point was clicked; ``extend`` with Ctrl or Shift.
    point_double_clicked(index)
        A point was clicked twice.
    turned(yaw, pitch)
        In turning mode the picture was dragged, or turned by keys, by so many degrees.
    """

    point_hovered = Signal(int)
    point_left = Signal()
    point_clicked = Signal(int, bool)
    point_double_clicked = Signal(int)
    turned = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self._xy: FloatArray = _NOWHERE
        self._before: FloatArray = _NOWHERE
        self._points: tuple[Point, ...] = ()
        self._selected: tuple[int, ...] = ()
        self._hovered: int | None = None
        self._turning = False
        self._presses: Presses[int] = Presses()
        self._home = (-1.0, 1.0, -1.0, 1.0)
        self._at_home = True
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumSize(180, 80)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Hidden states")
        box = self.getPlotItem().getViewBox()
        self.getPlotItem().hideButtons()
        self.getPlotItem().setMenuEnabled(False)
        for side in ("left", "bottom"):
            self.getPlotItem().hideAxis(side)
        box.setAspectLocked(True)
        box.sigRangeChangedManually.connect(self._wander)
        self._cross = [pg.InfiniteLine(angle=angle) for angle in (0, 90)]
        self._cloud = pg.ScatterPlotItem(size=3, pen=None, pxMode=True)
        self._trails: list[pg.PlotDataItem] = []
        self._moves = pg.PlotCurveItem(connect="pairs")
        self._ghosts = pg.ScatterPlotItem(size=5, pxMode=True, brush=None)
        self._dots = pg.ScatterPlotItem(pxMode=True)
        self._lit = pg.ScatterPlotItem(pxMode=True)
        self._names = PointLabels()
        self._leg = ((_NOWHERE, _NOWHERE), (_NOWHERE, _NOWHERE))
        self._glide = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=GLIDE_MS)
        self._glide.setEasingCurve(QEasingCurve.Type.InOutQuad)
        self._glide.valueChanged.connect(self._glide_to)
        ghosts = (self._moves, self._ghosts)
        for item in (*self._cross, self._cloud, *ghosts, self._dots, self._lit, self._names):
            self.addItem(item, ignoreBounds=True)
        self._names.setZValue(20)
        self._dots.setZValue(10)
        self._lit.setZValue(11)
        box.sigRangeChanged.connect(self._draw_dots)
        self._dress()

    def sizeHint(self) -> QSize:
        """Ask for room beside the other panels."""
        return QSize(360, 240)

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._dress()

    def _dress(self) -> None:
        theme = themes.current()
        self.setBackground(theme.color("card"))
        for line in self._cross:
            line.setPen(pg.mkPen(theme.color("line"), width=1))
        self._cloud.setBrush(pg.mkBrush(theme.color("backdrop", 0.45)))
        self._moves.setPen(pg.mkPen(theme.color("muted"), width=1))
        self._ghosts.setPen(pg.mkPen(theme.color("muted"), width=1))
        self._names.place_anew()
        self._draw_dots()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Let pyqtgraph paint, and say so where that fails; ring it where the keyboard is."""
        drawn_by(self.viewport(), partial(super().paintEvent, event))
        if self.hasFocus():
            with QPainter(self.viewport()) as painter:
                ring(painter, QRectF(self.viewport().rect()), 6)

    def event(self, event: QEvent) -> bool:
        """Paint again when the keyboard comes or goes."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.viewport().update()
        return bool(super().event(event))

    def paint(self, painter: QPainter) -> None:
        """Draw everything onto ``painter``, for an export: points as vectors, not from an atlas."""
        trails = (trail.scatter for trail in self._trails)
        marks = (self._cloud, self._ghosts, self._dots, self._lit, *trails)
        for mark in marks:
            mark.setExportMode(True, {"antialias": True, "resolutionScale": 1.0})
        self.render(painter, QRectF(self.rect()), self.rect())
        for mark in marks:
            mark.setExportMode(False)

    def set_home(self, extent: tuple[float, float, float, float]) -> None:
        """Set what "show all" shows: left, right, bottom, top. Called once for a set of axes."""
        if extent != self._home:
            self._home = extent
            self.show_home()

    def show_home(self) -> None:
        """See everything again."""
        self._at_home = True
        left, right, bottom, top = self._home
        self.getPlotItem().getViewBox().setRange(
            xRange=(left, right), yRange=(bottom, top), padding=0.02, disableAutoRange=True
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep everything in sight, unless somebody looks at a part."""
        super().resizeEvent(event)
        # pyqtgraph resizes inside its own constructor, and once more when its plot is gone.
        if getattr(self, "_at_home", False) and self.plotItem is not None:
            self.show_home()

    def _wander(self, *_axes: object) -> None:
        self._at_home = False

    def set_turning(self, turning: bool) -> None:
        """Choose what dragging does: turn a three-dimensional picture, or pan."""
        self._turning = turning

    def set_cloud(self, xy: FloatArray) -> None:
        """Show the faint reference points, float (point, 2)."""
        self._cloud.setData(x=xy[:, 0], y=xy[:, 1])

    def set_points(
        self, xy: FloatArray, points: Sequence[Point], before: FloatArray | None = None
    ) -> None:
        """Show the tokens, float (token, 2) and how each is drawn.

        With ``before``, float (token, 2), a thin line leads to each from where it was.
        """
        self._glide.stop()
        self._xy, self._points = xy, tuple(points)
        self._before = _NOWHERE if before is None else before
        self._draw_dots()

    def glide_points(self, xy: FloatArray, before: FloatArray | None = None) -> None:
        """Move the same tokens to other places, so that the eye can follow each."""
        self._glide.stop()
        self._leg = ((self._xy, self._before), (xy, _NOWHERE if before is None else before))
        self._glide.start()

    @property
    def is_gliding(self) -> bool:
        """Whether the points are still on their way."""
        return self._glide.state() is QVariantAnimation.State.Running

    def _glide_to(self, share: float) -> None:
        self._xy, self._before = (
            start + np.float32(share) * (end - start) for start, end in zip(*self._leg, strict=True)
        )
        self._draw_dots()

    def set_trails(self, trails: Sequence[tuple[FloatArray, QColor]]) -> None:
        """Show paths through the layers, each float (step, 2) with its colour."""
        while len(self._trails) > len(trails):
            self.removeItem(self._trails.pop())
        while len(self._trails) < len(trails):
            trail = pg.PlotDataItem(symbol="o", symbolSize=4, symbolPen=None)
            self.addItem(trail, ignoreBounds=True)
            self._trails.append(trail)
        for trail, (path, color) in zip(self._trails, trails, strict=True):
            trail.setData(x=path[:, 0], y=path[:, 1])
            trail.setPen(pg.mkPen(color, width=1.6))
            trail.setSymbolBrush(pg.mkBrush(color))

    def set_selected(self, indexes: Sequence[int]) -> None:
        """Draw locked tokens larger, with an outline."""
        if self._selected != tuple(indexes):
            self._selected = tuple(indexes)
            self._draw_lit()

    def set_hovered(self, index: int | None) -> None:
        """Draw the hovered token larger and name it first."""
        if self._hovered != index:
            self._hovered = index
            self._draw_lit()

    def _draw_dots(self, *_range: object) -> None:
        """Draw every point: after new data, a new range or a new theme."""
        # Smaller dots for long texts: five hundred large ones would be one blot.
        many = len(self._points)
        size = 9 if many <= 60 else 6 if many <= 200 else 4
        shown, outside = self._within_sight()
        self._dots.setData(
            x=shown[:, 0],
            y=shown[:, 1],
            size=size,
            brush=[kept_brush(point.color.rgba()) for point in self._points],
            pen=kept_pen(themes.current().color("card").rgba(), 1 if size == 9 else 0.5),
            symbol=self._symbols(range(many), outside),
        )
        self._draw_ghosts(shown)
        matters = [i for i, point in enumerate(self._points) if point.matters]
        self._names.set_points(shown, [point.label for point in self._points], matters)
        self._draw_lit()

    def _draw_ghosts(self, shown: FloatArray) -> None:
        """Draw where the points were, and thin lines from there."""
        ends = np.stack([self._before, shown[: len(self._before)]], axis=1).reshape(-1, 2)
        self._moves.setData(x=ends[:, 0], y=ends[:, 1])
        self._ghosts.setData(x=self._before[:, 0], y=self._before[:, 1])

    def _draw_lit(self) -> None:
        """Draw the hovered and the locked points over the others."""
        first = [i for i in (self._hovered, *reversed(self._selected)) if i is not None]
        first = [i for i in dict.fromkeys(first) if i < len(self._points)]
        shown, outside = self._within_sight()
        self._lit.setData(
            x=shown[first, 0],
            y=shown[first, 1],
            size=13,
            brush=[kept_brush(self._points[i].color.rgba()) for i in first],
            pen=kept_pen(themes.current().color("accent").rgba(), 2),
            symbol=self._symbols(first, outside),
        )
        self._names.set_first(first)

    def _symbols(self, which: Sequence[int], outside: NDArray[np.bool_]) -> list[str]:
        """Return pyqtgraph's letters for some points' shapes."""
        return [
            _SYMBOLS[shape_of(outside=bool(outside[i]), square=self._points[i].matters)]
            for i in which
        ]

    def _within_sight(self) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return the points, those out of sight moved to the edge, and which these are.

        A token that lies far out must not be missing without a sign: it is a diamond at the edge.
        """
        box = self.getPlotItem().getViewBox()
        (left, right), (bottom, top) = box.viewRange()
        inset = 6 * np.array(box.viewPixelSize(), dtype=np.float32)
        low, high = np.array([left, bottom]) + inset, np.array([right, top]) - inset
        shown: FloatArray = np.clip(self._xy, low, high).astype(np.float32)
        outside = np.abs(shown - self._xy) > inset
        return shown, outside[:, 0] | outside[:, 1]

    # --- pointer

    def _point_at(self, position: QPointF) -> int | None:
        if not len(self._xy):
            return None
        box = self.getPlotItem().getViewBox()
        inverse = box.mapSceneToView(self.mapToScene(position.toPoint()))
        width, height = box.viewPixelSize()
        shown, _ = self._within_sight()
        away = (shown - (inverse.x(), inverse.y())) / (width, height)
        distance = np.hypot(away[:, 0], away[:, 1])
        nearest = int(distance.argmin())
        return nearest if distance[nearest] <= _REACH else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which point the pointer is near; dragging turns or pans."""
        if self._presses.move(event, self._drag) and self._turning:
            return
        super().mouseMoveEvent(event)
        index = None if self._presses.is_held else self._point_at(event.position())
        if index is None:
            self.point_left.emit()
        else:
            self.point_hovered.emit(index)
        tip = "" if index is None else self._points[index].tip
        show_tip(event.globalPosition().toPoint(), tip, self)

    def _drag(self, start: QPointF, at: QPointF, by: QPointF) -> bool:
        """Turn; panning is pyqtgraph's own."""
        if self._turning:
            self.turned.emit(by.x() * 0.5, by.y() * 0.5)
        return True

    def viewportEvent(self, event: QEvent) -> bool:
        """Keep the tip of a point: Qt's own would say nothing once the pointer rests."""
        return event.type() is QEvent.Type.ToolTip or super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        self._presses.press(event, self._point_at(event.position()))
        if not self._turning:
            super().mousePressEvent(event)
        event.accept()  # what it does here is no business of the dock around it

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which point was clicked."""
        if not self._turning:
            super().mouseReleaseEvent(event)
        index = self._point_at(event.position())
        if self._presses.release(event, index) and index is not None:
            self.point_clicked.emit(index, extends(event.modifiers()))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell which point was clicked twice; beside the points: see everything again."""
        index = self._point_at(event.position())
        if not self._presses.is_second(event, index):
            self.mousePressEvent(event)
        elif index is None:
            self.show_home()
        else:
            self.point_double_clicked.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom with + and -, show all with 0, pan or turn with Shift and arrows.

        The other keys are the panel's: there is nothing to scroll here.
        """
        way = navigation(event)
        if way is None:
            event.ignore()
            return
        box = self.getPlotItem().getViewBox()
        if way.home:
            self.show_home()
        elif way.zoom:
            self._wander()
            box.scaleBy((0.8**way.zoom, 0.8**way.zoom))
        elif self._turning:
            self.turned.emit(_TURN * way.right, -_TURN * way.up)
        else:
            self._wander()
            width, height = box.viewRect().width(), box.viewRect().height()
            box.translateBy(x=way.right * width / 8, y=way.up * height / 8)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer left."""
        super().leaveEvent(event)
        self.point_left.emit()
