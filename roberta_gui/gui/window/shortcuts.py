"""All keyboard and mouse ways, in one table: the window obeys it and the help shows it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from roberta_gui.gui.widgets.controls.named import named

_SHARE = 0.9
"""Most of the window's width and height that the dialog takes."""


@dataclass(frozen=True)
class Shortcut:
    """One thing to do: its group and words, the keys for it, and what it runs.

    ``run`` is None for mouse ways and for keys that a widget handles itself.
    """

    group: str
    text: str
    keys: tuple[str, ...]
    run: Callable[[], object] | None = None


MOUSE_WAYS = (
    Shortcut("Sentence", "Analyse without waiting", ("Enter",)),
    Shortcut("Sentence", "Line break", ("Shift+Enter",)),
    Shortcut("Tokens", "Light up in every panel", ("Hover",)),
    Shortcut("Tokens", "Lock or let go", ("Click",)),
    Shortcut("Tokens", "Lock several", ("Ctrl+Click",)),
    Shortcut("Tokens", "Mask, or bring back", ("Double-click",)),
    Shortcut("Tokens", "Walk through the strip; Space locks, M masks", ("Left", "Right")),
    Shortcut("Tokens", "To the strip's first or last token", ("Home", "End")),
    Shortcut("Guesses", "Walk through the words", ("Up", "Down")),
    Shortcut("Guesses", "Put the word into the sentence", ("Enter", "Click")),
    Shortcut("Guess first", "Enter your guess; once more for the next mask", ("Enter",)),
    Shortcut("All heads", "Show the head alone", ("Enter", "Double-click")),
    Shortcut("All heads", "Switch the head off, or on again", ("O", "Delete", "Shift+Click")),
    Shortcut("All heads", "Switch several at once", ("Shift+Drag",)),
    Shortcut("All heads", "Switch the whole layer", ("Shift+O", "Shift+Click on its number")),
    Shortcut("Layers", "Lock all tokens inside a loop", ("Drag",)),
    Shortcut("Layers", "Lock them too", ("Shift+drag",)),
    Shortcut("Layers", "Choose a layer", ("Click its name", "Arrow keys")),
    Shortcut("A | B", "Light up a token's partner on the other side", ("Hover",)),
    Shortcut("A | B", "Walk through the words that tell the guesses apart", ("Up", "Down")),
    Shortcut("Pictures", "Travel through layers and heads", ("Arrow keys",)),
    Shortcut("Pictures", "Mask the token, or bring it back", ("Double-click",)),
    Shortcut("Pictures", "Zoom", ("Wheel", "+", "−")),
    Shortcut("Pictures", "Zoom the logit lens", ("Ctrl+Wheel", "+", "−")),
    Shortcut("Pictures", "Pan, or turn in 3D", ("Drag", "Shift+arrow keys")),
    Shortcut("Pictures", "Show all again", ("0", "Double-click beside")),
)


class ShortcutsDialog(QDialog):
    """Shows every way, grouped: in two columns, or one where the window is too narrow for them.

    Where the window is too low for all of it, it scrolls.
    """

    def __init__(self, ways: tuple[Shortcut, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard and mouse")
        self._window = parent.window()
        groups: dict[str, list[Shortcut]] = {}
        for way in ways:
            groups.setdefault(way.group, []).append(way)
        self._content = QWidget()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._content)
        self._columns.setContentsMargins(24, 20, 24, 20)
        self._columns.setSpacing(36)
        sides = (QVBoxLayout(), QVBoxLayout())
        heights = [0, 0]
        for group, members in groups.items():
            side = heights.index(min(heights))
            heights[side] += len(members) + 2
            sides[side].addWidget(named("panelName", QLabel(group)))
            sides[side].addLayout(_rows(members))
            sides[side].addSpacing(10)
        for column in sides:
            column.setSpacing(6)  # not the wide one between the columns
            column.addStretch(1)
            self._columns.addLayout(column)
        self._area = QScrollArea()
        self._area.setAccessibleName(self.windowTitle())
        self._area.setWidgetResizable(True)
        self._area.setWidget(self._content)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._area)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the size of the content, but at most nine tenths of the window's."""
        super().showEvent(event)
        # Fonts are known only once it is polished, and with them the size.
        self._content.ensurePolished()
        most = self._window.size() * _SHARE
        edges = 2 * self._area.frameWidth()
        room = QSize(self._area.verticalScrollBar().sizeHint().width() + edges, edges)
        if (self._content.sizeHint() + room).width() > most.width():
            self._columns.setDirection(QBoxLayout.Direction.TopToBottom)
        self.resize((self._content.sizeHint() + room).boundedTo(most))


def _rows(ways: list[Shortcut]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(4)
    for row, way in enumerate(ways):
        keys = ", ".join(way.keys if way.run is None else map(_shown, way.keys))
        grid.addWidget(QLabel(way.text), row, 0)
        label = named("controlLabel", QLabel(keys))
        grid.addWidget(label, row, 1, Qt.AlignmentFlag.AlignRight)
    grid.setColumnStretch(0, 1)
    return grid


def _shown(key: str) -> str:
    """Write a key as this platform does."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) or key
