"""Figures paint what is dear once, and highlights every time."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import DARK, LIGHT
from roberta_gui.gui.widgets.painting.figure import Figure
from tests.gui.widgets.in_sight import in_sight


class CountingFigure(Figure[None]):
    """Counts what it is asked to paint."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures = self.highlights = 0

    def paint_picture(self, painter: QPainter) -> None:
        self.pictures += 1
        painter.fillRect(0, 0, 20, 20, self.theme.color("accent"))

    def paint_highlights(self, painter: QPainter) -> None:
        self.highlights += 1
        painter.fillRect(10, 10, 20, 20, self.theme.color("mask"))


@pytest.fixture
def figure(qtbot: QtBot) -> CountingFigure:
    widget = in_sight(qtbot, CountingFigure(), 60, 40)
    widget.grab()
    return widget


def test_a_highlight_does_not_paint_the_picture_again(figure: CountingFigure) -> None:
    pictures, highlights = figure.pictures, figure.highlights

    figure.update()
    figure.grab()

    assert figure.pictures == pictures
    assert figure.highlights > highlights


def test_new_data_another_theme_and_another_size_paint_the_picture_again(
    figure: CountingFigure,
) -> None:
    for change in (
        figure.repaint_picture,
        lambda: wear(DARK),
        lambda: figure.resize(80, 50),
    ):
        before = figure.pictures
        change()
        figure.grab()
        assert figure.pictures == before + 1


def test_the_screen_and_an_export_show_the_same(figure: CountingFigure) -> None:
    exported = QImage(60, 40, QImage.Format.Format_RGB32)
    exported.fill(LIGHT.color("card"))
    painter = QPainter(exported)
    figure.paint(painter)
    painter.end()

    shown = figure.grab().toImage()
    for point in (QPoint(5, 5), QPoint(15, 15), QPoint(25, 25), QPoint(50, 5)):
        assert QColor(shown.pixel(point)).name() == QColor(exported.pixel(point)).name()
    assert QColor(exported.pixel(15, 15)).name() == LIGHT.color("mask").name()


@pytest.mark.parametrize(
    ("reason", "ringed"),
    [
        (Qt.FocusReason.TabFocusReason, True),
        (Qt.FocusReason.BacktabFocusReason, True),
        (Qt.FocusReason.ShortcutFocusReason, True),
        (Qt.FocusReason.MouseFocusReason, False),
    ],
)
def test_a_ring_tells_that_a_key_brought_the_keyboard(
    figure: CountingFigure, reason: Qt.FocusReason, ringed: bool
) -> None:
    figure.clearFocus()
    edge = QPoint(30, 0)
    before = QColor(figure.grab().toImage().pixel(edge)).name()
    figure.setFocus(reason)
    shown = QColor(figure.grab().toImage().pixel(edge)).name()
    figure.clearFocus()

    assert before == QColor(figure.grab().toImage().pixel(edge)).name()
    assert (shown != before) is ringed


def test_an_export_has_no_ring(figure: CountingFigure) -> None:
    def exported() -> QImage:
        image = QImage(60, 40, QImage.Format.Format_RGB32)
        image.fill(LIGHT.color("card"))
        painter = QPainter(image)
        figure.paint(painter)
        painter.end()
        return image

    figure.clearFocus()
    shown, without = figure.grab().toImage(), exported()
    figure.setFocus(Qt.FocusReason.TabFocusReason)

    assert figure.grab().toImage() != shown
    assert exported() == without
