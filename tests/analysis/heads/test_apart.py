"""Every head's attention in two sentences: against loops over tokens, swapped, and the same."""

import numpy as np
import pytest

from roberta_gui.analysis.heads.apart import AttentionApart, Hiding, attention_apart
from roberta_gui.analysis.sentences.alignment import Alignment
from roberta_gui.records import FloatArray
from tests.analysis.stepped import run
from tests.tolerances import STORED

ALIGNMENT = Alignment(((0, 0), (1, 2), (None, 1), (2, None), (3, 3)))
SWAPPED = Alignment(tuple((b, a) for a, b in ALIGNMENT.rows))


def attention(n_tokens: int, seed: int) -> FloatArray:
    random = np.random.default_rng(seed)
    return random.dirichlet(np.ones(n_tokens), (3, 2, n_tokens)).astype(np.float32)


def compared(a: FloatArray, b: FloatArray, alignment: Alignment) -> AttentionApart:
    return run(attention_apart(tuple(a), tuple(b), alignment))[1]


def test_variation_and_largest_difference_are_those_of_each_aligned_pair_by_hand() -> None:
    a, b = attention(4, 1), attention(4, 2)
    found = compared(a, b, ALIGNMENT)
    pairs = [(0, 0), (1, 2), (3, 3)]

    for layer, head in np.ndindex(3, 2):
        one, other = a[layer, head], b[layer, head]
        rows = [
            [abs(float(one[qa, ka]) - float(other[qb, kb])) for ka, kb in pairs] for qa, qb in pairs
        ]
        variation = sum(sum(row) / 2 for row in rows) / len(pairs)
        assert found.variation[layer, head] == pytest.approx(variation, abs=STORED)
        assert found.largest[layer, head] == pytest.approx(max(map(max, rows)), abs=STORED)
        lost_a = sum(float(one[qa, 2]) for qa, _ in pairs) / 3
        lost_b = sum(float(other[qb, 1]) for _, qb in pairs) / 3
        np.testing.assert_allclose(found.left_out[:, layer, head], (lost_a, lost_b), atol=STORED)


@pytest.mark.parametrize("renormalise", [False, True])
def test_hidden_tokens_are_in_no_sum_and_what_goes_to_them_is_told(renormalise: bool) -> None:
    a, b = attention(4, 1), attention(4, 2)
    special_a, special_b = np.array([1, 0, 0, 0], bool), np.array([1, 0, 0, 0], bool)
    inner = Alignment(ALIGNMENT.rows[1:])
    hiding = Hiding(special_a, special_b, renormalise)
    found = run(attention_apart(tuple(a), tuple(b), inner, hiding))[1]
    pairs = [(1, 2), (3, 3)]

    for layer, head in np.ndindex(3, 2):
        sides = [a[layer, head].astype(float), b[layer, head].astype(float)]
        hidden = [sum(side[pair[n], 0] for pair in pairs) / 2 for n, side in enumerate(sides)]
        if renormalise:
            sides = [side / side[:, 1:].sum(1, keepdims=True) for side in sides]
        rows = [[abs(sides[0][i, k] - sides[1][j, m]) for k, m in pairs] for i, j in pairs]
        lost = [
            sum(side[pair[n], alone] for pair in pairs) / 2
            for n, (side, alone) in enumerate(zip(sides, (2, 1), strict=True))
        ]
        assert found.variation[layer, head] == pytest.approx(np.sum(rows) / 4, abs=STORED)
        assert found.largest[layer, head] == pytest.approx(np.max(rows), abs=STORED)
        np.testing.assert_allclose(found.hidden[:, layer, head], hidden, atol=STORED)
        np.testing.assert_allclose(found.left_out[:, layer, head], lost, atol=STORED)


def test_swapping_the_sentences_changes_only_whose_attention_is_left_out() -> None:
    a, b = attention(4, 1), attention(4, 2)
    found, mirrored = compared(a, b, ALIGNMENT), compared(b, a, SWAPPED)

    np.testing.assert_array_equal(found.variation, mirrored.variation)
    np.testing.assert_array_equal(found.largest, mirrored.largest)
    np.testing.assert_array_equal(found.left_out, mirrored.left_out[::-1])


def test_the_same_sentence_is_nowhere_apart() -> None:
    a = attention(4, 1)
    found = compared(a, a, Alignment(tuple((i, i) for i in range(4))))

    assert not found.variation.any()
    assert not found.largest.any()
    assert found.left_out.max() < 1e-6


def test_attention_that_is_nowhere_alike_is_one_apart() -> None:
    a, b = np.eye(2, dtype=np.float32)[None, None], np.eye(2, dtype=np.float32)[::-1][None, None]
    found = compared(a, b, Alignment(((0, 0), (1, 1))))

    assert found.variation.tolist() == [[1.0]]


def test_the_heads_that_tell_most_come_first() -> None:
    a, b = attention(4, 1), attention(4, 2)
    found = compared(a, b, ALIGNMENT)
    heads = found.strongest(4)

    values = [found.variation[head] for head in heads]
    assert values == sorted(found.variation.ravel().tolist(), reverse=True)[:4]


def test_without_any_pair_it_is_unknown_how_far_heads_are_apart() -> None:
    found = compared(attention(2, 1), attention(3, 2), Alignment(((0, None), (None, 0))))

    for measured in (found.variation, found.largest, found.left_out, found.hidden):
        assert np.isnan(measured).all()
