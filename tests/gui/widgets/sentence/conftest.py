"""What the tests of the editor share: one in sight."""

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.sentence.sentence_edit import SentenceEdit


@pytest.fixture
def edit(qtbot: QtBot) -> SentenceEdit:
    """Give an empty editor in sight."""
    widget = SentenceEdit()
    qtbot.addWidget(widget)
    widget.resize(700, 120)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget
