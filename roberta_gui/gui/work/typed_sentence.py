"""TypedSentence: one sentence on its way from its editor to its tokens and its pass."""

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.work.jobs import JobRunner
from roberta_gui.lanes import Lane
from roberta_gui.problems import Problem
from roberta_gui.records import Run

if TYPE_CHECKING:
    from roberta_gui.gui.work.engine_worker import Loaded
    from roberta_gui.gui.work.tokenizing import Tokenizing

PAUSE_MS = 120
PATIENCE_MS = 400

LONG_TEXT = 4000
"""Longer text is tokenized a turn of the event loop after the editor has laid it out: both at
once would hold the window up."""


class _Tokens(Enum):
    """Whether the tokens of the text as it stands are shown."""

    SHOWN = "shown"
    REFUSED = "refused"
    LATER = "later"
    """The worker finds them."""


class TypedSentence(QObject):
    """Shows a sentence's tokens at once by ``show``, and asks for its pass after a pause.

    It waits for a pause in the typing, but not forever. ``lane`` is that of its passes,
    ``tokens_lane`` also tells what is wrong with the text.
    """

    def __init__(
        self,
        lane: Lane,
        tokens_lane: Lane,
        show: Callable[[Run], object],
        ask: Callable[[str], None],
        store: ViewStore,
        jobs: JobRunner,
        parent: QObject,
        *,
        pause_ms: int,
        patience_ms: int,
    ) -> None:
        super().__init__(parent)
        self.lane, self.tokens_lane = lane, tokens_lane
        self.text = ""
        """What stands in the editor."""
        self._tokenizer: tuple[Tokenizing, int] | None = None
        self._show, self._ask, self._store, self._jobs = show, ask, store, jobs
        self._tokens = _Tokens.REFUSED
        self._is_asked_for = False
        self._pause = QTimer(self, singleShot=True, interval=pause_ms)
        self._patience = QTimer(self, singleShot=True, interval=patience_ms)
        self._next_turn = QTimer(self, singleShot=True, interval=0)
        self._next_turn.timeout.connect(self._tokenize)
        for clock in (self._pause, self._patience):
            clock.timeout.connect(self.analyse)

    def read_with(self, loaded: "Loaded") -> None:
        """Cut text as this model does from now on."""
        self._tokenizer = loaded.tokenizing, loaded.info.max_tokens

    @property
    def is_waiting(self) -> bool:
        """Whether tokens or a request are still to come."""
        return any(clock.isActive() for clock in (self._pause, self._patience, self._next_turn))

    def edit(self, text: str) -> None:
        """Take another text: tokens now, a request after 120 ms of quiet or 400 of typing."""
        self.text = text
        self._tokens, self._is_asked_for = _Tokens.REFUSED, False
        if len(text) > LONG_TEXT:
            self._next_turn.start()
        else:
            self._tokenize()
        self._pause.start()
        if not self._patience.isActive():
            self._patience.start()

    def take(self, text: str) -> None:
        """Take a text whose tokens and pass are there already."""
        self.text, self._tokens = text, _Tokens.SHOWN

    def analyse(self) -> None:
        """Ask for a pass now, or as soon as the tokens are there.

        Text that has no tokens is not asked about: the model would only repeat why.
        """
        self._pause.stop()
        self._patience.stop()
        self._is_asked_for = self._next_turn.isActive() or self._tokens is _Tokens.LATER
        if self._tokens is _Tokens.SHOWN:
            self._ask(self.text)

    def start_over(self) -> None:
        """Show the tokens and ask for a pass now: another model reads the same text."""
        self._is_asked_for = True
        self._tokenize()

    def end(self) -> None:
        """Ask for nothing more, and forget what was wrong."""
        self.rest()
        for lane in (self.lane, self.tokens_lane):
            self._jobs.cancel(lane)
            self._store.report(lane, None)

    def rest(self) -> None:
        """Ask for nothing more."""
        self._is_asked_for = False
        for clock in (self._pause, self._patience, self._next_turn):
            clock.stop()

    def take_tokens(self, typed: Run) -> None:
        """Show the tokens that were found."""
        self._store.report(self.tokens_lane, None)
        self._show(typed)
        self._go_on(_Tokens.SHOWN)

    def refuse(self, problem: Problem) -> None:
        """Tell why there are no tokens."""
        self._store.report(self.tokens_lane, problem)
        self._go_on(_Tokens.REFUSED)

    def _tokenize(self) -> None:
        """Show the tokens, or have the worker find them, and then ask for what waited for them."""
        self._next_turn.stop()
        self._jobs.cancel(self.tokens_lane)
        if self._tokenizer is None:
            self._go_on(_Tokens.REFUSED)
            return
        tokenizing, limit = self._tokenizer
        try:
            typed = tokenizing.cut(self.text, limit) if tokenizing.is_quick(self.text) else None
        except Problem as problem:
            self.refuse(problem)
            return
        if typed is not None:
            self.take_tokens(typed)
        else:
            self._jobs.submit(self.tokens_lane, tokenizing.work(self.text, limit))
            self._go_on(_Tokens.LATER)

    def _go_on(self, tokens: _Tokens) -> None:
        self._tokens = tokens
        if self._is_asked_for:
            self.analyse()
