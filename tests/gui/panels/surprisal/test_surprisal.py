"""The Surprisal panel: what it shows, links and says; numbers are those of the derivation."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from roberta_gui.findings.surprisal import TokenSurprisal
from roberta_gui.gui.export.exporter import picture_of
from roberta_gui.gui.panels.surprisal.panel import SurprisalPanel
from roberta_gui.gui.widgets.tokens.token_bars import TokenBars
from roberta_gui.view import Derived
from tests.gui.clicks import double_click
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, MadeUpEngine, made_up_analysis

TEXT = "The <mask> sat on the mat tonight"
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


pytestmark = pytest.mark.panel(kind=SurprisalPanel)


def bars(shown: ShownPanel) -> TokenBars:
    figure = shown.panel.picture()
    assert isinstance(figure, TokenBars)
    return figure


def spot(shown: ShownPanel, token: int) -> QPoint:
    return bars(shown).layout_now().slot(token).center().toPoint()


def test_no_empty_lines_stand_under_an_empty_panel(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TEXT))
    waiting = shown.words()
    shown.derive()
    measured = shown.words()

    assert all(waiting)
    assert len(measured) == 2
    assert all(measured)


@pytest.mark.parametrize(
    ("name", "estimator"),
    [("Unmasked", "unmasked"), ("PLL", "pll"), ("PLL by word", "pll_word_l2r")],
)
def test_the_chosen_estimators_bits_are_shown(shown: ShownPanel, name: str, estimator: str) -> None:
    analysis = shown.show_text(TEXT)
    shown.button(name).click()
    shown.derive()

    *_, expected = MadeUpEngine().surprisal_steps(analysis.request, estimator)  # type: ignore[arg-type]
    arrays = shown.panel.arrays()
    assert arrays is not None
    np.testing.assert_array_equal(arrays["bits"], expected)
    assert str(arrays["estimator"]) == estimator
    assert f"{np.nanmean(expected):.2f} a token" in shown.panel.caption_text()


def test_values_are_shown_as_they_come_and_the_caption_counts_them(shown: ShownPanel) -> None:
    analysis = shown.show(made_up_analysis(TEXT))
    key = shown.wanted[-1].key
    first, *_, last = (
        TokenSurprisal(analysis, "pll", bits)
        for bits in MadeUpEngine().surprisal_steps(analysis.request)
        if not np.isnan(bits).all()
    )

    shown.store.derive("surprisal", Derived(key, first))
    half, said = shown.picture(), shown.panel.caption_text()
    shown.store.derive("surprisal", Derived(key, last))

    assert f"{first.n_known} of 6 tokens are measured so far." in said
    assert shown.picture() != half
    assert "6 tokens" in shown.panel.caption_text()


def test_hover_click_and_keys_are_those_of_the_whole_window(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    asked: list[int] = []
    shown.panel.mask_wanted.connect(asked.append)

    QTest.mouseMove(bars(shown), spot(shown, 4))
    assert shown.store.view.selection.hovered_token == 4
    QTest.mouseClick(bars(shown), LEFT, NONE, spot(shown, 4))
    QTest.keyClick(bars(shown), Qt.Key.Key_Right)
    assert shown.store.view.selection.tokens == (5,)
    double_click(bars(shown), LEFT, NONE, spot(shown, 3))
    assert asked == [3]
    shown.store.end_hover()


def test_an_old_picture_locks_nothing(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.show(made_up_analysis("One two three four five six"))

    QTest.mouseClick(bars(shown), LEFT, NONE, spot(shown, 4))
    QTest.keyClick(bars(shown), Qt.Key.Key_Right)

    assert shown.store.view.selection.tokens == ()


def test_the_sentence_is_tinted_from_here_too(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.button("Tint sentence").click()

    assert shown.store.view.choices.surprisal.tint


def test_measuring_that_nothing_came_of_yet_ends_with_who_wants_it(
    shown: ShownPanel, qtbot: QtBot
) -> None:
    shown.show(made_up_analysis(TEXT))
    assert shown.wanted

    shown.store.choose("surprisal", tint=True)
    with qtbot.assertNotEmitted(shown.panel.given_up):
        shown.panel.hide()
    with qtbot.waitSignal(shown.panel.given_up):
        shown.store.choose("surprisal", tint=False)
    shown.panel.show()
    with qtbot.waitSignal(shown.panel.given_up):
        shown.panel.hide()


def test_behind_another_tab_the_measuring_is_given_up_unless_the_sentence_is_tinted(
    shown: ShownPanel, qtbot: QtBot
) -> None:
    shown.show_text(TEXT)
    shown.store.choose("surprisal", tint=True)
    shown.panel.set_covered(True)
    kept = "surprisal" in shown.store.view.derived
    shown.store.choose("surprisal", tint=False)

    assert kept
    assert "surprisal" not in shown.store.view.derived
    shown.show(made_up_analysis("Another sentence"))
    assert shown.wanted == []
    assert shown.panel.is_current
    shown.panel.set_covered(False)
    qtbot.waitUntil(lambda: len(shown.wanted) == 1)


def test_with_heads_off_the_full_state_is_marked_and_the_heading_tells_the_change(
    shown: ShownPanel,
) -> None:
    analysis = shown.show_text(TEXT)
    *_, baseline = MadeUpEngine().surprisal_steps(analysis.request)
    remarks = [label.text() for label in shown.panel.heading.findChildren(QLabel)]
    switched = shown.switch_off((1, 2))

    *_, off = MadeUpEngine().surprisal_steps(switched.request)
    change = float(np.nanmean(off) - np.nanmean(baseline))
    more = "more" if change > 0 else "less"
    told = f"{np.nanmean(off):.2f} bits a token, {abs(change):.2f} {more} than with every head on"
    assert told in [label.text() for label in shown.panel.heading.findChildren(QLabel)]
    assert f"{np.nanmean(baseline):.2f} bits a token" in remarks
    arrays = shown.panel.arrays()
    assert arrays is not None
    np.testing.assert_array_equal(arrays["bits_b"], baseline)
    assert f"{np.nanmean(baseline):.2f} a token" in shown.panel.caption_text()

    shown.store.restore_heads()
    shown.derive()
    assert remarks == [label.text() for label in shown.panel.heading.findChildren(QLabel)]


def test_where_nothing_can_be_scored_the_panel_says_why(shown: ShownPanel) -> None:
    shown.show_text("<mask>")
    assert "No token to score" in shown.words()
    assert shown.panel.table() is None

    shown.show(made_up_analysis(TEXT, replace(MADE_UP, can_fill_masks=False)))
    assert "This model cannot guess words" in shown.words()
    assert shown.panel.arrays() is None


def test_an_exported_picture_has_room_for_its_bars_however_low_the_panel_is(
    shown: ShownPanel,
) -> None:
    shown.show_text("The cat sat on the mat and looked at the moon")
    shown.panel.resize(600, 480)
    shown.picture()
    as_shown = shown.panel.printed()
    shown.panel.resize(390, 230)
    shown.picture()
    drawn = shown.panel.printed()

    assert as_shown is bars(shown)
    assert bars(shown).height() < 200
    assert isinstance(drawn, TokenBars)
    assert drawn.height() >= 260
    assert drawn.layout_now().plot.height() > 1.5 * bars(shown).layout_now().plot.height()
    assert picture_of(shown.panel).to_image().height() > 2 * 260
    names = [{*each.labels()} for each in (bars(shown), drawn)]
    assert names[0] <= names[1]


LONG = " ".join(f"word{n}" for n in range(300))


def n_measured(shown: ShownPanel) -> int:
    arrays = shown.panel.arrays()
    assert arrays is not None
    return int(np.count_nonzero(~np.isnan(arrays["bits"])))


def test_a_long_text_is_measured_when_somebody_agrees_to_so_many_passes(
    shown: ShownPanel,
) -> None:
    analysis = replace(made_up_analysis(LONG), seconds={"layers": 0.1})
    shown.show(analysis)

    assert shown.wanted == []
    assert "Not measured yet" in shown.said()
    shown.button("Measure: 300 passes, about 30 s").click()
    shown.derive()

    assert n_measured(shown) == 300
    shown.show_text(f"{LONG} and a little more")
    assert n_measured(shown) == 304
    shown.wanted.clear()
    shown.show(made_up_analysis(f"{LONG} {LONG}"[:5000]))
    assert shown.wanted == []


def test_one_pass_for_all_tokens_of_a_long_text_asks_nobody(shown: ShownPanel) -> None:
    shown.store.choose("surprisal", estimator="unmasked")
    shown.show_text(LONG)

    assert n_measured(shown) == 300
