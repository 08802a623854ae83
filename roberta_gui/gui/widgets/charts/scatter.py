"""Scatter: tokens as labelled points on two axes, over a cloud of reference points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEasingCurve, QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QWheelEvent

from roberta_gui.findings.numbers import written
from roberta_gui.gui.widgets.charts.dots import Shape, draw_dot, shape_of
from roberta_gui.gui.widgets.charts.plot import Plot
from roberta_gui.gui.widgets.charts.point_labels import PointLabels, dot_room
from roberta_gui.gui.widgets.painting.navigation import Navigation
from roberta_gui.gui.widgets.painting.presses import extends
from roberta_gui.gui.widgets.painting.spoken import Parts
from roberta_gui.records import FloatArray

GLIDE_MS = 140

_NOWHERE: FloatArray = np.zeros((0, 2), dtype=np.float32)

_SYMBOLS: dict[Shape, str] = {"dot": "o", "diamond": "d", "square": "s"}

_REACH = 14
"""How near, in pixels, the pointer must come to a point."""

_TURN = 10.0
"""Degrees by which a key turns a three-dimensional picture."""

_NOTCH: Final = 0.8
"""How much of what is in sight stays there when somebody zooms in by a notch."""

_EDGE = 6
"""Pixels from the edge at which points wait that lie beyond it."""


@dataclass(frozen=True)
class Point:
    """How one token is drawn: its name, its colour and what hovering says."""

    label: str
    color: QColor
    tip: str
    matters: bool = False
    """A square, and named before the others where there is little room."""


class Scatter(Plot[int]):
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
    wandered(away)
        Somebody looks at a part of the picture, or again at all of it.
    """

    point_hovered = Signal(int)
    point_left = Signal()
    point_clicked = Signal(int, bool)
    point_double_clicked = Signal(int)
    turned = Signal(float, float)
    wandered = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._xy = self._others = self._cloud = _NOWHERE
        self._points: tuple[Point, ...] = ()
        self._trails: tuple[tuple[FloatArray, QColor], ...] = ()
        self._selected: tuple[int, ...] = ()
        self._hovered: int | None = None
        self._turning = False
        self._home = (-1.0, 1.0, -1.0, 1.0)
        self._at_home = True
        self._names = PointLabels()
        self._leg = ((_NOWHERE, _NOWHERE), (_NOWHERE, _NOWHERE))
        self._glide = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=GLIDE_MS)
        self._glide.setEasingCurve(QEasingCurve.Type.InOutQuad)
        self._glide.valueChanged.connect(self._glide_to)
        self.box.setAspectLocked(True)
        self.left.hide()
        self.bottom.hide()
        self.setMinimumSize(180, 80)
        self.setAccessibleName("Hidden states")

    def sizeHint(self) -> QSize:
        """Ask for room beside the other panels."""
        return QSize(360, 240)

    # --- what is shown

    def set_home(self, extent: tuple[float, float, float, float]) -> None:
        """Set what "show all" shows: left, right, bottom, top. Called once for a set of axes."""
        if extent != self._home:
            self._home = extent
            self.show_home()

    def show_home(self) -> None:
        """See everything again."""
        self._look(at_home=True)

    def _look(self, *, at_home: bool) -> None:
        """Draw anew, because another part is in sight."""
        if at_home != self._at_home:
            self._at_home = at_home
            self.wandered.emit(not at_home)
        self.repaint_picture()

    def set_turning(self, turning: bool) -> None:
        """Choose what dragging does: turn a three-dimensional picture, or pan."""
        self._turning = turning

    def set_cloud(self, xy: FloatArray) -> None:
        """Show the faint reference points, float (point, 2)."""
        self._cloud = xy
        self.repaint_picture()

    def set_points(
        self, xy: FloatArray, points: Sequence[Point], others: FloatArray | None = None
    ) -> None:
        """Show the tokens, float (token, 2) and how each is drawn.

        ``others``, float (token + n, 2), are second marks: a thin line leads to each token from
        its own, which may be nan, and n more stand alone.
        """
        self._glide.stop()
        self._xy, self._points = xy, tuple(points)
        self._others = _NOWHERE if others is None else others
        self.repaint_picture()

    def glide_points(self, xy: FloatArray, others: FloatArray | None = None) -> None:
        """Move the same tokens to other places, so that the eye can follow each."""
        self._glide.stop()
        self._leg = ((self._xy, self._others), (xy, _NOWHERE if others is None else others))
        self._glide.start()

    @property
    def is_gliding(self) -> bool:
        """Whether the points are still on their way."""
        return self._glide.state() is QVariantAnimation.State.Running

    def _glide_to(self, share: float) -> None:
        self._xy, self._others = (
            start + np.float32(share) * (end - start) for start, end in zip(*self._leg, strict=True)
        )
        self.repaint_picture()

    def set_trails(self, trails: Sequence[tuple[FloatArray, QColor]]) -> None:
        """Show paths through the layers, each float (step, 2) with its colour."""
        self._trails = tuple(trails)
        self.repaint_picture()

    def set_selected(self, indexes: Sequence[int]) -> None:
        """Draw locked tokens larger, with an outline."""
        if self._selected != tuple(indexes):
            self._selected = tuple(indexes)
            self.update()

    def set_hovered(self, index: int | None) -> None:
        """Draw the hovered token larger and name it first."""
        if self._hovered != index:
            self._hovered = index
            self.update()

    # --- painting

    def arrange(self) -> None:
        """Draw the cloud, second marks, trails and the points."""
        self.box.setGeometry(QRectF(self.rect()))
        if self._at_home:
            left, right, bottom, top = self._home
            self.box.setRange(
                xRange=(left, right), yRange=(bottom, top), padding=0.02, disableAutoRange=True
            )
        theme = self.theme
        for angle in (0, 90):
            self.draw(pg.InfiniteLine(angle=angle, pen=pg.mkPen(theme.color("line"))))
        self._symbols(self._cloud, 3, QBrush(theme.color("backdrop", 0.45)))
        thin = pg.mkPen(theme.color("muted"))
        seen = self._within_sight()[0][: len(self._others)]
        ends = np.stack([self._others[: len(seen)], seen], axis=1)
        ends = ends[np.isfinite(ends).all(axis=(1, 2))]
        self.draw(pg.PlotCurveItem(*ends.reshape(-1, 2).T, pen=thin, connect="pairs"))
        self._symbols(self._others[np.isfinite(self._others).all(axis=1)], 5, None, pen=thin)
        # Smaller dots for long texts: five hundred large ones would be one blot.
        many = len(self._points)
        size = 9 if many <= 60 else 6 if many <= 200 else 4
        inks = {color.rgba(): QBrush(color) for color in (point.color for point in self._points)}
        rim = pg.mkPen(theme.color("card"), width=1 if size == 9 else 0.5)
        for path, color in self._trails:
            self.draw(pg.PlotCurveItem(*path.T, pen=pg.mkPen(color, width=1.6), antialias=True))
            self._symbols(path, 4, QBrush(color))
        self._symbols(
            self._within_sight()[0], size, [inks[point.color.rgba()] for point in self._points],
            pen=rim, symbol=[_SYMBOLS[shape] for shape in self._shapes()],
        )  # fmt: skip
        matters = [i for i, point in enumerate(self._points) if point.matters]
        labels = [point.label for point in self._points]
        self._names.place(self._spots(), labels, matters, QRectF(self.rect()))

    def _symbols(self, xy: FloatArray, size: float, brush: Any, **more: Any) -> None:
        """Draw points as symbols, of which pyqtgraph keeps one of each size, pen and brush."""
        symbols = pg.ScatterPlotItem()
        # Before it renders any: else they would have the pixels of its own view, never shown.
        symbols.fragmentAtlas.setDevicePixelRatio(self.devicePixelRatioF())
        symbols.setData(*xy.T, **{"size": size, "brush": brush, "pen": None} | more)
        self.draw(symbols)

    def _shapes(self) -> list[Shape]:
        outside = self._within_sight()[1].tolist()
        pairs = zip(self._points, outside, strict=True)
        return [shape_of(outside=out, square=point.matters) for point, out in pairs]

    def _within_sight(self) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return the points, those out of sight moved to the edge, and which these are.

        A token that lies far out must not be missing without a sign: it is a diamond at the edge.
        """
        (left, right), (bottom, top) = self.arranged().viewRange()
        inset = _EDGE * np.array([(right - left) / self.width(), (top - bottom) / self.height()])
        low, high = np.array([left, bottom]) + inset, np.array([right, top]) - inset
        shown: FloatArray = np.clip(self._xy, low, high).astype(np.float32)
        outside = np.abs(shown - self._xy) > inset
        return shown, outside[:, 0] | outside[:, 1]

    def _spots(self) -> FloatArray:
        """Return where the points are drawn, float (token, 2) in pixels."""
        (left, right), (bottom, top) = self.arranged().viewRange()
        share = (self._within_sight()[0] - (left, bottom)) / (right - left, top - bottom)
        spots: FloatArray = (share * (1, -1) + (0, 1)) * (self.width(), self.height())
        return spots

    def paint_highlights(self, painter: QPainter) -> None:
        """Draw the hovered and the locked points over the others, and write the names."""
        first = [i for i in (self._hovered, *reversed(self._selected)) if i is not None]
        first = [i for i in dict.fromkeys(first) if i < len(self._points)]
        spots, shapes = self._spots(), self._shapes()
        ring = QPen(self.theme.color("accent"), 2)
        for i in reversed(first):
            spot, color = QPointF(*spots[i].tolist()), self._points[i].color
            draw_dot(painter, spot, 13, color, ring, shape=shapes[i])
        self._names.paint(painter, first)

    # --- pointer and keys

    def parts(self) -> Parts[int]:
        """Return every token."""
        return range(len(self._points)), lambda n: dot_room(QPointF(*self._spots()[n].tolist()))

    def spot_at(self, point: QPointF) -> int | None:
        """Return the point that is near enough."""
        away = np.hypot(*(self._spots() - (point.x(), point.y())).T)
        return int(away.argmin()) if away.min(initial=np.inf) <= _REACH else None

    def hover(self, spot: int | None) -> None:
        """Tell which point the pointer is near."""
        if spot is None:
            self.point_left.emit()
        else:
            self.point_hovered.emit(spot)

    def describe(self, spot: int) -> str:
        """Return what hovering a point says."""
        return self._points[spot].tip

    def say(self, spot: int) -> str:
        """Return what hovering a point says, and where it is."""
        across, up = (written(float(value), 2) for value in self._xy[spot])
        return f"{super().say(spot)}, {across} across, {up} up"

    def click(self, spot: int, keys: Qt.KeyboardModifier) -> None:
        """Tell which point was clicked."""
        self.point_clicked.emit(spot, extends(keys))

    def double_click(self, spot: int | None, keys: Qt.KeyboardModifier) -> bool:
        """Tell which point was clicked twice; beside the points: see everything again."""
        if spot is None:
            self.show_home()
        else:
            self.point_double_clicked.emit(spot)
        return True

    def drag(self, start: QPointF, at: QPointF, by: QPointF) -> bool:
        """Turn, or pan."""
        if self._turning:
            self.turned.emit(by.x() * 0.5, by.y() * 0.5)
        else:
            self._pan(-by.x() / self.width(), by.y() / self.height())
        return True

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        self._zoom(event.angleDelta().y() / 120, self.value_at(event.position()))
        event.accept()

    def navigate(self, way: Navigation) -> bool:
        """Zoom with + and -, show all with 0, pan or turn with Shift and arrows."""
        if way.home:
            self.show_home()
        elif way.zoom:
            self._zoom(way.zoom)
        elif self._turning:
            self.turned.emit(_TURN * way.right, -_TURN * way.up)
        else:
            self._pan(way.right / 8, way.up / 8)
        return True

    def _zoom(self, notches: float, about: QPointF | None = None) -> None:
        self.arranged().scaleBy((_NOTCH**notches, _NOTCH**notches), center=about)
        self._look(at_home=False)

    def _pan(self, right: float, up: float) -> None:
        """Move by shares of what is in sight."""
        box = self.arranged()
        view = box.viewRect()
        box.translateBy(x=right * view.width(), y=up * view.height())
        self._look(at_home=False)
