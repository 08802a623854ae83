"""The names by which the style sheet finds widgets."""

from typing import TypeVar

from PySide6.QtWidgets import QWidget

AnyWidget = TypeVar("AnyWidget", bound=QWidget)


def named(name: str, widget: AnyWidget) -> AnyWidget:
    """Give a widget the name that the style sheet knows it by, and hand it back."""
    widget.setObjectName(name)
    return widget
