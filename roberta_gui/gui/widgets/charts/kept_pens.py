"""One brush and one pen for each colour, for as long as the program runs.

pyqtgraph renders each symbol once and tells brushes and pens apart by their identity: with a new
brush for every point it would render 512 symbols anew in every step of a glide.
"""

from functools import cache

import pyqtgraph as pg
from PySide6.QtGui import QBrush, QColor, QPen


@cache
def kept_brush(rgba: int) -> QBrush:
    """Return the one brush of a colour."""
    return QBrush(QColor.fromRgba(rgba))


@cache
def kept_pen(rgba: int, width: float) -> QPen:
    """Return the one pen of a colour and width, which does not grow when the picture is zoomed."""
    pen: QPen = pg.mkPen(QColor.fromRgba(rgba), width=width)
    return pen
