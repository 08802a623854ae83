"""Words under the microscope: the steps that are shown end with the tokenizer's own ids."""

import math
import random

import pytest

from roberta_gui import problems
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from tests.engine.tokens.kinds_of_tokenizers import KINDS, SENTENCES, description, tokenizer

_ODD = "éß日本語😀👍🏽\u0301\u200d\u00a0ΩжЖ٣½﷽ \t'’-_.,!?0123456789"

_LETTERS = _ODD + "abcdefghijklmnopqrstuvwxyzABC"


def fuzzed(seed: int, n: int) -> list[str]:
    """Make words, halves of words and odd letters, with and without a space before them."""
    rng = random.Random(seed)
    words = [word for sentence in SENTENCES for word in sentence.split()]

    def text() -> str:
        parts = []
        for _ in range(rng.randrange(1, 4)):
            word = rng.choice(words)
            letters = "".join(
                rng.choices(_ODD + "abcdefghijklmnopqrstuvwxyzABC", k=rng.randrange(6))
            )
            parts.append(rng.choice([word, word[: rng.randrange(len(word))], letters]))
        return rng.choice(["", " "]) + rng.choice(["", " "]).join(parts)

    return [text() for _ in range(n)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_steps_of_any_tokenizer_end_with_its_own_ids(kind: str) -> None:
    cutter = tokenizer(kind)

    for text in fuzzed(5, 200):
        found = cutter.dissect(text)
        own = [token.id for token in cutter.tokenize(text) if not token.is_special]
        assert found.agrees, (text, found)
        assert list(found.ids) == own


@pytest.fixture(scope="module")
def roberta() -> TextTokenizer:
    return TextTokenizer(description("roberta-base"))


def test_the_replayed_merges_of_ten_thousand_strings_give_the_ids(roberta: TextTokenizer) -> None:
    wrong = [text for text in fuzzed(7, 10_000) if not roberta.dissect(text).agrees]

    assert wrong == []


def test_merges_are_told_with_their_ranks(roberta: TextTokenizer) -> None:
    (word,) = roberta.dissect(" cats").words

    assert (word.text, word.bytes) == (" cats", b" cats")
    assert word.start == (" ", "c", "a", "t", "s")
    assert [step.found for step in word.steps] == ["at", " c", "ats", " cats"]
    ranks = [step.number for step in word.steps]
    assert ranks == sorted(ranks)  # no step here makes a pair that was learned before its own
    assert word.steps[-1].pieces == (" cats",)
    assert word.ids == tuple(roberta.row_of(piece) for piece in word.steps[-1].pieces)


def test_bytes_of_a_character_are_told(roberta: TextTokenizer) -> None:
    (word,) = roberta.dissect("日").words

    assert word.start == ("⟨E6⟩", "⟨97⟩", "⟨A5⟩")
    assert word.bytes == "日".encode()


def test_wordpiece_tells_how_many_longer_pieces_it_tried() -> None:
    cutter = tokenizer("WordPiece")
    (word,) = cutter.dissect("cats").words

    assert word.start == ("cats",)
    at = 0
    for step in word.steps:
        rest = len("cats") - at
        length = len(step.found.replace("##", ""))
        assert step.number == rest - length
        at += length
    assert cutter.dissect("日").words[0].steps[0].found == "<unk>"


def test_unigram_tells_what_each_piece_counts() -> None:
    cutter = tokenizer("Unigram as trained")
    (word,) = cutter.dissect("cats").words

    assert all(step.number < 0 for step in word.steps)
    assert math.isnan(cutter.dissect("cats日").words[-1].steps[-1].number)


def test_a_text_that_is_matched_before_it_is_cut_is_told_apart(roberta: TextTokenizer) -> None:
    found = roberta.dissect("a <mask> b")

    assert not found.agrees
    assert roberta.mask_id in found.ids


def test_what_cannot_be_looked_at_closely_is_refused(roberta: TextTokenizer) -> None:
    assert roberta.dissect("").words == ()
    with pytest.raises(problems.BadArgument, match="too many"):
        roberta.dissect("a" * 201)
    with pytest.raises(problems.UnencodableText):
        roberta.dissect("\ud83d")
