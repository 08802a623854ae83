"""From a key to the pixels that answer it: pause, pass, and everything else.

The letter arrives as a key event in the sentence editor of the real window, with all panels open;
the end is the Attention panel's picture of the new sentence, painted. The pause is the product's
own wait for the end of typing and the pass is what the analysis itself says it took; what is left
over is the window's own doing, and that is what the limit is on. Nothing else offers this, so it
stands beside no other tool.
"""

from time import perf_counter

from benchmarks import window
from benchmarks.lines import Line, at_most
from benchmarks.measuring import Sample
from benchmarks.settings import Settings
from benchmarks.texts import sentences
from roberta_gui.gui.application import Session
from roberta_gui.gui.work.typed_sentence import PAUSE_MS

N_TOKENS = 30
REST_S = 0.040


def run(settings: Settings) -> list[Line]:
    """Press a key in a new sentence of 30 tokens each time."""
    whole, passes, rest = [], [], []
    with window.opened(settings) as session:
        for number, text in enumerate(sentences(N_TOKENS, settings.runs + 1)):
            window.write(session, text)
            took, computed = _press_and_wait(session)
            if number:
                whole.append(took)
                passes.append(computed)
                rest.append(took - computed - PAUSE_MS / 1e3)
            window.settle(session)
    what = f"keystroke to pixels, {N_TOKENS} tokens"
    all_of_it, pass_only = Line(what, Sample(tuple(whole))), Sample(tuple(passes))
    parts = f"pause {PAUSE_MS} ms + pass {all_of_it.shown(pass_only)} + the line below"
    return [
        Line(what, Sample(tuple(whole)), notes=(parts,)),
        at_most(REST_S, f"{what}: all but pause and pass", Sample(tuple(rest))),
    ]


def _press_and_wait(session: Session) -> tuple[float, float]:
    """Press a key; return the seconds until the picture is painted, and those of the pass."""
    before = session.store.view.analysis
    panel = window.panel_of(session, "attention")

    def answered() -> bool:
        return session.store.view.analysis is not before and panel.is_current

    watch = window.PaintWatch(panel, answered)
    started = perf_counter()
    window.press(session, "s")
    took = watch.wait(session) - started
    analysis = session.store.view.analysis
    return took, sum(analysis.seconds.values()) if analysis is not None else 0.0
