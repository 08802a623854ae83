"""What all charts on axes have in common: where values are, their numbers, and exports."""

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QPointF, QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.charts.plot import Plot
from tests.gui.widgets.in_sight import in_sight


class Diagonal(Plot):
    """A bar, a mark and both axes."""

    def __init__(self) -> None:
        super().__init__("made up", narrowest=10, wanted=(300, 180))
        self.left.unit = " %"

    def arrange(self) -> None:
        self.frame(QRectF(60, 20, 200, 100), (0.0, 4.0), (0.0, 1.0), ("layer", ""))
        self.bottom.setTicks([[(0, "emb"), (4, "4")]])
        self.bars(np.array([1.0]), np.array([2.0]), np.array([0.5]), self.theme.color("accent"))
        self.marks([3.0], [0.25], [self.theme.color("mask")], 20.0)


@pytest.fixture
def plot(qtbot: QtBot) -> Diagonal:
    return in_sight(qtbot, Diagonal(), 300, 180)


def written(plot: Diagonal) -> str:
    buffer, generator = QBuffer(), QSvgGenerator()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator.setOutputDevice(buffer)
    generator.setSize(plot.size())
    with QPainter(generator) as painter:
        plot.paint(painter)
    return bytes(buffer.data().data()).decode()


def test_values_and_pixels_are_each_others_inverse(plot: Diagonal) -> None:
    assert plot.place(0, 0) == QPointF(60, 120)
    assert plot.place(4, 1) == QPointF(260, 20)
    assert plot.rect_of(1, 2, 0, 0.5) == QRectF(110, 70, 50, 50)
    assert plot.value_at(QPointF(110, 70)) == QPointF(1, 0.5)
    assert plot.value_at(QPointF(50, 70)) is None


def test_an_axis_writes_a_name_letter_by_letter_and_never_as_html(plot: Diagonal) -> None:
    name = "bits in R&D <b>bold</b> &amp; <s>"
    plot.frame(QRectF(60, 20, 200, 100), (0.0, 4.0), (0.0, 1.0), (name, name))

    assert [axis.label.toPlainText().strip() for axis in (plot.left, plot.bottom)] == [name] * 2


def test_numbers_beside_an_axis_are_written_out_however_large(plot: Diagonal) -> None:
    assert plot.left.tickStrings([0.25, -2.0, 20_000.0], 1, 1) == ["0.25 %", "−2 %", "20,000 %"]


@pytest.mark.parametrize(("at", "role"), [((1.5, 0.25), "accent"), ((3.0, 0.25), "mask")])
def test_bars_and_marks_are_where_their_values_are(
    plot: Diagonal, at: tuple[float, float], role: str
) -> None:
    image = plot.grab().toImage()

    assert image.pixelColor(plot.place(*at).toPoint()) == plot.theme.color(role)


def test_an_export_is_all_vectors_with_its_numbers_as_text_up_to_both_ends(plot: Diagonal) -> None:
    svg = written(plot)

    assert "<image" not in svg
    for text in (">0 %<", ">1 %<", ">emb<", ">4<", ">layer"):
        assert text in svg


def test_an_export_stands_where_its_painter_is(plot: Diagonal) -> None:
    """A receipt has a title above the picture, so that its painter is moved down."""
    image = QImage(QSize(400, 300), QImage.Format.Format_RGB32)
    image.fill(LIGHT.color("card"))
    with QPainter(image) as painter:
        painter.translate(30, 40)
        plot.paint(painter)

    for x, role in ((1.5, "accent"), (3.0, "mask")):
        at = plot.place(x, 0.25).toPoint() + QPoint(30, 40)
        assert image.pixelColor(at) == LIGHT.color(role)


def test_axes_fit_their_values_on_devices_of_any_resolution(plot: Diagonal) -> None:
    """An SVG has 72 dots an inch, the screen 96."""
    images = [QImage(plot.size(), QImage.Format.Format_RGB32) for _ in "ab"]
    images[1].setDotsPerMeterX(round(72 / 0.0254))
    images[1].setDotsPerMeterY(round(72 / 0.0254))
    for image in images:
        image.fill(LIGHT.color("card"))
        with QPainter(image) as painter:
            plot.paint(painter)
    images[1].setDotsPerMeterX(images[0].dotsPerMeterX())
    images[1].setDotsPerMeterY(images[0].dotsPerMeterY())

    assert images[0] == images[1]
