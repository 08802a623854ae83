"""Whole maps: equal to the measures pair by pair, half sample by half sample; streamed in steps."""

from collections.abc import Callable
from itertools import product
from typing import get_args

import numpy as np
import pytest
from scipy.stats import rankdata

from roberta_gui.analysis.layer_maps.cosines import ranks_in_order
from roberta_gui.analysis.layer_maps.intervals import Drawing
from roberta_gui.analysis.layer_maps.layer_map import (
    FEWEST_SENTENCES,
    FEWEST_TOKENS,
    LayerMap,
    Measure,
    is_enough,
    layer_map,
)
from roberta_gui.analysis.layer_maps.procrustes import LEADING
from roberta_gui.analysis.similarity import (
    debiased_cka,
    mean_cosine,
    neighbour_overlap,
    procrustes,
    rsa,
)
from roberta_gui.analysis.stepped import result_of
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray
from tests.analysis.representations import related
from tests.tolerances import MAPPED, SUMMED

ONE: dict[Measure, Callable[[FloatArray, FloatArray], float | None]] = {
    "cka": debiased_cka,
    "cosine": mean_cosine,
    "rsa": rsa,
    "procrustes": procrustes,
    "neighbours": neighbour_overlap,
}
MEASURES = get_args(Measure)
SENTENCE_600 = np.arange(600) // 6
FEW = 4
"""Halves where a test looks at none of them, or only at when they come."""
SENTENCE = np.random.default_rng(1).permutation(np.arange(300) // 6)


def pairs(found: LayerMap) -> list[tuple[int, int]]:
    rows, columns = found.values.shape
    return list(product(range(rows), range(columns)))


@pytest.mark.parametrize("n_features", [24, 400])
@pytest.mark.parametrize("measure", MEASURES)
def test_the_map_of_a_model_is_the_measure_pair_by_pair(measure: Measure, n_features: int) -> None:
    layers = related(300, n_features, 4)

    found = result_of(layer_map(measure, layers, None, SENTENCE, n_halves=FEW))

    for row, column in pairs(found):
        expected = ONE[measure](layers[row], layers[column])
        assert found.values[row, column] == pytest.approx(expected, abs=MAPPED)
    assert (found.n_tokens, found.n_sentences, found.n_units) == (300, 50, 50)


@pytest.mark.parametrize("measure", MEASURES)
def test_the_map_of_two_models_is_the_measure_pair_by_pair(measure: Measure) -> None:
    left, right = related(300, 24, 3), related(300, 24, 2, seed=5)
    wide = np.concatenate([right, left[:2]], axis=2)

    for other in (right, right + left[1:], wide):
        found = result_of(layer_map(measure, left, other, SENTENCE, n_halves=FEW))

        assert found.values.shape == (3, 2)
        for row, column in pairs(found):
            expected = ONE[measure](left[row], other[column])
            expected = np.nan if expected is None else expected
            assert found.values[row, column] == pytest.approx(expected, abs=MAPPED, nan_ok=True)


@pytest.mark.parametrize("measure", ["cka", "cosine", "rsa", "neighbours"])
def test_each_half_is_the_measure_on_the_tokens_it_holds(measure: Measure) -> None:
    layers = related(300, 24, 3)

    found = result_of(layer_map(measure, layers, None, SENTENCE, n_halves=6, seed=3))

    inside = Drawing.of(SENTENCE, 6, seed=3).tokens()
    assert len(inside) == len(found.halves) == 6
    for part, values in zip(inside, found.halves, strict=True):
        for row, column in pairs(found):
            expected = ONE[measure](layers[row][part], layers[column][part])
            assert values[row, column] == pytest.approx(expected, abs=5e-4)


def test_equal_values_share_their_rank() -> None:
    values = np.sort(np.random.default_rng(0).integers(0, 8, 100)).astype(np.float64)

    np.testing.assert_array_equal(ranks_in_order(values), rankdata(values) - 1)
    np.testing.assert_array_equal(ranks_in_order(np.unique(values)), np.arange(8))


def test_procrustes_halves_spread_like_refitted_ones_where_tokens_are_many() -> None:
    layers = related(3000, 8, 2)
    sentence = np.arange(3000) // 10

    found = result_of(layer_map("procrustes", layers, None, sentence, n_halves=200))

    inside = Drawing.of(sentence, 200).tokens()
    refitted = [procrustes(layers[0][part], layers[1][part]) for part in inside]
    assert found.halves[:, 0, 1].std() == pytest.approx(np.std(refitted), rel=0.1)
    assert np.corrcoef(found.halves[:, 0, 1], refitted)[0, 1] > 0.98


@pytest.mark.parametrize("measure", MEASURES)
def test_the_diagonal_is_known_without_doubt(measure: Measure) -> None:
    found = result_of(layer_map(measure, related(300, 24, 4), None, SENTENCE))

    same = 0.0 if measure == "procrustes" else 1.0
    np.testing.assert_allclose(found.values.diagonal(), same, atol=SUMMED)
    np.testing.assert_allclose(found.half_width.diagonal(), 0, atol=SUMMED)
    np.testing.assert_array_equal(found.values, found.values.T)


@pytest.mark.parametrize("measure", ["cka", "rsa", "procrustes", "neighbours"])
def test_a_rotated_and_scaled_model_has_the_same_map(measure: Measure) -> None:
    layers = related(300, 24, 3)
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((24, 24)))[0]

    one = result_of(layer_map(measure, layers, None, SENTENCE, n_halves=0))
    other = result_of(layer_map(measure, layers, 50 * layers @ turn, SENTENCE, n_halves=0))

    np.testing.assert_allclose(other.values, one.values, atol=1e-3)


