"""Attention between words, against loops that put the pieces together one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from roberta_gui.analysis import attention as attention_analysis
from roberta_gui.analysis.heads.words import to_words, word_groups, word_numbers
from roberta_gui.problems import BadArgument
from tests.made_up import make_tokens
from tests.tolerances import STORED, SUMMED


def some_attention(n_tokens: int, *before: int) -> NDArray[np.float32]:
    """Draw rows that sum to 1."""
    drawn = np.random.default_rng(n_tokens)
    return drawn.dirichlet(np.ones(n_tokens), (*before, n_tokens)).astype(np.float32)


@given(st.lists(st.integers(-1, 4), min_size=1, max_size=12))
def test_to_a_word_is_the_sum_and_from_a_word_is_the_mean(words: list[int]) -> None:
    attention = some_attention(len(words))

    matrix, groups = to_words(attention, words)

    for row, queries in enumerate(groups):
        for column, keys in enumerate(groups):
            expected = np.mean([sum(float(attention[q, k]) for k in keys) for q in queries])
            assert matrix[row, column] == pytest.approx(expected, abs=STORED)
    np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=SUMMED)


@given(st.lists(st.integers(-1, 4), max_size=12))
def test_every_token_is_in_one_group_and_equal_numbers_are_together(words: list[int]) -> None:
    groups = word_groups(words)

    assert sorted(index for group in groups for index in group) == list(range(len(words)))
    assert [group[0] for group in groups] == sorted(group[0] for group in groups)
    for group in groups:
        assert len({words[index] for index in group}) == 1
        if words[group[0]] == -1:
            assert len(group) == 1
        else:
            assert len(group) == words.count(words[group[0]])


def test_all_layers_and_heads_are_done_at_once() -> None:
    attention = some_attention(6, 2, 3)
    words = [-1, 0, 0, 1, 1, -1]

    matrix, groups = to_words(attention, words)

    assert matrix.shape == (2, 3, 4, 4)
    assert groups == ((0,), (1, 2), (3, 4), (5,))
    np.testing.assert_array_equal(matrix[1, 2], to_words(attention[1, 2], words).matrix)
    assert not matrix.flags.writeable


def test_words_come_from_the_tokens_and_specials_stay_alone() -> None:
    tokens = make_tokens([11, 12, 13])

    assert word_numbers(tokens).tolist() == [-1, 0, 1, 2, -1]


def test_the_function_is_where_the_contract_names_it() -> None:
    assert attention_analysis.to_words is to_words


def test_numbers_that_do_not_fit_the_tokens_are_refused() -> None:
    with pytest.raises(BadArgument, match="3 word numbers do not fit 4 tokens"):
        to_words(some_attention(4), [0, 1, 2])


def test_no_tokens_are_no_words() -> None:
    matrix, groups = to_words(np.zeros((2, 4, 0, 0), np.float32), [])
    assert matrix.shape == (2, 4, 0, 0)
    assert groups == ()
