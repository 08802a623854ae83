"""Layer maps: how long the first one takes, and CKA's finer one, for 13 layers of 768 features.

The other side does what a notebook does: one pair of layers after the other, each by the formula,
with nothing kept from one pair to the next and no interval. Ours has all intervals of CKA and the
cosine by then; those of the other measures follow the map. RSA and Procrustes have no other side:
pair by pair they take minutes. Procrustes' first map holds upper bounds; a second line times the
distances themselves. The states are made up, since what they are changes no time.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.lines import Line, at_most
from benchmarks.measuring import Sample, side_by_side, timed
from benchmarks.settings import Settings
from roberta_gui.analysis import similarity
from roberta_gui.analysis.layer_maps.layer_map import LayerMap, Measure, layer_map
from roberta_gui.analysis.stepped import result_of

FIRST: Final = 1024
REFINED: Final = 4096
LIMIT: Final = 1.0
TOKENS_A_SENTENCE: Final = 18

States = NDArray[np.float32]


def run(settings: Settings) -> list[Line]:
    """Time the first map of every measure, and the finer map of CKA."""
    shape = settings.shape
    many = [walk(shape.n_layers + 1, FIRST, shape.d_model, n) for n in range(settings.runs + 1)]
    size = f"{shape.n_layers + 1} layers, {FIRST:,} tokens"
    lines = []
    for measure, pair in _PAIRS.items():
        ours, theirs = side_by_side(partial(first_map, measure), partial(pair_by_pair, pair), many)
        what = f"map by {measure}, {size}"
        lines.append(at_most(LIMIT, what, ours, "pair by pair", unit="s", theirs=theirs))
    lines.append(at_most(LIMIT, f"map by rsa, {size}", _alone("rsa", many), unit="s"))
    bounds = _alone("procrustes", many)
    lines.append(at_most(LIMIT, f"map by procrustes, upper bounds, {size}", bounds, unit="s"))
    turned = Sample(tuple(timed(distances, states)[0] for states in many[1:4]))
    note = "a decomposition for each pair of layers; the upper bounds are on the screen till then"
    lines.append(Line(f"map by procrustes, exact, {size}", turned, unit="s", notes=(note,)))
    finer = walk(shape.n_layers + 1, REFINED, shape.d_model, 0)
    refined = Sample(tuple(timed(whole_map, finer)[0] for _ in range(3)))
    lines.append(Line(f"map by cka, {REFINED:,} tokens, in the background", refined, unit="s"))
    return lines


def _alone(measure: Measure, many: Sequence[States]) -> Sample:
    """Time the first map of each walk but the first, which warms up."""
    seconds = [timed(partial(first_map, measure), states)[0] for states in many]
    return Sample(tuple(seconds[1:]))


def walk(n_layers: int, n_tokens: int, n_features: int, seed: int) -> States:
    """Make up layers, each the one before plus noise: float32 (layer, token, feature)."""
    random = np.random.default_rng(seed)
    steps = random.standard_normal((n_layers, n_tokens, n_features), dtype=np.float32)
    steps[1:] *= 0.5
    return np.cumsum(steps, axis=0)


def first_map(measure: Measure, states: States) -> LayerMap:
    """Compare the layers until every value is known."""
    sentence = np.arange(states.shape[1]) // TOKENS_A_SENTENCE
    steps = layer_map(measure, states, None, sentence)
    while True:
        try:
            found = next(steps)
        except StopIteration as end:
            last: LayerMap = end.value
            return last
        if found is not None and np.isfinite(found.values).all():
            steps.close()
            return found


def distances(states: States) -> LayerMap:
    """Compare the layers by Procrustes until no value is a bound any more."""
    sentence = np.arange(states.shape[1]) // TOKENS_A_SENTENCE
    steps = layer_map("procrustes", states, None, sentence)
    exact = next(y for y in steps if y is not None and not y.are_bounds)
    steps.close()
    return exact


def whole_map(states: States) -> LayerMap:
    """Compare the layers by CKA, intervals included."""
    sentence = np.arange(states.shape[1]) // TOKENS_A_SENTENCE
    return result_of(layer_map("cka", states, None, sentence))


def pair_by_pair(
    measure: Callable[[States, States], float | None], states: States
) -> Sequence[float | None]:
    """Compare each pair of layers by itself."""
    return [measure(one, other) for one, other in combinations(states, 2)]


_PAIRS: Final[dict[Measure, Callable[[States, States], float | None]]] = {
    "cka": similarity.debiased_cka,
    "cosine": similarity.mean_cosine,
    "neighbours": similarity.neighbour_overlap,
}