def test_large_offsets_do_not_drown_the_map() -> None:
    layers = related(300, 24, 3)
    found = result_of(layer_map("cka", layers, None, SENTENCE, n_halves=0))

    offset = result_of(layer_map("cka", layers + 500, None, SENTENCE, n_halves=0))

    np.testing.assert_allclose(offset.values, found.values, atol=1e-3)


def test_layers_that_do_not_vary_are_unknown_and_others_are_not() -> None:
    layers = related(300, 24, 3)
    layers[1] = 7

    for measure in ("cka", "rsa", "procrustes"):
        found = result_of(layer_map(measure, layers, None, SENTENCE))

        assert np.isnan(found.values[1]).all()
        assert np.isfinite(found.values[[0, 2]][:, [0, 2]]).all()


@pytest.mark.parametrize("measure", ["rsa", "neighbours", "procrustes"])
def test_values_come_before_the_halves(measure: Measure) -> None:
    steps = layer_map(measure, related(300, 24, 3), None, SENTENCE, n_halves=FEW)
    yielded = [y for y in steps if y is not None]

    first = next(y for y in yielded if np.isfinite(y.values).all())
    assert len(first.halves) == 0
    assert np.isnan(first.half_width).all()


def test_procrustes_tells_of_neighbouring_layers_first() -> None:
    steps = layer_map("procrustes", related(300, 24, 5), None, SENTENCE, n_halves=FEW)
    yielded = [y for y in steps if y is not None]

    near = next(y for y in yielded if np.isfinite(y.values.diagonal(1)).all())
    assert np.isnan(near.values[0, 4])


def test_many_features_are_bounded_first_and_the_bounds_stay_until_all_distances_are_known() -> (
    None
):
    layers = related(600, LEADING + 100, 4)

    for right in (None, layers[:2, :, :300], layers[:3, :, :40]):
        steps = layer_map("procrustes", layers, right, SENTENCE_600, n_halves=FEW)
        yielded = [y for y in steps if y is not None]
        bounds, exact = yielded[0], yielded[1]

        assert (bounds.are_bounds, exact.are_bounds) == (True, False)
        assert np.isfinite(bounds.values).all()
        assert len(bounds.halves) == 0
        other = layers if right is None else right
        for row, column in pairs(exact):
            expected = procrustes(layers[row], other[column])
            assert exact.values[row, column] == pytest.approx(expected, abs=MAPPED)
            assert bounds.values[row, column] >= expected - 1e-6
            same = right is None and row == column
            assert bounds.values[row, column] < expected + (1e-9 if same else 0.6)


def test_bounds_are_the_distances_where_few_directions_vary() -> None:
    few = related(600, 200, 3)
    layers = few @ np.random.default_rng(2).standard_normal((200, LEADING + 50)).astype(np.float32)

    steps = layer_map("procrustes", layers, None, SENTENCE_600)
    bounds = next(y for y in steps if y is not None)

    assert bounds.are_bounds
    for row, column in pairs(bounds):
        expected = procrustes(layers[row], layers[column])
        assert bounds.values[row, column] == pytest.approx(expected, abs=MAPPED)


def test_one_sentence_is_never_enough_and_neither_are_few_tokens() -> None:
    layers = related(2000, 4, 2)

    for sentence in (np.zeros(2000, dtype=np.int64), np.arange(2000) // 200):
        with pytest.raises(BadArgument, match="too few"):
            next(layer_map("cka", layers, None, sentence))
    with pytest.raises(BadArgument, match="too few"):
        next(layer_map("cka", layers[:, :200], None, np.arange(200)))
    assert not is_enough(5000, FEWEST_SENTENCES - 1)
    assert not is_enough(FEWEST_TOKENS - 1, 200)
    assert is_enough(FEWEST_TOKENS, FEWEST_SENTENCES)


def test_an_unknown_measure_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadArgument, match="neighbours"):
        next(layer_map("guess", [], None, SENTENCE))  # type: ignore[arg-type]
