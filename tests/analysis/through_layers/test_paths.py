"""A sentence's cosines and the reference's curves, against sums written out over pairs."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import cosine

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.axes.preparation import Preparation, Preparations
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.axes.reference_sentences import RepeatedWords
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.stepped import result_of
from roberta_gui.analysis.through_layers.paths import (
    reference_curves,
    repeated_tokens,
    token_paths,
    with_partners,
)
from roberta_gui.records import FloatArray
from tests.made_up import make_analysis, make_model, make_tokens
from tests.made_up_tokens import MASK_ID
from tests.tolerances import SUMMED

N_LAYERS, N_FEATURES = 4, 6
IDS = (11, 12, 11, MASK_ID, 13, 12, 11, MASK_ID)


def made_up(n_tokens: int, seed: int = 0) -> FloatArray:
    random = np.random.default_rng(seed)
    return random.normal(1.0, 1.0, (N_LAYERS, n_tokens, N_FEATURES)).astype(np.float32)


def preparations() -> Preparations:
    """Centre and scale every layer in its own way."""
    random = np.random.default_rng(5)
    layers = tuple(
        Preparation(
            random.normal(size=N_FEATURES), random.uniform(0.5, 2, N_FEATURES),
            np.zeros((N_FEATURES, 0)), 1.0,
        )
        for _ in range(N_LAYERS)
    )  # fmt: skip
    return Preparations(Space("standardised"), layers)


def prepared(hidden: FloatArray) -> NDArray[np.float64]:
    """Do the same by hand."""
    return np.stack(
        [(h - p.centre) * p.scale for h, p in zip(hidden, preparations().layers, strict=True)]
    )


def mean_of_pairs(states: NDArray[np.float64]) -> float:
    return float(np.mean([1 - cosine(a, b) for a, b in combinations(states, 2)]))


def test_tokens_that_repeat_are_found_and_masks_and_specials_are_not() -> None:
    places, words = repeated_tokens(make_tokens(IDS))

    assert places.tolist() == [1, 2, 3, 6, 7]
    assert words.tolist() == [0, 1, 0, 1, 0]


def test_a_typed_control_token_does_not_count_as_repeated() -> None:
    tokens = [replace(token, is_control=token.id == 11) for token in make_tokens(IDS)]

    assert repeated_tokens(tokens)[0].tolist() == [2, 6]


@pytest.mark.parametrize("ids", [(), (11,), (11, 12, 13)])
def test_a_sentence_without_repetition_has_no_repeated_tokens(ids: tuple[int, ...]) -> None:
    places, words = repeated_tokens(make_tokens(ids))

    assert places.size == words.size == 0


def test_each_token_is_compared_with_itself_in_three_ways_after_the_preparation() -> None:
    tokens = make_tokens(IDS)
    hidden = made_up(len(tokens))
    found, states = result_of(token_paths(tokens, hidden, preparations())), prepared(hidden)

    for token in range(len(tokens)):
        for layer in range(N_LAYERS):
            here = states[layer, token]
            first, last = (1 - cosine(here, states[at, token]) for at in (0, -1))
            assert found.with_embeddings[layer, token] == pytest.approx(first, abs=SUMMED)
            assert found.with_last[layer, token] == pytest.approx(last, abs=SUMMED)
            if layer:
                before = 1 - cosine(here, states[layer - 1, token])
                assert found.with_before[layer, token] == pytest.approx(before, abs=SUMMED)
    assert np.isnan(found.with_before[0]).all()


def test_tokens_are_compared_with_each_other_and_the_means_are_means_of_that() -> None:
    tokens = make_tokens(IDS)
    hidden = made_up(len(tokens))
    found, states = result_of(token_paths(tokens, hidden, preparations())), prepared(hidden)

    for layer in range(N_LAYERS):
        pairs = [[1 - cosine(a, b) for b in states[layer]] for a in states[layer]]
        np.testing.assert_allclose(found.between[layer], pairs, atol=SUMMED)
        others = [np.mean(np.delete(row, at)) for at, row in enumerate(pairs)]
        np.testing.assert_allclose(found.with_others[layer], others, atol=SUMMED)
        # <s> and </s> are in the maps but not in the mean of the sentence.
        assert found.sentence[layer] == pytest.approx(
            mean_of_pairs(states[layer, 1:-1]), abs=SUMMED
        )
        same = [mean_of_pairs(states[layer, [1, 3, 7]]), mean_of_pairs(states[layer, [2, 6]])]
        np.testing.assert_allclose(found.repeated[layer], same, atol=SUMMED)
    assert found.n_tokens == len(IDS)


def test_an_empty_sentence_has_specials_to_compare_and_no_mean() -> None:
    tokens = make_tokens(())
    found = result_of(token_paths(tokens, made_up(2), preparations()))

    assert found.n_tokens == 0
    assert np.isnan(found.sentence).all()
    assert found.repeated.shape == (N_LAYERS, 0)
    assert np.isfinite(found.between).all()


def test_the_work_is_done_in_more_steps_than_layers() -> None:
    tokens = make_tokens(IDS)

    steps = sum(1 for _ in token_paths(tokens, made_up(len(tokens)), preparations()))

    assert steps > N_LAYERS


def reference(words: list[int]) -> ReferenceAxes:
    sample, contexts = made_up(9, seed=1), made_up(len(words), seed=2)
    repeated = RepeatedWords(
        contexts, np.array(words, dtype=np.int64), ("a", "b")[: len(set(words))]
    )
    return ReferenceAxes(
        sample=sample, positions=np.zeros(9, dtype=np.int64), repeated=repeated,
        fits={}, preparations={}, n_sentences=9, n_tokens=90,
    )  # fmt: skip


def test_the_reference_gives_chance_and_self_similarity_of_prepared_states_with_their_n() -> None:
    axes = reference([0, 0, 0, 1, 1])
    curves = result_of(reference_curves(axes, preparations()))
    sample, contexts = prepared(axes.sample), prepared(axes.repeated.hidden)

    for layer in range(N_LAYERS):
        chance = mean_of_pairs(sample[layer])
        assert curves.random_pairs[layer] == pytest.approx(chance, abs=SUMMED)
        # The mean over words, so that a frequent word does not count for more.
        same = (mean_of_pairs(contexts[layer, :3]) + mean_of_pairs(contexts[layer, 3:])) / 2
        assert curves.self_similarity[layer] == pytest.approx(same, abs=SUMMED)
    assert (curves.n_sample, curves.n_words, curves.n_contexts) == (9, 2, 5)


def test_a_word_in_one_context_or_none_counts_for_nothing() -> None:
    curves = result_of(reference_curves(reference([0, 0, 0, 2, 3, 3]), preparations()))
    all_but_the_one = [0, 1, 2, 4, 5]

    contexts = prepared(made_up(6, seed=2))[:, all_but_the_one]
    for layer in range(N_LAYERS):
        same = (mean_of_pairs(contexts[layer, :3]) + mean_of_pairs(contexts[layer, 3:])) / 2
        assert curves.self_similarity[layer] == pytest.approx(same, abs=SUMMED)
    assert (curves.n_words, curves.n_contexts) == (2, 5)


def test_a_reference_without_repeated_words_gives_chance_alone() -> None:
    curves = result_of(reference_curves(reference([]), preparations()))

    assert np.isfinite(curves.random_pairs).all()
    assert np.isnan(curves.self_similarity).all()
    assert (curves.n_words, curves.n_contexts) == (0, 0)


def comparison_of(ids_a: list[int], ids_b: list[int]) -> Comparison:
    sides = []
    for seed, ids in enumerate((ids_a, ids_b)):
        model = replace(make_model(n_layers=N_LAYERS - 1), d_model=N_FEATURES)
        pass_ = make_analysis(ids, model=model)
        sides.append(replace(pass_, hidden=made_up(len(pass_.tokens), seed)))
    return Comparison(*sides)


def test_tokens_are_compared_with_their_partners_and_equal_states_are_one() -> None:
    comparison = comparison_of([11, 12, 13], [11, 20, 21, 13])
    a, b = comparison.a.hidden, comparison.b.hidden
    b[0, 1], b[2, 4], b[1, 5] = a[0, 1], a[2, 3], 0.0

    found = result_of(with_partners(comparison, preparations()))

    partners = {0: 0, 1: 1, 3: 4, 4: 5}
    for layer in range(N_LAYERS):
        for token in range(5):
            if token not in partners:
                assert np.isnan(found[layer, token])
                continue
            sides = prepared(a)[layer, token], prepared(b)[layer, partners[token]]
            assert found[layer, token] == pytest.approx(1 - cosine(*sides), abs=SUMMED)
    assert found[0, 1] == found[2, 3] == 1


def test_states_of_another_width_have_no_cosine() -> None:
    comparison = comparison_of([11, 12], [11, 12])
    wide = replace(comparison.b, model=replace(comparison.b.model, d_model=2 * N_FEATURES))

    found = result_of(with_partners(Comparison(comparison.a, wide), preparations()))

    assert found.shape == (N_LAYERS, 4)
    assert np.isnan(found).all()
