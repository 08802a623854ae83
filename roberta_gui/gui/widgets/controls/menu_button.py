"""MenuButton: a few choices and switches in a menu, where there is no room for all of them."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton

from roberta_gui.gui.widgets.controls.drop_down import add_choices, drop_down
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip


class MenuButton(QToolButton):
    """Its menu lists choices, of which one is ticked, under a title, and switches below them.

    Each has a label and a tip. What the button says is told by whoever shows what is chosen.
    """

    chosen = Signal(str)  # by somebody, never by :meth:`show_chosen`
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
