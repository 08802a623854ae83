"""Tokenizing: text is cut into tokens on the GUI thread only where that is known to be quick.

A checkpoint's tokenizer is a program of rules that somebody else wrote: some replace until the
text has grown a thousandfold, some match for hours. The window must not wait for those.
"""

import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Final

from roberta_gui.analysis.stepped import showing
from roberta_gui.findings.steps.model import Turn
from roberta_gui.gui.work.jobs import Clock
from roberta_gui.problems import Stopped
from roberta_gui.records import Report, Run, Stop

if TYPE_CHECKING:
    from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer

HELD_S: Final = 0.02
"""How long tokenizing may hold the window; after a single time longer it is left to the worker."""

_QUICK_S: Final = HELD_S / 4
_TIMES_LONGER: Final = 4
"""What is four times as long as a text that was quick takes four times as long: `HELD_S`."""

_SHORT: Final = 1000
"""Characters up to which a text is quick if any was."""

_TRIAL: Final = "Two words, and a third."


class Tokenizing:
    """Cuts text with one tokenizer, and learns how quick it is; ``clock`` gives seconds."""

    def __init__(self, tokenizer: "TextTokenizer", clock: Clock = time.perf_counter) -> None:
        self._tokenizer, self._clock = tokenizer, clock
        self._n_quick = 0
        self._is_slow = False

    def is_quick(self, text: str) -> bool:
        """Tell whether `cut` may be called while the window waits."""
        return not self._is_slow and len(text) <= self._n_quick

    def cut(self, text: str, limit: int) -> Run | None:
        """Cut a text into tokens and keep ``limit`` of them, while the window waits.

        None where the window has waited long enough: rules that were quick may match this text
        for hours, so it is left to the worker.

        Raises
        ------
        Problem
            The text cannot be encoded, or the tokenizer failed.
        """
        end = self._clock() + HELD_S
        try:
            typed, seconds = self._timed(text, limit, lambda: self._clock() > end)
        except Stopped:
            self._is_slow = True
            return None
        self._is_slow = seconds > HELD_S
        self._learn(text, seconds)
        return typed

    def work(self, text: str, limit: int) -> Callable[[Stop, Report], Generator[Turn, None, Run]]:
        """Make the work that cuts a text on the worker, where others go on meanwhile."""

        def cutting(stop: Stop, report: Report) -> Generator[Turn, None, Run]:
            from roberta_gui.engine.interruption import interruptible_steps

            steps = interruptible_steps(lambda _progress: self._timed(text, limit), stop)
            typed, seconds = yield from showing(Turn.OTHERS, steps)
            self._learn(text, seconds)
            return typed

        return cutting

    def try_out(self, stop: Stop, report: Report) -> Generator[Turn, None, Run]:
        """Cut a few words on the worker, so that a tokenizer that never ends is not put in use.

        Raises
        ------
        BrokenCheckpoint
            It took too long, or failed.
        """
        return self.work(_TRIAL, len(_TRIAL))(stop, report)

    def _timed(self, text: str, limit: int, stop: Stop | None = None) -> tuple[Run, float]:
        began = self._clock()
        tokens, dropped = self._tokenizer.tokenize_cut(text, None, limit, stop)
        return Run(text, tokens, dropped), self._clock() - began

    def _learn(self, text: str, seconds: float) -> None:
        if seconds <= _QUICK_S:
            self._n_quick = max(self._n_quick, _TIMES_LONGER * len(text), _SHORT)
