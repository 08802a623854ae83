"""Pairs of tokens by the characters they stand for, against a search through every cut."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from roberta_gui.analysis.layer_maps.alignment import align, averaged
from roberta_gui.analysis.layer_maps.samples import Sample
from tests.tolerances import STORED

Spans = list[tuple[int, int]]


def sample(*sentences: Spans, first: int = 0) -> Sample:
    """Make a sample whose only feature is the token's number."""
    spans = [span for sentence in sentences for span in sentence]
    number = [first + i for i, sentence in enumerate(sentences) for _ in sentence]
    hidden = np.arange(len(spans), dtype=np.float32).reshape(1, -1, 1)
    return Sample(hidden, np.array(number), np.array(spans).reshape(-1, 2), ("",) * 9)


def pieces(alignment_side: NDArray[np.int64]) -> list[list[int]]:
    n = int(alignment_side.max(initial=-1)) + 1
    return [np.flatnonzero(alignment_side == stretch).tolist() for stretch in range(n)]


def test_tokens_that_are_cut_alike_are_paired_one_to_one() -> None:
    spans = [(0, 3), (4, 7), (7, 9)]

    alignment = align(sample(spans), sample(spans))

    assert pieces(alignment.left) == pieces(alignment.right) == [[0], [1], [2]]


def test_crossing_cuts_are_joined_to_the_next_common_one() -> None:
    # abc|def|gh against ab|cdef|gh: the first common end is after f.
    alignment = align(sample([(0, 3), (3, 6), (6, 8)]), sample([(0, 2), (2, 6), (6, 8)]))

    assert pieces(alignment.left) == [[0, 1], [2]]
    assert pieces(alignment.right) == [[0, 1], [2]]


def test_byte_pieces_that_share_a_character_stay_together() -> None:
    alignment = align(sample([(0, 1), (0, 1), (0, 1), (2, 4)]), sample([(0, 1), (2, 4)]))

    assert pieces(alignment.left) == [[0, 1, 2], [3]]
    assert pieces(alignment.right) == [[0], [1]]


def test_what_only_one_side_has_is_left_out() -> None:
    alignment = align(sample([(0, 3), (3, 4), (4, 4), (5, 8)]), sample([(0, 3), (5, 8)]))

    assert alignment.left.tolist() == [0, -1, -1, 1]
    assert alignment.n_stretches == 2


def test_only_sentences_that_both_have_are_paired_whatever_their_order() -> None:
    left = sample([(0, 2)], [(0, 4)], [(1, 3)], first=2)
    right = sample([(0, 4)], [(1, 3)], [(0, 9)], first=3)

    alignment = align(left, right)

    assert alignment.left.tolist() == [-1, 0, 1]
    assert alignment.right.tolist() == [0, 1, -1]
    assert alignment.sentence.tolist() == [3, 4]


def test_a_stretch_is_the_mean_of_its_tokens() -> None:
    states = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)

    means = averaged(states, np.array([1, 0, -1, 1, 1]), 2)

    expected = np.stack([states[1], states[[0, 3, 4]].astype(np.float64).mean(axis=0)])
    np.testing.assert_allclose(means, expected, atol=STORED)


def test_nothing_in_common_is_an_empty_alignment() -> None:
    alignment = align(sample([(0, 2)]), sample())

    assert alignment.n_stretches == 0
    assert averaged(np.zeros((1, 3), np.float32), alignment.left, 0).shape == (0, 3)


cuts = st.sets(st.integers(1, 11))


@given(cuts, cuts)
def test_stretches_end_exactly_where_both_sides_cut(first: set[int], second: set[int]) -> None:
    sides = []
    for chosen in (first, second):
        ends = [0, *sorted(chosen), 12]
        sides.append(list(pairwise(ends)))

    alignment = align(sample(sides[0]), sample(sides[1]))

    common = [0, *sorted(first & second), 12]
    for spans, stretch in zip(sides, (alignment.left, alignment.right), strict=True):
        found = [(spans[tokens[0]][0], spans[tokens[-1]][1]) for tokens in pieces(stretch)]
        assert found == list(pairwise(common))
