"""Words at masks: scored beyond the pass, filled in together, and states copied between runs.

Copying states has another side: one whole pass for each state, without attention and with the
head on the mask alone, as ours; what is measured is that the layers below a state run once.
"""

import numpy as np

from benchmarks.lines import Line, at_least, at_most
from benchmarks.measuring import Sample, side_by_side, timed
from benchmarks.settings import Settings
from benchmarks.texts import sentences
from roberta_gui.analysis.stepped import result_of
from roberta_gui.engine import Engine
from roberta_gui.records import Analysis, AnalysisRequest

N_TOKENS = 12
WORDS = ("house", "water", "men", "day", "time", "man", "world", "year", "work", "state")
BEYOND_S, TOGETHER_S, TIMES = 0.03, 1.5, 1 / 0.6


def run(settings: Settings) -> list[Line]:
    """Measure ten words beyond a pass, two masks together, and patching beside whole passes."""
    engine = Engine.load(settings.model, device="cpu")
    texts = sentences(N_TOKENS, settings.runs + 1)

    def scored(analysis: Analysis) -> object:
        return result_of(engine.score_words_steps(analysis.request, WORDS, hidden=analysis.hidden))

    def together(text: str) -> object:
        words = text.split()
        words[-2] = "<mask>"
        return engine.fill_together(" ".join(words))

    beyond = [timed(scored, engine.analyse(AnalysisRequest(text)))[0] for text in texts]
    filled = [timed(together, text)[0] for text in texts]

    def patched(text: str) -> object:
        return engine.patch(text, _other(text), WORDS[0])

    def one_by_one(text: str) -> object:
        n_sites = (engine.info.n_layers + 1) * len(engine.tokenize(text))
        request = AnalysisRequest(_other(text))
        return np.array([engine.log_probabilities(request, [" house"]) for _ in range(n_sites)])

    ours, theirs = side_by_side(patched, one_by_one, texts)
    tokens = f"{N_TOKENS} tokens"
    return [
        at_most(BEYOND_S, f"{len(WORDS)} words scored beyond the pass, {tokens}", _warm(beyond)),
        at_most(TOGETHER_S, f"two masks filled together, {tokens}", _warm(filled), unit="s"),
        at_least(TIMES, f"every state copied from another run, {tokens}", ours, theirs, unit="s"),
    ]


def _other(text: str) -> str:
    """Change one word of a sentence."""
    return text.replace("The ", "An ", 1)


def _warm(seconds: list[float]) -> Sample:
    """Leave out the first run, which warms up."""
    return Sample(tuple(seconds[1:]))
