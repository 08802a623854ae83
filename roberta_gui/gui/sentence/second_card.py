"""SecondCard: where sentence B is written while two sentences are compared."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton

from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.sentence.sentence_card import SentenceCard
from roberta_gui.gui.sentence.sentence_tint import of_second
from roberta_gui.gui.sentence.token_alignment import TokenAlignment
from roberta_gui.gui.sentence.token_surprisal import SECOND
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.records import Run
from roberta_gui.view import View


class SecondCard(SentenceCard):
    """A sentence card for B; what is chosen or hovered in A shows at its partner here.

    Signals
    -------
    swap_wanted()
        A shall be B, and B shall be A.
    end_wanted()
        There shall be one sentence again.
    """

    swap_wanted = Signal()
    end_wanted = Signal()

    def __init__(self, store: ViewStore, partners: TokenAlignment) -> None:
        self._swap = named("action", QToolButton())
        self._end = QToolButton()
        super().__init__(store, partners, of_second)
        self._swap.setText("Swap")
        self._swap.setIcon(icon("swap-vertical", "muted"))
        self._swap.setToolTip("Swap A and B (Ctrl+Shift+B)")
        self._swap.setAccessibleName("Swap A and B")
        self._swap.setToolButtonStyle(self.examples.toolButtonStyle())
        self._swap.clicked.connect(self.swap_wanted)
        self._end.setIcon(icon("close", "muted"))
        self._end.setToolTip("One sentence again (F8)")
        self._end.setAccessibleName("One sentence again")
        self._end.clicked.connect(self.end_wanted)
        self.add_button(self._swap)
        self.add_button(self._end)
        self.set_letter("B")

    def draw_tint(self, view: View, previous: View | None) -> None:
        """Tint the tokens as those of A, by whose card that is chosen and explained."""
        super().draw_tint(view, previous)
        if view.second is None and SECOND in view.derived:
            self.store.forget(SECOND)

    # --- what of the View this card is about

    def typed_of(self, view: View) -> Run | None:
        """Return the text and tokens of sentence B."""
        return view.second

    def is_outdated(self, view: View) -> bool:
        """Tell whether either sentence is ahead of its pass: then tokens have no partners."""
        return view.is_second_stale or view.is_stale

    def chosen_of(self, view: View) -> tuple[int, ...]:
        """Return the partners of the tokens that are locked in A."""
        tokens = view.selection.tokens
        partners = self.partners.second_of(view) if tokens else {}
        return tuple(partners[token] for token in tokens if token in partners)

    def hovered_of(self, view: View) -> int | None:
        """Return the partner of the token that is hovered in A or in a picture."""
        hovered = view.selection.hovered_token
        return None if hovered is None else self.partners.second_of(view).get(hovered)

    def alone_of(self, view: View) -> tuple[int, ...]:
        """Return which tokens of B have no partner in A."""
        return self.partners.alone(view, 1)

    def hover(self, token: int) -> None:
        """Light up the partner of a token, which all panels know."""
        if (partner := self._partner(token)) is not None:
            self.store.hover_token(partner)
        else:
            self.store.end_hover()

    def choose(self, token: int, extend: bool) -> None:
        """Lock the partner of a token."""
        if (partner := self._partner(token)) is not None:
            self.store.select_token(partner, extend=extend)

    def _partner(self, token: int) -> int | None:
        """Return A's token that one of B's is compared with."""
        pairs = self.partners.second_of(self.store.view)
        return next((a for a, b in pairs.items() if b == token), None)
