"""Attention measures against loops that follow the definition cell by cell."""

from typing import cast, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from roberta_gui.analysis.attention import (
    Reduce,
    Specials,
    entropy_bits,
    show_specials,
    special_share,
    thumbnails,
)
from roberta_gui.problems import BadArgument
from tests.tolerances import STORED, SUMMED


def made_up_attention(
    n_tokens: int, n_layers: int = 2, n_heads: int = 3, seed: int = 0
) -> NDArray[np.float32]:
    """Softmax of wide scores, float32 (layer, head, query, key)."""
    random = np.random.default_rng(seed)
    scores = np.exp(3 * random.standard_normal((n_layers, n_heads, n_tokens, n_tokens)))
    return np.asarray(scores / scores.sum(axis=-1, keepdims=True), dtype=np.float32)


SPECIAL = [True, False, False, True, False, True]


def test_special_share_is_the_mean_over_the_other_tokens() -> None:
    attention = made_up_attention(6)[1, 2]
    rows = [sum(float(attention[q, k]) for k in (0, 3, 5)) for q in (1, 2, 4)]
    assert special_share(attention, SPECIAL) == pytest.approx(sum(rows) / 3)


def test_special_share_of_an_empty_sentence_is_all() -> None:
    assert special_share(made_up_attention(2)[0, 0], [True, True]) == pytest.approx(1)


def test_special_share_without_specials_is_nothing() -> None:
    assert special_share(made_up_attention(3)[0, 0], [False] * 3) == 0


def test_entropy_is_the_mean_of_the_rows_own() -> None:
    attention = made_up_attention(7)[0, 0]
    rows = [-sum(p * np.log2(p) for p in map(float, row)) for row in attention]
    assert entropy_bits(attention) == pytest.approx(np.mean(rows))


def test_entropy_of_a_head_that_looks_at_one_token_is_plain_zero() -> None:
    entropy = entropy_bits(np.eye(3, dtype=np.float32))
    assert (entropy, np.signbit(entropy)) == (0, False)


def test_shown_specials_are_the_matrix_itself() -> None:
    attention = made_up_attention(6)[0, 1]
    shown = show_specials(attention, SPECIAL, "show")
    np.testing.assert_array_equal(shown.matrix, attention)
    assert shown.kept.tolist() == [0, 1, 2, 3, 4, 5]


def test_hidden_specials_leave_the_other_values_alone() -> None:
    attention = made_up_attention(6)[0, 1]
    shown = show_specials(attention, SPECIAL, "hide")
    assert shown.kept.tolist() == [1, 2, 4]
    for row, query in enumerate(shown.kept):
        for column, key in enumerate(shown.kept):
            assert shown.matrix[row, column] == attention[query, key]


def test_renormalised_rows_sum_to_one_and_empty_rows_stay_empty() -> None:
    attention = made_up_attention(6)[0, 1].copy()
    attention[2] = [0.5, 0, 0, 0.25, 0, 0.25]
    shown = show_specials(attention, SPECIAL, "renormalise")
    np.testing.assert_allclose(shown.matrix.sum(axis=1), [1, 0, 1], atol=STORED)
    row = attention[1, [1, 2, 4]].astype(float)
    np.testing.assert_allclose(shown.matrix[0], row / row.sum(), rtol=STORED)


@pytest.mark.parametrize("mode", ["hide", "renormalise"])
def test_an_empty_sentence_with_its_specials_hidden_is_an_empty_matrix(mode: Specials) -> None:
    shown = show_specials(made_up_attention(2)[0, 0], [True, True], mode)
    assert shown.matrix.shape == (0, 0)


@given(
    n_tokens=st.integers(1, 40),
    size=st.integers(1, 48),
    reduce=st.sampled_from(get_args(Reduce)),
)
def test_each_weight_falls_into_exactly_one_pixel(n_tokens: int, size: int, reduce: Reduce) -> None:
    attention = made_up_attention(n_tokens)
    pictures = thumbnails(attention, size, reduce)
    n_pixels = min(size, n_tokens)
    assert pictures.shape == (2, 3, n_pixels, n_pixels)
    assert pictures.dtype == np.float32
    pool = np.max if reduce == "max" else np.mean
    blocks = [
        range(i * n_tokens // n_pixels, (i + 1) * n_tokens // n_pixels) for i in range(n_pixels)
    ]
    expected = np.empty_like(pictures)
    for y, x in np.ndindex(n_pixels, n_pixels):
        block = attention[:, :, blocks[y], :][:, :, :, blocks[x]]
        expected[:, :, y, x] = pool(block, axis=(2, 3))
    np.testing.assert_allclose(pictures, expected, rtol=SUMMED)
    assert sorted(i for block in blocks for i in block) == list(range(n_tokens))


def test_a_single_strong_line_survives_shrinking() -> None:
    attention = np.zeros((1, 1, 509, 509), np.float32)
    attention[..., 301] = 1
    picture = thumbnails(attention, 48)[0, 0]
    assert (picture.max(axis=1) == 1).all()
    assert picture.sum() == 48


def test_what_cannot_be_shown_is_a_problem() -> None:
    attention = made_up_attention(3)
    with pytest.raises(BadArgument, match="'blur'"):
        show_specials(attention[0, 0], [True, False, True], cast("Specials", "blur"))
    with pytest.raises(BadArgument, match="0 pixels"):
        thumbnails(attention, 0)
    with pytest.raises(BadArgument, match="'min'"):
        thumbnails(attention, 2, cast("Reduce", "min"))
