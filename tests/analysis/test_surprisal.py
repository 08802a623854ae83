"""Pseudo-perplexity, against its definition in natural logarithms."""

import math

import numpy as np
import pytest

from roberta_gui.analysis.surprisal import pseudo_perplexity


def test_it_is_the_geometric_mean_of_one_over_the_probabilities() -> None:
    probabilities = np.random.default_rng(0).uniform(0.01, 1, 20)
    bits = np.concatenate([[math.nan], -np.log2(probabilities), [math.nan]])

    expected = math.exp(-sum(math.log(p) for p in probabilities) / 20)
    assert pseudo_perplexity(bits) == pytest.approx(expected)


def test_a_text_without_scored_tokens_has_none() -> None:
    assert math.isnan(pseudo_perplexity(np.full(2, math.nan)))
