"""Two sentences side by side: masks in order, common tokens, equal gaps; the rest alone."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roberta_gui.analysis.sentences.alignment import align
from roberta_gui.records import Token
from tests.made_up import make_tokens
from tests.made_up_tokens import MASK_ID, START_ID

WORDS = st.lists(st.integers(10, 14), max_size=9)
WORDS_AND_MASKS = st.lists(st.sampled_from([10, 11, 12, 13, MASK_ID]), max_size=9)


def shown(a: list[int], b: list[int]) -> list[str]:
    """Write the rows of two sentences of these ids, specials left out."""
    rows = align(make_tokens(a), make_tokens(b)).rows[1:-1]
    names = [["-" if at is None else str(at - 1) for at in row] for row in rows]
    return [f"{one}:{other}" for one, other in names]


def longest_common(a: list[int], b: list[int]) -> int:
    """Count the longest common subsequence by trying everything."""

    @cache
    def best(i: int, j: int) -> int:
        if i == len(a) or j == len(b):
            return 0
        skipped = max(best(i + 1, j), best(i, j + 1))
        return max(skipped, 1 + best(i + 1, j + 1)) if a[i] == b[j] else skipped

    return best(0, 0)


@given(WORDS_AND_MASKS, WORDS_AND_MASKS)
def test_every_token_stands_in_one_row_and_in_order(a: list[int], b: list[int]) -> None:
    alignment = align(make_tokens(a), make_tokens(b))

    assert [i for i, _ in alignment.rows if i is not None] == list(range(len(a) + 2))
    assert [j for _, j in alignment.rows if j is not None] == list(range(len(b) + 2))
    assert (np.diff(alignment.pairs, axis=0) > 0).all()


@given(WORDS, WORDS)
def test_as_many_equal_tokens_are_paired_as_can_be(a: list[int], b: list[int]) -> None:
    pairs = align(make_tokens(a), make_tokens(b)).pairs[1:-1] - 1

    assert sum(a[i] == b[j] for i, j in pairs) == longest_common(a, b)


@given(WORDS_AND_MASKS, WORDS_AND_MASKS)
def test_masks_are_paired_in_their_order(a: list[int], b: list[int]) -> None:
    tokens = make_tokens(a), make_tokens(b)
    masks = [[t.index for t in side if t.is_mask] for side in tokens]

    pairs = align(*tokens).pairs.tolist()

    assert all(list(pair) in pairs for pair in zip(*masks, strict=False))


@given(WORDS_AND_MASKS)
def test_a_sentence_is_aligned_with_itself_token_by_token(a: list[int]) -> None:
    tokens = make_tokens(a)

    assert align(tokens, tokens).rows == tuple((i, i) for i in range(len(tokens)))


@pytest.mark.parametrize(
    ("a", "b", "rows"),
    [
        # The cat sat | The dog sat: one word for another.
        ([10, 11, 12], [10, 13, 12], ["0:0", "1:1", "2:2"]),
        # Two words for two, and something common after them.
        ([10, 11, 12], [13, 14, 12], ["0:0", "1:1", "2:2"]),
        # One word for two: nobody knows for which.
        ([10, 11, 12], [10, 13, 14, 12], ["0:0", "1:-", "-:1", "-:2", "2:3"]),
        ([10, 12], [10, 11, 12], ["0:0", "-:1", "1:2"]),
        # A mask stands for the word in its place, and a second mask for another.
        ([10, 11, 12], [10, MASK_ID, 12], ["0:0", "1:1", "2:2"]),
        ([10, MASK_ID, 12], [13, 14, MASK_ID], ["0:-", "-:0", "-:1", "1:2", "2:-"]),
        ([MASK_ID, 10, MASK_ID], [10, MASK_ID], ["-:0", "0:1", "1:-", "2:-"]),
        ([], [], []),
    ],
)
def test_gaps_of_one_length_are_paired_and_others_left_alone(
    a: list[int], b: list[int], rows: list[str]
) -> None:
    assert shown(a, b) == rows


def test_a_typed_control_token_is_not_the_templates() -> None:
    a = make_tokens([10])
    typed = replace(a[1], id=START_ID, text="<s>", is_control=True)
    b = (a[0], typed, a[1], a[2])

    assert align((a[0], a[1], a[2]), b).rows == ((0, 0), (None, 1), (1, 2), (2, 3))
    # Gaps of one length, but a special token on one side only.
    c = (a[0], replace(a[2], id=99), a[2])
    assert align(a, c).rows == ((0, 0), (1, None), (None, 1), (2, 2))


def test_512_tokens_without_much_in_common_are_aligned() -> None:
    drawn = np.random.default_rng(2)

    def text() -> tuple[Token, ...]:
        return make_tokens(drawn.integers(10, 60, 510).tolist())

    a, b = text(), text()
    found = align(a, b)

    assert found.rows[0] == (0, 0)
    assert found.rows[-1] == (511, 511)
