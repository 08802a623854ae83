"""Dressing the application: everything follows, and nothing is made anew for it."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.look.theme import DARK, LIGHT, Theme
from roberta_gui.gui.widgets.controls.named import named

Wearing = Callable[[Theme], None]


def colours(image: QImage) -> set[str]:
    """Return the names of all colours in a picture."""
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {QColor(image.pixel(*place)).name().upper() for place in places}


def test_the_application_has_the_palette_and_the_font_of_the_theme_and_no_style_sheet(
    qapp: QApplication, theme: Theme
) -> None:
    wear(replace(theme, zoom=1.5))

    assert themes.current() == replace(theme, zoom=1.5)
    assert qapp.palette() == themes.palette(theme)
    assert qapp.font().pixelSize() == 20
    assert qapp.styleSheet() == ""


def test_what_is_in_sight_takes_other_colours(qtbot: QtBot) -> None:
    wear(LIGHT)
    button, label = named("action", QPushButton("Run")), named("cutCount", QLabel("careful"))
    for widget in (button, label):
        qtbot.addWidget(widget)
        widget.show()
    light = [colours(widget.grab().toImage()) for widget in (button, label)]

    wear(DARK)

    dark = [colours(widget.grab().toImage()) for widget in (button, label)]
    assert LIGHT.card in light[0]
    assert LIGHT.mask_soft in light[1]
    assert DARK.card in dark[0]
    assert DARK.mask_soft in dark[1]
    assert LIGHT.card not in dark[0]
    assert LIGHT.mask_soft not in dark[1]


def test_text_room_and_icons_grow_together(qtbot: QtBot) -> None:
    wear(LIGHT)
    label, button = named("caption", QLabel("Layer 6")), QToolButton()
    button.setIcon(icon("play"))
    for widget in (label, button):
        qtbot.addWidget(widget)
        widget.show()
    assert (label.font().pixelSize(), button.iconSize().width()) == (12, 16)

    wear(replace(LIGHT, zoom=2.0))

    assert (label.font().pixelSize(), button.iconSize().width()) == (24, 32)
    assert button.sizeHint().width() >= 32


def test_what_has_no_look_of_its_own_grows_at_once(qtbot: QtBot) -> None:
    wear(LIGHT)
    button = QToolButton()
    button.setText("Undo")
    qtbot.addWidget(button)
    button.show()
    small = button.sizeHint()

    wear(replace(LIGHT, zoom=2.0))

    assert button.font().pixelSize() == 2 * 13
    assert button.sizeHint().height() > 1.5 * small.height()


def test_an_icon_has_the_colour_of_its_role_in_the_theme_of_now(theme: Theme) -> None:
    drawn = icon("square", "muted", "accent")
    plain = colours(drawn.pixmap(32, QIcon.Mode.Normal, QIcon.State.Off).toImage())
    chosen = colours(drawn.pixmap(32, QIcon.Mode.Normal, QIcon.State.On).toImage())
    disabled = colours(drawn.pixmap(32, QIcon.Mode.Disabled, QIcon.State.Off).toImage())

    assert theme.muted in plain
    assert theme.accent in chosen
    assert theme.faint in disabled
