"""Bars of tokens: where they stand, which names have room, pointer and keyboard."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt, SignalInstance
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.tokens.token_bars import Bars, Bracket, TokenBars
from tests.gui.clicks import double_click
from tests.gui.painted import colours
from tests.gui.widgets.in_sight import in_sight

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def bars(qtbot: QtBot) -> TokenBars:
    return in_sight(qtbot, TokenBars("Bars"), 620, 260)


def sentence(n_tokens: int) -> Bars:
    """Make bars of many heights, between two tokens that have none."""
    values = np.random.default_rng(0).gamma(1.5, 3.0, n_tokens)
    values[[0, -1]] = math.nan
    labels = [
        AxisLabel(f"word{nth}", "special" if nth in (0, n_tokens - 1) else "plain")
        for nth in range(n_tokens)
    ]
    return Bars(labels, values, [f"tip {nth}" for nth in range(n_tokens)], mean=3.0)


def picture(bars: TokenBars) -> QImage:
    return bars.grab().toImage()


def heard(signal: SignalInstance) -> list[object]:
    told: list[object] = []
    signal.connect(lambda *what: told.append(what if len(what) > 1 else what[0]))
    return told


@pytest.mark.parametrize("n_tokens", [1, 3, 12, 60, 512])
def test_every_bar_is_found_where_it_is_drawn_as_high_as_its_value(
    bars: TokenBars, n_tokens: int
) -> None:
    shown = sentence(n_tokens)
    bars.set_bars(shown)
    at = bars.layout_now()

    for token, value in enumerate(shown.values.tolist()):
        bar = at.bar(token, value)
        assert at.token_at(bar.center()) == token
        assert 0 <= bar.top() <= bar.bottom() <= bars.height()
        share = 0.0 if math.isnan(value) else value / at.high
        assert bar.height() == pytest.approx(share * at.plot.height(), abs=1e-6)


@pytest.mark.parametrize("n_tokens", [12, 60, 512])
def test_names_that_are_written_never_touch_and_the_highest_bar_has_one(
    bars: TokenBars, n_tokens: int
) -> None:
    shown = sentence(n_tokens)
    bars.set_bars(shown)
    named, at = bars.labels(), bars.layout_now()

    assert int(np.nanargmax(shown.values)) in named
    assert list(named) == sorted(named)
    assert np.diff(list(named.values())).min() >= min(at.label_gap, at.slot_width) - 1e-9
    assert (len(named) == n_tokens) is (at.slot_width >= at.label_gap)


def test_high_bars_next_to_each_other_have_their_names_a_little_aside(bars: TokenBars) -> None:
    shown = sentence(60)
    values = np.full(60, 0.5)
    values[[29, 30, 31]] = 9.0, 10.0, 8.0
    bars.set_bars(replace(shown, values=values))
    named, at = bars.labels(), bars.layout_now()

    assert {29, 30, 31} <= set(named)
    aside = {token: x - at.slot(token).center().x() for token, x in named.items()}
    assert aside[31] - aside[29] > at.label_gap - 2 * at.slot_width
    assert max(map(abs, aside.values())) < at.label_gap
    assert at.plot.left() <= min(named.values()) < max(named.values()) <= at.plot.right()


@pytest.mark.parametrize("n_tokens", [1, 3, 14])
def test_a_short_sentence_fills_the_width_with_bars_that_stay_bars(
    bars: TokenBars, n_tokens: int
) -> None:
    bars.resize(1240, 400)
    bars.set_bars(sentence(n_tokens))
    at = bars.layout_now()

    assert at.plot.width() == pytest.approx(min(n_tokens * 160, 1240 - at.plot.left() - 8))
    assert all(at.bar(token, 1.0).width() <= 72 for token in range(n_tokens))


def test_what_is_hovered_or_selected_is_always_named(bars: TokenBars) -> None:
    bars.set_bars(sentence(512))
    quiet = next(token for token in range(512) if token not in bars.labels())

    bars.set_hovered(quiet)
    assert quiet in bars.labels()
    bars.set_hovered(None)
    bars.set_selected([quiet])
    assert quiet in bars.labels()
    assert bars.accessibleDescription() == f"tip {quiet}"


@pytest.mark.parametrize("n_tokens", [9, 60, 512])
@pytest.mark.parametrize("size", [(370, 148), (390, 170), (620, 260), (1200, 420)])
def test_bars_have_half_the_height_even_where_there_is_little_and_names_stay_inside(
    bars: TokenBars, n_tokens: int, size: tuple[int, int]
) -> None:
    shown = sentence(n_tokens)
    long = [AxisLabel(f"incomprehensibility{nth}") for nth in range(n_tokens)]
    bars.resize(*size)
    bars.set_bars(replace(shown, labels=long))
    image = picture(bars)

    assert bars.layout_now().plot.height() >= 0.5 * bars.height()
    last = colours(image, QRect(0, bars.height() - 1, bars.width(), 1))
    assert last == {LIGHT.color("card").name()}


def test_flat_names_are_as_long_as_bars_are_apart_however_low_the_picture(bars: TokenBars) -> None:
    bars.resize(370, 148)
    labels = [AxisLabel(name) for name in ("␣counterclockwise", "␣the", "␣moon", ".")]
    bars.set_bars(Bars(labels, np.array([3.0, 1.0, 2.0, 0.5]), [""] * 4))
    at = bars.layout_now()

    assert at.is_flat
    assert at.longest == pytest.approx(at.slot_width - 6, abs=0.5)


@pytest.mark.parametrize("aside", [-1.0, -0.5, 0.0, 0.1, 0.2, 0.3, 0.5])
def test_no_line_crosses_a_number(bars: TokenBars, aside: float) -> None:
    labels = [AxisLabel(name) for name in ("a", "b", "c")]
    plain = Bars(labels, np.array([4.2, 9.0, 4.9]), [""] * 3)
    bars.set_bars(plain)
    at = bars.layout_now()
    without = picture(bars)
    bars.set_bars(replace(plain, mean=4.2 + aside))
    crossed = picture(bars)
    middle, foot = round(at.slot(0).center().x()), at.y(4.2) - 3

    for x in range(middle - 8, middle + 8):
        for y in range(math.ceil(foot) - 8, math.floor(foot) + 1):
            assert crossed.pixel(x, y) == without.pixel(x, y)


def test_low_values_stay_low_on_an_axis_that_reaches_further(bars: TokenBars) -> None:
    shown = sentence(12)
    values = shown.values / 1000
    bars.set_bars(Bars(shown.labels, values, shown.tips, at_least=7.0))
    at = bars.layout_now()

    assert at.y(7.0) > at.plot.top()
    assert all(at.bar(t, v).height() < 2 for t, v in enumerate(values.tolist()))


def test_a_line_over_several_bars_is_drawn_and_has_its_place_on_the_axis(bars: TokenBars) -> None:
    shown = sentence(12)
    bars.set_bars(shown)
    before = picture(bars)
    lines = [Bracket(3, 5, 80.0)]
    bars.set_bars(Bars(shown.labels, shown.values, shown.tips, lines, bracket_name="words"))

    assert bars.layout_now().y(80.0) >= bars.layout_now().plot.top()
    assert picture(bars) != before


def test_a_mark_stands_across_each_bar_at_what_it_is_compared_with(bars: TokenBars) -> None:
    shown = sentence(12)
    marks = shown.values[::-1].copy()
    marks[5] = math.nan
    bars.set_bars(replace(shown, values=shown.values * 0.1, marks=marks, mean=math.nan))
    at, image = bars.layout_now(), picture(bars)

    for token, mark in enumerate(marks.tolist()):
        x = round(at.slot(token).center().x())
        y = at.plot.top() if math.isnan(mark) else at.y(mark)
        near = range(max(int(y) - 2, 0), int(y) + 4)
        found = [row for row in near if QColor(image.pixel(x, row)).name() == LIGHT.text.lower()]
        assert (not found) is math.isnan(mark)
        assert all(abs(row + 0.5 - y) < 2 for row in found)


def test_pointer_and_keys_tell_which_token_is_meant(bars: TokenBars) -> None:
    bars.set_bars(sentence(12))
    at = bars.layout_now()
    hovered, clicked = heard(bars.item_hovered), heard(bars.item_clicked)
    twice, stepped = heard(bars.item_double_clicked), heard(bars.stepped)
    spot = at.slot(4).center().toPoint()

    QTest.mouseMove(bars, spot)
    QTest.mouseClick(bars, LEFT, NONE, spot)
    QTest.mouseClick(bars, LEFT, Qt.KeyboardModifier.ControlModifier, spot)
    double_click(bars, LEFT, NONE, spot)
    QTest.keyClick(bars, Qt.Key.Key_Right)
    QTest.keyClick(bars, Qt.Key.Key_Left)

    assert hovered[0] == 4
    assert clicked[:2] == [(4, False), (4, True)]
    assert twice == [4]
    assert stepped == [1, -1]


def test_a_shorter_sentence_leaves_no_token_selected_that_is_not_there(bars: TokenBars) -> None:
    bars.set_bars(sentence(60))
    bars.set_selected([50])
    bars.set_hovered(55)
    bars.set_bars(sentence(12))
    left = picture(bars)
    bars.set_selected([])
    bars.set_hovered(None)

    assert picture(bars) == left
    assert bars.accessibleDescription() == ""
