"""How long the window stops listening: the gaps between two turns of its event loop.

A timer that wants to fire every millisecond writes down when it did. A gap is the time between two
firings, so an idle window shows gaps of about 1 ms. The 99th percentile is over all gaps of all
runs, and the longest is the longest of them all, not a median.

Measured while a key in a sentence of 512 tokens is answered: tokens at once, a pass on the worker
thread, then every panel drawn. For information, the same while 10 MB are pasted, and while the
window opens and torch is imported.
"""

from time import perf_counter

import numpy as np
from PySide6.QtCore import QMimeData, Qt, QTimer

from benchmarks import window
from benchmarks.lines import Line
from benchmarks.measuring import Sample
from benchmarks.settings import Settings
from benchmarks.texts import sentences
from roberta_gui.gui.application import Session

N_TOKENS = 512
LONGEST_S = 0.050
MOST_S = 0.016
PASTED_MB = 10


class Heartbeat:
    """Notes the gaps between turns of the event loop while it is entered."""

    def __init__(self) -> None:
        self._beats: list[float] = []
        self._clock = QTimer(interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(lambda: self._beats.append(perf_counter()))

    def __enter__(self) -> "Heartbeat":
        """Begin to note."""
        self._beats.append(perf_counter())
        self._clock.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop noting."""
        self._clock.stop()
        self._beats.append(perf_counter())

    @property
    def gaps(self) -> list[float]:
        """Seconds between each two beats."""
        return np.diff(self._beats).tolist()


def run(settings: Settings) -> list[Line]:
    """Press a key in a new sentence of 512 tokens each time; limits on all gaps together."""
    with window.opened(settings) as session, Heartbeat() as opening:
        window.wait_until(session, lambda: session.store.view.analysis is not None)
    runs = []
    with window.opened(settings) as session:
        window.settle(session)
        # One short: the key makes a token more, and the model reads no more than 512.
        for number, text in enumerate(sentences(N_TOKENS - 1, settings.runs + 1)):
            window.write(session, text)
            with Heartbeat() as answered:
                window.press(session, "s")
                window.settle(session)
            if number:
                runs.append(answered.gaps)
        pasted = _paste(session)
    return [
        *_limits(f"event loop, a key in {N_TOKENS} tokens", runs),
        Line("longest gap while the window opens and torch loads", Sample((max(opening.gaps),))),
        Line(f"longest gap while {PASTED_MB} MB are pasted", Sample((max(pasted),))),
    ]


def _limits(what: str, runs: list[list[float]]) -> list[Line]:
    """Hold the gaps of all runs to both limits."""
    longest = Sample(tuple(max(gaps) for gaps in runs))
    worst = max(longest.values)
    every = [gap for gaps in runs for gap in gaps]
    percentile = Sample((float(np.percentile(every, 99)),))
    return [
        Line(
            f"{what}: longest gap",
            longest,
            limit=f"≤ {LONGEST_S * 1e3:g} ms",
            holds=worst <= LONGEST_S,
            notes=(f"the limit is on the longest of all runs: {worst * 1e3:.1f} ms",),
        ),
        Line(
            f"{what}: 99th percentile",
            percentile,
            limit=f"≤ {MOST_S * 1e3:g} ms",
            holds=percentile.median <= MOST_S,
            notes=(f"of {len(every):,} gaps",),
        ),
    ]


def _paste(session: Session) -> list[float]:
    """Paste 10 MB of text into the editor; return the gaps until all is drawn."""
    source = QMimeData()
    source.setText("The cat sat on the mat. " * (PASTED_MB * 1_000_000 // 24))
    with Heartbeat() as pasted:
        session.window.card.editor.insertFromMimeData(source)
        window.settle(session)
    return pasted.gaps
