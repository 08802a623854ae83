"""Roles, contrast and the colour map, against formulas written down independently."""

import re
from dataclasses import fields, replace
from typing import get_args

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.theme import CATEGORICAL, DARK, LIGHT, ZOOM_STEPS, FontRole, Theme

pytestmark = pytest.mark.usefixtures("qapp")

BOTH = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
ROLES = [field.name for field in fields(Theme) if field.name not in ("name", "zoom")]

# sRGB to XYZ (IEC 61966-2-1), and Ottosson's two matrices from XYZ to OKLab (his blog post, 2020):
# the theme goes from sRGB straight to LMS, so this is another way to the same numbers.
RGB_TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)
XYZ_TO_LMS = np.array(
    [
        [0.8189330101, 0.3618667424, -0.1288597137],
        [0.0329845436, 0.9293118715, 0.0361456387],
        [0.0482003018, 0.2643662691, 0.6338517070],
    ]
)
LMS_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear(code: str) -> list[float]:
    """Return the linear light of a hex colour."""
    channels = [int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def contrast(one: str, other: str) -> float:
    """Return WCAG 2.1's contrast ratio, 1 to 21."""
    red, green, blue = np.array([linear(one), linear(other)]).T
    dark, light = sorted(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return float((light + 0.05) / (dark + 0.05))


@BOTH
@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_a_solid_colour(theme: Theme, role: str) -> None:
    assert re.fullmatch(r"#[0-9A-F]{6}", getattr(theme, role))
    assert theme.color(role).name().upper() == getattr(theme, role)
    assert theme.color(role).alpha() == 255


@pytest.mark.parametrize("bold", [False, True])
def test_text_is_measured_in_the_font_that_comes_with_the_tests(
    qapp: QApplication, theme: Theme, bold: bool
) -> None:
    of_roles = [theme.font(role, bold=bold) for role in get_args(FontRole)]

    fonts = [QFontInfo(font) for font in (qapp.font(), *of_roles)]

    assert {font.family() for font in fonts} == {"Explorer Test Sans"}


def test_a_role_can_be_made_see_through() -> None:
    assert LIGHT.color("accent", 0.5).alphaF() == pytest.approx(0.5, abs=1 / 255)


@BOTH
@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("text", "window card accent_soft danger_soft mask_soft track"),
        ("muted", "window card"),
        ("accent", "window card accent_soft"),
        ("accent_text", "accent"),
        ("mask_text", "card mask_soft"),
        ("danger", "card danger_soft"),
    ],
)
def test_text_stands_out_from_its_ground(theme: Theme, text: str, grounds: str) -> None:
    for ground in grounds.split():
        assert contrast(getattr(theme, text), getattr(theme, ground)) >= 4.5, ground


@BOTH
def test_the_colour_map_goes_from_role_to_role_in_equal_steps_of_lightness(theme: Theme) -> None:
    ramp = theme.weight_map()
    codes = [f"#{red:02X}{green:02X}{blue:02X}" for red, green, blue, _ in ramp.tolist()]
    lms = np.array([linear(code) for code in codes]) @ RGB_TO_XYZ.T @ XYZ_TO_LMS.T
    lightness = (np.cbrt(lms) @ LMS_TO_LAB.T)[:, 0]

    assert (codes[0], codes[-1]) == (theme.weight_low, theme.weight_high)
    assert (ramp[:, 3] == 255).all()
    # A step of one in 255 moves the lightness of a dark blue by up to 0.006.
    expected = np.linspace(lightness[0], lightness[-1], 256)
    np.testing.assert_allclose(lightness, expected, atol=0.006)


@BOTH
def test_the_map_for_places_stands_out_from_the_card_from_end_to_end(theme: Theme) -> None:
    ramp = theme.place_map()
    codes = [f"#{red:02X}{green:02X}{blue:02X}" for red, green, blue, _ in ramp.tolist()]

    assert (codes[0], codes[-1]) == (theme.early, theme.late)
    assert min(contrast(code, theme.card) for code in codes) >= 3  # WCAG 2.1, 1.4.11


