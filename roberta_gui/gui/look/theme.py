"""THE colours, fonts and colour maps: light and dark, as named roles.

No other file holds a colour. Whoever paints asks the `current` theme for roles; every
widget hears of another one by an event, see `roberta_gui.gui.look.dressing.wear`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication

FontRole: TypeAlias = Literal[
    "sentence", "product", "title", "control", "number", "label", "small", "small_number"
]
Appearance: TypeAlias = Literal["system", "light", "dark"]

ZOOM_STEPS = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)

# Okabe & Ito's colour-blind-safe set (yellow and black left out: one fails on white, one on dark).
CATEGORICAL = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")

_PIXELS = dict(zip(get_args(FontRole), (19, 15, 14, 13, 13, 12, 11, 11), strict=True))


@dataclass(frozen=True)
class Theme:
    """One appearance: a hex colour for each role, and the zoom of all text.

    ``faint`` is text of what cannot be used now, ``hover`` outlines what the pointer is on,
    ``selected_row`` tints list rows, ``track`` is the empty part of a bar or slider,
    ``weight_low`` and ``weight_high`` end the sequential map, ``difference_low`` and
    ``difference_high`` the one for signed values, ``early`` and ``late`` the one for places in a
    sentence, both ends of which stand out from a card.
    """

    name: Literal["light", "dark"]
    window: str
    card: str
    line: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_soft: str
    accent_text: str
    hover: str
    track: str
    mask: str
    mask_soft: str
    mask_text: str
    good: str
    danger: str
    danger_soft: str
    weight_low: str
    weight_high: str
    difference_low: str
    difference_high: str
    early: str
    late: str
    backdrop: str
    zoom: float = 1.0

    @property
    def places(self) -> tuple[str, str]:
        """What people call ``early`` and ``late``."""
        return ("blue", "pale green") if self.is_dark else ("green", "violet")

    @property
    def shade(self) -> float:
        """How much of its hue a darker or paler word colour keeps; paler still would be amber."""
        return 0.8 if self.is_dark else 0.6

    @property
    def is_dark(self) -> bool:
        """Whether light text stands on a dark ground."""
        return self.name == "dark"

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        """Return the colour of a role, with ``alpha`` from 0 (clear) to 1 (solid)."""
        color = QColor(getattr(self, role))
        color.setAlphaF(alpha)
        return color

    def categorical(self, index: int) -> QColor:
        """Return the ``index``-th categorical colour (marks only, never text), cyclic."""
        color = QColor(CATEGORICAL[index % len(CATEGORICAL)])
        return color.lighter(125) if self.is_dark else color

    def pixels(self, size: float) -> int:
        """Scale a length that must grow with the text by the text zoom."""
        return round(size * self.zoom)

    def font(self, role: FontRole, *, bold: bool = False) -> QFont:
        """Return the system's font in the size of a role; numbers have tabular figures."""
        has_figures = role in ("number", "small_number")
        # A copy: whoever paints may make it smaller.
        return QFont(_font(_system_family(), self.pixels(_PIXELS[role]), bold, has_figures))

    def metrics(self, role: FontRole, *, bold: bool = False) -> QFontMetricsF:
        """Return how wide and high text is in the size of a role."""
        return QFontMetricsF(self.font(role, bold=bold))

    def widest(self, texts: Iterable[str], role: FontRole, *, bold: bool = False) -> float:
        """Return how wide the longest of some texts is, 0 for none; the same ones measured once."""
        return _widest(self, role, bold, frozenset(texts))

    def weight_map(self) -> NDArray[np.uint8]:
        """Return the sequential colour map as uint8 (256, 4) in RGBA, low to high."""
        return _ramp(self.weight_low, self.weight_high)

    def difference_map(self) -> NDArray[np.uint8]:
        """Return the map for signed values, uint8 (256, 4) in RGBA: zero is the card's colour."""
        return _two_ramps(self.difference_low, self.card, self.difference_high)

    def place_map(self) -> NDArray[np.uint8]:
        """Return the map for places in a sentence, uint8 (256, 4) in RGBA, first to last."""
        return _ramp(self.early, self.late)

    def text_on(self, ground: QColor) -> QColor:
        """Return black or white, whichever stands out more from a tinted ground (WCAG 2.1)."""
        light = _linear(np.array(_rgb(ground))) @ (0.2126, 0.7152, 0.0722)
        # Where both have the same contrast: (1 + 0.05) / (L + 0.05) = (L + 0.05) / 0.05.
        return QColor(Qt.GlobalColor.black if light > 0.179 else Qt.GlobalColor.white)


