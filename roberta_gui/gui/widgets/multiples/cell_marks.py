"""What stands behind, above and below the tokens of small multiples, and explains them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.charts.dots import cloud_image, draw_dot
from roberta_gui.gui.widgets.colours.raster import to_image
from roberta_gui.gui.widgets.multiples.multiples_layout import Extent, MultiplesLayout
from roberta_gui.gui.widgets.painting.drawing import letters
from roberta_gui.records import FloatArray

GAP = 7.0
"""Pixels at least between a cell's name, its note and its share."""

_DUST = 0.6
"""Opacity of a reference point: they are there to see the tokens by."""

_POINT = 1.0  # its size in pixels, twice as much in a cell of a larger screen
_LARGE = 300

_BETWEEN_MARKS, _SIDE = 14.0, 8.0
_WIDTHS = {"ramp": 64.0, "line": 16.0, "dust": 14.0, "dot": _SIDE, "square": _SIDE}


@dataclass(frozen=True)
class Cell:
    """One picture: what stands above it, its tip, and what part of its axes it shows.

    ``name`` stands at the left, ``share`` at the right, ``note`` between them; narrow cells have
    the short forms, the first of two ``short_names`` where there is some room.
    """

    name: str
    share: str
    tip: str
    extent: Extent
    note: str = ""
    short_names: tuple[str, str] = ("", "")
    short_note: str = ""


def ground(
    layout: MultiplesLayout, nth: int, extent: Extent, cloud: FloatArray, ratio: float
) -> QImage:
    """Paint a cross through zero and reference points, float (point, 2) on the cell's axes."""
    theme, frame = themes.current(), layout.frame(nth)
    xy = np.concatenate([cloud, np.zeros((1, 2), dtype=np.float32)])
    corner = np.array([frame.left(), frame.top()], dtype=np.float32)
    spots = layout.spots(nth, extent, xy) - corner
    size, (x, y) = frame.size().toSize(), spots[-1].tolist()
    side = _POINT if min(size.width(), size.height()) < _LARGE else 2 * _POINT
    dust = theme.color("backdrop", _DUST)
    image = cloud_image(spots[:-1], size, dust, theme.color("card"), ratio, side)
    with QPainter(image) as painter:
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(QPointF(x, 0), QPointF(x, size.height()))
        painter.drawLine(QPointF(0, y), QPointF(size.width(), y))
    return image


def header_texts(
    cells: Sequence[Cell], room: float, advance: Callable[[str], float]
) -> list[tuple[str, str]]:
    """Choose name and note above each cell, beside its share: the longest form that fits all.

    ``room`` is how wide a header is, in pixels, ``advance`` measures a text. The note is "" where
    even the shortest form has no room.

    Examples
    --------
    >>> notes, names = ("PC1: position, 0.84", "position .84"), ("layer 1", "1")
    >>> cell = Cell("layer 1", "12 %", "", (0, 1, 0, 1), notes[0], names, notes[1])
    >>> [header_texts([cell], room, len)[0] for room in (50, 40, 33, 20)]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('layer 1', 'PC1: position, 0.84'), ('layer 1', 'position .84'), ('1', 'position .84'),
     ('layer 1', '')]
    """

    def fits(name: str, note: str, share: str) -> bool:
        texts = [text for text in (name, note, share) if text]
        return sum(map(advance, texts)) + GAP * (len(texts) - 1) <= room

    forms = (
        [(cell.name, cell.note) for cell in cells],
        [(cell.name, cell.short_note) for cell in cells],
        [(cell.short_names[0], cell.short_note) for cell in cells],
        [(cell.short_names[1], cell.short_note) for cell in cells],
    )
    for form in forms:
        if all(fits(*texts, cell.share) for texts, cell in zip(form, cells, strict=True)):
            return form
    return [(cell.name, "") for cell in cells]


@dataclass(frozen=True)
class Mark:
    """One entry of the legend: a sample and what it means; ``before`` stands before a ramp.

    ``role`` is a colour's, or the number of a categorical colour.
    """

    sample: Literal["dot", "square", "dust", "line", "ramp"]
    role: str | int
    text: str
    before: str = ""


def paint_legend(painter: QPainter, room: QRectF, marks: Sequence[Mark]) -> None:
    """Write the marks into a line, as many as fit, the first ones first."""
    theme = themes.current()
    metrics = letters(painter, "small")
    x, baseline = room.left(), room.center().y() + metrics.ascent() / 2 - 1
    for mark in marks:
        before = metrics.horizontalAdvance(f"{mark.before} ") if mark.before else 0.0
        wide = _WIDTHS[mark.sample]
        whole = before + wide + 5 + metrics.horizontalAdvance(mark.text)
        if x + whole > room.right():
            return
        painter.setPen(theme.color("muted"))
        painter.drawText(QPointF(x, baseline), mark.before)
        painter.drawText(QPointF(x + before + wide + 5, baseline), mark.text)
        sample = QRectF(x + before, room.center().y() - _SIDE / 2, wide, _SIDE)
        _paint_sample(painter, sample, mark)
        x += whole + _BETWEEN_MARKS


def _paint_sample(painter: QPainter, room: QRectF, mark: Mark) -> None:
    theme, middle = themes.current(), room.center()
    if mark.sample == "ramp":
        painter.drawImage(room, to_image(theme.place_map()[None]))
    elif mark.sample == "line":
        painter.setPen(QPen(_color(mark), 1))
        painter.drawLine(QPointF(room.left(), middle.y()), QPointF(room.right(), middle.y()))
    elif mark.sample == "dust":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_color(mark))
        for right, down in ((1, 1), (5, 5), (8, 2), (12, 6)):
            painter.drawEllipse(room.topLeft() + QPointF(right, down), 1, 1)
    else:
        none = QPen(Qt.PenStyle.NoPen)
        draw_dot(painter, middle, _SIDE, _color(mark), none, shape=mark.sample)


def _color(mark: Mark) -> QColor:
    theme, role = themes.current(), mark.role
    return theme.categorical(role) if isinstance(role, int) else theme.color(role)
