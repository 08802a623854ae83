"""Reference axes: fitted in steps, first the ones to look at, then all others."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from roberta_gui.analysis.axes.modes import SPACES, STANDARDISED, Space
from roberta_gui.analysis.axes.reference_axes import BASES, ReferenceAxes, first_axes
from roberta_gui.analysis.axes.reference_fit import MOST_SAMPLED, fit_reference_axes
from roberta_gui.analysis.projection import Axes
from roberta_gui.problems import BadArgument
from roberta_gui.records import TokenStates
from tests.analysis.reference import (
    LENGTHS,
    TEXTS,
    VOCABULARY,
    all_states,
    fitted_axes,
    reads,
    tokens_of,
)
from tests.analysis.states import N_FEATURES, N_LAYERS, made_up_states
from tests.analysis.stepped import run
from tests.tolerances import DECOMPOSED, SUMMED

SPOKEN = sum(length > 0 for length in LENGTHS)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("space", SPACES, ids=str)
def test_the_axes_are_those_of_all_states_at_once(space: Space, basis: str) -> None:
    fitted = fitted_axes().fitted(space, basis)  # type: ignore[arg-type]
    assert fitted is not None
    whole = Axes.fit(all_states(), space.mode, basis, k=space.k)  # type: ignore[arg-type]

    assert fitted.axes.space == space
    assert fitted.axes.basis == basis
    # Coordinates, not loadings: where next to nothing is left any direction will do.
    found, expected = (axes.transform(all_states()) for axes in (fitted.axes, whole))
    np.testing.assert_allclose(found, expected, atol=SUMMED * np.abs(all_states()).max())
    np.testing.assert_allclose(fitted.axes.explained, whole.explained, atol=DECOMPOSED)


def test_axes_per_layer_are_those_of_scikit_learn() -> None:
    fitted = fitted_axes().fitted(STANDARDISED, "per_layer")
    assert fitted is not None
    for layer, states in enumerate(all_states().astype(float)):
        pca = PCA(3).fit(scaled := StandardScaler().fit_transform(states))
        signs = np.sign(pca.components_[range(3), np.abs(pca.components_).argmax(axis=1)])
        found = fitted.axes.transform(all_states())[layer]
        np.testing.assert_allclose(found, pca.transform(scaled) * signs, atol=1e-4)
        np.testing.assert_allclose(fitted.axes.explained[layer], pca.explained_variance_ratio_)


def test_everything_is_counted_and_an_empty_sentence_is_not() -> None:
    axes = fitted_axes()

    assert (axes.n_sentences, axes.n_tokens) == (SPOKEN, sum(LENGTHS))
    assert axes.is_complete
    assert axes.spaces == SPACES
    assert axes.fitted(Space("drop_top", 2)) is None


def test_the_sample_is_one_token_of_each_sentence_with_its_place() -> None:
    axes = fitted_axes()
    spoken = sorted((read for read in reads() if read.tokens), key=lambda read: read.text_index)

    assert axes.sample.shape == (N_LAYERS, SPOKEN, N_FEATURES)
    assert not axes.sample.flags.writeable
    for sample, position, read in zip(
        axes.sample.swapaxes(0, 1), axes.positions, spoken, strict=True
    ):
        np.testing.assert_array_equal(sample, read.hidden[:, position - 1])
    assert len(set(axes.positions.tolist())) > 3


@pytest.mark.parametrize("basis", BASES)
def test_the_background_is_the_sample_on_the_axes(basis: str) -> None:
    axes = fitted_axes()
    for space in SPACES:
        fitted = axes.fitted(space, basis)  # type: ignore[arg-type]
        assert fitted is not None
        np.testing.assert_array_equal(fitted.background, fitted.axes.transform(axes.sample))
        assert fitted.first == first_axes(fitted.background, axes.sample, axes.positions)


def test_many_sentences_give_no_larger_sample() -> None:
    texts = ("one",) * (MOST_SAMPLED + 100)
    states = made_up_states(n_tokens=len(texts))
    read = [TokenStates(i, tokens_of("one"), states[:, [i]]) for i in range(len(texts))]

    _, axes = run(fit_reference_axes(read, texts))

    assert axes.sample.shape[1] == len(axes.positions) == MOST_SAMPLED
    assert axes.n_sentences == axes.n_tokens == MOST_SAMPLED + 100


def test_the_seed_and_not_the_order_of_reading_decides_what_is_sampled() -> None:
    backwards = run(fit_reference_axes(reversed(reads()), TEXTS))[1]
    other = run(fit_reference_axes(reads(), TEXTS, seed=1))[1]

    np.testing.assert_array_equal(backwards.sample, fitted_axes().sample)
    np.testing.assert_array_equal(backwards.repeated.hidden, fitted_axes().repeated.hidden)
    assert not np.array_equal(other.sample, fitted_axes().sample)


def test_repeated_words_are_read_where_they_stand() -> None:
    repeated = fitted_axes().repeated
    by_sentence = {read.text_index: read for read in reads()}

    enough = [word for word in VOCABULARY if sum(f" {word} " in f"{t} " for t in TEXTS) >= 6]
    assert repeated.texts == tuple(sorted(enough))
    assert 0 < len(enough) < len(VOCABULARY)
    assert (np.bincount(repeated.words) >= 6).all()
    for word, state in zip(repeated.words, repeated.hidden.swapaxes(0, 1), strict=True):
        places = [
            (index, place)
            for index, read in by_sentence.items()
            for place, token in enumerate(read.tokens)
            if token.text == repeated.texts[word] and np.array_equal(read.hidden[:, place], state)
        ]
        assert len(places) == 1
    assert not repeated.hidden.flags.writeable


def test_progress_only_grows_and_axes_to_look_at_come_on_the_way() -> None:
    told, whole = run(fit_reference_axes(reads(), TEXTS))
    partial = [(place, step) for place, step in enumerate(told) if isinstance(step, ReferenceAxes)]
    progress = [step for step in told if isinstance(step, float)]

    assert progress == sorted(progress)
    assert 0 <= progress[0] < 0.2
    assert progress[-1] == 1
    ((place, axes),) = partial
    assert place < len(told) / 2
    assert not axes.is_complete
    assert set(axes.fits) == {(space, "joint") for space in SPACES[:3]}
    assert set(axes.preparations) == set(SPACES[:3])
    assert axes.sample is whole.sample
    assert axes.fitted(STANDARDISED) is whole.fitted(STANDARDISED)


def test_more_sentences_than_announced_do_not_push_progress_over_one() -> None:
    told, _ = run(fit_reference_axes(reads(), TEXTS[:2]))
    progress = [step for step in told if isinstance(step, float)]
    assert progress == sorted(progress)
    assert progress[-1] == 1


def test_a_small_model_has_no_room_for_all_spaces() -> None:
    _, axes = run(fit_reference_axes(reads(n_features=4), TEXTS))

    assert [str(space) for space in axes.spaces] == [
        *("raw", "centred", "standardised", "drop_top 1", "drop_top 3"),
        *("all_but_the_top 1", "all_but_the_top 3"),
    ]
    assert axes.is_complete
    assert axes.fitted(Space("drop_top", 10)) is None


def test_no_tokens_or_states_of_two_models_are_a_problem() -> None:
    states, tokens = made_up_states(n_tokens=3), tokens_of("one two three")
    with pytest.raises(BadArgument, match="at least one token"):
        run(fit_reference_axes([TokenStates(0, (), states[:, :0])], ["one"]))
    with pytest.raises(BadArgument, match="at least one token"):
        run(fit_reference_axes([], []))
    read = [TokenStates(0, tokens, states), TokenStates(1, tokens, states[1:])]
    with pytest.raises(BadArgument, match="do not fit the earlier ones"):
        run(fit_reference_axes(read, ["one two three"] * 2))


def test_no_step_looks_for_axes_more_than_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from roberta_gui.analysis import projection
    from roberta_gui.analysis.axes import preparation

    looked = itertools.count()
    for module in (preparation, projection):
        original = module.leading_directions

        def counted(matrix, n, original=original):  # type: ignore[no-untyped-def]
            next(looked)
            return original(matrix, n)

        monkeypatch.setattr(module, "leading_directions", counted)
    before = next(looked)
    for _ in fit_reference_axes(reads(), TEXTS):
        now = next(looked)
        assert now - before <= 2
        before = now


def test_scipy_is_loaded_in_a_step_of_its_own() -> None:
    program = """
import sys
import numpy as np
from roberta_gui.analysis.axes.reference_fit import fit_reference_axes
from roberta_gui.records import Token, TokenStates

drawn = []
def states():
    drawn.append(1)
    token = Token(1, 9, "a", 0, 1, False, False, 0, False, 0, b"a")
    yield TokenStates(0, (token,), np.ones((2, 1, 4), dtype="float32"))

steps = fit_reference_axes(states(), ["a"])
next(steps)
print("scipy.linalg" in sys.modules, len(drawn))
next(steps)
print("scipy.linalg" in sys.modules, len(drawn))
next(steps)
print(len(drawn))
"""
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == ["False", "0", "True", "0", "1"]
