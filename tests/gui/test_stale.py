"""While pictures are a moment old, nothing is chosen or edited by their tokens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui import lanes
from roberta_gui.problems import Problem
from roberta_gui.records import Candidate, Replacement, Run
from roberta_gui.view import Progress
from tests.gui.idle_window import IdleWindow
from tests.made_up import made_up_analysis

OLD, NEW = "the cat sat on the <mask> .", "yesterday evening the cat sat on the <mask> ."


@pytest.fixture
def behind(qtbot: QtBot, tmp_path: Path) -> Iterator[IdleWindow]:
    """A window whose text has run ahead of its pictures."""
    idle = IdleWindow(tmp_path, qtbot)
    qtbot.addWidget(idle.window)
    idle.show()
    idle.show_text(OLD)
    idle.window.card.editor.set_text(NEW)
    idle.store.type(Run(NEW, made_up_analysis(NEW).tokens))
    assert idle.store.view.is_stale
    yield idle
    idle.session.controller.analyse()  # stops its clocks; there is no model to run
    idle.session.jobs.shutdown(wait=True)


def test_a_double_click_in_an_old_picture_masks_nothing(behind: IdleWindow) -> None:
    for name in ("attention", "hidden"):
        behind.panel(name).mask_wanted.emit(2)

    assert behind.window.card.editor.text() == NEW


def test_a_double_click_in_the_strip_masks_the_token_under_it(behind: IdleWindow) -> None:
    behind.window.card.strip.token_double_clicked.emit(2)

    assert behind.window.card.editor.text() == NEW.replace("evening", "<mask>")


def test_a_click_in_the_strip_locks_no_token_of_the_old_sentence(behind: IdleWindow) -> None:
    behind.window.card.strip.token_clicked.emit(4, False)
    behind.window.card.strip.token_hovered.emit(4)

    assert behind.store.view.selection.tokens == ()
    assert behind.store.view.selection.hovered_token is None


def test_an_exported_table_belongs_to_the_sentence_that_is_drawn(behind: IdleWindow) -> None:
    visible = [panel for panel in behind.window.docks.panels if panel.is_in_sight]
    assert visible
    for panel in visible:
        assert panel.shown is not None
        assert panel.shown.request.text == OLD
        assert panel.table() is not None


@pytest.fixture
def untold(behind: IdleWindow) -> IdleWindow:
    """A window whose text has run ahead even of its tokens: the strip still shows another's."""
    behind.window.card.editor.set_text("So new.")
    return behind


def test_no_token_of_another_text_edits_what_is_written(untold: IdleWindow) -> None:
    card = untold.window.card
    for token in (2, 7):
        card.strip.token_double_clicked.emit(token)
        card.put_guess(token, Candidate(0, 9, "dog", True, 0.5), Replacement(0, 2, "dog"))

    assert card.editor.text() == "So new."


@pytest.mark.parametrize("side", ["problem", "progress"])
def test_without_tokens_of_the_text_all_that_is_shown_is_old(untold: IdleWindow, side: str) -> None:
    store, strip = untold.store, untold.window.card.strip
    store.show(made_up_analysis(NEW))
    assert not store.view.is_stale
    if side == "problem":
        store.report(lanes.TOKENS, Problem("It has a token without a row.", ""))
    else:
        store.progress(lanes.TOKENS, Progress(""))

    assert store.view.is_stale
    strip.token_clicked.emit(4, False)
    assert store.view.selection.tokens == ()
    store.report(lanes.TOKENS, None)
    store.progress(lanes.TOKENS, None)
    strip.token_clicked.emit(4, False)
    assert store.view.selection.tokens == (4,)
