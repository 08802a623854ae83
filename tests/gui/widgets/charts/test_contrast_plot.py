"""The plot of a vocabulary: places are log-probabilities, the pointer finds words, names fit."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.charts.contrast_plot import ContrastPlot
from roberta_gui.gui.widgets.charts.point_labels import write_name
from roberta_gui.records import FloatArray


def logs(n_words: int, seed: int) -> FloatArray:
    scores = np.random.default_rng(seed).normal(size=n_words) * 2
    return np.asarray(scores - np.log(np.exp(scores).sum()), dtype=np.float32)


def make(bot: QtBot, n_words: int) -> ContrastPlot:
    widget = ContrastPlot()
    bot.addWidget(widget)
    widget.resize(480, 440)
    with bot.waitExposed(widget):
        widget.show()
    names = [f"w{word}" for word in range(n_words)]
    marked = range(min(n_words, 5))
    widget.set_words(logs(n_words, 1), logs(n_words, 2), names, marked, "word {}".format)
    return widget


@pytest.mark.parametrize("n_words", [2, 100, 50_265])
def test_every_word_stands_at_its_log_probabilities(qtbot: QtBot, n_words: int) -> None:
    widget = make(qtbot, n_words)
    a, b, places, plot = logs(n_words, 1), logs(n_words, 2), widget.positions(), widget.room()

    across = np.corrcoef(places[:, 0], a)[0, 1]
    up = np.corrcoef(-places[:, 1], b)[0, 1]
    np.testing.assert_allclose((across, up), 1, atol=1e-6)
    assert places[:, 0].min() >= plot.left() - 1e-6
    assert places[:, 1].max() <= plot.bottom() + 1e-6
    # Equal probabilities stand on the diagonal: as far from the left as from the bottom.
    side = (places[:, 0] - plot.left()) - (plot.bottom() - places[:, 1])
    np.testing.assert_allclose(np.sign(side.round(6)), np.sign(a - b), atol=1e-9)


def test_the_pointer_finds_the_nearest_word_and_none_far_away(qtbot: QtBot) -> None:
    widget = make(qtbot, 30)
    found: list[int | None] = []
    widget.item_hovered.connect(found.append)
    widget.hover_left.connect(lambda: found.append(None))
    nearest = int(widget.positions()[:, 0].argmax())  # alone at the right

    QTest.mouseMove(widget, QPointF(*widget.positions()[nearest]).toPoint() + QPoint(2, -1))
    QTest.mouseMove(widget, widget.room().topLeft().toPoint() + QPoint(4, 4))

    assert found == [nearest, None]
    assert widget.describe(nearest) == f"word {nearest}"


def test_words_that_one_sentence_cannot_have_are_drawn_at_the_edge(qtbot: QtBot) -> None:
    widget = make(qtbot, 3)
    never = np.array([-np.inf, -0.7, -0.7], dtype=np.float32)

    widget.set_words(never, never[::-1], ["a", "b", "c"], (0,), str)

    assert np.isfinite(widget.positions()).all()
    assert widget.positions()[0, 0] == widget.room().left()
    assert not widget.grab().toImage().isNull()


def test_a_hover_draws_only_highlights_and_is_undone(qtbot: QtBot) -> None:
    widget = make(qtbot, 1000)
    before = widget.grab().toImage()

    widget.set_hovered(7)
    lit = widget.grab().toImage()
    widget.set_hovered(None)

    assert lit != before
    assert widget.grab().toImage() == before


def test_a_name_over_a_cloud_of_points_has_a_halo(qtbot: QtBot) -> None:
    """Around the letters the ground is lighter with a halo than without."""
    image = QImage(120, 40, QImage.Format.Format_RGB32)

    def lightness(halo: QColor | None) -> float:
        image.fill(LIGHT.color("difference_low"))
        painter = QPainter(image)
        painter.setFont(LIGHT.font("small"))
        write_name(painter, QRectF(10, 8, 90, 20), "out", halo)
        painter.end()
        return sum(
            image.pixelColor(x, y).lightness() for x in range(120) for y in range(40)
        ) / (120 * 40)  # fmt: skip

    assert lightness(LIGHT.color("card")) > lightness(None) + 3
