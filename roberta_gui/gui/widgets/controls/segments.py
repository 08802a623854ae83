"""Segments: a row of buttons of which one is chosen, or one button where there is no room."""

from collections.abc import Collection, Mapping
from typing import Final

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

from roberta_gui.gui.widgets.controls.drop_down import drop_down
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out, why_ruled_out
from roberta_gui.gui.widgets.painting.spoken import OneOfMany

ABLATIONS: Final = {
    "zero": ("Zero", "A switched-off head gives zeros instead of what it found"),
    "mean": ("Mean", "A switched-off head gives its mean over the tokens of the sentence"),
}
"""What can stand in the place of what a head found, with its tip."""


class WideButton(QToolButton):
    """As wide as the widest of its ``texts``: a choice must not push what is beside it about."""

    def __init__(self, *texts: str) -> None:
        super().__init__()
        self.texts = texts

    def sizeHint(self) -> QSize:
        """Ask for the room of the widest text."""
        hint = super().sizeHint()
        widest = max(map(self._width, (*self.texts, self.text())))
        return QSize(hint.width() + widest - self._width(self.text()), hint.height())

    def minimumSizeHint(self) -> QSize:
        """Never less than that."""
        return self.sizeHint()

    def _width(self, text: str) -> int:
        return self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, text).width()


class SegmentRow(QFrame):
    """Buttons of which one is chosen; where they have no room, one button with a menu of them.

    Whoever lays it out sees to the latter, see :meth:`fold_where_narrow`.
    """

    def __init__(self, name: str, folded: WideButton) -> None:
        super().__init__()
        named("segments", self)
        self.setAccessibleName(name)
        self._name = name
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2, 2, 2, 2)
        self._row.setSpacing(1)
        self._group = QButtonGroup(self)
        stop_at_chosen(self._group)
        self._folded = folded
        self._is_folded = self._can_fold = False

    def fold(self, folded: bool) -> None:
        """Show one button with a menu, or all of them."""
        self._can_fold = True
        if folded is not self._is_folded:
            self._is_folded = folded
            self._show_buttons()

    @property
    def full_width(self) -> int:
        """The width that all buttons take."""
        widths = [button.sizeHint().width() + 1 for button in self._in_sight()]
        return sum(widths) + 3  # the frame's margins, less the gap that the last one has not

    def minimumSizeHint(self) -> QSize:
        """Need no more than the one button, where somebody sees to it that it is the one."""
        hint = self.sizeHint()
        return QSize(self._folded.sizeHint().width() + 4, hint.height()) if self._can_fold else hint

    def _in_sight(self) -> list[QAbstractButton]:
        """Return the buttons that are in sight where there is room."""
        return self._group.buttons()

    def _show_buttons(self) -> None:
        """Show the buttons, or the one."""
        shown = [self._folded] if self._is_folded else self._in_sight()
        for each in (self._folded, *self._group.buttons()):
            each.setVisible(each in shown)

    def _add(self, button: QToolButton, name: str) -> None:
        named("segment", button)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAccessibleName(name)
        self._group.addButton(button)
        self._row.addWidget(button)


def fold_where_narrow(widget: QWidget, room: int) -> None:
    """Fold the choices in a widget, the last first, as far as ``room`` pixels ask for it."""
    inside = (widget, *widget.findChildren(SegmentRow))
    rows = [one for one in inside if isinstance(one, SegmentRow) and not one.isHidden()]
    needed = widget.sizeHint().width() + sum(r.full_width - r.sizeHint().width() for r in rows)
    for row in reversed(rows):
        row.fold(needed > room)
        needed -= row.full_width - row.minimumSizeHint().width()


class Segments(SegmentRow):
    """A choice among a few; each option has a label and a tip.

    Signals
    -------
    chosen(value)
        Somebody chose another value; never emitted by :meth:`set_choice`.
    """

    chosen = Signal(str)

    def __init__(self, options: Mapping[str, tuple[str, str]], name: str) -> None:
        super().__init__(name, WideButton(*(f"{label} ▾" for label, _ in options.values())))
        self._buttons: dict[str, OneOfMany] = {}
        for value, (label, tip) in options.items():
            button = OneOfMany()
            button.setText(label)
            button.setToolTip(plain_tip(tip))
            button.clicked.connect(lambda _checked, v=value: self.chosen.emit(v))
            self._add(button, f"{name}: {label}")
            self._buttons[value] = button
        self._offered: Collection[str] = options.keys()
        self._tips = {value: tip for value, (_, tip) in options.items()}
        named("segment", self._folded)
        self._folded.setCheckable(True)
        self._folded.setChecked(True)  # it names what is chosen
        self._menu = QMenu(self._folded)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill)
        for value, button in self._buttons.items():
            action = self._menu.addAction(button.text(), button.click)
            action.setCheckable(True)
            action.setToolTip(plain_tip(self._tips[value]))
        drop_down(self._folded, self._menu)
        self._folded.hide()
        self._row.addWidget(self._folded)
        self._group.buttonToggled.connect(self._name_chosen)

    def set_choice(self, value: str) -> None:
        """Show which value is chosen."""
        self._buttons[value].setChecked(True)

    def offer(self, values: Collection[str]) -> None:
        """Show these values only: the others choose nothing now."""
        self._offered = values
        self._show_buttons()

    def rule_out(self, reasons: Mapping[str, str]) -> None:
        """Grey out the values that cannot be chosen now, each with the reason as its tip."""
        for value, button in self._buttons.items():
            rule_out(button, reasons.get(value, ""))

    def _in_sight(self) -> list[QAbstractButton]:
        return [button for value, button in self._buttons.items() if value in self._offered]

    def _name_chosen(self, button: QAbstractButton, is_chosen: bool) -> None:
        if is_chosen:
            self._folded.setText(f"{button.text()} ▾")
            value = next(value for value, one in self._buttons.items() if one is button)
            self._folded.setToolTip(plain_tip(self._tips[value]))
            self._folded.setAccessibleName(button.accessibleName())

    def _fill(self) -> None:
        """List what can be chosen now."""
        for (value, button), action in zip(
            self._buttons.items(), self._menu.actions(), strict=True
        ):
            action.setVisible(value in self._offered)
            action.setChecked(button.isChecked())
            rule_out(action, why_ruled_out(button))


def stop_at_chosen(group: QButtonGroup) -> None:
    """Let Tab stop at the chosen button of a group; none of the others may take it at first.

    Qt sees to it only after one of them has had the keyboard: the first Tab would go to the first.
    """
    policy = Qt.FocusPolicy

    def stop(button: QAbstractButton, is_chosen: bool) -> None:
        button.setFocusPolicy(policy.TabFocus if is_chosen else policy.NoFocus)

    group.buttonToggled.connect(stop)


class Labelled(QWidget):
    """A control with its label in front, kept together when a row of controls wraps."""

    def __init__(self, label: str, control: QWidget) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(named("controlLabel", QLabel(label)))
        row.addWidget(control)
