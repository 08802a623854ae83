"""ChoiceButton: one of a few named things, in a menu, or another one that must be looked for."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QStyle, QStyleOptionToolButton, QToolButton

from roberta_gui.gui.widgets.controls.drop_down import add_choices, drop_down
from roberta_gui.gui.widgets.controls.named import literal, named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.painting.drawing import draw

_LONGEST, _SHORTEST = 150, 40
"""Pixels of a choice's name on the button, at most and at least; the menu shows all of it."""


class ChoiceButton(QToolButton):
    """Shows what is chosen; its menu lists the others and, last, ``others``.

    Where it gets less room than it asks for, it shortens the name: what is chosen never makes a
    panel wider than it is.
    """

    chosen = Signal(str)
    """Something in the list was chosen; never emitted by :meth:`set_choices`."""
    other_wanted = Signal(str)
    """Something that is not in the list shall be looked for, in this way."""

    def __init__(self, name: str, preposition: str, others: Sequence[str], tip: str) -> None:
        super().__init__()
        named("action", self)
        self._name, self._preposition, self._others = name, preposition, tuple(others)
        self._choices: dict[str, str] = {}
        self._label = ""
        self._says_all = True
        self._menu = QMenu(self)
        self._tip = tip
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        drop_down(self, self._menu)

    def set_choices(self, choices: Mapping[str, str], current: str) -> None:
        """List values with their names, and mark one of them."""
        if dict(choices) != self._choices:
            self._choices = dict(choices)
            self._menu.clear()
            listed = {value: (label, label) for value, label in choices.items()}
            self._actions = add_choices(self._menu, listed, self.chosen.emit)
            self._menu.addSeparator()
            for other in self._others:
                self._menu.addAction(other, partial(self.other_wanted.emit, other))
        self._actions[current].setChecked(True)
        self._label = self._choices[current]
        self.setText(literal(self._whole()))
        self.setToolTip(plain_tip(f"{self._tip}: {self._label}"))
        self.setAccessibleName(f"{self._name}: {self._label}")
        self.updateGeometry()

    def say_all(self, says_all: bool) -> None:
        """Write the preposition too, or only the name."""
        if says_all is not self._says_all:
            self._says_all = says_all
            self.updateGeometry()
            self.update()

    def full_width(self) -> int:
        """Return the width that everything takes."""
        return self._size(self._whole()).width()

    def sizeHint(self) -> QSize:
        """Ask for room for what is to be written."""
        return self._size(self._written(self._longest()))

    def minimumSizeHint(self) -> QSize:
        """Never less than the beginning and the end of the name."""
        return self._size(self._written(self._longest() * _SHORTEST // _LONGEST, says_all=False))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write as much of the text as there is room for."""
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = literal(self.written())
        control = QStyle.ComplexControl.CC_ToolButton
        draw(self, lambda painter: self.style().drawComplexControl(control, option, painter, self))

    def written(self) -> str:
        """Return the text that the present width leaves."""
        missing = self.sizeHint().width() - self.width()
        if missing <= 0:
            return self._written(self._longest())
        advance = self.fontMetrics().horizontalAdvance(self._label)
        return self._written(max(min(advance, self._longest()) - missing, 1))

    def _whole(self) -> str:
        return self._written(self._longest(), says_all=True)

    def _longest(self) -> int:
        # Pixels grow with the text's size.
        return round(_LONGEST * self.fontMetrics().height() / 16)

    def _written(self, room: int, *, says_all: bool | None = None) -> str:
        """Write a name shortened to ``room`` pixels, in front of the mark for a menu."""
        name = self.fontMetrics().elidedText(self._label, Qt.TextElideMode.ElideMiddle, room)
        says_all = self._says_all if says_all is None else says_all
        return f"{self._preposition if says_all else ''} {name} ▾".strip()

    def _size(self, text: str) -> QSize:
        """Return the size of the button if it said ``text``."""
        own = QToolButton.sizeHint(self)
        advance = self.fontMetrics().horizontalAdvance
        return QSize(own.width() - advance(self._whole()) + advance(text), own.height())
