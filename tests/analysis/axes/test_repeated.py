"""Words in several contexts: which are chosen, and which tokens are theirs."""

import numpy as np
import pytest

from roberta_gui.analysis.axes.reference_sentences import (
    FEWEST_CONTEXTS,
    MOST_CONTEXTS,
    N_WORDS,
    Occurrence,
    choose_repeated,
    reference_sentences,
    state_of,
)
from roberta_gui.records import Token, TokenStates
from roberta_gui.resources import resource

SENTENCES = reference_sentences(resource("reference_sentences.txt"))


def pieces(*spans: tuple[int, int]) -> TokenStates:
    """A sentence cut at ``spans``; the states of piece i are all i."""
    tokens = tuple(
        Token(i + 1, 9, "", start, end, False, False, 0, False, 0, b"")
        for i, (start, end) in enumerate(spans)
    )
    states = np.arange(len(spans), dtype=np.float32)[np.newaxis, :, np.newaxis]
    return TokenStates(0, tokens, np.broadcast_to(states, (2, len(spans), 3)))


def test_the_reference_gives_forty_words_in_enough_sentences() -> None:
    words, occurrences = choose_repeated(SENTENCES)
    counts = np.bincount([occurrence.word for occurrence in occurrences])

    assert len(words) == len(set(words)) == N_WORDS
    assert len(counts) == N_WORDS
    assert counts.min() >= FEWEST_CONTEXTS
    assert counts.max() <= MOST_CONTEXTS
    assert len({(o.word, o.sentence) for o in occurrences}) == len(occurrences)


def test_every_occurrence_is_that_word_after_a_space() -> None:
    words, occurrences = choose_repeated(SENTENCES)
    for word, sentence, start, end in occurrences:
        assert SENTENCES[sentence][start - 1 : end] == f" {words[word]}"


def test_the_seed_decides_which_words_are_drawn() -> None:
    assert choose_repeated(SENTENCES) == choose_repeated(SENTENCES)
    assert choose_repeated(SENTENCES)[0] != choose_repeated(SENTENCES, seed=1)[0]


def test_parts_of_words_and_words_at_the_start_do_not_count() -> None:
    texts = [f"on{number} only don't on-line onto Onwards{number}." for number in range(9)]

    words, _ = choose_repeated([*texts, *["on and on"] * 5])

    assert words == ("only", "onto")


def test_too_few_sentences_give_no_words() -> None:
    assert choose_repeated(["a word here"] * (FEWEST_CONTEXTS - 1)) == ((), ())


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(0, 3), (4, 8), (9, 12)], 1),
        ([(0, 3), (4, 6), (6, 8), (9, 12)], 1.5),
        ([(0, 3), (4, 5), (5, 6), (6, 8)], 2),
        ([(0, 3), (4, 9), (9, 12)], None),
        ([(0, 3), (3, 8), (9, 12)], None),
        ([(0, 3), (4, 6)], None),
        ([(0, 3)], None),
    ],
    ids=["one", "two", "three", "holds more", "glued in front", "cut short", "cut off"],
)
def test_the_state_of_a_word_is_the_mean_over_its_pieces(
    spans: list[tuple[int, int]], expected: float | None
) -> None:
    state = state_of(Occurrence(0, 0, 4, 8), pieces(*spans))

    if expected is None:
        assert state is None
    else:
        assert state is not None
        np.testing.assert_array_equal(state, np.full((2, 3), expected, np.float32))
