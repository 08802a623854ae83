"""Words about a map, and the steps as bars: where they go, what they say, what they leave out."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.marks import Cells, StepChanges
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import DARK, LIGHT
from roberta_gui.gui.widgets.layers.beside import Beside
from roberta_gui.gui.widgets.layers.similarity_map import SimilarityMap
from roberta_gui.gui.widgets.layers.step_bars import StepBars

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SENTENCES = (
    "Neighbouring layers are alike, as far as anybody can tell from so many sentences.",
    "The largest step is from layer 1 to 2, and it is four times the average change.",
)
CHANGES = StepChanges(
    np.array([0.1, 0.4, 0.1, 0.2]),
    np.array([0.02, 0.05, np.nan, 0.02]),
    ("emb", "1", "2", "3", "4"),
    "Change",
    lambda step: f"step {step}",
)


def placed(qtbot: QtBot, width: int, height: int, n: int = 13) -> tuple[Beside, SimilarityMap]:
    heat = SimilarityMap()
    both = Beside(heat)
    qtbot.addWidget(both)
    names = ("emb", *map(str, range(1, n)))
    tell = "{} {}".format
    heat.set_cells(Cells(np.eye(n), names, names, ColourScale(0.0, 1.0), tell, tell))
    both.resize(width, height)
    wear(LIGHT)
    with qtbot.waitExposed(both):
        both.show()
    both.say(SENTENCES, CHANGES)
    return both, heat


def labels(both: Beside) -> list[QLabel]:
    return [label for label in both.findChildren(QLabel) if label.isVisible()]


@pytest.mark.parametrize(
    ("size", "where"),
    [((900, 400), "beside"), ((300, 620), "below"), ((230, 150), "nowhere")],
)
def test_words_go_where_they_leave_the_map_largest(
    qtbot: QtBot, size: tuple[int, int], where: str
) -> None:
    both, heat = placed(qtbot, *size)

    said = both.words.geometry()
    assert both.has_words is (where != "nowhere")
    assert [label.text() for label in labels(both)] == list(SENTENCES if both.has_words else ())
    if where == "beside":
        assert said.left() >= heat.geometry().right()
    elif where == "below":
        assert said.top() >= heat.geometry().bottom()
    else:
        assert heat.size() == both.size()
    if both.has_words:
        assert not said.intersects(heat.geometry())
        assert both.rect().contains(said)
        for part in (*labels(both), both.words.bars):
            assert both.words.rect().contains(part.geometry())


def test_words_become_smaller_and_bars_go_before_the_words_do(qtbot: QtBot) -> None:
    both, _ = placed(qtbot, 520, 400, n=7)
    seen = []
    for height in range(400, 20, -5):
        both.resize(520, height)
        font = labels(both)[0].font().pixelSize() if both.has_words else 0
        seen.append((both.has_words, font, both.words.bars.isVisible()))

    control, small = (LIGHT.font(role).pixelSize() for role in ("control", "small"))
    order = list(dict.fromkeys(seen))
    assert order[0] == (True, control, True)
    assert order.index((True, small, True)) < order.index((True, small, False))
    assert order[-1] == (False, 0, False)


def test_cells_that_are_large_enough_to_read_give_room_to_words(qtbot: QtBot) -> None:
    both, heat = placed(qtbot, 440, 300, n=5)

    assert both.has_words
    assert both.words.bars.isVisible()
    assert heat.side(heat.width(), heat.height()) >= 30


def test_without_steps_there_are_no_bars(qtbot: QtBot) -> None:
    both, _ = placed(qtbot, 900, 400)

    both.say(SENTENCES)

    assert both.has_words
    assert not both.words.bars.isVisible()


def test_whoever_looks_is_told_when_the_words_lose_their_room(qtbot: QtBot) -> None:
    both, _ = placed(qtbot, 900, 400)

    with qtbot.waitSignal(both.rearranged):
        both.resize(200, 130)

    assert not both.has_words


@pytest.fixture
def bars(qtbot: QtBot) -> StepBars:
    widget = StepBars()
    qtbot.addWidget(widget)
    widget.resize(260, 140)
    widget.set_changes(CHANGES)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.mark.parametrize("size", [(80, 56), (260, 140), (900, 170)])
def test_bars_are_as_high_as_the_changes_are_large(bars: StepBars, size: tuple[int, int]) -> None:
    bars.resize(*size)

    heights = [bars.bar_rect(step).height() for step in range(4)]

    np.testing.assert_allclose(np.divide(heights, heights[1]), CHANGES.changes / 0.4)
    room = bars.rect().toRectF()
    assert all(room.contains(bars.item_rect(step)) for step in range(4))
    whisker = heights[1] * 0.05 / 0.4
    assert bars.bar_rect(1).top() - whisker >= bars.item_rect(1).top() - 1e-6
    bars.grab()


def test_a_change_below_zero_is_no_bar(bars: StepBars) -> None:
    bars.set_changes(
        StepChanges(np.array([-0.01, 0.1]), np.full(2, np.nan), ("emb", "1", "2"), "", str)
    )

    assert bars.bar_rect(0).height() == 0
    bars.grab()


def test_the_pointer_enters_and_leaves_steps_and_a_click_chooses_the_layer_reached(
    bars: StepBars, qtbot: QtBot
) -> None:
    place = bars.item_rect(2).center().toPoint()

    with qtbot.waitSignal(bars.item_hovered, check_params_cb=lambda step: step == 2):
        QTest.mouseMove(bars, QPoint(1, 1))
        QTest.mouseMove(bars, place)
    with qtbot.waitSignal(bars.item_clicked, check_params_cb=lambda step, _: step == 2):
        QTest.mouseClick(bars, LEFT, NONE, place)
    with qtbot.waitSignal(bars.hover_left):
        QTest.mouseMove(bars, QPoint(1, 1))


def test_bars_without_room_for_numbers_say_them_to_a_screen_reader(bars: StepBars) -> None:
    tall = bars.has_numbers
    bars.resize(260, bars.minimumSizeHint().height())

    assert (tall, bars.has_numbers) == (True, False)
    assert bars.accessibleDescription() == "Change: 0.10, 0.40, 0.10, 0.20"


def test_small_changes_are_told_apart_from_nothing(bars: StepBars) -> None:
    small = np.array([0.011, -0.0001, 0.014])
    bars.set_changes(StepChanges(small, np.full(3, np.nan), ("emb", "1", "2", "3"), "C", str))

    assert bars.accessibleDescription() == "C: 0.011, 0.000, 0.014"


def test_bars_take_other_colours(bars: StepBars) -> None:
    light = bars.grab().toImage()

    wear(DARK)

    assert bars.grab().toImage() != light
