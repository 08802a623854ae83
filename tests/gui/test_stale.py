"""While pictures are a moment old, nothing is chosen or edited by their tokens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.records import Run
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
