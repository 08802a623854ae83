"""The lines of a picture of arcs: which are in sight, and two ways to draw them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from roberta_gui.findings.scales import ColourScale
from roberta_gui.gui.widgets.arcs.arc_raster import DARKEST, arcs_image
from roberta_gui.gui.widgets.arcs.arcs_layout import ArcsLayout
from roberta_gui.gui.widgets.painting.drawing import saved
from roberta_gui.records import FloatArray

MOST_LINES = 2000
"""So many lines are drawn at once, the strongest, however large the picture is."""

_LINES_A_PIXEL = 0.6
"""So many lines for each pixel of the picture's height; more could not be told apart."""

_FAINTEST = 0.01
"""Opacity below which a line is not seen."""

_MANY = MOST_LINES // 4


@dataclass(frozen=True, eq=False)
class ArcLines:
    """Lines from the left to the right edge of a field, the faintest first.

    ``starts`` and ``ends`` are float32 (line,), in pixels below the field's top; ``opacity`` is
    float32 (line,) from -1 to 1, the sign choosing between two inks. ``omitted`` tells how many
    weaker ones there would be no room for.
    """

    starts: FloatArray
    ends: FloatArray
    opacity: FloatArray
    omitted: int = 0


def lines_in_sight(
    matrix: FloatArray,
    chosen: NDArray[np.bool_],
    scale: ColourScale,
    layout: ArcsLayout,
    *,
    signed: bool,
    most: int = MOST_LINES,
) -> ArcLines:
    """Find the strongest chosen lines that cross what is in sight, ``most`` of them.

    A line is as dark as its value is high on the scale, never divided by how many there are.

    Parameters
    ----------
    matrix, chosen
        float32 and bool (row, column).
    """
    first, end = layout.zoom.top, layout.zoom.top + layout.zoom.span
    rows, columns = np.nonzero(chosen)
    crosses = (np.maximum(rows, columns) + 1 > first) & (np.minimum(rows, columns) < end)
    rows, columns = rows[crosses], columns[crosses]
    places = scale.places(matrix[rows, columns]).astype(np.float32)
    opacity = (places - 127.5) / 127.5 if signed else places / 255
    order = np.argsort(np.abs(opacity), kind="stable")
    order = order[np.abs(opacity[order]) >= _FAINTEST]
    omitted = max(len(order) - most, 0)
    order = order[omitted:]
    starts, ends = (
        ((each[order] + 0.5 - first) * layout.cell).astype(np.float32) for each in (rows, columns)
    )
    return ArcLines(starts, ends, opacity[order], omitted)


def most_lines(layout: ArcsLayout) -> int:
    """Return how many lines a picture can show.

    Examples
    --------
    >>> from roberta_gui.gui.widgets.painting.zoom import Zoom
    >>> field = QRectF(0, 0, 300, 200)
    >>> most_lines(ArcsLayout(field, 0.5, Zoom.whole(400), 400, 50, 0))
    120
    """
    return min(max(round(layout.field.height() * _LINES_A_PIXEL), 1), MOST_LINES)


def paint_lines(
    painter: QPainter,
    layout: ArcsLayout,
    lines: ArcLines,
    inks: tuple[QColor, QColor],
    thickness: float,
    ratio: float,
) -> None:
    """Draw all lines as one image in the screen's own pixels, ``ratio`` for each of Qt's."""
    if not len(lines.starts):
        return
    field, edge = layout.field, thickness * 2
    # One token's lines cross a small part of the field, as a rule: only that is drawn.
    top = max(math.floor(min(lines.starts.min(), lines.ends.min()) - edge), 0)
    bottom = min(max(lines.starts.max(), lines.ends.max()) + edge, field.height())
    # Many lines at half the resolution across, where they hardly change: half the time.
    stretch = 2 if len(lines.starts) > _MANY else 1
    rows = max(1, math.ceil((bottom - top) * ratio))
    image = arcs_image(
        (lines.starts - top) * ratio,
        (lines.ends - top) * ratio,
        lines.opacity,
        width=max(1, round(field.width() * ratio / stretch)),
        height=rows,
        thickness=thickness * ratio,
        inks=inks,
        stretch=stretch,
    )
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    place = QRectF(field.left(), field.top() + top, field.width(), rows / ratio)
    painter.drawImage(place, image)


def paint_curves(
    painter: QPainter,
    layout: ArcsLayout,
    lines: ArcLines,
    inks: tuple[QColor, QColor],
    thickness: float,
) -> None:
    """Draw each line as a curve of its own, for pictures that hold vectors."""
    with saved(painter):
        painter.setClipRect(layout.field)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        field, third = layout.field, layout.field.width() / 3
        for start, end, opacity in zip(
            lines.starts.tolist(), lines.ends.tolist(), lines.opacity.tolist(), strict=True
        ):
            ink = QColor(inks[0] if opacity < 0 else inks[1])
            ink.setAlphaF(min(abs(opacity), DARKEST))
            painter.setPen(QPen(ink, thickness))
            top, bottom = field.top() + start, field.top() + end
            path = QPainterPath(QPointF(field.left(), top))
            path.cubicTo(
                field.left() + third, top, field.right() - third, bottom, field.right(), bottom
            )
            painter.drawPath(path)
