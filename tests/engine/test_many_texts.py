"""A row for each of many texts: what the engine says of one text at a time, in short."""

import numpy as np
import pytest

from roberta_gui.engine import Engine
from roberta_gui.problems import BadArgument, NoMaskHead, Stopped
from roberta_gui.records import AnalysisRequest

TEXTS = ["The cat sat on the <mask>.", "Paris", "", "A <mask> and a <mask>, as it was."]


def test_a_row_says_of_each_text_what_is_said_of_it_alone(mini: Engine) -> None:
    rows = list(mini.table(TEXTS))

    assert [row.text for row in rows] == TEXTS
    for row in rows:
        bits = mini.surprisal(row.text)
        assert row.bits == np.nansum(bits)
        assert row.n_scored == np.isfinite(bits).sum()
        alone = mini.analyse(row.text)
        assert row.n_tokens == len(alone.tokens)
        assert row.guesses == alone.fills


def test_what_was_not_asked_for_is_none(mini: Engine) -> None:
    (row,) = mini.table([AnalysisRequest(TEXTS[0], top_k=3)], ["guesses"])
    (other,) = mini.table(TEXTS[1:2], ["bits"], estimator="unmasked")

    assert (row.bits, row.n_scored) == (None, None)
    assert row.guesses is not None
    assert len(row.guesses[0].candidates) == 3
    assert other.guesses is None
    assert other.bits == np.nansum(mini.surprisal(TEXTS[1], "unmasked"))


def test_a_text_that_is_too_long_says_how_much_was_cut_off(mini: Engine) -> None:
    long = "cat " * mini.info.max_tokens
    (row,) = mini.table([long], [])

    assert row.n_tokens == mini.info.max_tokens
    assert row.dropped_tokens == len(mini.tokenize(long)) - row.n_tokens > 0


@pytest.mark.parametrize(
    ("texts", "columns", "told"),
    [
        ("a text alone", ["bits"], "no list of texts"),
        (["a text"], "bits", "no list of columns"),
        (["a text"], ["bits", "colour"], "no column 'colour'"),
        (["a text", 7], ["bits"], "neither a text nor a request"),
    ],
)
def test_what_cannot_be_tabled_is_told_before_any_work(
    mini: Engine, texts: list[str], columns: list[str], told: str
) -> None:
    with pytest.raises(BadArgument, match=told):
        mini.table(texts, columns)  # type: ignore[arg-type]


def test_rows_come_one_by_one_and_end_when_somebody_wants_it(mini: Engine) -> None:
    told: list[tuple[str, float | None]] = []
    wanted = [False]
    rows = mini.table(TEXTS, stop=lambda: wanted[0], report=lambda *each: told.append(each))

    assert next(rows).text == TEXTS[0]
    assert told == [("Reading text 1 of 4", 0.0)]
    wanted[0] = True
    with pytest.raises(Stopped):
        next(rows)


def test_bits_are_refused_at_once_where_they_cannot_be_had(mini: Engine, headless: Engine) -> None:
    with pytest.raises(NoMaskHead):
        headless.table(TEXTS)
    with pytest.raises(BadArgument, match="'wishful'"):
        mini.table(TEXTS, estimator="wishful")  # type: ignore[arg-type]
    assert [row.guesses for row in headless.table(TEXTS[:1], ["guesses"])] == [()]
