"""ContrastPlot: how probable every word is in one sentence against how probable in another."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from roberta_gui.gui.widgets.charts.dots import rgb
from roberta_gui.gui.widgets.charts.plot import PointPlot
from roberta_gui.gui.widgets.charts.point_labels import dot_room, place_names, write_name
from roberta_gui.gui.widgets.painting.spoken import Parts
from roberta_gui.records import FloatArray

_NEAR, _FAR = 1.0, 7.0  # bits from the diagonal at which colour begins, and at which it is full
_LOWEST: Final = -87.0  # less than this nobody tells from nothing: float32 ends at about −149


class ContrastPlot(PointPlot):
    """A whole vocabulary as one raster image: right of the diagonal A's words, left of it B's.

    Its items are words, as rows of the vocabulary.
    """

    reach = 9.0

    def __init__(self) -> None:
        title = "Log-probability of every word on both sides"
        super().__init__(title, narrowest=190, wanted=(460, 420))
        self._a: FloatArray = np.zeros(0, dtype=np.float32)
        self._b = self._a
        self._low = -1.0
        self._where = ("", "")
        self._names: Sequence[str] = ()
        self._marked: tuple[int, ...] = ()
        self._tip: Callable[[int], str] = str

    def set_words(
        self,
        a: FloatArray,
        b: FloatArray,
        names: Sequence[str],
        marked: Sequence[int],
        tip: Callable[[int], str],
        where: tuple[str, str] = ("", ""),
    ) -> None:
        """Show log2-probabilities in bits, float32 (word,); ``marked`` words get names, if any fit.

        The first of them are the first to get theirs. ``where`` says whose ``a`` and ``b`` are.
        """
        self._low = min(float(np.floor(min(_least(a), _least(b)))), -1.0)
        self._a, self._b = (np.maximum(side, self._low) for side in (a, b))
        self._names, self._marked, self._tip = names, tuple(marked), tip
        self._where = where
        self._hovered = None
        self.repaint_picture()

    @property
    def n_items(self) -> int:
        """How many words the vocabulary has."""
        return len(self._a)

    def positions(self) -> FloatArray:
        """Return where every word is, float64 (word, 2) in pixels."""
        room, low = self.room(), self._low
        across = room.left() + (self._a - low) / -low * room.width()
        down = room.bottom() - (self._b - low) / -low * room.height()
        return np.stack([across, down], axis=1)

    def arrange(self) -> None:
        """Draw axes and points; all of them as one image, of which the marked ones stand out."""
        metrics = self.theme.metrics("small_number")
        left = metrics.horizontalAdvance("−00") + metrics.height() + 10
        below = 2 * metrics.height() + 8
        side = float(int(max(min(self.width() - left - 10, self.height() - below - 8), 40)))
        titles = [f"log₂ probability {where}, bits" for where in self._where]
        if max(map(metrics.horizontalAdvance, titles)) > side:
            titles = [f"bits {where}" for where in self._where]
        reach, room = (self._low, 0.0), QRectF(round(left), 6, side, side)
        self.frame(room, reach, reach, (titles[0], titles[1]), grid=False)
        self.box.setBorder(pg.mkPen(self.theme.color("line")))
        cloud = pg.ImageItem(self._raster(room)[::-1], axisOrder="row-major", levels=(0, 255))
        cloud.setRect(QRectF(self._low, self._low, -self._low, -self._low))
        self.draw(cloud)
        marked = list(self._marked)
        self.marks(self._a[marked], self._b[marked], list(map(self._color, marked)), 7.0)

    def paint_picture(self, painter: QPainter) -> None:
        """Draw axes, points, and the names that fit."""
        if not len(self._a):
            return
        super().paint_picture(painter)
        # In pixels: through the view's transform its last bit would decide where dashes end.
        painter.setPen(QPen(self.theme.color("muted", 0.6), 1, Qt.PenStyle.DashLine))
        painter.drawLine(self.room().bottomLeft(), self.room().topRight())
        font, spots = self.theme.font("small"), {word: self.spot(word) for word in self._marked}
        names = ((word, self._names[word], spot) for word, spot in spots.items())
        free = self.room().adjusted(0, 0, 8, 0)
        painter.setFont(font)
        painter.setPen(self.theme.color("text"))
        halo = self.theme.color("card", 0.85)
        for word, room in place_names(names, font, free, list(map(dot_room, spots.values()))):
            write_name(painter, room, self._names[word], halo)

    def _raster(self, plot: QRectF) -> NDArray[np.uint8]:
        """Colour every pixel by how many words are there and by its side of the diagonal."""
        size = max(round(plot.width() * self.devicePixelRatioF()), 2)
        step = (size - 1) / -self._low
        across = ((self._a - self._low) * step + 0.5).astype(np.intp)
        down = size - 1 - ((self._b - self._low) * step + 0.5).astype(np.intp)
        counts = np.bincount(down * size + across, minlength=size * size).reshape(size, size)
        counts[1:] = np.maximum(counts[1:], counts[:-1])  # a point is two pixels wide and high
        counts[:, 1:] = np.maximum(counts[:, 1:], counts[:, :-1])
        rows, columns = np.nonzero(counts)  # most pixels hold no word
        logs = np.log1p(counts[rows, columns]) / np.log1p(max(int(counts.max()), 1))
        cover = (0.35 + 0.65 * logs)[:, None]  # (pixel, 1)
        beside = (columns - (size - 1 - rows)) / step
        tint = np.clip((np.abs(beside) - _NEAR) / (_FAR - _NEAR), 0, 1)[:, None]
        muted, card = (rgb(self.theme.color(role)) for role in ("muted", "card"))
        high, low = (rgb(self.theme.color(f"difference_{end}")) for end in ("high", "low"))
        side = np.where((beside > 0)[:, None], high, low)
        colour = muted + tint * (side - muted)
        pixels = np.full((size, size, 4), 255, dtype=np.uint8)
        pixels[..., :3] = card
        pixels[rows, columns, :3] = card + cover * (colour - card)
        return pixels

    def _color(self, word: int) -> QColor:
        a, b = float(self._a[word]), float(self._b[word])
        if a == b:
            return self.theme.color("muted")
        return self.theme.color("difference_high" if a > b else "difference_low")

    def paint_highlights(self, painter: QPainter) -> None:
        """Ring the hovered word and write its name over whatever is there."""
        for word, _, _ in self.outlined():
            painter.setPen(QPen(self.theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self.spot(word), 6, 6)
            font = self.theme.font("small", bold=True)
            painter.setFont(font)
            sight, name = self.room().adjusted(-20, 0, 10, 10), self._names[word]
            for _, room in place_names([(word, name, self.spot(word))], font, sight, ()):
                painter.fillRect(room, self.theme.color("card", 0.85))
                painter.setPen(self.theme.color("accent"))
                write_name(painter, room, name)

    def parts(self) -> Parts[int]:
        """Return the marked words: of a whole vocabulary nobody would hear the end."""
        return self._marked, self.item_rect

    def describe(self, spot: int) -> str:
        """Return what hovering a word says."""
        return self._tip(spot)


def _least(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return max(float(known.min(initial=-1.0)), _LOWEST)
