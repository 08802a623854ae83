"""SecondCard: the card of sentence B."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton

from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.sentence.overflow_bar import OverflowBar
from roberta_gui.gui.sentence.sentence_card import SentenceCard
from roberta_gui.gui.sentence.token_alignment import TokenAlignment
from roberta_gui.gui.store import ViewStore


class SecondCard(SentenceCard):
    """A sentence card for B, with buttons to change the sides and to have one sentence again."""

    swap_wanted = Signal()
    end_wanted = Signal()

    def __init__(self, store: ViewStore, partners: TokenAlignment) -> None:
        super().__init__(store, partners, side=1)
        self.rest = OverflowBar("B")
        """What was too long for it: the bar comes and goes with the card, what it keeps stays."""
        self._column.insertWidget(0, self.rest)
        self.editor.cut_short.connect(self.rest.keep)
        swap, end = self._button("Swap", "Swap A and B (Ctrl+Shift+B)"), QToolButton()
        swap.setIcon(icon("swap-vertical", "muted"))
        swap.setAccessibleName("Swap A and B")
        swap.clicked.connect(self.swap_wanted)
        end.setIcon(icon("close", "muted"))
        end.setToolTip("One sentence again (F8 in A | B)")
        end.setAccessibleName("One sentence again")
        end.clicked.connect(self.end_wanted)
        for button in (swap, end):
            self.add_button(button)
        self.set_letter("B")
