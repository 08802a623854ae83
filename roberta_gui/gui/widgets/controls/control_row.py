"""Rows of controls that fold where there is less room: in two lines, the rest behind a button."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget, QWidgetItem

from roberta_gui.gui.widgets.controls.choice_button import ChoiceButton
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import fold_where_narrow, let_fold

_GAP, _BETWEEN_LINES = 10, 6  # pixels from one control to the next, and from line to line
MOST_LINES = 2
"""More of them would take the room of the picture below."""


class ControlRow(QWidget):
    """A row that goes on in a next line where there is no room left.

    What does not fit into two lines, the last controls first, goes behind a button "More ▾". A
    choice whose name is longer than a line shortens it. The row places its controls itself: Qt has
    no such layout, and one written in Python shares its items' memory with Qt.
    """

    def __init__(self, *controls: QWidget) -> None:
        super().__init__()
        self._controls: list[QWidget] = []
        self._shown: list[QWidget] = []
        self._behind: list[QWidget] = []
        self._absent: set[QWidget] = set()
        self._placed: dict[int, dict[QWidget, QRect]] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._folded = _Folded(self)
        self._unfold = named("action", QToolButton(self))
        self._unfold.setText("More ▾")
        self._unfold.setToolTip("The choices that have no room here")
        self._unfold.setAccessibleName("More choices")
        self._unfold.clicked.connect(lambda: self._folded.open_below(self._unfold))
        self._unfold.hide()
        self.add(*controls)

    def add(self, *controls: QWidget) -> None:
        """Put more controls at the end."""
        self._controls += controls
        for one in controls:
            let_fold(one)  # which a row that is never shown does not come to
        self._fit()

    def show_control(self, control: QWidget, shown: bool) -> None:
        """Show a control in its place, or leave it out together with the gap beside it."""
        if shown is (control in self._absent):
            self._absent ^= {control}
            self._fit()

    def event(self, event: QEvent) -> bool:
        """Fit before a layout looks: a control may take other room now."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
            self.updateGeometry()
        return super().event(event)

    def customEvent(self, event: QEvent) -> None:
        """Take the room of the theme's other sizes, also while controls say nothing of them."""
        self._placed.clear()
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed in the controls while nobody saw them."""
        super().showEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """Ask for no more than that."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Need all lines: a column that is too low would cut the second one."""
        widest = max((QWidgetItem(one).minimumSize().width() for one in self._shown), default=0)
        return QSize(widest, self.heightForWidth(self.width()))

    def heightForWidth(self, width: int) -> int:
        """Return what the lines take that a row so wide would have."""
        places = self._places(width).values()
        return max((place.y() + place.height() for place in places), default=0)

    def _fit(self) -> None:
        for control in self._controls:
            fold_where_narrow(control, self.width())
            if isinstance(control, ChoiceButton):
                control.setMaximumWidth(max(self.width(), control.minimumSizeHint().width()))
        self._placed.clear()
        places = self._places(self.width())
        shown = list(places)
        behind = [c for c in self._controls if c not in self._absent | {*shown}]
        if (shown, behind) != (self._shown, self._behind):
            self._shown, self._behind = shown, behind
            self._fill()
        for control, place in places.items():
            control.setGeometry(place)

    def _places(self, width: int) -> dict[QWidget, QRect]:
        """Return what stands in a row so wide, and where: layouts ask for it again and again.

        The button is among it where something is behind it.
        """
        if width not in self._placed or not self.isVisible():  # hidden, it hears of no change
            present = [one for one in self._controls if one not in self._absent]
            sizes = {one: _size(one) for one in (*present, self._unfold)}
            places = self._in_lines({one: sizes[one] for one in present}, width)
            for n_shown in reversed(range(1, len(present))):
                if len({place.y() for place in places.values()}) <= MOST_LINES:
                    break
                shown = (*present[:n_shown], self._unfold)
                places = self._in_lines({one: sizes[one] for one in shown}, width)
            self._placed[width] = places
        return self._placed[width]

    def _in_lines(self, sizes: Mapping[QWidget, QSize], width: int) -> dict[QWidget, QRect]:
        """Put controls into as many lines as they take, all of one height."""
        places = dict[QWidget, QRect]()
        height = max((size.height() for size in sizes.values()), default=0)
        x = y = below = 0
        for control, size in sizes.items():
            if x and x + size.width() > width:
                x, y = 0, below + _BETWEEN_LINES
            place = QRect(x, y, size.width(), min(height, control.maximumHeight()))
            places[control] = place
            x, below = x + size.width() + _GAP, max(below, y + place.height())
        return places

    def _fill(self) -> None:
        """Hold what is shown, in its order, and put the others behind the button."""
        for control in self._shown:
            if control.parentWidget() is not self:
                control.setParent(self)
            control.show()
            control.raise_()  # Tab and screen readers go through children in this order
        for control in self._absent | ({self._unfold} - {*self._shown}):
            control.hide()
        self._folded.hold(self._behind)
        self.updateGeometry()


def _size(control: QWidget) -> QSize:
    """Return what a control takes."""
    wanted = control.sizeHint().expandedTo(control.minimumSizeHint())
    return wanted.boundedTo(control.maximumSize()).expandedTo(control.minimumSize())


class _Folded(QFrame):
    """The controls that have no room in a row, below each other."""

    def __init__(self, row: QWidget) -> None:
        super().__init__(row, Qt.WindowType.Popup)
        named("card", self)
        self._column = QVBoxLayout(self)

    def hold(self, controls: Sequence[QWidget]) -> None:
        """Hold these controls; the others have been taken back."""
        for control in controls:
            self._column.addWidget(control, 0, Qt.AlignmentFlag.AlignLeft)
            control.show()
        if not controls:
            self.hide()

    def open_below(self, button: QWidget) -> None:
        """Open below a button, and give the first control the keyboard."""
        self.adjustSize()
        place = button.mapToGlobal(QPoint(0, button.height()))
        screen = button.screen().availableGeometry()
        self.move(min(place.x(), screen.right() - self.width()), place.y())
        self.show()
        self.focusNextChild()
