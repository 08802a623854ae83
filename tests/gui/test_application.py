"""The real thing, end to end: the window, the worker and the built-in model."""

import json
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui import lanes
from roberta_gui.analysis.axes.reference_sentences import reference_sentences
from roberta_gui.engine.checkpoints import hub
from roberta_gui.gui.start.log import catch_failures
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.heads.head_grid import HeadGrid
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.gui.window.notice_bar import NoticeBar
from roberta_gui.gui.work import engine_worker
from roberta_gui.records import Analysis, AnalysisRequest
from tests.gui.clicks import double_click
from tests.gui.explorer import TEXT, Explorer
from tests.tolerances import PASS

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def started(
    request: pytest.FixtureRequest, qapp: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Explorer]:
    """Start one explorer for all tests here; two dozen reference sentences are enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            engine_worker, "reference_sentences", lambda path: reference_sentences(path)[:24]
        )
        explorer = Explorer(tmp_path_factory.mktemp("explorer"), QtBot(request))
        explorer.start()
        yield explorer
        explorer.close()


@pytest.fixture
def explorer(started: Explorer) -> Iterator[Explorer]:
    """Bring the explorer back to its first sentence, nothing locked, nothing told."""
    started.window.docks.end_solo()
    started.window.docks.reset()
    for lane in tuple(started.store.view.problems):
        started.store.report(lane, None)
    started.store.clear()
    started.store.select_head(0, 0)
    started.write(TEXT)
    started.editor.setFocus()
    yield started
    started.store.end_hover()
    started.settle()


def test_a_typed_sentence_gives_what_the_library_gives(explorer: Explorer) -> None:
    from roberta_gui.engine import Engine

    explorer.write("")
    QTest.keyClicks(explorer.editor, TEXT)
    explorer.bot.waitUntil(lambda: explorer.analysis.request.text == TEXT)
    explorer.settle()
    expected = Engine.load("mini").analyse(AnalysisRequest(TEXT))

    shown = explorer.analysis
    assert shown.tokens == expected.tokens
    assert [c.text for c in shown.fills[0].candidates] == [
        c.text for c in expected.fills[0].candidates
    ]
    np.testing.assert_allclose(shown.attention, expected.attention, atol=PASS)
    np.testing.assert_allclose(shown.hidden, expected.hidden, atol=PASS)
    in_sight = [panel for panel in explorer.window.docks.panels if panel.is_in_sight]
    assert {panel.name for panel in in_sight} >= {"guesses", "attention"}
    assert all(panel.table() is not None for panel in in_sight)
    assert explorer.bars() == []


def test_a_click_on_a_guess_puts_the_word_in_and_undo_brings_the_mask_back(
    explorer: Explorer,
) -> None:
    best = explorer.analysis.fills[0].candidates[0]

    QTest.mouseClick(explorer.panel("guesses").picture(), LEFT, NONE, QPoint(30, 10))
    filled = explorer.editor.text()
    QTest.keyClick(explorer.editor, Qt.Key.Key_Z, CTRL)

    assert filled == f"The cat sat on the {best.text}."
    assert explorer.editor.text() == TEXT


def test_a_double_click_masks_a_token_and_again_brings_it_back(explorer: Explorer) -> None:
    cat = next(token.index for token in explorer.analysis.tokens if token.text == "cat")

    explorer.double_click(cat)
    explorer.settle()
    assert explorer.editor.text() == "The <mask> sat on the <mask>."
    assert len(explorer.analysis.fills) == 2

    explorer.double_click(cat)
    explorer.settle()
    assert explorer.editor.text() == TEXT


def test_hovering_a_token_lights_it_up_in_every_panel_and_leaving_lets_it_go(
    explorer: Explorer,
) -> None:
    figures = [explorer.panel(name).picture() for name in ("attention", "hidden")]
    plain = [figure.grab().toImage() for figure in figures]

    QTest.mouseMove(explorer.strip.viewport(), explorer.token_place(2))
    explorer.bot.waitUntil(lambda: explorer.view.selection.hovered_token == 2)
    lit = [figure.grab().toImage() for figure in figures]
    QTest.mouseMove(explorer.window, QPoint(3, 3))
    explorer.strip.hover_left.emit()
    explorer.bot.waitUntil(lambda: explorer.view.selection.hovered_token is None)

    assert all(was != now for was, now in zip(plain, lit, strict=True))
    assert [figure.grab().toImage() for figure in figures] == plain


def test_a_token_is_locked_in_one_picture_and_outlined_in_the_others(explorer: Explorer) -> None:
    heatmap = explorer.panel("attention").picture()
    assert isinstance(heatmap, Heatmap)
    layout = heatmap.layout_now()
    place = QPointF(layout.column_rect(1).center().x(), layout.row_rect(3).center().y())

    QTest.mouseClick(heatmap, LEFT, NONE, place.toPoint())
    locked = explorer.view.selection.tokens
    QTest.keyClick(explorer.editor, Qt.Key.Key_Escape)

    assert locked == (3,)
    assert explorer.view.selection.tokens == ()


def test_arrow_keys_travel_over_all_heads(explorer: Explorer) -> None:
    grid = explorer.panel("heads").picture()
    assert isinstance(grid, HeadGrid)
    QTest.mouseClick(grid, LEFT, NONE, grid.cell_rect(2, 3).center().toPoint())

    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up):
        QTest.keyClick(grid, key)

    shown = explorer.view.selection
    assert (shown.attention_layer, shown.head) == (2, 5)
    caption = explorer.panel("attention").caption_text()
    assert "Layer 3, head 6 " in caption


def test_a_double_click_on_a_head_shows_it_alone_and_escape_brings_all_back(
    explorer: Explorer,
) -> None:
    grid = explorer.panel("heads").picture()
    assert isinstance(grid, HeadGrid)

    before = [panel.name for panel in explorer.window.docks.panels if panel.isVisible()]
    double_click(grid, LEFT, NONE, grid.cell_rect(4, 1).center().toPoint())
    alone = [panel.name for panel in explorer.window.docks.panels if panel.isVisible()]
    QTest.keyClick(explorer.editor, Qt.Key.Key_Escape)

    assert alone == ["attention"]
    assert explorer.view.selection.shown_head == (4, 1)
    after = [panel.name for panel in explorer.window.docks.panels if panel.isVisible()]
    assert after == before
    assert len(before) > 1


def test_control_m_puts_a_mask_at_the_cursor(explorer: Explorer) -> None:
    explorer.write("One word")

    QTest.keyClick(explorer.editor, Qt.Key.Key_M, CTRL)
    explorer.settle()

    assert explorer.editor.text() == "One word <mask>"
    assert len(explorer.analysis.fills) == 1


def test_a_question_mark_is_typed_and_opens_no_help(explorer: Explorer) -> None:
    explorer.write("")

    QTest.keyClicks(explorer.editor, "Who is it?")
    explorer.settle()

    assert explorer.editor.text() == "Who is it?"


def test_f3_lists_the_next_mask_and_shift_f3_the_one_before(explorer: Explorer) -> None:
    explorer.write("<mask> and <mask>")
    shift = Qt.KeyboardModifier.ShiftModifier

    QTest.keyClick(explorer.editor, Qt.Key.Key_F3)
    second = explorer.view.selection.mask
    QTest.keyClick(explorer.editor, Qt.Key.Key_F3)
    QTest.keyClick(explorer.editor, Qt.Key.Key_F3, shift)

    assert (second, explorer.view.selection.mask) == (1, 0)


@pytest.mark.parametrize("arrangement", ["explore", "words"])
def test_f5_fills_all_masks_and_one_undo_takes_the_words_out(
    explorer: Explorer, arrangement: str
) -> None:
    text = "The <mask> sat on the <mask>."
    explorer.window.compare.choose(arrangement)
    explorer.write(text)
    best = [fill.candidates[0].text for fill in explorer.analysis.fills]

    QTest.keyClick(explorer.editor, Qt.Key.Key_F5)
    explorer.settle()

    assert explorer.editor.text() == f"The {best[0]} sat on the {best[1]}."
    QTest.keyClick(explorer.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert explorer.editor.text() == text


def test_the_model_in_use_answers_while_another_is_downloaded(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(name: str, *asked: object) -> Generator[None, None, Path]:
        while True:
            yield

    monkeypatch.setattr(hub, "fetch_steps", silent)
    explorer.session.controller.use_model("somebody/far-away")
    explorer.editor.set_text("It answers at once.")

    explorer.bot.waitUntil(lambda: explorer.analysis.request.text == "It answers at once.")
    assert explorer.session.jobs.is_busy(lanes.MODEL)
    explorer.session.controller.stop_loading()
    explorer.settle()


@pytest.mark.expects_log("lane model failed")
def test_a_folder_that_is_no_roberta_is_a_quiet_bar_and_nothing_is_lost(
    explorer: Explorer, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    before, axes = explorer.analysis, explorer.view.axes

    explorer.session.controller.use_model(str(tmp_path))
    explorer.bot.waitUntil(lambda: lanes.MODEL in explorer.view.problems)

    (bar,) = explorer.bars()
    assert "bert" in bar.lower()
    assert explorer.view.model == before.model
    assert explorer.analysis is before
    assert explorer.view.axes is axes
    assert explorer.editor.text() == TEXT
    explorer.write("It works on as before.")

    close = next(
        button
        for bar in explorer.window.findChildren(NoticeBar)
        for button in bar.findChildren(QToolButton)
        if button.isVisible()
    )
    QTest.mouseClick(close, LEFT)
    assert explorer.bars() == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "x",
        "a\x00b",
        "👩‍👩‍👧‍👦 <mask> 🏳️‍🌈",
        "שלום عالم <mask>",
        "<s> </s> <pad> <unk>",
        "<mask>" * 50,
        "word " * 600,
    ],
    ids=["empty", "spaces", "letter", "nul", "emoji", "rtl", "typed", "masks", "long"],
)
def test_bad_input_is_analysed_or_told(explorer: Explorer, text: str) -> None:
    explorer.write(text)

    typed, analysis = explorer.view.run, explorer.analysis
    assert typed is not None
    assert typed.tokens == analysis.tokens
    assert typed.dropped_tokens == analysis.dropped_tokens
    assert (analysis.dropped_tokens > 0) is (len(text) == 3000)
    assert len(analysis.fills) == text.count("<mask>")
    assert explorer.window.grab().toImage().width() > 0
    assert dict(explorer.view.problems) == {}


def test_closing_during_a_pass_ends_the_worker(qtbot: QtBot, tmp_path: Path) -> None:
    explorer = Explorer(tmp_path, qtbot, text="word " * 500)
    explorer.window.closing.connect(explorer.session.jobs.shutdown)
    shown: list[Analysis] = []
    explorer.store.changed.connect(
        lambda view, _previous: shown.append(view.analysis) if view.analysis else None
    )
    explorer.session.start()
    qtbot.waitUntil(lambda: explorer.session.jobs.is_busy(lanes.SENTENCE))

    explorer.close()  # waits for the worker: a pass that went on would be a leaked thread

    assert shown == []


def test_uncaught_errors_become_one_quiet_sentence(
    qapp: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # put back afterwards
    store = ViewStore()
    failures = catch_failures(store)

    for text in ("first", "second", "first"):
        error = ValueError(text)
        sys.excepthook(ValueError, error, None)

    assert failures == ["ValueError: first", "ValueError: second"]
    assert "ValueError: second" in store.view.problems[lanes.WINDOW].hint
    assert caplog.text.count("uncaught") == 3


def test_a_head_is_switched_off_in_all_panels_and_restored_bit_by_bit(explorer: Explorer) -> None:
    baseline = explorer.analysis
    grid = explorer.panel("heads").picture()
    assert isinstance(grid, HeadGrid)
    place = grid.cell_rect(1, 5).center().toPoint()

    QTest.mouseClick(grid, LEFT, Qt.KeyboardModifier.ShiftModifier, place)
    explorer.settle()
    switched = explorer.analysis
    caption = explorer.panel("guesses").caption_text()
    bar = explorer.window.switched
    told = bar.isVisible()
    (restore,) = (b for b in bar.findChildren(QPushButton) if b.text() == "Restore all")
    restore.click()
    explorer.settle()

    assert switched.request.switched_off == {(1, 5)}
    assert not np.array_equal(switched.attention[2:], baseline.attention[2:])
    assert "every head on" in caption
    assert told
    assert not bar.isVisible()
    assert explorer.analysis is baseline
