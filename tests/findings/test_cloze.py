"""Guessing first: which words are hidden, what a guess is worth, and the score of a text."""

import math
from dataclasses import replace

import pytest

from roberta_gui.analysis.stepped import result_of
from roberta_gui.engine import Engine
from roberta_gui.findings.words.cloze import (
    Cloze,
    answers,
    answers_again,
    describe,
    hide_every,
    hide_marked,
    listed,
    of_other_heads,
    restore,
)
from roberta_gui.records import AnalysisRequest, Answer
from tests.tolerances import bits as of_bits
from tests.tolerances import log_probability

TEXT = "The cat's sister, a well-known singer, sat on <mask> (old) mat. It slept."
GUESS = Answer("print", 1, "the ____ sat", "dog", 2, 3.0, "cat", 7, 5.0, "boy", 1.0)


def test_every_third_word_is_hidden_punctuation_stays_and_a_mask_counts_as_a_word() -> None:
    text, hidden = hide_every(TEXT, {}, "<mask>", 3)

    assert text == ("The cat's <mask>, a well-known <mask>, sat on <mask> (old) mat. <mask> slept.")
    assert list(hidden.values()) == ["sister", "singer", "It"]
    assert all(text[at:].startswith("<mask>") for at in hidden)
    assert restore(text, hidden, "<mask>") == TEXT


def test_hiding_begins_with_the_word_that_is_asked_for() -> None:
    text, hidden = hide_every("One two three four five six", {}, "<mask>", 2, 3)

    assert text == "One two <mask> four <mask> six"
    assert list(hidden.values()) == ["three", "five"]


def test_hiding_other_words_brings_those_hidden_before_back() -> None:
    once = hide_every("One two three four five six", {}, "<mask>", 2)

    assert hide_every(*once, "<mask>", 3) == (
        "One two <mask> four five <mask>",
        {8: "three", 25: "six"},
    )


def test_marked_words_are_hidden_whole_beside_those_that_are_hidden_already() -> None:
    text, hidden = hide_marked("One <mask> three four", {4: "two"}, "<mask>", [(13, 14), (4, 10)])

    assert (text, hidden) == ("One <mask> <mask> four", {4: "two", 11: "three"})


def test_a_mask_in_the_second_text_of_a_pair_stands_among_the_words_of_that_text(
    engine: Engine,
) -> None:
    run = engine.analyse(AnalysisRequest("The cat was tired.", "It <mask> all day."))

    (answer,) = result_of(answers(run, {0: "slept"}, {}, engine))

    assert answer.context == "It ____ all day."


def test_a_guess_and_what_stood_there_are_scored_as_words_are_whatever_their_pieces(
    engine: Engine,
) -> None:
    text, hidden = hide_every("The unbelievable cat sat on the old mat", {}, "<mask>", 2)
    run = engine.analyse(text)

    first, last = result_of(answers(run, {0: "black", 3: ""}, hidden, engine))

    scores = engine.score_words(AnalysisRequest(text), ["black", "unbelievable", "mat"])
    bits = -scores.log_probability / math.log(2)
    assert (first.guess, first.rank) == ("black", scores.rank[0, 0])
    assert (first.stood, first.stood_rank) == ("unbelievable", -1)
    assert (last.guess, last.stood, last.stood_rank) == ("", "mat", scores.rank[3, 2])
    # One batch of queries, and another one: sums in another order.
    assert (first.bits, first.stood_bits) == pytest.approx(
        (bits[0, 0], bits[0, 1]), abs=of_bits(16384)
    )
    assert last.stood_bits == pytest.approx(bits[3, 2], abs=of_bits(16384))
    assert math.isnan(last.bits)
    best = run.fills[0].candidates[0]
    assert (first.best, first.best_bits) == (best.text, -math.log2(best.probability))
    assert first.context == "The ____ cat <mask> on <mask> old <mask>"
    assert (first.fingerprint, last.mask) == (run.fingerprint, 3)


def test_only_the_asked_masks_and_words_are_scored(engine: Engine) -> None:
    request = AnalysisRequest("A <mask> and a <mask>.")
    whole = engine.score_words(request, ["cat", "unbelievable"])

    some = engine.score_words(request, ["cat", "unbelievable"], only=[(1, 1), (0, 0)])

    assert [*map(math.isnan, some.log_probability.flat)] == [False, True, True, False]
    assert some.log_probability[0, 0] == whole.log_probability[0, 0]
    assert some.log_probability[1, 1] == pytest.approx(
        whole.log_probability[1, 1], abs=log_probability(16384)
    )


