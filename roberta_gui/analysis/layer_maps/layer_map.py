"""Maps of how alike the layers are, one model's or two models', in steps of at most 100 ms.

The measures are those of `roberta_gui.analysis.similarity`; here the work that pairs of
layers share is done once. Intervals come from half-size subsamples of sentences, see
`roberta_gui.analysis.layer_maps.intervals`.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.layer_maps.cosines import cosine_steps, neighbour_steps, rsa_steps
from roberta_gui.analysis.layer_maps.intervals import (
    Drawing,
    HalfSampleValues,
    HalvedSteps,
    half_width,
)
from roberta_gui.analysis.layer_maps.kernel import cka_steps
from roberta_gui.analysis.layer_maps.procrustes import procrustes_steps
from roberta_gui.analysis.stepped import OneThread, loading
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, read_only
from roberta_gui.wording import counted

Measure: TypeAlias = Literal["cka", "cosine", "rsa", "procrustes", "neighbours"]

Layers: TypeAlias = FloatArray | Sequence[FloatArray]
"""float32 (layer + 1, token, feature), or (token, feature) of each layer."""

FEWEST_TOKENS: Final = 256
"""Fewer tokens give no map. From 256 on, debiased CKA of unrelated representations scatters by
less than 0.01 about 0, whether they have 5 features or 768; with 64 it is 0.02, and of ten
neighbours every sixth is shared by chance."""

FEWEST_SENTENCES: Final = 16
"""Fewer sentences give no map, however long: their tokens are no independent witnesses."""

_LIBRARIES: Final = (
    "scipy.sparse", "scipy.optimize", "scipy.stats", "sklearn.utils", "sklearn.metrics.pairwise",
    "sklearn.neighbors", "sklearn.decomposition",
)  # fmt: skip
"""What the measures need, in steps of up to a fifth of a second, once in a process."""


_STEPS: Final[dict[Measure, tuple[Callable[..., HalvedSteps], int]]] = {
    "cka": (cka_steps, 100), "cosine": (cosine_steps, 100), "rsa": (rsa_steps, 40),
    "procrustes": (procrustes_steps, 100), "neighbours": (neighbour_steps, 40),
}  # fmt: skip
"""How each is worked out, with how many half samples: fewer where each must be ranked or searched
anew."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerMap:
    """How alike each layer (row) is to each layer (column), and how sure that is."""

    measure: Measure  # which measure; ``procrustes`` is a distance, all others are likenesses
    values: NDArray[np.float64]  # (row, column), ``[0]`` the embedding output; nan: not known
    halves: NDArray[np.float64]  # (half, row, column), of half samples; (0, …): still to come
    half_width: NDArray[np.float64]  # (row, column): half the 95 % interval; nan: not known
    n_tokens: int  # stretches of text where two models are compared
    n_sentences: int
    n_units: int  # units that the halves were drawn from: sentences, or bundles of them
    are_bounds: bool = False  # ``values`` are upper bounds only, before the exact map

    @property
    def is_distance(self) -> bool:
        """Whether small values mean alike."""
        return self.measure == "procrustes"

    def sure_to(self, halves: FloatArray) -> NDArray[np.float64]:
        """Half the 95 % interval of anything that was worked out from each of the halves."""
        return half_width(halves, self.n_units).astype(np.float64)


def is_enough(n_tokens: int, n_sentences: int) -> bool:
    """Whether a map may be drawn from so few tokens of so few sentences."""
    return n_tokens >= FEWEST_TOKENS and n_sentences >= FEWEST_SENTENCES


def layer_map(
    measure: Measure,
    left: Layers,
    right: Layers | None,
    sentence: NDArray[np.int64],
    *,
    n_halves: int | None = None,
    seed: int = 0,
) -> Generator[LayerMap | None, None, LayerMap]:
    """Compare every layer with every layer, in short steps; the map is the return value.

    What a step yields is the map as far as it is known (the values come before the halves), or
    None where nothing is new.

    Layers are float32 (token, feature), the same tokens on both sides; ``right`` None compares
    ``left`` with itself, in about half the time. ``sentence``, int (token,), says which sentence a
    token belongs to, ``n_halves`` how many half samples the intervals come from; None is as many as
    the measure can afford. Raises `problems.BadArgument` for an unknown measure, or too few tokens
    or sentences, see `is_enough`.

    >>> from roberta_gui.analysis.stepped import result_of
    >>> layers = np.random.default_rng(0).normal(size=(2, 400, 5)).astype(np.float32)
    >>> found = result_of(layer_map("cka", layers, None, np.arange(400) // 10))
    >>> found.values.round(1).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    n_tokens, n_sentences = len(sentence), len(np.unique(sentence))
    _check(measure, n_tokens, n_sentences)
    steps_of, affordable = _STEPS[measure]
    drawing = Drawing.of(sentence, affordable if n_halves is None else n_halves, seed)
    named = partial(_named, measure, n_tokens, n_sentences, drawing.n_units)
    steps = steps_of(tuple(left), None if right is None else tuple(right), drawing)
    yield from loading(*_LIBRARIES)
    one_thread = OneThread()
    yield None
    while True:
        try:
            with one_thread.held():
                found = next(steps)
        except StopIteration as end:
            return named(end.value)
        yield None if found is None else named(found)


def _named(
    measure: Measure, n_tokens: int, n_sentences: int, n_units: int, found: HalfSampleValues
) -> LayerMap:
    width = half_width(found.halves, n_units).astype(np.float64)
    return LayerMap(
        measure, read_only(found.values), read_only(found.halves), read_only(width),
        n_tokens, n_sentences, n_units, found.are_bounds,
    )  # fmt: skip


def _check(measure: str, n_tokens: int, n_sentences: int) -> None:
    if measure not in get_args(Measure):
        raise BadArgument(f"No such measure: {measure!r}.", f"One of {get_args(Measure)}.")
    if not is_enough(n_tokens, n_sentences):
        raise BadArgument(
            "There are too few tokens and sentences to compare layers by: "
            f"{counted(n_tokens, 'token')} of {counted(n_sentences, 'sentence')}.",
            f"It takes {FEWEST_TOKENS} tokens of {FEWEST_SENTENCES} sentences.",
        )
