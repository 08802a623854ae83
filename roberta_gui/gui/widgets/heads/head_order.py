"""HeadOrder: the menu by which heads are sorted and labelled."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton

from roberta_gui.gui.widgets.controls.drop_down import add_choices, drop_down
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out


class HeadOrder(QToolButton):
    """Shows by what heads are sorted; its menu lists the other orders, and a label to switch."""

    order_chosen = Signal(str)
    label_wanted = Signal(bool)

    def __init__(self, orders: Mapping[str, str], label: str, tip: str) -> None:
        super().__init__()
        named("action", self)
        self.setToolTip(plain_tip(tip))
        menu = QMenu(self)
        menu.addSection("Sort by")
        choices = {value: (name, "") for value, name in orders.items()}
        self._actions = add_choices(menu, choices, self._choose)
        menu.addSeparator()
        self._label = menu.addAction(label)
        self._label.setCheckable(True)
        self._label.triggered.connect(self.label_wanted)
        drop_down(self, menu)
        self.set_order(next(iter(orders)))

    def set_order(self, value: str) -> None:
        """Show which order is chosen."""
        self._actions[value].setChecked(True)
        name = self._actions[value].text()
        self.setText(f"By {name[:1].lower()}{name[1:]} ▾")
        self.setAccessibleName(f"Heads sorted by: {name}")

    def rule_out_order(self, value: str, why: str) -> None:
        """Grey an order out and say why; with "" it can be chosen."""
        rule_out(self._actions[value], why)

    def set_labelled(self, on: bool) -> None:
        """Show whether the label is wanted."""
        self._label.setChecked(on)

    def _choose(self, value: str) -> None:
        self.set_order(value)
        self.order_chosen.emit(value)
