"""DifferenceSwitch: the one control by which a panel draws A − B in place of A, whatever B is."""

from PySide6.QtWidgets import QSizePolicy

from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import WideButton
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out


class DifferenceSwitch(WideButton):
    """A toggle with the same name in every panel; grey, with the reason, where there is no B.

    ``what`` says in its tip what is drawn while it is on. Where there is little room it is a sign.
    """

    def __init__(self, panel: str, what: str) -> None:
        super().__init__("Difference", short="Δ")
        named("toggle", self)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCheckable(True)
        self.setToolTip(plain_tip(what))
        self.setAccessibleName(f"{panel}: difference")

    def show_choice(self, on: bool, why_not: str) -> None:
        """Show whether the difference is drawn; ``why_not`` says why it cannot be, "" if it can."""
        rule_out(self, why_not)
        self.setChecked(on and not why_not)
