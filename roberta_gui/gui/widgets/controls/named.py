"""Names: those by which the table of looks finds widgets, and others as they are written."""

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from roberta_gui.gui.look.looks import fit

AnyWidget = TypeVar("AnyWidget", bound=QWidget)


def literal(text: str) -> str:
    """Write a name for a button or a menu, where Qt looks for shortcuts after & and tabs."""
    return text.replace("&", "&&").replace("\t", " ")


def named(name: str, widget: AnyWidget) -> AnyWidget:
    """Give a widget the name that its look is known by, and hand it back.

    A label shows its text as it is from then on: Qt would read tokens such as ``<s>`` as HTML.
    """
    widget.setObjectName(name)
    if isinstance(widget, QLabel):
        widget.setTextFormat(Qt.TextFormat.PlainText)
    fit(widget)
    return widget
