"""A widget of its own in sight, as most tests of widgets begin."""

from typing import TypeVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

AnyWidget = TypeVar("AnyWidget", bound=QWidget)


def in_sight(qtbot: QtBot, widget: AnyWidget, width: int, height: int) -> AnyWidget:
    """Show ``widget`` in this size; the test's end closes it."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget
