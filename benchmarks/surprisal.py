"""Surprisal of a whole sentence: `Engine.surprisal` against its masked copies run one by one.

What somebody would write with the library as it is: mask one token after the other and ask for
the log-probabilities at that mask. That side, too, keeps no attention and runs the masked-LM head
on one row a copy; what is measured is only that copies run together.
"""

from dataclasses import replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from benchmarks.lines import Line, at_least, at_most
from benchmarks.measuring import Sample, side_by_side
from benchmarks.settings import Settings
from benchmarks.texts import sentences
from roberta_gui.engine import Engine
from roberta_gui.records import AnalysisRequest

N_TOKENS = 30
TIMES = 1 / 0.8
TOLERANCE = 1e-4  # bits
FIRST_WITHIN = 0.3  # seconds


def run(settings: Settings) -> list[Line]:
    """Measure the whole sentence, and how soon something can be shown."""
    engine = Engine.load(settings.model, device="cpu")
    differences: list[float] = []

    def together(text: str) -> NDArray[np.float64]:
        return engine.surprisal(AnalysisRequest(text))

    def one_by_one(text: str) -> NDArray[np.float64]:
        tokens = engine.tokenize(text)
        bits = np.full(len(tokens), np.nan)
        for token in tokens:
            if not token.is_special:
                masked = f"{text[: token.start]}<mask>{text[token.end :]}"
                (row,) = engine.mask_log_probabilities(AnalysisRequest(masked))
                bits[token.index] = -row[token.id] / np.log(2)
        return bits

    texts = sentences(N_TOKENS, settings.runs + 1, masked=False)
    ours, theirs = side_by_side(
        together, one_by_one, texts, lambda a, b: differences.append(_apart(a, b))
    )
    told = f"largest difference {max(differences):.0e} bits"
    line = at_least(TIMES, f"surprisal, {N_TOKENS} tokens", ours, theirs, told)
    whole = replace(line, holds=bool(line.holds and max(differences) <= TOLERANCE))
    first = Sample(tuple(_first_value(engine, text) for text in texts[1:]))
    return [whole, at_most(FIRST_WITHIN, f"first surprisal of {N_TOKENS} tokens", first)]


def _first_value(engine: Engine, text: str) -> float:
    """Time how long it takes until the first token's surprisal is known."""
    started = perf_counter()
    for bits in engine.surprisal_steps(AnalysisRequest(text)):
        if not np.isnan(bits).all():
            break
    return perf_counter() - started


def _apart(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Give the largest difference of tokens that have a value; infinite where only one has."""
    if (np.isnan(a) != np.isnan(b)).any():
        return float("inf")
    return float(np.nanmax(np.abs(a - b)))
