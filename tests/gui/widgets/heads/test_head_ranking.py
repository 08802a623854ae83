"""The ranking of heads: its order, its bars and how much of it is shown."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.heads.head_ranking import HeadRanking, RankedHead

VALUES = {(2, 3): -2.0, (0, 1): 1.0, (1, 0): -0.5, (3, 3): 0.25}


@pytest.fixture
def ranking(qtbot: QtBot) -> HeadRanking:
    widget = HeadRanking("A ranking")
    qtbot.addWidget(widget)
    widget.resize(360, 200)
    rows = [RankedHead(head, value, f"{value:.2f}", "5 %") for head, value in VALUES.items()]
    widget.set_ranking(rows, ("nats", "has"))
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def bar(ranking: HeadRanking, image: QImage, head: tuple[int, int], role: str) -> list[int]:
    """Return the pixels across a head's row that have a colour."""
    y, wanted = round(ranking.cell_rect(*head).center().y()), LIGHT.color(role).name()
    return [x for x in range(image.width()) if QColor(image.pixel(x, y)).name() == wanted]


def test_rows_stand_in_the_order_given(ranking: HeadRanking) -> None:
    tops = [ranking.cell_rect(*head).top() for head in VALUES]

    assert tops == sorted(tops)
    assert len(set(tops)) == len(VALUES)


def test_bars_are_as_long_as_the_numbers_to_the_side_of_their_sign(ranking: HeadRanking) -> None:
    image = ranking.grab().toImage()
    lengths = {}
    for head, value in VALUES.items():
        role, other = "difference_low", "difference_high"
        if value > 0:
            role, other = other, role
        found = bar(ranking, image, head, role)
        assert bar(ranking, image, head, other) == []
        lengths[head] = len(found)

    longest = lengths[(2, 3)]
    assert longest > 40
    for head, value in VALUES.items():
        assert lengths[head] == pytest.approx(longest * abs(value) / 2, abs=3)
    assert max(bar(ranking, image, (2, 3), "difference_low")) < min(
        bar(ranking, image, (0, 1), "difference_high")
    )


def test_only_whole_rows_are_shown(ranking: HeadRanking) -> None:
    assert ranking.n_shown == len(VALUES)

    ranking.resize(180, 80)

    assert 1 <= ranking.n_shown < len(VALUES)
    last = list(VALUES)[ranking.n_shown - 1]
    assert ranking.rect().toRectF().contains(ranking.cell_rect(*last))


def test_where_it_is_low_and_wide_the_order_goes_on_in_a_second_column(
    ranking: HeadRanking,
) -> None:
    many = [RankedHead((nth // 8, nth % 8), -1.0 - nth, "−1.00", "5 %") for nth in range(48)]
    ranking.set_ranking(many, ("nats", "has"))
    ranking.resize(180, 130)
    in_one = ranking.n_shown
    ranking.resize(380, 130)
    places = [ranking.cell_rect(*row.head) for row in many[: 2 * in_one]]

    assert ranking.n_shown == 2 * in_one >= 10
    assert {place.left() for place in places[:in_one]} == {places[0].left()}
    assert {place.left() for place in places[in_one:]} == {places[-1].left()}
    assert places[0].right() < places[-1].left()
    tops = [place.top() for place in places]
    assert tops[:in_one] == sorted(set(tops)) == tops[in_one:]
    for row, place in zip(many, places, strict=False):
        assert ranking.head_at(place.center()) == row.head


class CountedText(RankedHead):
    """A row that counts how often its texts are read."""

    reads = 0

    def __getattribute__(self, name: str) -> object:
        if name in ("text", "beside"):
            CountedText.reads += 1
        return super().__getattribute__(name)


def test_painting_reads_every_row_a_few_times_however_many_there_are(ranking: HeadRanking) -> None:
    many = [CountedText((nth // 8, nth % 8), -1.0 - nth, "−1.00", "5 %") for nth in range(48)]
    ranking.resize(380, 1200)
    CountedText.reads = 0

    ranking.set_ranking(many, ("nats", "has"))
    ranking.grab()

    assert ranking.n_shown == len(many)
    assert CountedText.reads <= 8 * len(many)


def test_columns_fit_the_newest_texts_and_the_newest_theme(ranking: HeadRanking) -> None:
    rows = [RankedHead(head, value, f"{value:.6f}", "55.555 %") for head, value in VALUES.items()]
    ranking.grab()
    ranking.set_ranking(rows, ("nats", "has"))
    texts = bar(ranking, ranking.grab().toImage(), (2, 3), "difference_low")
    wear(replace(LIGHT, zoom=1.4))
    larger = bar(ranking, ranking.grab().toImage(), (2, 3), "difference_low")
    wear(LIGHT)
    again = bar(ranking, ranking.grab().toImage(), (2, 3), "difference_low")

    assert len(larger) < len(texts) == len(again)


def test_arrow_keys_go_down_the_ranking(ranking: HeadRanking) -> None:
    chosen: list[tuple[int, int]] = []
    ranking.head_clicked.connect(lambda *head: chosen.append(head))
    ranking.set_selected(2, 3)

    QTest.keyClick(ranking, Qt.Key.Key_Down)
    ranking.set_selected(*chosen[-1])
    QTest.keyClick(ranking, Qt.Key.Key_Up)

    assert chosen == [(0, 1), (2, 3)]


def test_a_head_that_is_off_keeps_its_numbers_but_not_its_name(ranking: HeadRanking) -> None:
    before = ranking.grab().toImage()

    ranking.set_switched_off([(0, 1)])

    after, row = ranking.grab().toImage(), ranking.cell_rect(0, 1).toAlignedRect()
    colours = [QColor(after.pixel(x, row.center().y())) for x in range(40)]
    assert any(colour.red() > colour.green() + 60 for colour in colours)
    assert bar(ranking, after, (0, 1), "difference_high") == bar(
        ranking, before, (0, 1), "difference_high"
    )
