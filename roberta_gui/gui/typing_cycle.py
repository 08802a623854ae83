"""TypingCycle: what is typed becomes tokens at once, and a request after a pause."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

PAUSE_MS = 120
PATIENCE_MS = 400

LONG_TEXT = 4000
"""Longer text is tokenized a turn of the event loop after the editor has laid it out: both at
once would hold the window up."""


class TypingCycle(QObject):
    """Waits for a pause in the typing of one sentence, but not forever.

    Parameters
    ----------
    tokenize
        Shows the tokens of the text as it stands; True if that could be done.
    ask
        Asks for a pass over the text.
    """

    def __init__(
        self,
        tokenize: Callable[[str], bool],
        ask: Callable[[str], None],
        parent: QObject | None = None,
        *,
        pause_ms: int = PAUSE_MS,
        patience_ms: int = PATIENCE_MS,
    ) -> None:
        super().__init__(parent)
        self.text = ""
        self._is_tokenized = False
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
        self._is_tokenized = False
        if len(text) > LONG_TEXT:
            self._next_turn.start()
        else:
            self.tokenize()
        self._pause.start()
        if not self._patience.isActive():
            self._patience.start()

    def tokenize(self) -> None:
        """Show the tokens now."""
        self._next_turn.stop()
        self._is_tokenized = self._tokenize(self.text)

    def analyse(self) -> None:
        """Ask for a pass now, unless the text has no tokens: the model would only repeat why."""
        self._pause.stop()
        self._patience.stop()
        if self._is_tokenized:
            self._ask(self.text)

    def rest(self) -> None:
        """Ask for nothing more."""
        for clock in self._clocks:
            clock.stop()

    @property
    def _clocks(self) -> tuple[QTimer, ...]:
        return self._pause, self._patience, self._next_turn
