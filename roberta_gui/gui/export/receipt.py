"""What leaves the window: pictures (PNG, SVG), tables (CSV), arrays (NPZ), and their receipts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QPointF, QRect, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter, QTextLayout
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from roberta_gui.findings.notation.glyphs import printable
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.controls.breaking_text import height_of, lay_out
from roberta_gui.gui.widgets.painting.drawing import letters, saved

PICTURE_SCALE = 2
"""Pixels of a PNG for each pixel on the screen, so that it stays sharp on paper."""

LONGEST_NOTE = 600
"""Characters of a note that are drawn; the metadata holds all of them."""

_MARGIN = 16
_TITLE = 18  # pixels, at a text zoom of 1
_GAP = 3  # pixels between notes


@runtime_checkable
class Paints(Protocol):
    """A widget that can draw itself whole, as vectors, onto any painter."""

    def paint(self, painter: QPainter) -> None:
        """Draw everything."""


@dataclass(frozen=True)
class Picture:
    """A widget's picture with its receipt: title, caption, sentence and model."""

    widget: QWidget
    title: str
    notes: tuple[str, ...]

    def to_image(self) -> QImage:
        """Draw into an image at twice the screen's resolution, the receipt in its metadata."""
        size = self._size()
        image = QImage(size * PICTURE_SCALE, QImage.Format.Format_ARGB32)
        image.setDevicePixelRatio(PICTURE_SCALE)
        with QPainter(image) as painter:
            self._draw(painter, size)
        image.setText("Title", self.title)
        image.setText("Description", printable("\n".join(self.notes)))
        return image

    def to_svg(self) -> bytes:
        """Draw as vectors; only heatmap cells are one embedded image."""
        size = self._size()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(size)
        generator.setViewBox(QRect(QPoint(0, 0), size))
        generator.setTitle(self.title)
        generator.setDescription("\n".join(self.notes))
        with QPainter(generator) as painter:
            self._draw(painter, size)
        buffer.close()
        # Whatever a panel draws: one character of its tokens must not make all of it unreadable.
        return printable(bytes(buffer.data().data()).decode(errors="replace")).encode()

    def encoder(self, ending: str) -> Callable[[], bytes]:
        """Draw for ``.svg`` or, with any other ending, for PNG; return what makes the bytes.

        Only the drawing belongs to the GUI thread; what is returned may run on any.
        """
        if ending.lower() == ".svg":
            drawn = self.to_svg()
            return lambda: drawn
        return partial(_to_png, self.to_image())

    def _size(self) -> QSize:
        width = max(self.widget.width(), 360)
        notes = sum(height_of(note) + _GAP for note in self._drawn_notes(width))
        above = _MARGIN + themes.current().pixels(_TITLE)
        height = above + self.widget.height() + _MARGIN // 2 + notes + _MARGIN
        return QSize(width + 2 * _MARGIN, height)

    def _drawn_notes(self, width: float) -> list[QTextLayout]:
        """Shorten each note to what is drawn of it, and break it into lines.

        What is measured is also what is drawn, so that no device breaks its lines elsewhere.
        """
        font = themes.current().font("small")
        shortened = (
            note if len(note) <= LONGEST_NOTE else f"{note[:LONGEST_NOTE].rstrip()}…"
            for note in self.notes
        )
        return [lay_out(printable(note), font, width) for note in shortened]

    def _draw(self, painter: QPainter, size: QSize) -> None:
        theme = themes.current()
        painter.fillRect(QRect(QPoint(0, 0), size), theme.color("card"))
        letters(painter, "title", "text", bold=True)
        top = _MARGIN + themes.current().pixels(_TITLE)
        painter.drawText(_MARGIN, top - 6, self.title)
        with saved(painter):
            painter.translate(_MARGIN, top)
            if isinstance(self.widget, Paints):
                self.widget.paint(painter)
            else:
                self.widget.render(painter, QPoint(0, 0))
        letters(painter, "small", "muted")
        y = float(top + self.widget.height() + _MARGIN // 2)
        width = size.width() - 2 * _MARGIN
        for note in self._drawn_notes(width):
            note.draw(painter, QPointF(_MARGIN, y))
            y += height_of(note) + _GAP


def _to_png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())
