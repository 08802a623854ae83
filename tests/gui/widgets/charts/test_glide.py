"""Points glide where the desktop shows animations, and are there at once where it does not."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QProxyStyle, QStyle, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.charts.glide import Glide


class Desktop(QProxyStyle):
    """A desktop on which animations take this long."""

    def __init__(self, duration: int) -> None:
        super().__init__("fusion")
        self._duration = duration

    def styleHint(self, hint: QStyle.StyleHint, *args: object) -> int:
        """Return how long animations take; nothing else is asked here."""
        return self._duration


@pytest.mark.parametrize("duration", [200, 0])
def test_a_desktop_without_animations_has_none(qtbot: QtBot, duration: int) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    style = Desktop(duration)
    widget.setStyle(style)
    places = list[Any]()
    glide = Glide(widget, places.append)

    glide.begin((np.zeros((1, 2), np.float32), np.ones((1, 2), np.float32)))

    assert glide.is_running is bool(duration)
    assert bool(places) is not bool(duration)
    qtbot.waitUntil(lambda: not glide.is_running)
    assert places[-1].tolist() == [[1.0, 1.0]]
    widget.setStyle(None)  # type: ignore[arg-type]
