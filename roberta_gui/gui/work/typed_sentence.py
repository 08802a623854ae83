"""TypedSentence: one sentence on its way from its editor to its tokens and its pass."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.work.debouncer import Debouncer, Outcome
from roberta_gui.gui.work.jobs import JobRunner, Lane, Rank
from roberta_gui.problems import Problem
from roberta_gui.records import Run

if TYPE_CHECKING:
    from roberta_gui.gui.work.engine_worker import Loaded
    from roberta_gui.gui.work.tokenizing import Tokenizing


class TypedSentence(QObject):
    """Shows a sentence's tokens at once, and asks for its pass after a pause.

    Parameters
    ----------
    lane
        Of its passes.
    show
        Shows tokens.
    ask
        Asks for a pass over a text.
    """

    def __init__(
        self,
        lane: Lane,
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
        self.lane = lane
        self.tokens_lane = Lane(Rank.SENTENCE, f"tokens {lane.name}".rstrip())
        self.place = f"text:{lane.name}".removesuffix(":")
        """Where it is told what is wrong with the text."""
        self.tokenizing: Tokenizing | None = None
        """The tokenizer of the model in use, once there is one."""
        self.max_tokens = 0
        """Of how many tokens that model reads at most."""
        self._show, self._store, self._jobs = show, store, jobs
        self._cycle = Debouncer(
            self._tokenize, ask, self, pause_ms=pause_ms, patience_ms=patience_ms
        )
        self.edit, self.analyse, self.take = self._cycle.edit, self._cycle.analyse, self._cycle.take

    def read_with(self, loaded: "Loaded") -> None:
        """Cut text as this model does from now on."""
        self.tokenizing, self.max_tokens = loaded.tokenizing, loaded.info.max_tokens

    @property
    def text(self) -> str:
        """What stands in the editor."""
        return self._cycle.text

    @property
    def is_waiting(self) -> bool:
        """Whether tokens or a request are still to come."""
        return self._cycle.is_waiting

    def start_over(self) -> None:
        """Show the tokens and ask for a pass now: another model reads the same text."""
        self._cycle.start_over()

    def end(self) -> None:
        """Ask for nothing more, and forget what was wrong."""
        self._cycle.rest()
        for lane in (self.lane, self.tokens_lane):
            self._jobs.cancel(lane)
        for place in (self.lane.place, self.place):
            self._store.report(place, None)

    def rest(self) -> None:
        """Ask for nothing more."""
        self._cycle.rest()

    def take_tokens(self, typed: Run) -> None:
        """Show the tokens that the worker has found."""
        self._store.report(self.place, None)
        self._show(typed)
        self._cycle.end_tokenizing(Outcome.DONE)

    def refuse(self, problem: Problem) -> None:
        """Tell why there are no tokens."""
        self._store.report(self.place, problem)
        self._cycle.end_tokenizing(Outcome.REFUSED)

    def _tokenize(self, text: str) -> Outcome:
        self._jobs.cancel(self.tokens_lane)
        if self.tokenizing is None:
            return Outcome.REFUSED
        typed = None
        if self.tokenizing.is_quick(text):
            try:
                typed = self.tokenizing.cut(text, self.max_tokens)
            except Problem as problem:
                self._store.report(self.place, problem)
                return Outcome.REFUSED
        if typed is None:
            self._jobs.submit(self.tokens_lane, self.tokenizing.work(text, self.max_tokens))
            return Outcome.LATER
        self._store.report(self.place, None)
        self._show(typed)
        return Outcome.DONE
