"""ControlRow: controls beside each other, in a few lines; what has no room is behind a button."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget
from superqt.utils import QFlowLayout

from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import fold_where_narrow
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip

_BETWEEN_LINES = 6
MOST_LINES = 2
"""More of them would take the room of the picture below."""

_ROUNDS = 4
"""What is shown, and whether that leaves something out, settles in two or three."""


class ControlRow(QWidget):
    """A row that goes on in a next line where there is no room left; ``gap`` is in pixels.

    What does not fit into two lines, the last controls first, goes behind a button "More ▾".
    """

    def __init__(self, *controls: QWidget, gap: int = 10) -> None:
        super().__init__()
        self._controls: list[QWidget] = []
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
        self._unfold.setToolTip(plain_tip("The choices that have no room here"))
        self._unfold.setAccessibleName("More choices")
        self._unfold.clicked.connect(self._open)
        self._unfold.hide()
        self.add(*controls)

    def add(self, *controls: QWidget) -> None:
        """Put more controls at the end."""
        self._controls += controls
        for control in controls:
            self._flow.addWidget(control)

    def show_control(self, control: QWidget, shown: bool) -> None:
        """Show a control in its place, or leave it out together with the gap beside it."""
        if shown is (control not in self._absent):
            return
        self._absent ^= {control}
        control.setVisible(shown)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Need all lines: a column that is too low would cut the second one."""
        least = self._flow.minimumSize()
        return QSize(least.width(), max(self._flow.heightForWidth(self.width()), least.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many controls as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Look again when a control, or the text size, takes other room."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _open(self) -> None:
        self._behind.open_below(self._unfold)

    def _fit(self) -> None:
        if self._is_fitting:
            return
        self._is_fitting = True
        for control in self._controls:
            fold_where_narrow(control, self.width())
        # Being laid out, the row may be told of another size, and leave other controls out.
        for _ in range(_ROUNDS):
            if not self._fill(*self._shared_out()):
                break
        self._is_fitting = False

    def _shared_out(self) -> tuple[list[QWidget], list[QWidget]]:
        """Return what stands in the row, the button included, and what is behind that."""
        present = [one for one in self._controls if one not in self._absent]
        shown = len(present)
        if self._lines(present) > MOST_LINES:
            while shown > 1 and self._lines([*present[:shown], self._unfold]) > MOST_LINES:
                shown -= 1
        behind = present[shown:]
        return [*present[:shown], *([self._unfold] if behind else [])], behind

    def _lines(self, controls: Sequence[QWidget]) -> int:
        """Return how many lines these controls take, laid out as the flow does it."""
        lines, at = 1, 0
        for control in controls:
            width = control.sizeHint().width()
            if control.minimumWidth() == control.maximumWidth():
                width = control.minimumWidth()
            if at and at + width > self.width():
                lines, at = lines + 1, 0
            at += width + self._gap
        return lines

    def _fill(self, shown: list[QWidget], behind: list[QWidget]) -> bool:
        """Lay out what is shown, and put the others behind the button; False if all is so."""
        items = [self._flow.itemAt(at) for at in range(self._flow.count())]
        if [item.widget() for item in items if item is not None] == shown:
            return False
        # A control that is merely hidden would leave its gap: so the row is filled anew.
        while self._flow.count():
            self._flow.takeAt(0)
        self._behind.hold(behind)
        for control in shown:
            self._flow.addWidget(control)
            control.show()
        for control in (*self._absent, *([] if behind else [self._unfold])):
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

    def hold(self, controls: Sequence[QWidget]) -> None:
        """Hold these controls only; the others have been taken back."""
        while self._column.count():
            self._column.takeAt(0)
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
