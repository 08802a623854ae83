"""A paint that fails is logged once, said in words, and leaves no painter open."""

import logging
from collections.abc import Callable

import pytest
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.charts.scatter import Scatter
from roberta_gui.gui.widgets.heatmap.heatmap_labels import HeatmapLabels
from roberta_gui.gui.widgets.painting.drawing import draw, saved
from roberta_gui.gui.widgets.painting.figure import Figure
from roberta_gui.gui.widgets.tokens.token_chips import ChipPainter
from tests.gui.widgets.painting import pictures


class FailingFigure(Figure[None]):
    """Fails in the picture or in the highlights, deep inside."""

    def __init__(self, *, in_picture: bool) -> None:
        super().__init__()
        self.in_picture = in_picture
        self.fails = True
        self.used: list[QPainter] = []

    def paint_picture(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), self.theme.color("accent"))
        self._fail(painter, self.in_picture)

    def paint_highlights(self, painter: QPainter) -> None:
        self._fail(painter, not self.in_picture)

    def _fail(self, painter: QPainter, here: bool) -> None:
        self.used.append(painter)
        if here and self.fails:
            with saved(painter):
                painter.translate(1000, 1000)
                raise ArithmeticError("no such colour")


class FailingWidget(QWidget):
    """Fails as it is told to."""

    error: Exception = ArithmeticError("no such colour")

    def paintEvent(self, event: QPaintEvent) -> None:
        draw(self, self._fail)

    def _fail(self, painter: QPainter) -> None:
        raise self.error


def image_of(widget: QWidget) -> QImage:
    return widget.grab().toImage()


@pytest.fixture(params=[True, False], ids=["picture", "highlights"])
def figure(request: pytest.FixtureRequest, qtbot: QtBot) -> FailingFigure:
    figure = FailingFigure(in_picture=request.param)
    qtbot.addWidget(figure)
    figure.resize(300, 120)
    return figure


def test_every_painter_ends_and_the_log_has_the_traceback_once(
    figure: FailingFigure, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        figure.repaint_picture()
        figure.grab()

    assert [painter.isActive() for painter in figure.used if painter.isActive()] == []
    (record,) = caplog.records
    assert (record.levelno, record.message) == (logging.ERROR, "FailingFigure could not be drawn")
    assert record.exc_info is not None
    assert record.exc_info[0] is ArithmeticError


@pytest.mark.expects_log("could not be drawn")
def test_the_picture_says_in_words_that_it_could_not_be_drawn(
    figure: FailingFigure, qtbot: QtBot
) -> None:
    failed = image_of(figure)
    said = FailingWidget()
    qtbot.addWidget(said)
    said.resize(figure.size())

    assert failed == image_of(said)
    assert len({failed.pixel(x, y) for x in range(300) for y in range(120)}) > 2


@pytest.mark.expects_log("could not be drawn")
def test_what_can_be_drawn_again_is(figure: FailingFigure) -> None:
    failed = image_of(figure)
    figure.fails = False
    figure.update()

    mended = image_of(figure)

    assert mended != failed
    assert mended.pixelColor(5, 5) == LIGHT.color("accent")


def test_another_failure_is_logged_as_well(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    failing = FailingWidget()
    qtbot.addWidget(failing)

    for error in (KeyError("a"), KeyError("a"), KeyError("b"), ValueError("b")):
        failing.error = error
        failing.grab()

    assert len(caplog.records) == 3


def test_an_export_fails_as_a_whole_instead_of_being_half_a_picture(figure: FailingFigure) -> None:
    image = QImage(300, 120, QImage.Format.Format_RGB32)

    with pytest.raises(ArithmeticError), QPainter(image) as painter:
        figure.paint(painter)

    assert not painter.isActive()


@pytest.mark.expects_log("could not be drawn")
@pytest.mark.parametrize(
    ("make", "part", "method"),
    [
        (pictures.token_strip, ChipPainter, "paint"),
        (pictures.scatter, Scatter, "paint_highlights"),
        (pictures.heatmap, HeatmapLabels, "paint_rows"),
    ],
    ids=["token strip", "scatter", "heatmap"],
)
def test_a_part_that_fails_takes_nothing_else_along(
    make: Callable[[], pictures.Pictured],
    part: type,
    method: str,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_arguments: object) -> None:
        raise ArithmeticError("no such colour")

    def image() -> QImage:
        shown = make().widget
        qtbot.addWidget(shown)
        shown.resize(400, 300)
        return image_of(shown)

    whole = image()
    with monkeypatch.context() as patched:
        patched.setattr(part, method, fail)
        failed = image()

    assert failed != whole
    assert image() == whole
