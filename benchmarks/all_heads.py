"""All heads on screen at 512 tokens: from the analysis to the painted panel, and the memory.

The clock runs from the moment at which the window has the analysis until the All heads panel has
painted its thumbnails; the window's other panels draw the same sentence in that time, as they do
for a user. Memory is what the process holds at most (resident, sampled every 2 ms) above what it
held while it showed a short sentence: once from the key that starts the pass, so that the
attention itself counts (151 MB at roberta-base's shape), and once from the analysis on.

BertViz, the tool of today, is no dependency: its numbers were measured elsewhere, in a notebook
with 256 tokens, where it needed 14 s and 421 MB of HTML. At 512 tokens it failed.
"""

import threading
from time import perf_counter

import psutil

from benchmarks import window
from benchmarks.lines import Line, at_most
from benchmarks.measuring import Sample
from benchmarks.settings import Settings
from benchmarks.texts import sentence, sentences
from roberta_gui.engine import Engine
from roberta_gui.gui.application import Session
from roberta_gui.records import AnalysisRequest, Run

N_TOKENS = 512
SECONDS = 0.5
BYTES = 250e6

_BERTVIZ = "BertViz, 256 tokens, measured elsewhere: 14 s and 421 MB of HTML; fails at 512"


def run(settings: Settings) -> list[Line]:
    """Show analyses of new sentences in one window; each is computed before its clock starts."""
    seconds = []
    engine = Engine.load(settings.model, device="cpu")
    with window.opened(settings) as session:
        window.settle(session)
        for number, text in enumerate(sentences(N_TOKENS, settings.runs + 1)):
            took = _show(session, engine, text)
            if number:
                seconds.append(took)
    what = f"all heads on screen, {N_TOKENS} tokens, after the pass"
    return [at_most(SECONDS, what, Sample(tuple(seconds)), _BERTVIZ)]


def memory(settings: Settings) -> list[Line]:
    """Write one sentence of 512 tokens into a window that showed a short one.

    Once a process: what an earlier analysis left free would be used again and not be seen.
    """
    with window.opened(settings) as session:
        window.settle(session)
        window.write(session, sentence(12, 0))
        with PeakMemory() as peak:
            window.write(session, sentence(N_TOKENS, 0))
        whole = Sample((float(peak.grown),))
        analysis = session.store.view.analysis
        own = 0 if analysis is None else analysis.attention.nbytes + analysis.hidden.nbytes
    note = f"of it {own / 1e6:.0f} MB are the attention and hidden states themselves"
    what = f"all heads on screen, {N_TOKENS} tokens: more memory, pass included"
    return [at_most(BYTES, what, whole, note, unit="MB")]


def _show(session: Session, engine: Engine, text: str) -> float:
    """Hand the window one analysis; return the seconds until All heads is painted."""
    analysis = engine.analyse(AnalysisRequest(text))
    session.store.type(Run(text, analysis.tokens))
    panel = window.panel_of(session, "heads")

    def drawn() -> bool:
        return session.store.view.analysis is analysis and panel.is_current

    watch = window.PaintWatch(panel, drawn)
    started = perf_counter()
    session.store.show(analysis)
    took = watch.wait(session) - started
    window.settle(session)
    return took


class PeakMemory:
    """Watches how far the process's resident memory rises above where it began."""

    def __init__(self) -> None:
        self.grown = 0
        self._process = psutil.Process()
        self._start = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "PeakMemory":
        """Begin to watch."""
        self._start = self._resident()
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop watching."""
        self._ended.set()
        self._thread.join()

    def _resident(self) -> int:
        return int(self._process.memory_info().rss)

    def _watch(self) -> None:
        while not self._ended.wait(0.002):
            self.grown = max(self.grown, self._resident() - self._start)
