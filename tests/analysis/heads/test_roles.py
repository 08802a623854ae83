"""Head roles, against loops over queries and keys, and scipy's entropy."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import entropy

from roberta_gui.analysis.heads.roles import ROLES, HeadRoles, is_punctuation, measure, no_roles
from roberta_gui.problems import BadArgument
from roberta_gui.records import Token
from tests.made_up import make_tokens
from tests.made_up_tokens import MASK_ID
from tests.tolerances import STORED, SUMMED


def sentence(*texts: str) -> tuple[Token, ...]:
    """Make the tokens of a sentence between ``<s>`` and ``</s>``."""
    start, *words, end = make_tokens(range(10, 10 + len(texts)))
    named = (replace(word, text=text) for word, text in zip(words, texts, strict=True))
    return (start, *named, end)


def drawn(n_tokens: int, seed: int = 0) -> NDArray[np.float32]:
    """Draw attention of two layers of three heads."""
    generator = np.random.default_rng(seed)
    return generator.dirichlet(np.full(n_tokens, 0.3), (2, 3, n_tokens)).astype(np.float32)


def role_of(tokens: tuple[Token, ...], query: int, key: int) -> str:
    """Say by the rules in which set a key falls."""
    if tokens[key].is_special:
        return "start" if key == 0 else "end"
    if key == query:
        return "self"
    if abs(key - query) == 1:
        return "previous" if key < query else "next"
    return "punctuation" if tokens[key].text in ",.;" else "rest"


TOKENS = sentence("Well", ",", "it", "rains", ";", "we", "stay", "in", ".")


def test_shares_are_means_over_the_queries_that_are_not_special() -> None:
    attention = drawn(len(TOKENS))

    found = measure(attention, TOKENS)

    expected = np.zeros((2, 3, len(ROLES)))
    queries = range(1, len(TOKENS) - 1)
    for query in queries:
        for key in range(len(TOKENS)):
            role = ROLES.index(role_of(TOKENS, query, key))
            expected[:, :, role] += attention[:, :, query, key] / len(queries)
    np.testing.assert_allclose(found.shares, expected, atol=STORED)
    np.testing.assert_allclose(found.shares.sum(axis=-1), 1, atol=STORED)
    assert found.n_queries == len(queries)
    assert found.n_sentences == 1


def test_entropy_is_that_of_scipy_and_never_above_log2_of_the_keys() -> None:
    attention = drawn(len(TOKENS))
    attention[0, 0] = np.eye(len(TOKENS))  # all on one token: no uncertainty, no −0 either

    found = measure(attention, TOKENS).entropy_bits

    expected = entropy(attention[:, :, 1:-1].astype(float), base=2, axis=-1).mean(axis=-1)
    np.testing.assert_allclose(found, expected, atol=SUMMED)
    assert str(found[0, 0]) == "0.0"
    assert (found <= np.log2(len(TOKENS))).all()


def test_distance_is_weighted_by_attention_and_leaves_special_tokens_out() -> None:
    attention = drawn(len(TOKENS))

    found = measure(attention, TOKENS).distance_tokens

    inner = range(1, len(TOKENS) - 1)
    for layer, head in np.ndindex(2, 3):
        weights = {(q, k): float(attention[layer, head, q, k]) for q in inner for k in inner}
        mean = sum(w * abs(q - k) for (q, k), w in weights.items()) / sum(weights.values())
        assert found[layer, head] == pytest.approx(mean, rel=SUMMED)


def test_measuring_two_sentences_is_measuring_all_their_queries() -> None:
    short = sentence("Yes", "!")
    one, other = measure(drawn(len(TOKENS)), TOKENS), measure(drawn(4, 1), short)

    both = no_roles(2, 3) + one + other

    assert (both.n_sentences, both.n_queries) == (2, 11)
    np.testing.assert_allclose(both.shares, (one.shares * 9 + other.shares * 2) / 11)
    np.testing.assert_allclose(
        both.entropy_bits, (one.entropy_bits * 9 + other.entropy_bits * 2) / 11
    )


def test_the_strongest_role_is_named_and_stays_the_same() -> None:
    attention = np.zeros((1, 3, len(TOKENS), len(TOKENS)), np.float32)
    attention[0, 0, :, 0] = 1
    attention[0, 1] = np.eye(len(TOKENS), k=-1)
    attention[0, 1, 0, 0] = 1
    attention[0, 2, :, -2] = 1  # the full stop: self for itself, next for the word before

    first, again = (measure(attention, TOKENS).strongest for _ in range(2))

    assert [ROLES[role] for role in first[0]] == ["start", "previous", "punctuation"]
    np.testing.assert_array_equal(first, again)


def test_nothing_is_known_before_the_first_sentence_and_of_an_empty_one() -> None:
    empty: HeadRoles = measure(np.full((2, 3, 2, 2), 0.5, np.float32), sentence())

    for nothing in (no_roles(2, 3), empty):
        assert nothing.n_queries == 0
        assert np.isnan(nothing.shares).all()
        assert np.isnan(nothing.entropy_bits).all()
        assert np.isnan(nothing.distance_tokens).all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".", True),
        ("...", True),
        ("”", True),
        ("¿", True),
        ("a.", False),
        ("+", False),
        ("", False),
    ],
)
def test_punctuation_is_what_unicode_calls_so(text: str, expected: bool) -> None:
    assert is_punctuation(sentence(text)[1]) is expected


def test_specials_masks_and_typed_control_tokens_are_no_punctuation() -> None:
    start, mask, _ = make_tokens([MASK_ID])
    assert not is_punctuation(replace(start, text="."))
    assert not is_punctuation(replace(mask, text="."))
    assert not is_punctuation(replace(sentence(".")[1], is_control=True))


def test_attention_of_another_sentence_is_refused() -> None:
    with pytest.raises(BadArgument, match="between 5 tokens is not that of 4"):
        measure(drawn(5), sentence("a", "b"))