_COLORS = {
    "window": ("#F5F6F8", "#17191D"),
    "card": ("#FFFFFF", "#1F2227"),
    "line": ("#E2E5EA", "#31353C"),
    "text": ("#1D2129", "#E7E9ED"),
    "muted": ("#5F6673", "#9AA1AC"),
    "faint": ("#B1B7C1", "#545A64"),
    "accent": ("#3B5BDB", "#8AA2FF"),
    "accent_soft": ("#EDF1FF", "#2A3050"),
    "accent_text": ("#FFFFFF", "#10131C"),
    "hover": ("#93A6F0", "#5C6DB8"),
    "track": ("#EEF0F4", "#2A2E35"),
    "mask": ("#F08C00", "#FFB454"),
    "mask_soft": ("#FFF4E0", "#3A2F1B"),
    "mask_text": ("#8F5200", "#FFB454"),
    "good": ("#2F9E44", "#51CF66"),
    "danger": ("#C92A2A", "#FF8787"),
    "danger_soft": ("#FFF0F0", "#3B2326"),
    "weight_low": ("#FFFFFF", "#1F2227"),
    "weight_high": ("#183696", "#96AFFF"),
    "difference_low": ("#2F78C8", "#2F78C8"),
    "difference_high": ("#D9571E", "#D9571E"),
    "early": ("#2E9C88", "#5570E6"),
    "late": ("#2B1B75", "#B4F2DC"),
    "backdrop": ("#9AA3B2", "#6C7482"),
}
"""Each role's colour in the light theme and in the dark one."""

LIGHT = Theme("light", zoom=1.0, **{role: light for role, (light, _) in _COLORS.items()})
DARK = Theme("dark", zoom=1.0, **{role: dark for role, (_, dark) in _COLORS.items()})


def choose(appearance: Appearance, zoom: float = 1.0) -> Theme:
    """Return the theme for a preference; ``system`` follows the desktop's own setting."""
    dark = appearance == "dark"
    if appearance == "system":
        dark = QApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return replace(DARK if dark else LIGHT, zoom=zoom)


def current() -> Theme:
    """Return the theme that the application wears."""
    return _worn[-1]


def put_on(theme: Theme) -> None:
    """Make ``theme`` the current one; whoever does so tells the widgets."""
    _worn[:] = [theme]


_worn = [LIGHT]

_ROLE = QPalette.ColorRole

PALETTE_ROLES: Final = {
    "text": _ROLE.WindowText,
    "muted": _ROLE.PlaceholderText,
    "accent": _ROLE.Link,
    "good": _ROLE.LinkVisited,
    "mask": _ROLE.Midlight,
    "mask_text": _ROLE.BrightText,
}
"""Where a palette keeps the colours of text: a label's foreground role is one of these."""


def palette(theme: Theme) -> QPalette:
    """Return Qt's palette of a theme."""
    colors = {
        **{place: name for name, place in PALETTE_ROLES.items()},
        _ROLE.Window: "window",
        _ROLE.Base: "card",
        _ROLE.AlternateBase: "window",
        _ROLE.Text: "text",
        _ROLE.Button: "card",
        _ROLE.ButtonText: "text",
        _ROLE.ToolTipBase: "card",
        _ROLE.ToolTipText: "text",
        _ROLE.Highlight: "accent",
        _ROLE.HighlightedText: "accent_text",
        _ROLE.Accent: "accent",
    }
    made = QPalette()
    for place, name in colors.items():
        made.setColor(place, theme.color(name))
    for place in (_ROLE.WindowText, _ROLE.Text, _ROLE.ButtonText, _ROLE.PlaceholderText):
        made.setColor(QPalette.ColorGroup.Disabled, place, theme.color("faint"))
    return made


@lru_cache(maxsize=1)
def _system_family() -> str:
    return QApplication.font().family()


@lru_cache(maxsize=128)
def _font(family: str, pixels: int, bold: bool, tabular: bool) -> QFont:
    """Make a font, once: painting asks for some thousand, and Qt then finds each glyph again."""
    font = QFont(family)
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


@lru_cache(maxsize=64)
def _widest(theme: Theme, role: FontRole, bold: bool, texts: frozenset[str]) -> float:
    """Measure texts: those of 512 tokens take longer than painting all the rest of a picture."""
    return max(map(theme.metrics(role, bold=bold).horizontalAdvance, texts), default=0.0)


@lru_cache(maxsize=12)
def _ramp(low: str, high: str) -> NDArray[np.uint8]:
    """Blend two colours in OKLab (Ottosson 2020), where equal steps look equal."""
    lab = _to_oklab(np.array([_rgb(QColor(low)), _rgb(QColor(high))]))
    steps = np.linspace(0.0, 1.0, 256)[:, None]
    rgb = _from_oklab(lab[0] * (1 - steps) + lab[1] * steps)
    ramp = np.full((256, 4), 255, dtype=np.uint8)
    ramp[:, :3] = np.round(np.clip(rgb, 0, 1) * 255)
    ramp.flags.writeable = False
    return ramp


@lru_cache(maxsize=4)
def _two_ramps(low: str, middle: str, high: str) -> NDArray[np.uint8]:
    """Join two ramps of 128 colours, the middle one between them."""
    ramp = np.concatenate([_ramp(low, middle)[::2], _ramp(middle, high)[1::2]])
    ramp.flags.writeable = False
    return ramp


_RGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _linear(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Undo sRGB's gamma (IEC 61966-2-1)."""
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _to_oklab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    lab: NDArray[np.float64] = np.cbrt(_linear(rgb) @ _RGB_TO_LMS.T) @ _LMS_TO_LAB.T
    return lab


def _from_oklab(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    lms = (lab @ np.linalg.inv(_LMS_TO_LAB).T) ** 3
    linear = np.clip(lms @ np.linalg.inv(_RGB_TO_LMS).T, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def _rgb(color: QColor) -> tuple[float, float, float]:
    return color.redF(), color.greenF(), color.blueF()
