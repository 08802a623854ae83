"""What the tests of heatmaps share: one in sight."""

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap


@pytest.fixture
def heatmap(qtbot: QtBot) -> Heatmap:
    """Give an empty heatmap in sight."""
    widget = Heatmap()
    qtbot.addWidget(widget)
    widget.resize(520, 480)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget
