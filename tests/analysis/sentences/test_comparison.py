"""A − B on A's rows, whatever B is: held against brute force."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roberta_gui.analysis.sentences.alignment import align_spans
from roberta_gui.analysis.sentences.comparison import Comparison, on_partners
from roberta_gui.records import Analysis, AnalysisRequest, FillMask, Token
from tests.made_up import make_analysis, make_model

RANDOM = np.random.default_rng(0)


def cut(text: str, ends: list[int], *, specials: int = 1) -> list[Token]:
    """Cut a text at these places, between special tokens."""
    spans = [(0, 0)] * specials
    spans += zip([0, *ends], [*ends, len(text)], strict=True)
    spans += [(0, 0)] * specials
    last = len(spans) - specials
    return [
        Token(i, 0, "", start, end, not specials <= i < last, False, i, False, 0, b"")
        for i, (start, end) in enumerate(spans)
    ]


@given(st.text("abc ", min_size=1, max_size=12), st.data())
def test_tokens_of_the_same_characters_belong_together(text: str, data: Any) -> None:
    places = st.lists(st.integers(1, max(len(text) - 1, 1)), unique=True).map(sorted)
    a, b = (cut(text, [e for e in data.draw(places) if e < len(text)]) for _ in "ab")

    found = align_spans(a, b, AnalysisRequest(text), AnalysisRequest(text))

    expected = [(0, 0)]
    expected += [
        (one.index, other.index)
        for one, other in product(a[1:-1], b[1:-1])
        if (one.start, one.end) == (other.start, other.end)
    ]
    expected.append((len(a) - 1, len(b) - 1))
    assert found.pairs.tolist() == [list(pair) for pair in expected]
    assert [at for at, _ in found.rows if at is not None] == list(range(len(a)))
    assert [at for _, at in found.rows if at is not None] == list(range(len(b)))


def test_in_another_text_the_words_that_stayed_belong_together() -> None:
    one, other = AnalysisRequest("the cat sat"), AnalysisRequest("the black cat sat")
    a, b = cut(one.text, [3, 4, 7, 8]), cut(other.text, [3, 10, 13, 14])

    found = align_spans(a, b, one, other)

    #   <s> the _ cat _ sat </s>    <s> the _black_ cat _ sat </s>
    assert found.pairs.tolist() == [[0, 0], [1, 1], [3, 3], [4, 4], [5, 5], [6, 6]]


def test_special_tokens_of_another_number_and_pieces_of_one_character_stay_alone() -> None:
    whole = cut("é", [])
    pieces = [*whole[:2], replace(whole[1], index=2), replace(whole[2], index=3)]

    read = AnalysisRequest("é"), AnalysisRequest("é")

    assert align_spans(whole, pieces, *read).pairs.tolist() == [[0, 0], [2, 3]]
    assert align_spans(whole, pieces, *read).rows[1:3] == ((1, None), (None, 1))
    bare = cut("é", [], specials=0)
    assert align_spans(whole, bare, *read).pairs.tolist() == [[1, 0]]


def cut_pair(text: str, pair: str, ends: tuple[list[int], list[int]]) -> tuple[Token, ...]:
    """Cut both texts of a pair at these places, each between special tokens."""
    first, second = cut(text, ends[0]), [replace(t, segment=1) for t in cut(pair, ends[1])]
    whole = [replace(t, segment=None) if t.is_special else t for t in first + second]
    return tuple(replace(token, index=at) for at, token in enumerate(whole))


def test_of_a_pair_each_text_is_aligned_with_the_same_one_of_the_other_side() -> None:
    read_a, read_b = AnalysisRequest("I sat", "I ran"), AnalysisRequest("I sat", "So I ran")
    a = cut_pair(read_a.text, "I ran", ([1], [1]))  # <s> I _sat </s><s> I _ran </s>
    b = cut_pair(read_b.text, "So I ran", ([1, 2], [2, 3, 4]))  # … So _ I _ran
    models = make_model(), replace(make_model(), tokenizer_sha256="another")
    sides = [
        replace(make_analysis([11], model=model), request=request, tokens=tokens)
        for request, tokens, model in zip((read_a, read_b), (a, b), models, strict=True)
    ]

    found = Comparison(sides[0], sides[1])

    #   0<s> 1I 2_sat 3</s> 4<s> 5I 6_ran 7</s>
    #   0<s> 1I 2_ 3sat 4</s> 5<s> 6So 7_ 8I 9_ran 10</s>
    assert found.tokens.tolist() == [0, 1, -1, 4, 5, 8, 9, 10]


def other_model(**shape: Any) -> Analysis:
    """Make up a pass of a model of another shape over the same text."""
    model = replace(make_model(name="other"), **shape)
    return make_analysis([11, 12, 13], text=A.request.text, model=model)


A = make_analysis([11, 12, 13], text="a b c")


def test_what_both_have_is_subtracted_and_what_only_a_has_is_nan() -> None:
    b = make_analysis([11, 20, 21, 13], text="a d e c")
    comparison = Comparison(A, b)
    n_a, n_b = len(A.tokens), len(b.tokens)
    one, other = RANDOM.random(n_a), RANDOM.random(n_b)

    found = comparison.difference(one, other, "token")
    weights = comparison.partners(np.outer(other, other), "token", "token")

    pairs = dict(comparison.alignment.pairs.tolist())
    assert 2 not in pairs
    for at in range(n_a):
        expected = one[at] - other[pairs[at]] if at in pairs else np.nan
        assert found[at] == pytest.approx(expected, nan_ok=True)
    for query, key in product(range(n_a), range(n_a)):
        both = query in pairs and key in pairs
        expected = other[pairs[query]] * other[pairs[key]] if both else np.nan
        assert weights[query, key] == pytest.approx(expected, nan_ok=True)


def test_the_same_tokens_keep_their_arrays() -> None:
    comparison = Comparison(A, replace(A))
    values = RANDOM.random(len(A.tokens))

    assert np.shares_memory(comparison.partners(values, "token"), values)
    assert comparison.has_same_model
    assert comparison.has_same_tokens


def test_layers_of_another_number_are_held_against_those_as_deep() -> None:
    n = A.model.n_layers
    comparison = Comparison(A, other_model(n_layers=2 * n))
    values_a, values_b = RANDOM.random(n + 1), RANDOM.random(2 * n + 1)

    assert comparison.layers.tolist() == [2 * layer for layer in range(n + 1)]
    found = comparison.difference(values_a, values_b, "layer")
    np.testing.assert_allclose(found, values_a - values_b[::2])
    assert comparison.can_compare_heads
    assert comparison.attention_layers.tolist() == [2 * layer + 1 for layer in range(n)]


@pytest.mark.parametrize(("n_a", "n_b"), [(2, 4), (4, 2), (6, 5), (5, 6), (12, 2), (3, 3)])
def test_attention_is_held_against_that_whose_output_lies_as_deep(n_a: int, n_b: int) -> None:
    shapes = (replace(make_model(), n_layers=n) for n in (n_a, n_b))
    a, b = (make_analysis([11, 12, 13], text="a b c", model=model) for model in shapes)
    comparison = Comparison(a, b)

    for layer, (one, other) in enumerate(zip(a.attention, comparison.attention_b, strict=True)):
        # Of two layers that are as near the higher one; no attention lies below the first.
        apart = [round(abs((at + 1) / n_b - (layer + 1) / n_a), 9) for at in range(n_b)]
        nearest = max(at for at in range(n_b) if apart[at] == min(apart))
        expected = one - b.attention[nearest]
        found = comparison.difference(one, other, "head", "token", "token")
        np.testing.assert_array_equal(found, expected)


def test_heads_of_another_number_are_compared_with_nothing() -> None:
    comparison = Comparison(A, other_model(n_heads=2 * A.model.n_heads))

    assert not comparison.can_compare_heads
    assert np.isnan(comparison.partners(comparison.b.attention[0], "head")).all()


def test_states_of_another_width_are_compared_with_nothing() -> None:
    comparison = Comparison(A, other_model(d_model=2 * A.model.d_model))

    assert not comparison.can_compare_states
    assert comparison.can_compare_heads


@pytest.mark.parametrize("index", [[2, 0], [0, 1, 2], [1, -1, 1, 2], [-1]])
def test_values_of_b_stand_where_a_looks_for_them_along_any_axis(index: list[int]) -> None:
    values = RANDOM.random((3, 3))

    for axis in (0, -1):
        found = np.moveaxis(on_partners(values, np.array(index), axis), axis, 0)
        expected = [[np.nan] * 3 if at < 0 else np.moveaxis(values, axis, 0)[at] for at in index]
        np.testing.assert_array_equal(found, expected)


def test_masks_belong_together_where_their_tokens_do() -> None:
    b = make_analysis([20, 11, 12, 13], text="d a b c")
    a, b = (replace(each, fills=tuple(FillMask(at, (), 0.0, 0.0) for at in places))
            for each, places in ((A, (1, 3)), (b, (1, 4))))  # fmt: skip

    assert Comparison(a, b).masks.tolist() == [-1, 1]
