"""Pseudo-perplexity, against its definition in natural logarithms."""

import math

import numpy as np
import pytest

from roberta_gui.analysis.sentences.surprisal import WordBits, pseudo_perplexity, word_bits


def test_it_is_the_geometric_mean_of_one_over_the_probabilities() -> None:
    probabilities = np.random.default_rng(0).uniform(0.01, 1, 20)
    bits = np.concatenate([[math.nan], -np.log2(probabilities), [math.nan]])

    expected = math.exp(-sum(math.log(p) for p in probabilities) / 20)
    assert pseudo_perplexity(bits) == pytest.approx(expected)


def test_a_text_without_scored_tokens_has_none() -> None:
    assert math.isnan(pseudo_perplexity(np.full(2, math.nan)))


def test_pieces_of_a_word_add_up_where_all_of_them_are_scored() -> None:
    words = [None, 0, 1, 1, 1, 2, 3, 3, 4, 4, None]
    bits = np.array([math.nan, 1, 2, 3, 4, 5, 6, math.nan, 7, 8.5, math.nan])

    assert word_bits(bits, words) == (WordBits(2, 4, 9.0), WordBits(8, 9, 15.5))


def test_a_word_number_that_comes_again_elsewhere_is_another_word() -> None:
    assert word_bits(np.array([1.0, 2.0, 4.0]), [0, 1, 0]) == ()
