"""Segments: a row of buttons of which one is chosen, or one button where there is no room."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QWidget,
)

from roberta_gui.gui.widgets.controls.drop_down import add_choices, drop_down
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.widgets.painting.spoken import OneOfMany

ABLATIONS: Final = {
    "zero": ("Zero", "A switched-off head gives zeros instead of what it found"),
    "mean": ("Mean", "A switched-off head gives its mean over the tokens of the sentence"),
}
"""What can stand in the place of what a head found, with its tip."""

_MORE: Final = "More ▾"


class WideButton(QToolButton):
    """As wide as the widest of its ``texts``: a choice must not push what is beside it about.

    ``short`` is what it says in their place while it is folded, see `fold_where_narrow`.
    """

    def __init__(self, *texts: str, short: str = "") -> None:
        super().__init__()
        self._texts, self._short = texts, short
        self._widest = "", 0
        self._is_folded = False
        self.setText(texts[0])

    def fold(self, folded: bool) -> None:
        """Say it in short, or in a word."""
        if self._short and folded is not self._is_folded:
            self._is_folded = folded
            self.setText(self._short if folded else self._texts[0])

    @property
    def full_width(self) -> int:
        """The width of the widest text."""
        font, own = self.font().key(), self._width(self.text())
        if self._widest[0] != font:  # layouts ask again and again, and measuring takes its time
            self._widest = font, max(map(self._width, self._texts))
        return super().sizeHint().width() + max(self._widest[1] - own, 0)

    def sizeHint(self) -> QSize:
        """Ask for the room of the widest text, or of the short one."""
        hint = super().sizeHint()
        return hint if self._is_folded else QSize(self.full_width, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Never less than that, or than the short one where there is one."""
        hint = self.sizeHint()
        if not self._short or self._is_folded:
            return hint
        less = self._width(self._texts[0]) - self._width(self._short)
        return QSize(hint.width() - less, hint.height())

    def _width(self, text: str) -> int:
        return self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, text).width()


class Segments(QFrame):
    """A choice among a few, each with a label and a tip; ``rare`` ones are in a menu only.

    What its button says of those stands there. Where there is no room all are in that menu, see
    `fold_where_narrow`. ``chosen`` tells what somebody chose, never what is shown.
    """

    chosen = Signal(str)

    def __init__(
        self,
        options: Mapping[Any, tuple[str, str]],
        name: str,
        rare: Mapping[Any, str] = MappingProxyType({}),
        rare_tip: str = "",
    ) -> None:
        super().__init__()
        named("segments", self)
        self.setAccessibleName(name)
        self._options, self._name, self._rare, self._rare_tip = options, name, rare, rare_tip
        self._chosen: Any = next(iter(options))
        self._is_folded = self._can_fold = False
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(1)
        group = QButtonGroup(self)
        group.buttonToggled.connect(_stop_at_chosen)
        self._buttons = {value: OneOfMany() for value in options if value not in rare}
        says = (_MORE, *rare.values()) if rare else (f"{label} ▾" for label, _ in options.values())
        self._menu_button = WideButton(*says)
        for button in (*self._buttons.values(), self._menu_button):
            named("segment", button)
            button.setCheckable(True)
            row.addWidget(button)
            if button is self._menu_button and not rare:
                button.setChecked(True)  # it names what is chosen
            else:
                button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
                group.addButton(button)
        for value, button in self._buttons.items():
            label, tip = options[value]
            button.setText(label)
            button.setToolTip(plain_tip(tip))
            button.setAccessibleName(f"{name}: {label}")
            button.clicked.connect(partial(self._choose, value))
        menu = QMenu(self._menu_button)
        self._actions = add_choices(menu, options, self._choose)
        drop_down(self._menu_button, menu)
        self._show_buttons()

    def set_choice(self, value: Any) -> None:
        """Show which value is chosen."""
        self._chosen = value
        label, tip = self._options[value]
        in_menu = self._is_folded or value in self._rare
        button = self._menu_button
        button.setText(self._rare.get(value, f"{label} ▾") if in_menu else _MORE)
        button.setToolTip(plain_tip(tip if in_menu else self._rare_tip))
        button.setAccessibleName(f"{self._name}: {label if in_menu else 'more'}")
        (button if in_menu and self._rare else self._buttons[value]).setChecked(True)
        self._actions[value].setChecked(True)

    def rule_out(self, reasons: Mapping[str, str]) -> None:
        """Grey out the values that cannot be chosen now, each with the reason as its tip."""
        for controls in (self._buttons, self._actions):
            for value, control in controls.items():
                rule_out(control, reasons.get(value, ""))

    # --- room

    def fold(self, folded: bool) -> None:
        """Show one button with a menu, or all of them."""
        self._can_fold = True
        if folded is not self._is_folded:
            self._is_folded = folded
            self._show_buttons()

    @property
    def full_width(self) -> int:
        """The width that all buttons take."""
        widths = [each.sizeHint().width() + 1 for each in self._buttons.values()]
        if self._rare:
            widths.append(self._menu_button.sizeHint().width() + 1)
        return sum(widths) + 3  # the frame's margins, less the gap that the last one has not

    def minimumSizeHint(self) -> QSize:
        """Need no more than the one button, where somebody sees to it that it is the one."""
        hint, least = self.sizeHint(), self._menu_button.sizeHint().width() + 4
        return QSize(least, hint.height()) if self._can_fold else hint

    def _show_buttons(self) -> None:
        for button in self._buttons.values():
            button.setVisible(not self._is_folded)
        self._menu_button.setVisible(self._is_folded or bool(self._rare))
        self.set_choice(self._chosen)

    def _choose(self, value: Any, _checked: bool = False) -> None:
        self.set_choice(value)
        self.chosen.emit(value)


def fold_where_narrow(widget: QWidget, room: int) -> None:
    """Fold the choices in a widget, the last first, as far as ``room`` pixels ask for it."""
    rows = [one for one in _inside(widget) if not one.isHidden()]
    needed = widget.sizeHint().width() + sum(r.full_width - r.sizeHint().width() for r in rows)
    for row in reversed(rows):
        row.fold(needed > room)
        needed -= row.full_width - row.minimumSizeHint().width()


def let_fold(widget: QWidget) -> None:
    """Let the choices in a widget need no more than one button each: somebody will fold them."""
    for row in _inside(widget):
        row.fold(False)


def _inside(widget: QWidget) -> list[Segments | WideButton]:
    inside = (widget, *widget.findChildren(QWidget))
    return [one for one in inside if isinstance(one, Segments | WideButton)]


def _stop_at_chosen(button: QAbstractButton, is_chosen: bool) -> None:
    """Let Tab stop at the chosen button of a group; none of the others may take it at first.

    Qt sees to it only after one of them has had the keyboard: the first Tab would go to the first.
    """
    policy = Qt.FocusPolicy
    button.setFocusPolicy(policy.TabFocus if is_chosen else policy.NoFocus)


class Labelled(QWidget):
    """A control with its label in front, kept together when a row of controls wraps."""

    def __init__(self, label: str, control: QWidget) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(named("controlLabel", QLabel(label)))
        row.addWidget(control)
