"""Scatter: tokens as labelled points on two axes, over a cloud of reference points."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QWheelEvent

from roberta_gui.findings.notation.numbers import written
from roberta_gui.gui.widgets.charts.dots import Shape, draw_dot, shape_of
from roberta_gui.gui.widgets.charts.glide import Glide
from roberta_gui.gui.widgets.charts.plot import PointPlot
from roberta_gui.gui.widgets.charts.point_labels import (
    dot_room,
    meets,
    place_names,
    rooms_beside,
    write_name,
)
from roberta_gui.gui.widgets.interaction.navigation import NOTCH, Navigation, notches, wheel_is_for
from roberta_gui.gui.widgets.painting.drawing import letters
from roberta_gui.records import FloatArray

_NOWHERE: FloatArray = np.zeros((0, 2), dtype=np.float32)

_SYMBOLS: dict[Shape, str] = {"dot": "o", "diamond": "d", "square": "s"}

_TURN = 10.0  # degrees by which a key turns a three-dimensional picture
_MOST_NAMES = 80  # more names than this nobody reads, and placing them would take long
_EDGE = 6  # pixels from the edge at which points wait that lie beyond it


@lru_cache(maxsize=1024)
def _ink(rgba: int) -> QBrush:
    """Make the one brush of a colour: pyqtgraph renders a symbol for each object that it gets."""
    return QBrush(QColor.fromRgba(rgba))


@lru_cache(maxsize=16)
def _rim(rgba: int, width: float) -> QPen:
    """Make the one pen of a colour and width, for the same reason."""
    pen: QPen = pg.mkPen(QColor.fromRgba(rgba), width=width)
    return pen


@dataclass(frozen=True)
class Point:
    """How one token is drawn: its name, its colour and what hovering says."""

    label: str
    color: QColor
    tip: str
    matters: bool = False
    """A square, and named before the others where there is little room."""


class Scatter(PointPlot):
    """Points with names; wheel zooms, dragging pans (or turns), a double click shows all.

    The keys are + and -, Shift with the arrow keys, and 0.
    """

    turned = Signal(float, float)  # by so many degrees of yaw and pitch, in turning mode
    wandered = Signal(bool)  # somebody looks at a part of the picture, or again at all of it

    def __init__(self) -> None:
        super().__init__("Hidden states", narrowest=180, wanted=(360, 240))
        self._xy = self._others = self._spots = _NOWHERE
        self._cloud = _NOWHERE
        self._dust: pg.ScatterPlotItem | None = None
        self._dots = pg.ScatterPlotItem()  # kept, with what is rendered: that takes the longest
        self._points: tuple[Point, ...] = ()
        self._inks: list[QBrush] = []
        self._shapes: list[Shape] = []
        self._trails: tuple[tuple[FloatArray, QColor], ...] = ()
        self._turning = False
        self._home = (-1.0, 1.0, -1.0, 1.0)
        self._at_home = True
        self._names: list[tuple[int, QRectF]] = []
        self._glide = Glide(self, self._move)
        self.box.setAspectLocked(True)
        self.left.hide()
        self.bottom.hide()

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
        self._cloud, self._dust = xy, None
        self.repaint_picture()

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._dust = None
        super().customEvent(event)

    def set_points(
        self, xy: FloatArray, points: Sequence[Point], others: FloatArray | None = None
    ) -> None:
        """Show the tokens, float (token, 2) and how each is drawn.

        ``others``, float (token + n, 2), are second marks: a thin line leads to each token from
        its own, which may be nan, and n more stand alone.
        """
        self._glide.stop()
        self._xy, self._points = xy, tuple(points)
        self._tips = [point.tip for point in points]
        self._inks = [_ink(point.color.rgba()) for point in points]
        self._others = _NOWHERE if others is None else others
        self.repaint_picture()

    def glide_points(self, xy: FloatArray, others: FloatArray | None = None) -> None:
        """Move the same tokens to other places, so that the eye can follow each."""
        others = _NOWHERE if others is None else others
        self._glide.begin((self._xy, xy), (self._others, others))

    @property
    def is_gliding(self) -> bool:
        """Whether the points are still on their way."""
        return self._glide.is_running

    def _move(self, xy: FloatArray, others: FloatArray) -> None:
        self._xy, self._others = xy, others
        self.repaint_picture()

    def set_trails(self, trails: Sequence[tuple[FloatArray, QColor]]) -> None:
        """Show paths through the layers, each float (step, 2) with its colour."""
        self._trails = tuple(trails)
        self.repaint_picture()

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
        if self._dust is None or not self._is_sharp(self._dust):
            self._dust = self._symbols(self._cloud, 3, QBrush(theme.color("backdrop", 0.45)))
        self.draw(self._dust)  # the same while points glide: there are thousands
        thin = pg.mkPen(theme.color("muted"))
        shown, outside = self._within_sight()
        seen = shown[: len(self._others)]
        ends = np.stack([self._others[: len(seen)], seen], axis=1)
        ends = ends[np.isfinite(ends).all(axis=(1, 2))]
        self.draw(pg.PlotCurveItem(*ends.reshape(-1, 2).T, pen=thin, connect="pairs"))
        marks = self._others[np.isfinite(self._others).all(axis=1)]
        self.draw(self._symbols(marks, 5, None, pen=thin))
        # Smaller dots for long texts: five hundred large ones would be one blot.
        many = len(self._points)
        size = 9 if many <= 60 else 6 if many <= 200 else 4
        rim = _rim(theme.color("card").rgba(), 1.0 if size == 9 else 0.5)
        for path, color in self._trails:
            self.draw(pg.PlotCurveItem(*path.T, pen=pg.mkPen(color, width=1.6), antialias=True))
            self.draw(self._symbols(path, 4, QBrush(color)))
        pairs = zip(self._points, outside.tolist(), strict=True)
        self._shapes = [shape_of(outside=out, square=point.matters) for point, out in pairs]
        self._dots = self._symbols(
            shown, size, self._inks, self._dots if self._is_sharp(self._dots) else None,
            pen=rim, symbol=[_SYMBOLS[shape] for shape in self._shapes],
        )  # fmt: skip
        self.draw(self._dots)
        (left, right), (bottom, top) = self.box.viewRange()
        share = (shown - (left, bottom)) / (right - left, top - bottom)
        self._spots = (share * (1, -1) + (0, 1)) * (self.width(), self.height())
        self._names = self._place_names()

    def _place_names(self) -> list[tuple[int, QRectF]]:
        """Find room for as many names as fit, first for those that matter."""
        spots = [QPointF(x, y) for x, y in self._spots.tolist()]
        # Names keep clear of all points, unless there are so many that none would fit.
        taken = [dot_room(spot) for spot in spots] if len(spots) <= _MOST_NAMES else []
        matters = [i for i, point in enumerate(self._points) if point.matters]
        order = dict.fromkeys((*matters, *range(min(len(spots), _MOST_NAMES))))
        names = ((i, self._points[i].label, spots[i]) for i in order)
        return place_names(names, self.theme.font("small"), QRectF(self.rect()), taken)

    def _symbols(
        self,
        xy: FloatArray,
        size: float,
        brush: Any,
        symbols: pg.ScatterPlotItem | None = None,
        **more: Any,
    ) -> pg.ScatterPlotItem:
        """Make points as symbols, of which pyqtgraph keeps one of each size, pen and brush."""
        if symbols is None:
            symbols = pg.ScatterPlotItem()
            # Before it renders any: else they would have the pixels of its own view, never shown.
            symbols.fragmentAtlas.setDevicePixelRatio(self.devicePixelRatioF())
        symbols.setData(*xy.T, **{"size": size, "brush": brush, "pen": None} | more)
        return symbols

    def _is_sharp(self, symbols: pg.ScatterPlotItem) -> bool:
        """Tell whether they were rendered for the screen that the window is on now."""
        return bool(symbols.fragmentAtlas.devicePixelRatio() == self.devicePixelRatioF())

    def _within_sight(self) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return the points, those out of sight moved to the edge, and which these are.

        A token that lies far out must not be missing without a sign: it is a diamond at the edge.
        """
        (left, right), (bottom, top) = self.box.viewRange()
        inset = _EDGE * np.array([(right - left) / self.width(), (top - bottom) / self.height()])
        low, high = np.array([left, bottom]) + inset, np.array([right, top]) - inset
        shown: FloatArray = np.clip(self._xy, low, high).astype(np.float32)
        outside = np.abs(shown - self._xy) > inset
        return shown, outside[:, 0] | outside[:, 1]

    def positions(self) -> FloatArray:
        """Return where the points are drawn, float (token, 2) in pixels."""
        self.arranged()
        return self._spots

    def paint_highlights(self, painter: QPainter) -> None:
        """Draw the hovered and the locked points over the others, and write the names."""
        first = list(dict.fromkeys(self._there((self._hovered, *reversed(self._selected)))))
        ring = QPen(self.theme.color("accent"), 2)
        self.arranged()
        for i in reversed(first):
            color = self._points[i].color
            draw_dot(painter, self.spot(i), 13, color, ring, shape=self._shapes[i])
        self._paint_names(painter, first)

    def _paint_names(self, painter: QPainter, first: Sequence[int]) -> None:
        """Write the names, the ``first`` ones in bold and whatever else is there."""
        lit: list[QRectF] = []
        sight = QRectF(self.rect())
        letters(painter, "small", "accent", bold=True)
        for i in first:
            rooms = rooms_beside(self.spot(i), painter.font(), self._points[i].label)
            free = (room for room in rooms if sight.contains(room) and not meets(room, lit))
            lit.append(next(free, rooms[0]))
            write_name(painter, lit[-1], self._points[i].label)
        letters(painter, "small", "text")
        for i, room in self._names:
            if i not in first and not meets(room, lit):
                write_name(painter, room, self._points[i].label)

    # --- pointer and keys

    def say(self, spot: int) -> str:
        """Return what hovering a point says, and where it is."""
        across, up = (written(float(value), 2) for value in self._xy[spot])
        return f"{super().say(spot)}, {across} across, {up} up"

    def double_click(self, spot: int | None, keys: Qt.KeyboardModifier) -> bool:
        """Tell which point was clicked twice; beside the points: see everything again."""
        if spot is None:
            self.show_home()
        return super().double_click(spot, keys) or spot is None

    def drag(self, start: QPointF, at: QPointF, by: QPointF) -> bool:
        """Turn, or pan."""
        if self._turning:
            self.turned.emit(by.x() * 0.5, by.y() * 0.5)
        else:
            self._pan(-by.x() / self.width(), by.y() / self.height())
        return True

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        event.setAccepted(wheel_is_for(self, event))
        if event.isAccepted():
            self._zoom(notches(event), self.value_at(event.position()))

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

    def _zoom(self, nearer: float, about: QPointF | None = None) -> None:
        self.arranged().scaleBy((NOTCH**nearer, NOTCH**nearer), center=about)
        self._look(at_home=False)

    def _pan(self, right: float, up: float) -> None:
        """Move by shares of what is in sight."""
        box = self.arranged()
        view = box.viewRect()
        box.translateBy(x=right * view.width(), y=up * view.height())
        self._look(at_home=False)
