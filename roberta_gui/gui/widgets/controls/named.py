"""Names: those by which the style sheet finds widgets, and others as they are written."""

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

AnyWidget = TypeVar("AnyWidget", bound=QWidget)


def literal(text: str) -> str:
    """Write a name for a button or a menu, where Qt looks for shortcuts after & and tabs."""
    return text.replace("&", "&&").replace("\t", " ")


def named(name: str, widget: AnyWidget) -> AnyWidget:
    """Give a widget the name that the style sheet knows it by, and hand it back.

    A label shows its text as it is from then on: Qt would read tokens such as ``<s>`` as HTML.
    """
    widget.setObjectName(name)
    if isinstance(widget, QLabel):
        widget.setTextFormat(Qt.TextFormat.PlainText)
    return widget
