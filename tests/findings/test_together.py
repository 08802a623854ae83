"""Masks filled together and whole words at one: what is told of them, against the engine."""

import math
from dataclasses import replace

import numpy as np
import pytest

from roberta_gui.analysis.stepped import result_of
from roberta_gui.engine import Engine
from roberta_gui.findings.steps.model import ReadAlone
from roberta_gui.findings.words.together import (
    FilledTogether,
    FillRequest,
    GuessedWords,
    fill,
    order_matters,
    spelled,
)
from roberta_gui.records import AnalysisRequest, Fillings

TEXT = "The <mask> sat on the <mask>."


@pytest.fixture(scope="module")
def filled(engine: Engine) -> Fillings:
    *_, last = engine.fill_together_steps(AnalysisRequest(TEXT), n=4, beams=4)
    return last


@pytest.fixture(scope="module")
def guessed(engine: Engine) -> GuessedWords:
    return GuessedWords(engine.whole_words(AnalysisRequest(TEXT), 0, 2, 1000))


def test_each_filling_has_its_bits_in_both_orders_and_apart(filled: Fillings) -> None:
    table = FilledTogether(filled).table()
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    assert [row["found"] for row in rows] == ["together"] * 4 + ["apart", "in turn"]
    for row, one in zip(rows, filled.together, strict=False):
        forwards, backwards = (-order / math.log(2) for order in one.by_order)
        assert (row["mask_1"], row["mask_2"]) == spelled(one)
        assert row["bits"] == pytest.approx((forwards + backwards) / 2)
        assert row["bits_left_to_right"] == pytest.approx(forwards)
        assert row["bits_right_to_left"] == pytest.approx(backwards)
        assert row["orders_apart_bits"] == pytest.approx(abs(forwards - backwards))
        alone = sum(-math.log2(candidate.probability) for candidate in one.candidates)
        assert row["bits_apart"] == pytest.approx(alone)
    assert rows[4]["rank_apart"] == 1


def test_the_best_fillings_are_arrays(filled: Fillings) -> None:
    arrays = FilledTogether(filled).arrays()

    assert arrays["words"].shape == arrays["bits_by_order"].shape == (4, 2)
    np.testing.assert_allclose(arrays["bits"], arrays["bits_by_order"].mean(axis=1))
    assert np.all(np.diff(arrays["bits"]) >= 0)
    assert arrays["bits_apart"].shape == (4,)


def test_the_caption_holds_the_ways_side_by_side(filled: Fillings) -> None:
    said = FilledTogether(filled).caption()

    best = filled.together[0]
    first, second = spelled(best)
    assert said.startswith(f"Likeliest together are “{first}”, “{second}”: ")
    assert f"both orders, which are {order_matters(best):.2f} bits apart." in said
    assert "Every mask alone gives " in said
    assert "One after the other gives " in said


def test_one_mask_has_no_orders_that_could_differ(engine: Engine) -> None:
    *_, one = engine.fill_together_steps(AnalysisRequest("A <mask> sat."), n=2, beams=2)

    filled = FilledTogether(one)
    (best, _other), ids = one.together, list(filled.rows())

    assert [way for way, _ in ids] == ["alone"] * 2
    assert filled.caption().startswith(f"Likeliest is “{'␣' * best.candidates[0].leading_space}")
    assert filled.caption().endswith(" bits.")


def test_where_nothing_is_known_yet_that_is_said(filled: Fillings) -> None:
    nothing = FilledTogether(Fillings(filled.request, filled.model, filled.tokens))

    assert nothing.caption() == "What is likeliest together is still looked for."
    ended = FilledTogether(replace(nothing.fillings, complete=True))
    assert ended.caption() == "There is no mask to fill."
    assert list(nothing.table().rows) == []
    assert GuessedWords(()).caption() == "No whole word is known yet."


def test_a_whole_word_has_the_bits_of_its_pieces_and_of_one_in_the_mean(
    guessed: GuessedWords,
) -> None:
    arrays = guessed.arrays()
    table = guessed.table()
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    assert {row["pieces"] for row in rows} == {1, 2}
    for nth, (row, one) in enumerate(zip(rows, guessed.words, strict=True)):
        assert row["word"] == arrays["words"][nth] == one.text
        assert (
            row["bits"] == arrays["bits"][nth] == pytest.approx(-one.log_probability / math.log(2))
        )
        assert row["percent"] == pytest.approx(100 * math.exp(one.log_probability))
        likelier = max(logarithm for _, logarithm in one.forms)
        assert row["bits_a_piece"] == pytest.approx(-likelier / math.log(2) / len(one.ids))
        assert row["forms"] == len(one.forms)


def test_words_are_listed_by_their_number_of_pieces(guessed: GuessedWords) -> None:
    two = guessed.best(2, most=3)
    kept = guessed.each_number(most=3).words

    assert guessed.best(most=3) == guessed.words[:3]
    assert [len(one.ids) for one in kept] == [1, 1, 1, 2, 2, 2]
    assert kept[3:] == two
    assert two[0] == max(
        (one for one in guessed.words if len(one.ids) == 2), key=lambda one: one.log_probability
    )


def test_the_caption_names_the_likeliest_word_and_the_likeliest_of_several_pieces(
    guessed: GuessedWords,
) -> None:
    short, long = (guessed.best(n)[0] for n in (1, 2))
    short = replace(short, log_probability=long.log_probability / 2)
    said = GuessedWords((short, long)).caption()

    assert said.startswith(f"Likeliest is “{short.text}”: ")
    assert f"Of several pieces it is “{long.text}”, 2 pieces: " in said
    assert said.endswith("More pieces sum up to more bits, so bits a piece stand beside them.")
    assert GuessedWords((long,)).caption().startswith(f"Likeliest is “{long.text}”: ")
    assert "several" not in GuessedWords((long,)).caption()
    assert "sum up" not in GuessedWords((short,)).caption()


@pytest.mark.parametrize(
    ("text", "most_unwritable"),
    [("I love<mask>.", 0), ("I love \n<mask>.", 0), ("The <mask>s sat on it.", 20)],
)
def test_a_whole_word_that_is_clicked_stands_in_one_of_its_forms_or_is_said_not_to(
    engine: Engine, text: str, most_unwritable: int
) -> None:
    asked = FillRequest(AnalysisRequest(text), engine.info, mask=0)
    found = result_of(fill(asked, ReadAlone(engine), lambda: False, lambda *_: None)).known
    assert isinstance(found, GuessedWords)
    listed = [word for word in found.listed()[1] if word is not None]
    forms = [found.written(word) for word in listed]

    assert forms.count(None) <= most_unwritable  # "sat" before "s" is cut in another way
    for word, form in zip(listed, forms, strict=True):
        if form is not None:
            ids = tuple(token.id for token in engine.tokenize(form.applied(text)))
            stretches = {ids[i : i + n] for n in range(1, 5) for i in range(len(ids))}
            assert stretches & {rows for rows, _ in word.forms}, word.text
