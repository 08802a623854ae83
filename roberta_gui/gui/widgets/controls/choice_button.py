"""Buttons with a menu of choices: ChoiceButton can look for others, MenuButton has switches."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QStyle, QStyleOptionToolButton, QToolButton

from roberta_gui.gui.widgets.controls.drop_down import add_choices, drop_down
from roberta_gui.gui.widgets.controls.named import literal, named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.painting.drawing import draw

_LONGEST = 150
"""Pixels of a choice's name on the button at most; the tip shows all of it."""


class ChoiceButton(QToolButton):
    """Shows what is chosen; its menu lists the others and, last, ``others``.

    Where it gets less room than it asks for, it shortens the name: what is chosen never makes a
    panel wider than it is.
    """

    chosen = Signal(str)
    """Something in the list was chosen; never emitted by `set_choices`."""
    other_wanted = Signal(str)
    """Look for something that is not in the list, in this way."""

    def __init__(self, name: str, preposition: str, others: Sequence[str], tip: str) -> None:
        super().__init__()
        named("action", self)
        self._name, self._preposition, self._others = name, preposition, tuple(others)
        self._choices: dict[str, str] = {}
        self._text = ""
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
        label, metrics = self._choices[current], self.fontMetrics()
        room = _LONGEST * metrics.height() // 16  # pixels grow with the text's size
        name = metrics.elidedText(label, Qt.TextElideMode.ElideMiddle, room)
        self._text = f"{self._preposition} {name} ▾"
        self.setText(literal(self._text))
        self.setToolTip(plain_tip(f"{self._tip}: {label}"))
        self.setAccessibleName(f"{self._name}: {label}")
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Never less than the beginning and the end of the name."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), 4 * hint.height()), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write as much of the text as there is room for."""
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = literal(self.written())
        control = QStyle.ComplexControl.CC_ToolButton
        draw(self, lambda painter: self.style().drawComplexControl(control, option, painter, self))

    def written(self) -> str:
        """Return the text that the present width leaves."""
        metrics, missing = self.fontMetrics(), self.sizeHint().width() - self.width()
        if missing <= 0:
            return self._text
        room = metrics.horizontalAdvance(self._text) - missing
        return metrics.elidedText(self._text, Qt.TextElideMode.ElideMiddle, room)


class MenuButton(QToolButton):
    """Its menu lists choices, of which one is ticked, under a title, and switches below them.

    Each has a label and a tip. What the button says is told by whoever shows what is chosen.
    """

    chosen = Signal(str)  # by somebody, never by `show_chosen`
    switched = Signal(str, bool)

    def __init__(
        self,
        tip: str,
        choices: Mapping[str, tuple[str, str]],
        switches: Mapping[str, tuple[str, str]],
        title: str = "",
    ) -> None:
        super().__init__()
        named("action", self)
        self.setToolTip(plain_tip(tip))
        menu = QMenu(self)
        if title:
            menu.addSection(title)
        self.choices = add_choices(menu, choices, self.chosen.emit)
        menu.addSeparator()
        self.switches = {name: menu.addAction(label) for name, (label, _) in switches.items()}
        for name, switch in self.switches.items():
            switch.setCheckable(True)
            switch.setToolTip(plain_tip(switches[name][1]))
            switch.triggered.connect(lambda on, name=name: self.switched.emit(name, on))
        drop_down(self, menu)

    def show_chosen(self, value: str, **switches: bool) -> None:
        """Tick what is chosen, and the switches that are on."""
        self.choices[value].setChecked(True)
        for name, is_on in switches.items():
            self.switches[name].setChecked(is_on)
