"""Made-up reference sentences: words, tokens and hidden states that belong together."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.axes.reference_fit import fit_reference_axes
from roberta_gui.records import Token, TokenStates
from tests.analysis.states import made_up_states
from tests.analysis.stepped import run

LENGTHS = (3, 0, 1, 120, 9, 150, 17, 21, 30, 12, 8, 14, 25)
"""Tokens of each sentence, one a word."""

VOCABULARY = ("red", "stone", "on", "the", "little", "Bridge")

TEXTS = tuple(
    " ".join(VOCABULARY[(7 * length + i * i) % 6] for i in range(length)) for length in LENGTHS
)


def reads(*, seed: int = 0, n_features: int | None = None) -> list[TokenStates]:
    """The sentences as the engine would give them, shortest first."""
    states = made_up_states(seed, sum(LENGTHS))[..., :n_features]
    parts = np.split(states, np.cumsum(LENGTHS)[:-1], axis=1)
    order = sorted(range(len(LENGTHS)), key=LENGTHS.__getitem__)
    return [TokenStates(index, tokens_of(TEXTS[index]), parts[index]) for index in order]


def all_states() -> NDArray[np.float32]:
    return made_up_states(0, sum(LENGTHS))


def tokens_of(text: str) -> tuple[Token, ...]:
    """One token a word; the first one of a sequence has index 1."""
    tokens, start = [], 0
    for number, word in enumerate(text.split()):
        start = text.index(word, start)
        end = start + len(word)
        tokens.append(
            Token(number + 1, 9, word, start, end, False, False, number, number > 0, 0, b"")
        )
        start = end
    return tuple(tokens)


@cache
def fitted_axes() -> ReferenceAxes:
    """The axes of all of it, whole."""
    return run(fit_reference_axes(reads(), TEXTS))[1]
