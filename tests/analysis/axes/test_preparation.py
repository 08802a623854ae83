"""What spaces do to hidden states, against their definitions and scikit-learn."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from roberta_gui.analysis.axes.modes import SPACES, STANDARDISED, Space
from roberta_gui.analysis.axes.preparation import Preparations
from roberta_gui.problems import BadArgument
from tests.analysis.reference import all_states, fitted_axes
from tests.analysis.states import CONSTANT, N_FEATURES, made_up_states
from tests.tolerances import STORED, SUMMED


def prepared(space: Space) -> Preparations:
    found = fitted_axes().preparations.get(space)
    assert found is not None
    return found


def in_space(space: Space, hidden: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.stack([prepared(space).apply_layer(*layer) for layer in enumerate(hidden)])


def by_hand(
    reference: NDArray[np.float64], states: NDArray[np.float64], space: Space
) -> NDArray[np.float64]:
    """One layer's states in a space, from the words of its definition."""
    if space.mode == "raw":
        return states
    if space.mode == "standardised":
        return np.asarray(StandardScaler().fit(reference).transform(states))
    centred: NDArray[np.float64] = states - reference.mean(axis=0)
    if space.mode == "drop_top":
        centred[:, np.argsort(reference.var(axis=0))[-space.k :]] = 0
    if space.mode == "all_but_the_top":
        top = np.asarray(PCA(space.k).fit(reference).components_)
        centred -= centred @ top.T @ top
    return centred


@pytest.mark.parametrize("space", SPACES, ids=str)
def test_unseen_states_are_brought_into_a_space_by_its_definition(space: Space) -> None:
    unseen = made_up_states(seed=3, n_tokens=20)

    for layer, reference in enumerate(all_states().astype(float)):
        found = prepared(space).apply_layer(layer, unseen[layer])
        assert found.dtype == np.float32
        assert not found.flags.writeable
        expected = by_hand(reference, unseen[layer].astype(float), space)
        size = np.abs(unseen[layer]).max()
        np.testing.assert_allclose(found, expected, atol=STORED * size)


def test_standardised_features_have_mean_nothing_and_variance_one_on_the_reference() -> None:
    found = in_space(STANDARDISED, all_states()).astype(float)
    varying = np.arange(N_FEATURES) != CONSTANT

    np.testing.assert_allclose(found.mean(axis=1), 0, atol=SUMMED)
    np.testing.assert_allclose(found.var(axis=1)[:, varying], 1, atol=SUMMED)
    np.testing.assert_allclose(found[:, :, CONSTANT], 0, atol=SUMMED)


def test_raw_states_stay_bit_by_bit_what_they_are() -> None:
    np.testing.assert_array_equal(in_space(Space("raw"), all_states()), all_states())


@pytest.mark.parametrize("space", SPACES, ids=str)
def test_axes_of_prepared_states_are_the_axes_of_the_space(space: Space) -> None:
    """The fold into the loadings, and the preparation itself, must mean the same."""
    axes = fitted_axes()
    fitted = axes.fitted(space, "per_layer")
    assert fitted is not None
    found = in_space(space, axes.sample).astype(float)
    for layer, points in enumerate(fitted.background):
        reference = prepared(space).apply_layer(layer, all_states()[layer]).astype(float)
        second = reference.T @ reference
        first = np.linalg.eigh(second)[1][:, -1]
        along = found[layer] @ first
        assert abs(np.corrcoef(along, points[:, 0])[0, 1]) == pytest.approx(1, abs=STORED)


def test_states_of_another_model_are_a_problem() -> None:
    with pytest.raises(BadArgument, match="do not fit this space"):
        prepared(STANDARDISED).apply_layer(0, all_states()[0, :, 1:])
    with pytest.raises(BadArgument, match="do not fit this space"):
        prepared(STANDARDISED).apply_layer(0, all_states())
