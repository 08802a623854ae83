"""What a screen reader meets in painted widgets: a child with a name and value for every spot.

Nothing of this is made, and no spot is asked for, before an assistive tool asks.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Generic, TypeAlias
from weakref import ref

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAbstractButton, QAccessibleWidget, QToolButton, QWidget

from roberta_gui.gui.widgets.interaction.clicks import Spot

Parts: TypeAlias = tuple[Sequence[Spot], Callable[[Spot], QRectF]]
"""Some spots in the order in which they are read out, and where each is in the widget."""


class Spoken(Generic[Spot]):
    """Mixed into a painted widget: its spots are children for assistive tools."""

    def parts(self) -> Parts[Spot]:
        """Return what is read out: of a large map the cells that tell most, not all."""
        return (), lambda _spot: QRectF()

    def describe(self, spot: Spot) -> str:
        """Return what the tip over it says; "" for no tip."""
        return ""

    def say(self, spot: Spot) -> str:
        """Return what is read out of it: its name and its values, as its tip has them."""
        return ", ".join(line.strip(" ,") for line in self.describe(spot).splitlines())

    def tell_parts(self) -> None:
        """Let assistive tools ask again for the spots, if there are more now, or fewer."""
        if QAccessible.isActive() and isinstance(self, QWidget) and self.isVisible():
            access = QAccessible.queryAccessibleInterface(self)
            if isinstance(access, _FigureAccess) and access.is_outdated():
                event = QAccessibleEvent(self, QAccessible.Event.ObjectReorder)
                QAccessible.updateAccessibility(event)


class _SpotAccess(QAccessibleInterface):
    """One spot, known by its place among the others: what is there may become another."""

    def __init__(self, figure: Any, nth: int) -> None:
        super().__init__()
        self._figure, self._nth = ref(figure), nth

    def _spot(self) -> tuple[Any, Any, Callable[[Any], QRectF]] | None:
        """Return the widget, what of it this is now, and where a spot is."""
        figure = self._figure()
        spots, place = _parts_of(figure)
        return (figure, spots[self._nth], place) if self._nth < len(spots) else None

    def isValid(self) -> bool:
        return self._spot() is not None

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.invisible = not self.isValid()
        return state

    def text(self, kind: QAccessible.Text) -> str:
        there = self._spot() if kind is QAccessible.Text.Name else None
        return "" if there is None else there[0].say(there[1])

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Keep the name: nobody renames a spot."""

    def rect(self) -> QRect:
        there = self._spot()
        if there is None:
            return QRect()
        place = there[2](there[1]).toAlignedRect()
        return QRect(there[0].mapToGlobal(place.topLeft()), place.size())

    def object(self) -> QObject:
        return None  # type: ignore[return-value] # Qt's way to say that it is no object

    def window(self) -> QWindow:
        return self.parent().window()

    def parent(self) -> QAccessibleInterface:
        return QAccessible.queryAccessibleInterface(self._figure())  # type: ignore[arg-type]

    def childCount(self) -> int:
        return 0

    def child(self, index: int) -> QAccessibleInterface:
        return None  # type: ignore[return-value]

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        return None  # type: ignore[return-value]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1


class _FigureAccess(QAccessibleWidget):
    """A painted widget as the list of its spots."""

    def __init__(self, figure: QWidget) -> None:
        super().__init__(figure, QAccessible.Role.List)
        self._parts: list[_SpotAccess] = []
        self._ids: list[int] = []
        self._told = 0
        figure.destroyed.connect(partial(_forget, self._ids, self._parts))

    def is_outdated(self) -> bool:
        """Tell whether there are more spots, or fewer, than when this was asked last."""
        before, self._told = self._told, self.childCount()
        return before != self._told

    def childCount(self) -> int:
        return len(_parts_of(self.object())[0])

    def child(self, index: int) -> QAccessibleInterface:
        for nth in range(len(self._parts), min(index + 1, self.childCount())):
            self._parts.append(_SpotAccess(self.object(), nth))
            self._ids.append(QAccessible.registerAccessibleInterface(self._parts[-1]))
        return self._parts[index] if 0 <= index < len(self._parts) else None  # type: ignore[return-value]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return self._parts.index(child) if child in self._parts else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        figure: Any = self.object()
        point, (spots, place) = QPointF(figure.mapFromGlobal(QPoint(x, y))), _parts_of(figure)
        at = (n for n, spot in enumerate(spots) if place(spot).contains(point))
        return self.child(next(at, -1))


class OneOfMany(QToolButton):
    """A button of which one in its group is always chosen; Qt would call it a check box."""


class _RadioAccess(QAccessibleWidget):
    """Such a button as a radio button."""

    def state(self) -> QAccessible.State:
        state, button = super().state(), self.object()
        state.checkable = True
        state.checked = isinstance(button, QAbstractButton) and button.isChecked()
        return state

    def actionNames(self) -> list[str]:
        return [self.pressAction(), *super().actionNames()]

    def doAction(self, name: str) -> None:
        button = self.object()
        if name == self.pressAction() and isinstance(button, QAbstractButton):
            button.click()
        else:
            super().doAction(name)


def _parts_of(figure: object) -> Parts[Any]:
    """Return what is read out of a widget; nothing while it is out of sight, or being made."""
    is_there = isinstance(figure, QWidget) and figure.isVisible()
    return figure.parts() if is_there and isinstance(figure, Spoken) else ((), QRectF)


def _forget(ids: list[int], parts: list[_SpotAccess]) -> None:
    """Let Qt delete the spots of a widget that is gone: it asks for nothing but QObjects itself."""
    for each in ids:
        QAccessible.deleteAccessibleInterface(each)
    parts.clear()


def _access(_kind: str, thing: QObject) -> QAccessibleInterface | None:
    """Make what assistive tools see of a thing; None leaves it to Qt."""
    if isinstance(thing, Spoken) and isinstance(thing, QWidget):
        return _FigureAccess(thing)
    if isinstance(thing, OneOfMany):
        return _RadioAccess(thing, QAccessible.Role.RadioButton)
    return None


QAccessible.installFactory(_access)
