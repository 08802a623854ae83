"""SwitchedHeads: says in the status line which heads are off, and switches them on again."""

from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from roberta_gui.findings.names import head_names, name_switched_heads
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import ABLATIONS, Labelled, Segments
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.view import View

if TYPE_CHECKING:
    from roberta_gui.records import Ablation


class SwitchedHeads(QFrame):
    """Names the heads that are off; in sight only while there are any."""

    def __init__(self, store: ViewStore) -> None:
        super().__init__()
        named("switchedHeads", self)
        self._heads = frozenset[tuple[int, int]]()
        self._text = named("noticeHint", QLabel())
        self._ablation = Segments(ABLATIONS, "Instead of what a switched-off head found")
        self._ablation.chosen.connect(lambda chosen: store.ablate(cast("Ablation", chosen)))
        self._against = Segments(
            {
                "same": ("Off too", "The same heads are off in what A is held against"),
                "every": ("Every head on", "What A is held against has every head on"),
            },
            "Heads of what A is held against",
        )
        self._against.chosen.connect(
            lambda chosen: store.hold_against(every_head_on=chosen == "every")
        )
        self._in_b = Labelled("in B", self._against)
        self._restore = named("action", QPushButton("Restore all"))
        self._restore.setToolTip("Switch every head on again")
        self._restore.clicked.connect(store.restore_heads)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 1, 2, 1)
        row.setSpacing(8)
        row.addWidget(self._text)
        row.addWidget(Labelled("replaced by", self._ablation))
        row.addWidget(self._in_b)
        row.addWidget(self._restore)
        self.hide()

    def draw(self, view: View, previous: View | None) -> None:
        """Say which heads are off."""
        self.setVisible(bool(view.switched_off))
        self._ablation.set_choice(view.ablation)
        self._in_b.setVisible(view.right_side.is_chosen)
        self._against.set_choice("every" if view.right_side.every_head_on else "same")
        if previous is None or previous.switched_off != view.switched_off:
            self._heads = view.switched_off
            self._text.setText(f"{name_switched_heads(self._heads)}.")
            self._text.setToolTip(plain_tip(f"Layer and head: {head_names(self._heads)}"))

    def set_brief(self, brief: bool) -> None:
        """Say in few words how many heads are off, or which."""
        n = len(self._heads)
        few = f"{n} head{'s' * (n > 1)} off"
        self._text.setText(few if brief else f"{name_switched_heads(self._heads)}.")
