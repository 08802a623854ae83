"""DifferenceSwitch: the one control by which a panel draws A − B in place of A, whatever B is."""

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import WideButton
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out

_SHORT: Final = "Δ"


class DifferenceSwitch(WideButton):
    """A toggle with the same name in every panel; grey, with the reason, where there is no B.

    ``what`` says in its tip what is drawn while it is on.
    """

    def __init__(self, panel: str, what: str) -> None:
        super().__init__("Difference")
        named("toggle", self)
        self.setText("Difference")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCheckable(True)
        self.setToolTip(plain_tip(what))
        self.setAccessibleName(f"{panel}: difference")

    def minimumSizeHint(self) -> QSize:
        """Need no more room than a sign takes."""
        hint, advance = self.sizeHint(), self.fontMetrics().horizontalAdvance
        return QSize(hint.width() - advance(self.texts[0]) + advance(_SHORT), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say it in a word where there is room."""
        super().resizeEvent(event)
        self.setText(self.texts[0] if self.width() >= self.sizeHint().width() else _SHORT)

    def show_choice(self, on: bool, why_not: str) -> None:
        """Show whether the difference is drawn; ``why_not`` says why it cannot be, "" if it can."""
        rule_out(self, why_not)
        self.setChecked(on and not why_not)