@BOTH
def test_the_map_for_signed_values_goes_through_the_card_and_is_symmetric(theme: Theme) -> None:
    ramp = theme.difference_map()
    codes = [f"#{red:02X}{green:02X}{blue:02X}" for red, green, blue, _ in ramp.tolist()]
    card = np.array([int(theme.card[at : at + 2], 16) for at in (1, 3, 5)])

    assert (codes[0], codes[-1]) == (theme.difference_low, theme.difference_high)
    # Zero lies between the two middle colours; each is half a step of 1 in 128 from it.
    np.testing.assert_allclose(ramp[127:129, :3].mean(0), card, atol=1.5)
    away = np.abs(ramp[:, :3].astype(int) - card).sum(1)
    assert (np.diff(away[:128]) <= 0).all()
    assert (np.diff(away[128:]) >= 0).all()


@BOTH
def test_text_on_any_tint_can_be_read(theme: Theme) -> None:
    for ramp in (theme.weight_map(), theme.difference_map()):
        for rgba in ramp.tolist():
            ground = QColor(*rgba)
            assert contrast(theme.text_on(ground).name(), ground.name()) >= 4.5


@BOTH
def test_the_colour_map_cannot_be_written(theme: Theme) -> None:
    assert theme.weight_map().shape == (256, 4)
    assert theme.weight_map().dtype == np.uint8
    with pytest.raises(ValueError, match="read-only"):
        theme.weight_map()[0, 0] = 0


@pytest.mark.parametrize("zoom", ZOOM_STEPS)
def test_fonts_and_lengths_grow_with_the_zoom(zoom: float) -> None:
    theme = replace(LIGHT, zoom=zoom)

    assert theme.pixels(40) == pytest.approx(40 * zoom, abs=0.5)
    assert theme.font("sentence").pixelSize() == pytest.approx(19 * zoom, abs=0.5)


@pytest.mark.parametrize(
    ("role", "tabular"),
    [("number", True), ("small_number", True), ("control", False), ("sentence", False)],
)
def test_numbers_have_tabular_figures(role: FontRole, tabular: bool) -> None:
    tags = {tag.toString() for tag in LIGHT.font(role).featureTags()}

    assert (b"tnum" in {bytes(tag.data()) for tag in tags}) is tabular


def test_a_font_that_somebody_makes_smaller_is_whole_for_the_next() -> None:
    LIGHT.font("small_number").setPixelSize(5)

    assert LIGHT.font("small_number").pixelSize() == 11


def test_bold_is_a_weight_heavier() -> None:
    assert LIGHT.font("title").weight() == QFont.Weight.Normal
    assert LIGHT.font("title", bold=True).weight() == QFont.Weight.DemiBold


@BOTH
def test_categorical_colours_differ_and_come_round_again(theme: Theme) -> None:
    names = [theme.categorical(index).name() for index in range(len(CATEGORICAL))]

    assert len(set(names)) == len(CATEGORICAL)
    assert theme.categorical(len(CATEGORICAL)).name() == names[0]


class Desktop:
    """Stands for the style hints; offscreen, Qt knows of no desktop and takes none."""

    def __init__(self, scheme: Qt.ColorScheme) -> None:
        self._scheme = scheme

    def colorScheme(self) -> Qt.ColorScheme:  # Qt's spelling
        return self._scheme


@pytest.mark.parametrize("scheme", list(Qt.ColorScheme))
def test_a_preference_wins_over_the_desktop_and_system_follows_it(
    monkeypatch: pytest.MonkeyPatch, scheme: Qt.ColorScheme
) -> None:
    monkeypatch.setattr(QApplication, "styleHints", lambda: Desktop(scheme))
    followed = DARK if scheme is Qt.ColorScheme.Dark else LIGHT

    assert themes.choose("light") == LIGHT
    assert themes.choose("dark", 1.25) == replace(DARK, zoom=1.25)
    assert themes.choose("system", 1.5) == replace(followed, zoom=1.5)


@BOTH
def test_a_palette_has_every_colour_that_qt_writes_with(theme: Theme) -> None:
    palette = themes.palette(theme)
    disabled = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText)

    assert palette.color(QPalette.ColorRole.Window) == theme.color("window")
    assert disabled == theme.color("faint")
    for role, place in themes.PALETTE_ROLES.items():
        assert palette.color(place) == theme.color(role)
