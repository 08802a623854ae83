"""Axes against scikit-learn, and against the definition worked out the long way."""

import itertools
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from roberta_gui.analysis.axes.modes import Mode, Space
from roberta_gui.analysis.axes.moments import Moments
from roberta_gui.analysis.projection import Axes, Basis, fit_steps
from roberta_gui.problems import BadArgument
from tests.analysis.states import CONSTANT, N_FEATURES, N_LAYERS, ROGUE, made_up_states
from tests.analysis.stepped import run
from tests.tolerances import EXACT, STORED, SUMMED

MODES: tuple[Mode, ...] = get_args(Mode)
BASES: tuple[Basis, ...] = get_args(Basis)
K = 2

Matrix = NDArray[np.float64]


def prepared_by_hand(reference: Matrix, states: Matrix, mode: Mode) -> Matrix:
    """One layer's states after the mode, from the words of the definition."""
    if mode == "raw":
        return states
    centred: Matrix = states - reference.mean(axis=0)
    variance = reference.var(axis=0)
    if mode == "standardised":
        return np.asarray(StandardScaler().fit(reference).transform(states))
    if mode == "drop_top":
        centred[:, np.argsort(variance)[-K:]] = 0
    if mode == "all_but_the_top":
        top = PCA(K).fit(reference).components_
        centred = centred - centred @ top.T @ top
    return centred


def leading(matrix: Matrix, n: int) -> Matrix:
    """Eigenvectors as columns, largest eigenvalue first, largest loading positive."""
    vectors = np.linalg.eigh(matrix)[1][:, ::-1][:, :n]
    signs = [np.sign(v[np.argmax(np.abs(v))]) for v in vectors.T]
    return np.asarray(vectors * signs)


