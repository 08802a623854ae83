"""Rows of controls that fold where there is less room: in two lines, the rest behind a button."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget
from superqt.utils import QFlowLayout

from roberta_gui.gui.widgets.controls.choice_button import ChoiceButton
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import fold_where_narrow

_BETWEEN_LINES = 6
MOST_LINES = 2
"""More of them would take the room of the picture below."""

_ROUNDS = 4
"""What is shown, and whether that leaves something out, settles in two or three."""


class ControlRow(QWidget):
    """A row that goes on in a next line where there is no room left; ``gap`` is in pixels.

    What does not fit into two lines, the last controls first, goes behind a button "More ▾". A
    choice whose name is longer than a line shortens it.
    """

    def __init__(self, *controls: QWidget, gap: int = 10) -> None:
        super().__init__()
        self._controls: list[QWidget] = []
        # WORKAROUND: the layout is not asked what it holds, for the reason told in tab_order.py.
        self._shown: list[QWidget] = []
        self._absent: set[QWidget] = set()
        self._gap = gap
        self._is_fitting = False
        self._flow = QFlowLayout(self)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow.setHorizontalSpacing(gap)
        self._flow.setVerticalSpacing(_BETWEEN_LINES)
        self._behind = _Rest(self)
        self._unfold = named("action", QToolButton(self))
        self._unfold.setText("More ▾")
        self._unfold.setToolTip("The choices that have no room here")
        self._unfold.setAccessibleName("More choices")
        self._unfold.clicked.connect(lambda: self._behind.open_below(self._unfold))
        self._unfold.hide()
        self.add(*controls)

    def add(self, *controls: QWidget) -> None:
        """Put more controls at the end."""
        self._controls += controls
        self._shown += controls
        for control in controls:
            self._flow.addWidget(control)

    def show_control(self, control: QWidget, shown: bool) -> None:
        """Show a control in its place, or leave it out together with the gap beside it."""
        if shown is (control in self._absent):
            self._absent ^= {control}
            control.setVisible(shown)
            self._fit()

    def event(self, event: QEvent) -> bool:
        """Fit before a layout looks: a control may take other room now."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Need all lines: a column that is too low would cut the second one."""
        least = self._flow.minimumSize()
        return QSize(least.width(), max(self._flow.heightForWidth(self.width()), least.height()))

    def _fit(self) -> None:
        if self._is_fitting:
            return
        self._is_fitting = True
        most = [min(one.sizeHint().height(), one.maximumHeight()) for one in self._controls]
        for control in self._controls:
            # So that what stands in a line has one middle.
            control.setMinimumHeight(min(max(most), control.maximumHeight()))
            fold_where_narrow(control, self.width())
            if isinstance(control, ChoiceButton):
                control.setMaximumWidth(max(self.width(), control.minimumSizeHint().width()))
        # Being laid out, the row may be told of another size, and leave other controls out.
        for _ in range(_ROUNDS):
            if not self._fill(self._in_row()):
                break
        self._is_fitting = False

    def _in_row(self) -> list[QWidget]:
        """Return what stands in the row; the button is among it where something is behind it."""
        present = [one for one in self._controls if one not in self._absent]
        shown = present
        for n_shown in reversed(range(1, len(present))):
            if self._n_lines(shown) <= MOST_LINES:
                break
            shown = [*present[:n_shown], self._unfold]
        return shown

    def _n_lines(self, controls: Sequence[QWidget]) -> int:
        """Return how many lines these controls take, laid out as the flow does it."""
        lines, at = 1, 0
        for control in controls:
            least, most = control.minimumWidth(), control.maximumWidth()
            width = max(min(control.sizeHint().width(), most), least)
            if at and at + width > self.width():
                lines, at = lines + 1, 0
            at += width + self._gap
        return lines

    def _fill(self, shown: list[QWidget]) -> bool:
        """Lay out what is shown, and put the others behind the button; False if all is so."""
        if self._shown == shown:
            return False
        # A control that is merely hidden would leave its gap: so the row is filled anew.
        # WORKAROUND: not by `removeWidget`. It deletes the item that this layout, which is written
        # in Python, hands out: Python would delete it once more.
        while self._flow.count():
            self._flow.takeAt(0)
        self._shown = shown
        self._behind.hold([c for c in self._controls if c not in self._absent | {*shown}])
        for control in shown:
            self._flow.addWidget(control)
            control.show()
        for control in self._absent | ({self._unfold} - {*shown}):
            control.hide()
        self._flow.invalidate()
        self.updateGeometry()
        return True


class _Rest(QFrame):
    """The controls that have no room in a row, below each other."""

    def __init__(self, row: QWidget) -> None:
        super().__init__(row, Qt.WindowType.Popup)
        named("card", self)
        self._column = QVBoxLayout(self)
        self._held: Sequence[QWidget] = ()

    def hold(self, controls: Sequence[QWidget]) -> None:
        """Hold these controls only; the others have been taken back."""
        for control in self._held:
            self._column.removeWidget(control)
        self._held = controls
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
