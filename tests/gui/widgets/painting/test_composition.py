"""Composition: figures that have room are shown under their headings, exports draw the same."""

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import DARK, LIGHT
from roberta_gui.gui.widgets.painting.composition import Composition
from roberta_gui.gui.widgets.painting.figure import Figure


class Patch(Figure[None]):
    """A figure of one colour."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role
        self.setMinimumSize(40, 30)

    def paint_picture(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), self.theme.color(self._role))


def arrange(size: QSize, chosen: int) -> dict[int, QRect]:
    half = size.width() // 2
    if size.width() < 300:
        return {chosen: QRect(0, 0, size.width(), size.height())}
    return {0: QRect(0, 0, half, size.height()), 1: QRect(half, 0, half, size.height())}


@pytest.fixture
def both(qtbot: QtBot) -> Composition:
    composition = Composition((Patch("accent"), Patch("mask")), arrange)
    composition.set_headings(["one", "two"])
    qtbot.addWidget(composition)
    composition.resize(400, 200)
    with qtbot.waitExposed(composition):
        composition.show()
    return composition


def patches(composition: Composition) -> list[Patch]:
    return composition.findChildren(Patch)


def test_with_room_for_both_both_are_shown_below_their_headings(both: Composition) -> None:
    one, two = patches(both)

    assert both.shown == (0, 1)
    assert one.isVisible()
    assert two.isVisible()
    assert one.y() == two.y() > 10
    assert one.geometry().right() < two.geometry().left()


def test_with_room_for_one_the_chosen_one_is_shown(both: Composition, qtbot: QtBot) -> None:
    one, two = patches(both)

    with qtbot.waitSignal(both.rearranged):
        both.resize(200, 200)
    first = (both.shown, one.isVisible(), two.isVisible())
    with qtbot.waitSignal(both.rearranged):
        both.choose(1)

    assert first == ((0,), True, False)
    assert (both.shown, one.isVisible(), two.isVisible()) == ((1,), False, True)


def test_resizing_that_changes_nothing_is_not_told(both: Composition, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(both.rearranged):
        both.resize(420, 220)


def test_an_export_draws_the_same_as_the_screen(both: Composition) -> None:
    image = QImage(both.size(), QImage.Format.Format_RGB32)
    image.fill(LIGHT.color("card"))
    painter = QPainter(image)
    both.paint(painter)
    painter.end()

    for patch in patches(both):
        middle: QPoint = patch.geometry().center()
        on_screen = QColor(both.grab().toImage().pixel(middle))
        assert QColor(image.pixel(middle)) == on_screen


def test_a_heading_is_written_and_follows_the_theme(both: Composition) -> None:
    plain = both.grab().toImage()
    both.set_headings(["one", "another"])
    renamed = both.grab().toImage()
    wear(DARK)

    assert renamed != plain
    assert both.grab().toImage() != renamed


def test_the_least_size_has_room_for_a_heading_and_the_largest_figure(both: Composition) -> None:
    least = both.minimumSizeHint()

    assert least.width() == 40
    assert least.height() > 40
