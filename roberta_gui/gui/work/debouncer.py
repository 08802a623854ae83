"""Debouncer: what is typed becomes tokens at once, and a request after a pause."""

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QObject, QTimer

PAUSE_MS = 120
PATIENCE_MS = 400

LONG_TEXT = 4000
"""Longer text is tokenized a turn of the event loop after the editor has laid it out: both at
once would hold the window up."""


class Outcome(Enum):
    """What came of tokenizing a text."""

    DONE = "done"
    REFUSED = "refused"
    LATER = "later"
    """The worker does it; :meth:`Debouncer.end_tokenizing` is called when it has."""


class Debouncer(QObject):
    """Waits for a pause in the typing of one sentence, but not forever.

    Parameters
    ----------
    tokenize
        Shows the tokens of the text as it stands, and tells what came of it.
    ask
        Asks for a pass over the text.
    """

    def __init__(
        self,
        tokenize: Callable[[str], Outcome],
        ask: Callable[[str], None],
        parent: QObject | None = None,
        *,
        pause_ms: int = PAUSE_MS,
        patience_ms: int = PATIENCE_MS,
    ) -> None:
        super().__init__(parent)
        self.text = ""
        self._tokens = Outcome.REFUSED
        self._is_asked_for = False
        self._tokenize = tokenize
        self._ask = ask
        self._pause = QTimer(self, singleShot=True, interval=pause_ms)
        self._patience = QTimer(self, singleShot=True, interval=patience_ms)
        self._next_turn = QTimer(self, singleShot=True, interval=0)
        self._next_turn.timeout.connect(self.tokenize)
        self._pause.timeout.connect(self.analyse)
        self._patience.timeout.connect(self.analyse)

    @property
    def is_waiting(self) -> bool:
        """Whether tokens or a request are still to come."""
        return any(clock.isActive() for clock in self._clocks)

    def edit(self, text: str) -> None:
        """Take another text: tokens now, a request after 120 ms of quiet or 400 of typing."""
        self.text = text
        self._tokens, self._is_asked_for = Outcome.REFUSED, False
        if len(text) > LONG_TEXT:
            self._next_turn.start()
        else:
            self.tokenize()
        self._pause.start()
        if not self._patience.isActive():
            self._patience.start()

    def take(self, text: str) -> None:
        """Take a text whose tokens and pass are there already."""
        self.text = text
        self._tokens = Outcome.DONE

    def tokenize(self) -> None:
        """Show the tokens now, and ask for the pass that only waited for them."""
        self._next_turn.stop()
        self._tokens = self._tokenize(self.text)
        if self._is_asked_for:
            self.analyse()

    def end_tokenizing(self, outcome: Outcome) -> None:
        """Go on with what the worker came to."""
        self._tokens = outcome
        if self._is_asked_for:
            self.analyse()

    def analyse(self) -> None:
        """Ask for a pass now, or as soon as the tokens are there.

        Text that has no tokens is not asked about: the model would only repeat why.
        """
        self._pause.stop()
        self._patience.stop()
        self._is_asked_for = self._next_turn.isActive() or self._tokens is Outcome.LATER
        if self._tokens is Outcome.DONE:
            self._ask(self.text)

    def start_over(self) -> None:
        """Show the tokens and ask for a pass now: another model reads the same text."""
        self._is_asked_for = True
        self.tokenize()

    def rest(self) -> None:
        """Ask for nothing more."""
        self._is_asked_for = False
        for clock in self._clocks:
            clock.stop()

    @property
    def _clocks(self) -> tuple[QTimer, ...]:
        return self._pause, self._patience, self._next_turn
