"""The mouse as people use it: every event that a window gets from a gesture."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget


def double_click(
    widget: QWidget, button: Qt.MouseButton, keys: Qt.KeyboardModifier, place: QPoint
) -> None:
    """Click twice: Qt's own function sends the second press alone."""
    QTest.mouseClick(widget, button, keys, place)
    QTest.mouseDClick(widget, button, keys, place)
    QTest.mouseRelease(widget, button, keys, place)
