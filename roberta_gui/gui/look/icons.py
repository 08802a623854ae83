"""Icons that are drawn in the current theme's colours whenever they are painted."""

from functools import lru_cache
from typing import Final

import qtawesome
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QIcon, QIconEngine, QPainter, QPixmap

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.painting.drawing import saved

_FAMILY: Final = "mdi6"
_SHARE: Final = 0.875
"""Of the icon's height that the glyph's font takes."""


class _Glyph(QIconEngine):
    """A glyph of the icon font; nothing of it is kept, so it is always of the current theme."""

    def __init__(self, name: str, role: str, role_on: str) -> None:
        super().__init__()
        self._name, self._role, self._role_on = name, role, role_on

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw the glyph in the colour of a mode and state."""
        role = self._role_on if state is QIcon.State.On else self._role
        if mode is QIcon.Mode.Disabled:
            role = "faint"
        with saved(painter):
            painter.setPen(themes.current().color(role))
            painter.setFont(_font(rect.height()))
            glyph = _material_design().charmap[_FAMILY][self._name]
            painter.drawText(QRectF(rect), Qt.AlignmentFlag.AlignCenter, glyph)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Draw the glyph on nothing."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        with QPainter(made) as painter:
            self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        return made

    def clone(self) -> QIconEngine:
        """Return another one of the same glyph."""
        return _Glyph(self._name, self._role, self._role_on)


def icon(name: str, role: str = "text", role_on: str = "") -> QIcon:
    """Return an icon of Material Design's by name, in the colour of a role; faint if disabled.

    ``role_on`` is the role where it is checked.
    """
    return QIcon(_Glyph(name, role, role_on or role))


def _font(height: int) -> QFont:
    font: QFont = _material_design().font(_FAMILY, max(round(height * _SHARE), 1))
    return font


@lru_cache(maxsize=1)
def _material_design() -> qtawesome.IconicFont:
    """Load the one family in use: qtawesome's own functions load all twelve before the window."""
    folder, files = qtawesome.get_fonts_info()
    font = next(name for name in files if name.startswith("materialdesignicons6"))
    charmap = font.replace("webfont", "webfont-charmap").replace(".ttf", ".json")
    return qtawesome.IconicFont((_FAMILY, font, charmap, folder))
