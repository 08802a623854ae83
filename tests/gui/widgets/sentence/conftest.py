"""What the tests of the editor share: one in sight."""

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.sentence.sentence_edit import SentenceEdit
from tests.gui.widgets.in_sight import in_sight


@pytest.fixture
def edit(qtbot: QtBot) -> SentenceEdit:
    """Give an empty editor in sight."""
    return in_sight(qtbot, SentenceEdit(), 700, 120)
