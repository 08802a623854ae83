"""EmptyState: in whatever room there is, what to press stands whole."""

import pytest
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.controls.empty_state import EmptyState


@pytest.mark.parametrize("is_busy", [False, True])
def test_title_and_way_out_have_their_lines_in_the_lowest_room_and_the_sentence_is_a_tip(
    qtbot: QtBot, is_busy: bool
) -> None:
    state = EmptyState()
    qtbot.addWidget(state)
    state.resize(300, 64)  # what a picture keeps at the normal text size
    state.say("Which words?", "Type them above.", busy=is_busy)
    state.offer(("Score the best guesses", state.hide))
    state.show()

    button, title = state.findChild(QPushButton), state.findChild(QLabel, "emptyTitle")
    text, bar = state.findChild(QLabel, "emptyText"), state.findChild(QProgressBar)
    assert button is not None
    assert title is not None
    assert text is not None
    assert bar is not None
    assert state.rect().contains(button.geometry())
    assert button.height() >= button.sizeHint().height()
    assert title.height() >= title.heightForWidth(title.width())
    assert not button.geometry().intersects(title.geometry())
    assert not text.isVisible()
    assert not bar.isVisible()
    assert "Type them above." in state.toolTip()

    state.resize(300, 200)
    assert text.isVisible()
    assert bar.isVisible() is is_busy
    assert state.toolTip() == ""
