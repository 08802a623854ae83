"""Arcs as one image: the same ink as strokes of Qt's own would leave."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPainterPath, QPen
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.arcs.arc_lines import DARKEST, arcs_image, bend
from roberta_gui.records import FloatArray

BLUE, RED = QColor("#2F78C8"), QColor("#D9571E")
WIDTH, HEIGHT = 90, 70


def ink_of(image: QImage) -> FloatArray:
    """Return float (row, column): how much of the ground is hidden, 0 to 1."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    alpha: FloatArray = pixels[..., 3].astype(np.float64) / 255
    return alpha


def drawn(*lines: tuple[float, float, float], thickness: float = 1.0, stretch: int = 1) -> QImage:
    starts, ends, opacity = np.array(lines, dtype=np.float32).reshape(-1, 3).T
    return arcs_image(
        starts, ends, opacity,
        width=WIDTH, height=HEIGHT, thickness=thickness, inks=(BLUE, RED), stretch=stretch,
    )  # fmt: skip


def test_a_level_line_covers_its_rows_and_shares_those_it_only_touches() -> None:
    ink = ink_of(drawn((20.25, 20.25, 0.5), thickness=2.0))

    # From 19.25 to 21.25: three quarters, all, and a quarter of a row, in layers of ink.
    expected = {19: 1 - 0.5**0.75, 20: 0.5, 21: 1 - 0.5**0.25}
    for row in range(HEIGHT):
        np.testing.assert_allclose(ink[row], expected.get(row, 0.0), atol=0.5 / 255 + 1e-6)


def test_two_lines_let_as_much_light_through_as_one_after_the_other() -> None:
    ink = ink_of(drawn((30.5, 30.5, 0.5), (30.5, 30.5, 0.4)))

    np.testing.assert_allclose(ink[30], 1 - (1 - 0.5) * (1 - 0.4), atol=0.5 / 255 + 1e-6)


@pytest.mark.parametrize("ends", [(5.0, 60.0), (62.0, 8.0), (30.0, 34.0)])
def test_a_line_lies_where_qt_strokes_the_same_curve(
    qtbot: QtBot, ends: tuple[float, float]
) -> None:
    assert QGuiApplication.instance() is not None
    stroked = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    stroked.fill(Qt.GlobalColor.transparent)
    painter = QPainter(stroked)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink_of_pen = QColor(RED)
    ink_of_pen.setAlphaF(0.6)
    pen = QPen(ink_of_pen, 2.0)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    path = QPainterPath(QPointF(0, ends[0]))
    path.cubicTo(WIDTH / 3, ends[0], WIDTH * 2 / 3, ends[1], WIDTH, ends[1])
    painter.drawPath(path)
    painter.end()
    reference = ink_of(stroked)

    ink = ink_of(drawn((*ends, 0.6), thickness=2.0))

    rows = np.arange(HEIGHT)[:, None]
    for column in range(2, WIDTH - 2):
        mine, theirs = ink[:, column], reference[:, column]
        centre, expected = ((rows[:, 0] * c).sum() / c.sum() for c in (mine, theirs))
        assert centre == pytest.approx(expected, abs=0.35)
        # As much ink in each column, so that steep parts have no gaps and are no fatter.
        assert mine.sum() == pytest.approx(theirs.sum(), rel=0.15)


def test_an_arc_is_level_at_both_ends_and_halfway_in_the_middle() -> None:
    assert bend(np.array([0, 0.5, 1], np.float64)).tolist() == [0, 0.5, 1]
    slopes = np.diff(bend(np.array([0, 1e-4, 1 - 1e-4, 1], np.float64)))
    assert slopes[0] == pytest.approx(0, abs=1e-6)
    assert slopes[-1] == pytest.approx(0, abs=1e-6)


def test_each_sign_has_its_ink() -> None:
    image = drawn((10.5, 10.5, -0.9), (40.5, 40.5, 0.9))

    low, high = image.pixelColor(45, 10), image.pixelColor(45, 40)
    for colour, ink in ((low, BLUE), (high, RED)):
        assert np.allclose(
            [colour.red(), colour.green(), colour.blue()],
            [ink.red(), ink.green(), ink.blue()],
            atol=2,
        )


def test_one_ink_and_two_give_the_same_picture() -> None:
    alone = drawn((12.0, 50.0, 0.7), (33.0, 20.0, 0.4))
    beside = drawn((12.0, 50.0, 0.7), (33.0, 20.0, 0.4), (-50.0, -50.0, -0.5))

    np.testing.assert_allclose(ink_of(alone), ink_of(beside), atol=1.01 / 255)
    assert alone.pixelColor(2, 12).red() == pytest.approx(beside.pixelColor(2, 12).red(), abs=3)


def test_lines_that_leave_the_image_are_cut_off_and_harm_nothing() -> None:
    ink = ink_of(drawn((-40.0, 35.0, 0.8), (35.5, 500.0, 0.8), (900.0, 950.0, 1.0)))

    assert ink[:, 0].max() == pytest.approx(0.8, abs=0.02)
    assert ink.min() >= 0
    np.testing.assert_allclose(ink[-1, -1], 0, atol=1e-6)


def test_the_strongest_line_still_lets_a_little_through() -> None:
    assert ink_of(drawn((30.5, 30.5, 1.0)))[30, 10] == pytest.approx(DARKEST, abs=0.5 / 255)


def test_at_half_the_width_a_line_stays_as_thick() -> None:
    whole, half = ink_of(drawn((5.0, 60.0, 0.9))), ink_of(drawn((5.0, 60.0, 0.9), stretch=2))

    middle = WIDTH // 2
    slope = 55 * 1.5 / WIDTH
    depth = -np.log1p(-whole[:, middle]).sum() / -np.log1p(-0.9)
    coarse = -np.log1p(-half[:, middle]).sum() / -np.log1p(-0.9)
    assert depth == pytest.approx(np.hypot(1, slope), rel=0.03)
    assert coarse == pytest.approx(np.hypot(1, slope / 2), rel=0.03)


def test_no_lines_are_a_clear_image() -> None:
    assert ink_of(drawn()).max() == 0