def test_what_a_guess_is_worth_is_said_beside_what_stood_there() -> None:
    assert describe(GUESS) == (
        "“dog” has 3.00 bits, 12.5 %: number 2 of the model's guesses. “cat” stood there, with "
        "5.00 bits, 3.1 %: number 7 of the model's guesses."
    )
    assert "It is what stood there." in describe(replace(GUESS, guess="Cat"))
    assert "a word of several pieces, which has no rank" in describe(replace(GUESS, rank=-1))
    assert "no number here" in describe(replace(GUESS, bits=math.nan))
    assert "the model's first guess" in describe(replace(GUESS, rank=1))
    assert describe(replace(GUESS, guess="", stood="")) == "What the model would put here:"


def test_the_score_counts_the_model_s_guesses_the_right_ones_and_both_mean_bits() -> None:
    right = replace(GUESS, guess="cat", rank=1, bits=2.0, best_bits=2.0)
    unknown = replace(GUESS, rank=-1, bits=math.nan, stood="")

    assert Cloze((GUESS, right, unknown, replace(GUESS, guess=""))).score() == (
        "3 guesses: 1 the model's first, 2 among its first five, 1 of 2 what stood there. "
        "Mean bits: yours 2.50, the model's first 1.50. 1 mask only looked at."
    )
    assert Cloze((unknown,)).score() == "1 guess: 0 the model's first, 0 among its first five."
    assert Cloze(()).score() == "Nothing is guessed yet."


def test_without_guesses_the_score_is_the_model_s() -> None:
    looked = replace(GUESS, guess="", rank=-1, bits=math.nan)

    assert Cloze((looked, replace(looked, stood_rank=1, stood_bits=1.0))).score() == (
        "Of 2 hidden words the model's first guess is right at 1, one of its first five at 1. "
        "Mean bits: what stood there 3.00, the model's first 1.00."
    )
    assert Cloze((replace(looked, stood=""),)).score() == "1 mask only looked at."


def test_the_table_has_a_row_for_each_answer_and_no_numbers_where_there_are_none() -> None:
    found = Cloze((GUESS, replace(GUESS, guess="", rank=-1, bits=math.nan)))

    first, second = found.table().rows
    columns = found.table().columns
    assert dict(zip(columns, first, strict=True)) == {
        "context": "the ____ sat", "mask": 2, "guess": "dog", "rank": 2, "bits": 3.0,
        "percent": 12.5, "stood_there": "cat", "stood_rank": 7, "stood_bits": 5.0,
        "stood_percent": 3.125, "model_first": "boy", "model_percent": 50.0, "model_bits": 1.0,
    }  # fmt: skip
    assert second[2:6] == (None, None, None, None)
    assert found.arrays()["bits"][0] == 3.0


def test_a_guess_that_the_model_does_not_list_stands_below_its_list(engine: Engine) -> None:
    run = engine.analyse("The cat sat on the <mask>.")
    best = run.fills[0].candidates[0]

    at_first = replace(GUESS, mask=0, guess=best.text, rank=1, stood="")
    assert len(listed(at_first, run)) == len(run.fills[0].candidates)
    rows = listed(replace(GUESS, mask=0, rank=1234, stood_rank=-1), run)
    assert [(row.word, row.place) for row in rows[-2:]] == [("dog", "1,234"), ("cat", "–")]
    assert rows[-1].probability == 2.0**-5


def test_answers_are_scored_again_with_the_heads_that_are_on_and_both_sets_are_told_apart(
    engine: Engine,
) -> None:
    text, hidden = hide_every("The old cat sat on the mat", {}, "<mask>", 3)
    off = frozenset((0, head) for head in range(engine.info.n_heads))
    run, without = engine.analyse(text), engine.analyse(AnalysisRequest(text, switched_off=off))
    known = dict(enumerate(result_of(answers(run, {0: "black", 1: ""}, hidden, engine))))

    assert of_other_heads(known, run) == {}
    assert of_other_heads(known, without) == known
    assert len(listed(known[0], without)) == len(without.fills[0].candidates)
    again = result_of(answers_again(without, known, engine))

    assert again == result_of(answers(without, {0: "black", 1: ""}, hidden, engine))
    assert of_other_heads(dict(enumerate(again)), without) == {}
    both = Cloze((known[0], *again[1:]), run)
    assert both.score().endswith("1 mask measured with other heads on.")
    assert both.table().columns[-1] == "heads_off"
    assert [row[-1] for row in both.table().rows] == [None, again[1].heads]
    assert [*both.arrays()["heads_off"]] == ["", again[1].heads]
    assert "other heads" not in Cloze(again, without).score()
