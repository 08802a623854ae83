"""ExampleMenu: sentences to begin with."""

import json

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from roberta_gui.gui.widgets.controls.named import literal
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.resources import resource

_MASK = "<mask>"  # as the examples have it, whatever a model calls its own


class ExampleMenu(QMenu):
    """Offers what to write, group by group; ``chosen`` tells the text, with the model's mask."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._mask = _MASK
        for group in json.loads(resource("examples.json").read_text("utf-8")):
            if self.actions():
                self.addSeparator()
            for example in group["examples"]:
                action = self.addAction(literal(example["text"]))
                action.setToolTip(plain_tip(f"{group['group']}: {example['title']}"))
                action.setData(example["text"])
        self.triggered.connect(
            lambda action: self.chosen.emit(action.data().replace(_MASK, self._mask))
        )

    def use_mask(self, mask: str, why_not: str) -> None:
        """Write masks as the model reads them; where it reads none, say so of such examples."""
        self._mask = mask
        for action in self.actions():
            if _MASK in (action.data() or ""):
                rule_out(action, why_not)
