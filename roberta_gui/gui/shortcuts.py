"""All keyboard and mouse ways, in one table: the window obeys it and the help shows it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from roberta_gui.gui.widgets.named import named


@dataclass(frozen=True)
class Way:
    """One thing to do: its group and words, the keys for it, and what it runs.

    ``run`` is None for mouse ways and for keys that a widget handles itself.
    """

    group: str
    text: str
    keys: tuple[str, ...]
    run: Callable[[], object] | None = None


MOUSE_WAYS = (
    Way("Sentence", "Analyse without waiting", ("Enter",)),
    Way("Sentence", "Line break", ("Shift+Enter",)),
    Way("Tokens", "Light up in every panel", ("Hover",)),
    Way("Tokens", "Lock or let go", ("Click",)),
    Way("Tokens", "Lock several", ("Ctrl+Click",)),
    Way("Tokens", "Mask, or bring back", ("Double-click",)),
    Way("Tokens", "Walk through the strip; Space locks, M masks", ("Left, Right",)),
    Way("Pictures", "Travel through layers and heads", ("Arrow keys",)),
    Way("Pictures", "Zoom", ("Wheel",)),
    Way("Pictures", "Pan, or turn in 3D", ("Drag",)),
    Way("Pictures", "Show all again", ("Double-click beside",)),
)


class ShortcutsDialog(QDialog):
    """Shows every way, grouped, in two columns."""

    def __init__(self, ways: tuple[Way, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard and mouse")
        groups: dict[str, list[Way]] = {}
        for way in ways:
            groups.setdefault(way.group, []).append(way)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(24, 20, 24, 20)
        columns.setSpacing(36)
        columns.setSizeConstraint(QHBoxLayout.SizeConstraint.SetFixedSize)
        sides = (QVBoxLayout(), QVBoxLayout())
        heights = [0, 0]
        for group, members in groups.items():
            side = heights.index(min(heights))
            heights[side] += len(members) + 2
            sides[side].addWidget(named("panelName", QLabel(group)))
            sides[side].addLayout(_rows(members))
            sides[side].addSpacing(10)
        for column in sides:
            column.addStretch(1)
            columns.addLayout(column)


def _rows(ways: list[Way]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(4)
    for row, way in enumerate(ways):
        keys = ", ".join(_shown(key) for key in way.keys)
        grid.addWidget(QLabel(way.text), row, 0)
        label = named("controlLabel", QLabel(keys))
        grid.addWidget(label, row, 1, Qt.AlignmentFlag.AlignRight)
    grid.setColumnStretch(0, 1)
    return grid


def _shown(key: str) -> str:
    """Write a key as this platform does; mouse ways as they are."""
    if "lick" in key or key in ("Hover", "Wheel", "Drag", "Left, Right", "Arrow keys"):
        return key
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) or key