def axes_by_hand(reference: Matrix, states: Matrix, mode: Mode, basis: Basis, n: int) -> Matrix:
    """Coordinates, whole states in memory, float64."""
    fitted = [prepared_by_hand(layer, layer, mode) for layer in reference]
    shown = [prepared_by_hand(r, s, mode) for r, s in zip(reference, states, strict=True)]
    second = [layer.T @ layer for layer in fitted]
    joint = leading(sum((s / np.trace(s) for s in second), np.zeros_like(second[0])), n)
    directions = [joint if basis == "joint" else leading(s, n) for s in second]
    return np.stack([x @ d for x, d in zip(shown, directions, strict=True)])


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("mode", MODES)
def test_coordinates_of_unseen_tokens_follow_the_definition(mode: Mode, basis: Basis) -> None:
    reference, unseen = made_up_states(), made_up_states(seed=1, n_tokens=40)
    axes = Axes.fit(reference, mode=mode, basis=basis, n=3, k=K)
    expected = axes_by_hand(reference.astype(float), unseen.astype(float), mode, basis, 3)
    points = axes.transform(unseen)
    assert points.dtype == np.float32
    assert not points.flags.writeable
    scale = np.abs(expected).max(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(points / scale, expected / scale, atol=SUMMED)


@pytest.mark.parametrize("mode", MODES)
def test_explained_is_the_share_of_the_layers_own_reference_variance(mode: Mode) -> None:
    reference = made_up_states()
    axes = Axes.fit(reference, mode=mode, n=3, k=K)
    for layer, states in enumerate(reference.astype(float)):
        points = axes.transform(reference)[layer].astype(float)
        total = prepared_by_hand(states, states, mode).var(axis=0).sum()
        np.testing.assert_allclose(axes.explained[layer], points.var(axis=0) / total, rtol=1e-4)


def test_centred_axes_per_layer_are_those_of_scikit_learn() -> None:
    reference, unseen = made_up_states(), made_up_states(seed=2)
    axes = Axes.fit(reference, mode="centred", basis="per_layer", n=3)
    for layer in range(N_LAYERS):
        pca = PCA(3).fit(reference[layer].astype(float))
        signs = np.sign((axes.loadings[layer] * pca.components_.T).sum(axis=0))
        np.testing.assert_allclose(axes.loadings[layer] * signs, pca.components_.T, atol=STORED)
        np.testing.assert_allclose(axes.explained[layer], pca.explained_variance_ratio_, rtol=1e-8)
        expected = pca.transform(unseen[layer].astype(float)) * signs
        error = np.abs(axes.transform(unseen)[layer] - expected).max() / np.abs(expected).max()
        assert error < 1e-5


def test_standardised_axes_per_layer_are_a_scaler_and_a_pca_of_scikit_learn() -> None:
    reference = made_up_states()
    axes = Axes.fit(reference, mode="standardised", basis="per_layer", n=2)
    for layer, states in enumerate(reference.astype(float)):
        pca = PCA(2).fit(scaled := StandardScaler().fit_transform(states))
        largest = pca.components_[range(2), np.abs(pca.components_).argmax(axis=1)]
        expected = pca.transform(scaled) * np.sign(largest)
        np.testing.assert_allclose(axes.transform(reference)[layer], expected, atol=2e-5)
        np.testing.assert_allclose(axes.explained[layer], pca.explained_variance_ratio_, rtol=1e-8)


@pytest.mark.parametrize("basis", BASES)
def test_axes_are_the_right_singular_vectors_of_the_states_themselves(basis: Basis) -> None:
    """Streamed moments lose nothing against all states in memory."""
    reference = made_up_states().astype(float)
    centred = reference - reference.mean(axis=1, keepdims=True)
    weighted = centred / np.sqrt(np.square(centred).sum(axis=(1, 2), keepdims=True))
    found = Axes.fit(iter(np.array_split(reference, 5, axis=1)), "centred", basis, 3).loadings
    for layer, states in enumerate(centred):
        seen = np.concatenate(weighted) if basis == "joint" else states
        vectors = np.linalg.svd(seen, full_matrices=False)[2][:3]
        signs = np.sign(vectors[range(3), np.abs(vectors).argmax(axis=1)])
        np.testing.assert_allclose(found[layer], (vectors.T * signs), atol=STORED)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("mode", ["raw", "centred"])
def test_the_largest_loading_is_positive(mode: Mode, basis: Basis) -> None:
    axes = Axes.fit(made_up_states(), mode=mode, basis=basis, n=4)
    largest = np.take_along_axis(
        axes.loadings, np.abs(axes.loadings).argmax(axis=1, keepdims=True), axis=1
    )
    assert (largest > 0).all()


def test_mirrored_states_give_the_same_axes() -> None:
    reference = made_up_states()
    mirrored = Axes.fit(-reference, mode="centred").loadings
    np.testing.assert_allclose(mirrored, Axes.fit(reference, mode="centred").loadings, atol=STORED)


def test_loadings_equal_but_for_rounding_do_not_flip_the_sign() -> None:
    for tilt in (-1e-9, 1e-9):
        line = np.array([[[-1, 1 + tilt], [1, -1 - tilt], [3, -3]]])
        loadings = Axes.fit(line, mode="centred", n=1).loadings
        np.testing.assert_allclose(loadings[0, :, 0], [np.sqrt(0.5), -np.sqrt(0.5)], atol=STORED)


@pytest.mark.parametrize("mode", MODES)
def test_axes_do_not_depend_on_how_the_reference_is_cut_into_chunks(mode: Mode) -> None:
    reference = made_up_states()
    whole = Axes.fit(reference, mode=mode, k=K)
    cuts = (0, 1, 1, 90, 230, 300)
    chunks = (reference[:, a:b] for a, b in itertools.pairwise(cuts))
    cut = Axes.fit(chunks, mode=mode, k=K)
    np.testing.assert_allclose(cut.loadings, whole.loadings, atol=STORED)
    np.testing.assert_allclose(cut.explained, whole.explained, atol=1e-10)
    assert cut.n_tokens == whole.n_tokens == 300


def test_a_constant_feature_counts_as_deviation_one() -> None:
    reference = made_up_states()
    axes = Axes.fit(reference, mode="standardised")
    np.testing.assert_allclose(axes.loadings[:, CONSTANT], 0, atol=1e-15)
    assert np.isfinite(axes.transform(reference)).all()


def test_drop_top_leaves_the_feature_of_largest_variance_out() -> None:
    axes = Axes.fit(made_up_states(), mode="drop_top", k=1)
    np.testing.assert_array_equal(axes.loadings[:, ROGUE], 0)
    assert np.abs(axes.loadings).sum(axis=(0, 2)).astype(bool).sum() >= N_FEATURES - 2


def test_a_mean_of_ten_thousand_deviations_costs_no_precision() -> None:
    random = np.random.default_rng(3)
    offset = np.array([1e4, 0, -3e4, 0, 5e3])
    far = (random.standard_normal((1, 500, 5)) * [1, 2, 3, 4, 5] + offset).astype(np.float32)
    moments = Moments()
    moments.add(far)
    expected = np.cov(far[0].astype(float), rowvar=False, bias=True)
    np.testing.assert_allclose(moments.covariance(0), expected, atol=1e-11)
    np.testing.assert_allclose(moments.mean[0], far[0].astype(float).mean(axis=0), rtol=1e-14)


def test_axes_beyond_the_features_are_zero_and_explain_nothing() -> None:
    flat = made_up_states()[:1, :, :2]
    axes = Axes.fit(flat, mode="centred", n=3)
    assert axes.transform(flat).shape == (1, flat.shape[1], 3)
    assert not axes.transform(flat)[..., 2].any()
    np.testing.assert_allclose(axes.explained.sum(), 1)
    assert axes.explained[0, 2] == 0


@pytest.mark.parametrize("mode", MODES)
def test_a_reference_without_variance_explains_nothing(mode: Mode) -> None:
    axes = Axes.fit(np.ones((2, 5, 4), np.float32), mode=mode)
    assert not axes.explained.any()
    assert np.isfinite(axes.loadings).all()


def test_axes_are_fitted_in_short_steps_that_prepare_look_and_explain() -> None:
    moments = Moments()
    moments.add(made_up_states())
    told, (_, axes) = run(fit_steps(moments, Space("centred"), BASES[:1]))
    np.testing.assert_allclose(told, np.arange(1, 10) / 9)  # prepare 4, look once, explain 4
    expected = Axes.fit(made_up_states(), "centred").loadings
    np.testing.assert_array_equal(axes["joint"].loadings, expected)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "whitened"},
        {"basis": "shared"},
        {"n": 0},
        {"mode": "drop_top", "k": 0},
        {"mode": "all_but_the_top", "k": N_FEATURES},
    ],
)
def test_what_cannot_be_fitted_is_a_problem(wrong: dict[str, object]) -> None:
    with pytest.raises(BadArgument):
        Axes.fit(made_up_states(), **wrong)  # type: ignore[arg-type]


def test_states_that_do_not_fit_are_a_problem() -> None:
    states = made_up_states()
    with pytest.raises(BadArgument, match="at least one token"):
        Axes.fit([states[:, :0]])
    with pytest.raises(BadArgument, match="2 axes"):
        Axes.fit(states[0])
    with pytest.raises(BadArgument, match="do not fit the earlier ones"):
        Axes.fit([states, states[1:]])
    with pytest.raises(BadArgument, match="infinite or undefined"):
        Axes.fit(np.where(states > 3, np.float32("nan"), states))
    with pytest.raises(BadArgument, match="do not fit these axes"):
        Axes.fit(states).transform(states[1:])


def test_reading_the_covariance_in_between_does_not_disturb_the_sums() -> None:
    states = made_up_states()
    moments = Moments()
    for start in range(0, 300, 60):
        moments.add(states[:, start : start + 60])
        so_far = states[:, : start + 60].astype(float)
        for layer in range(N_LAYERS):
            expected = np.cov(so_far[layer], rowvar=False, bias=True)
            size = np.abs(expected).max()
            np.testing.assert_allclose(
                moments.covariance(layer) / size, expected / size, atol=EXACT
            )
