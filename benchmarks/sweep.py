"""All heads switched off in turn: `Engine.sweep` against as many whole passes.

The other side asks for the watched word's log-probability once for each head, with that head
switched off. It keeps no attention and runs the masked-LM head on the mask alone, as ours does;
what is measured is that layers below a head run once, and heads of a layer together.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.lines import Line, at_least
from benchmarks.measuring import side_by_side
from benchmarks.settings import Settings
from benchmarks.texts import sentences
from roberta_gui.engine import Engine
from roberta_gui.records import AnalysisRequest

N_TOKENS = 30
WORD = " house"
TIMES = 1 / 0.6
TOLERANCE = 2e-5  # nats


def run(settings: Settings) -> list[Line]:
    """Measure a sweep over every head; the limit is a ratio, and that both find the same."""
    engine = Engine.load(settings.model, device="cpu")
    differences: list[float] = []

    def swept(text: str) -> NDArray[np.float64]:
        *_, complete = engine.sweep(AnalysisRequest(text), WORD)
        return complete.changes

    def one_by_one(text: str) -> NDArray[np.float64]:
        request = AnalysisRequest(text)
        baseline = engine.log_probabilities(request, [WORD])[0, 0]
        changes = np.empty((engine.info.n_layers, engine.info.n_heads))
        for head in np.ndindex(changes.shape):
            off = replace(request, switched_off=frozenset({head}))
            changes[head] = engine.log_probabilities(off, [WORD])[0, 0] - baseline
        return changes

    ours, theirs = side_by_side(
        swept,
        one_by_one,
        sentences(N_TOKENS, settings.runs + 1),
        lambda a, b: differences.append(float(np.abs(a - b).max())),
    )
    n_heads = engine.info.n_layers * engine.info.n_heads
    what = f"sweep over {n_heads} heads, {N_TOKENS} tokens"
    line = at_least(TIMES, what, ours, theirs, f"largest difference {max(differences):.0e} nats")
    return [replace(line, holds=bool(line.holds and max(differences) <= TOLERANCE))]
