"""What leaves the window: pictures (PNG, SVG), tables (CSV), arrays (NPZ), and their receipts."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QPointF, QRect, QSize
from PySide6.QtGui import QImage, QImageWriter, QPaintDevice, QPainter, QTextLayout
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from roberta_gui.gui.theme import Theme
from roberta_gui.gui.whole_file import whole_file
from roberta_gui.gui.widgets.controls.breaking_text import height_of, lay_out

PICTURE_SCALE = 2
"""Pixels of a PNG for each pixel on the screen, so that it stays sharp on paper."""

LONGEST_NOTE = 600
"""Characters of a note that are drawn; the metadata holds all of them."""

_MARGIN = 16
_GAP = 3  # pixels between notes


@dataclass(frozen=True)
class Table:
    """Numbers behind a picture: column names, and rows that are made when they are needed."""

    columns: Sequence[str]
    rows: Iterable[Sequence[object]]

    def to_csv(self) -> str:
        """Return the table as CSV (RFC 4180), floats to the last digit."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        return text.getvalue()


Arrays: TypeAlias = Mapping[str, NDArray[Any]]
"""Arrays behind a picture, by name."""


def save_arrays(path: Path, arrays: Arrays, receipt: Sequence[str]) -> None:
    """Write arrays into one ``.npz`` file, with what they were made from as ``receipt``.

    Raises
    ------
    OSError, ValueError
        The file cannot be written; see :func:`~roberta_gui.gui.whole_file.whole_file`.
    """
    with whole_file(path) as file:
        np.savez_compressed(file, allow_pickle=False, receipt=np.array(receipt), **arrays)


@runtime_checkable
class Paints(Protocol):
    """A widget that can draw itself whole, as vectors, onto any painter."""

    def paint(self, painter: QPainter) -> None:
        """Draw everything."""


@dataclass(frozen=True)
class Picture:
    """A widget's picture with its receipt: title, caption, sentence and model."""

    widget: QWidget
    theme: Theme
    title: str
    notes: tuple[str, ...]

    def to_image(self) -> QImage:
        """Draw into an image at twice the screen's resolution, the receipt in its metadata."""
        size = self._size()
        image = QImage(size * PICTURE_SCALE, QImage.Format.Format_ARGB32)
        image.setDevicePixelRatio(PICTURE_SCALE)
        self._paint(image, size)
        image.setText("Title", self.title)
        image.setText("Description", "\n".join(self.notes))
        return image

    def to_png(self) -> bytes:
        """Draw as :meth:`to_image` does, and encode that."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, QByteArray(b"png")).write(self.to_image())
        return bytes(buffer.data().data())

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
        self._paint(generator, size)
        buffer.close()
        return bytes(buffer.data().data())

    def save(self, path: Path) -> None:
        """Write a PNG or, by the file's ending, an SVG.

        Raises
        ------
        OSError, ValueError
            The file cannot be written; see :func:`~roberta_gui.gui.whole_file.whole_file`.
        """
        content = self.to_svg() if path.suffix.lower() == ".svg" else self.to_png()
        with whole_file(path) as file:
            file.write(content)

    def _size(self) -> QSize:
        width = max(self.widget.width(), 360)
        notes = sum(height_of(note) + _GAP for note in self._drawn_notes(width))
        above = _MARGIN + self._title_height()
        height = above + self.widget.height() + _MARGIN // 2 + notes + _MARGIN
        return QSize(width + 2 * _MARGIN, height)

    def _title_height(self) -> int:
        return self.theme.pixels(18)

    def _drawn_notes(self, width: float) -> list[QTextLayout]:
        """Shorten each note to what is drawn of it, and break it into lines.

        What is measured is also what is drawn, so that no device breaks its lines elsewhere.
        """
        font = self.theme.font("small")
        shortened = (
            note if len(note) <= LONGEST_NOTE else f"{note[:LONGEST_NOTE].rstrip()}…"
            for note in self.notes
        )
        return [lay_out(note, font, width) for note in shortened]

    def _paint(self, device: QPaintDevice, size: QSize) -> None:
        painter = QPainter(device)
        try:
            self._draw(painter, size)
        finally:
            painter.end()  # a device that dies while it is painted on takes the process along

    def _draw(self, painter: QPainter, size: QSize) -> None:
        theme = self.theme
        painter.fillRect(QRect(QPoint(0, 0), size), theme.color("card"))
        painter.setFont(theme.font("title", bold=True))
        painter.setPen(theme.color("text"))
        top = _MARGIN + self._title_height()
        painter.drawText(_MARGIN, top - 6, self.title)
        painter.save()
        painter.translate(_MARGIN, top)
        if isinstance(self.widget, Paints):
            self.widget.paint(painter)
        else:
            self.widget.render(painter, QPoint(0, 0))
        painter.restore()
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        y = float(top + self.widget.height() + _MARGIN // 2)
        width = size.width() - 2 * _MARGIN
        for note in self._drawn_notes(width):
            note.draw(painter, QPointF(_MARGIN, y))
            y += height_of(note) + _GAP
