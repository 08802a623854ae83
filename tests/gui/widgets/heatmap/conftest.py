"""What the tests of heatmaps share: one in sight."""

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from tests.gui.widgets.in_sight import in_sight


@pytest.fixture
def heatmap(qtbot: QtBot) -> Heatmap:
    """Give an empty heatmap in sight."""
    return in_sight(qtbot, Heatmap(), 520, 480)
