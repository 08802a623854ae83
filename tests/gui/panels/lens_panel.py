"""What the lens's tests ask of its panel."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QToolButton

from roberta_gui.findings.lens import LensState
from roberta_gui.gui.widgets.lens.lens_grid import LensGrid
from roberta_gui.gui.widgets.tokens.guess_list import GuessList
from tests.gui.shown_panel import ShownPanel

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
TEXT = "The cat sat on the <mask> tonight"
MASK = 6


def grid(shown: ShownPanel) -> LensGrid:
    (found,) = shown.panel.findChildren(LensGrid)
    return found


def guesses(shown: ShownPanel) -> GuessList:
    (found,) = (each for each in shown.panel.findChildren(GuessList) if each.isVisible())
    return found


def read(shown: ShownPanel) -> LensState:
    value = shown.store.view.derived["lens"].value
    assert isinstance(value, LensState)
    return value


def tint(shown: ShownPanel, name: str) -> QToolButton:
    buttons = shown.panel.heading.findChildren(QToolButton)
    return next(button for button in buttons if button.text() == name)


def watch(shown: ShownPanel, word: str) -> None:
    (edit,) = shown.panel.heading.findChildren(QLineEdit)
    edit.setText(word)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    shown.derive()


def remark(shown: ShownPanel) -> str:
    labels = shown.panel.heading.findChildren(QLabel)
    return "\n".join(label.toolTip() for label in labels)


def click(shown: ShownPanel, layer: int, token: int) -> None:
    band = grid(shown).band_of(token)
    place = band.layout_now().cell_rect(layer, token).center().toPoint()
    QTest.mouseClick(band, LEFT, NONE, place)
