"""Words that are scored, side by side: what is told of them."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roberta_gui.engine import Engine
from roberta_gui.findings.comparison.against import Sides, describe_likelier
from roberta_gui.findings.notation.numbers import written_change
from roberta_gui.findings.words.scoring import ScoredWords, words_in, written_list
from roberta_gui.records import AnalysisRequest, WordScores

WORDS = ("is", "are", "unbelievably")


def scored(engine: Engine, text: str, words: Sequence[str] = WORDS) -> WordScores:
    return engine.score_words(AnalysisRequest(text), words)


def test_words_are_read_as_people_write_lists() -> None:
    assert words_in(" is, are;were\nused  to\tis,,") == ("is", "are", "were", "used to")
    assert words_in(" , ") == ()
    assert words_in('"a;b"\r\n"c"\u00a0, d') == ("a;b", "c", "d")
    assert len(words_in(",".join(map(str, range(1000))))) == 200


@given(st.lists(st.text(alphabet='ab,; "'), max_size=4))
def test_words_that_are_listed_are_read_as_they_were(words: list[str]) -> None:
    read = words_in(written_list(words))

    typed = dict.fromkeys(word for word in words if word and word == " ".join(word.split()))
    assert read == (*typed,)


def test_a_word_has_bits_a_share_a_rank_and_pieces(engine: Engine) -> None:
    scores = scored(engine, "The keys <mask> here, and the key <mask> there.")
    found = ScoredWords(scores)

    assert found.n_masks == 2
    for mask in range(2):
        for nth, one in enumerate(found.at(mask)):
            logarithm = scores.log_probability[mask, nth]
            assert one.bits == pytest.approx(-logarithm / math.log(2))
            assert one.probability == pytest.approx(math.exp(logarithm))
            assert one.rank == scores.rank[mask, nth]
            assert math.isnan(one.likelier)
    assert found.at(0)[0].pieces == ("␣is",)
    assert len(found.at(0)[2].pieces) > 1
    assert found.at(0)[2].rank == -1


def test_b_stands_beside_a_mask_by_mask(engine: Engine) -> None:
    a = scored(engine, "The keys <mask> here, and the key <mask> there.")
    b = scored(engine, "The key <mask> here.")
    found = ScoredWords(a, b)

    first, second = found.at(0), found.at(1)
    for nth, one in enumerate(first):
        assert one.bits_b == pytest.approx(-b.log_probability[0, nth] / math.log(2))
        assert one.likelier == one.bits_b - one.bits
    assert all(math.isnan(one.bits_b) and one.rank_b == -1 for one in second)
    table = list(found.table().rows)
    assert len(table) == 6
    assert len(table[0]) == len(found.table().columns) == 12
    arrays = found.arrays()
    np.testing.assert_array_equal(arrays["bits_b"][0], [one.bits_b for one in first])
    assert set(ScoredWords(a).arrays()) == {"words", "bits", "rank"}


def test_the_difference_says_its_direction(engine: Engine) -> None:
    plural, singular = (
        scored(engine, f"The {noun} <mask> here.", ["are"]) for noun in ("keys", "key")
    )

    (one,) = ScoredWords(plural, singular).at(0)
    (other,) = ScoredWords(singular, plural).at(0)
    (same,) = ScoredWords(plural, plural).at(0)

    amount = f"{abs(one.likelier):.2f} bits likelier in"
    assert one.likelier > 0
    assert describe_likelier(one.likelier, Sides()) == f"{amount} A"
    assert describe_likelier(other.likelier, Sides()) == f"{amount} B"
    assert describe_likelier(same.likelier, Sides()) == "as likely in A as in B"


def test_a_minimal_pair_is_the_first_word_against_each_other_one(engine: Engine) -> None:
    a, b = (scored(engine, f"The {noun} <mask> here.") for noun in ("keys", "key"))
    found = ScoredWords(a, b)

    first, *others = found.at(0)
    pairs = found.pairs(0)
    assert [pair.name for pair in pairs] == ["is − are", "is − unbelievably"]
    for pair, one in zip(pairs, others, strict=True):
        assert pair.bits == one.bits - first.bits
        assert pair.bits_b == one.bits_b - first.bits_b
    table = found.table()
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [row["bits_first_likelier"] for row in rows] == [0, *(pair.bits for pair in pairs)]
    assert [row["bits_first_likelier_b"] for row in rows] == [0, *(pair.bits_b for pair in pairs)]
    logs = (a.log_probability[0] - b.log_probability[0]) / math.log(2)
    likelier = np.array([row["bits_likelier_in_a"] for row in rows], float)
    np.testing.assert_allclose(likelier, logs, rtol=1e-9)
    said = found.caption(0)
    assert f"log₂ p(“is”) − log₂ p(“are”): {written_change(pairs[0].bits, 2)} bits in A, " in said
    assert said.endswith(
        f"{written_change(pairs[0].bits_b, 2)} in B; "
        f"{written_change(pairs[0].bits - pairs[0].bits_b, 2)} apart."
    )
    assert ScoredWords(a).caption(0).endswith(f"{written_change(pairs[0].bits, 2)} bits.")
    assert not ScoredWords(scored(engine, "A <mask>.", ["is"])).pairs(0)


def test_the_caption_names_the_likeliest_and_the_largest_difference(engine: Engine) -> None:
    a, b = (scored(engine, f"The {noun} <mask> here.") for noun in ("keys", "key"))

    said = ScoredWords(a, b).caption(0)

    best = min(ScoredWords(a).at(0), key=lambda one: one.bits)
    assert said.startswith(f"Likeliest is “{best.word}”: {best.bits:.2f} bits, ")
    assert "differs most: " in said
    assert "differs" not in ScoredWords(a).caption(0)


def test_where_no_word_has_a_number_that_is_said(engine: Engine) -> None:
    nothing = scored(engine, "A cat<mask> sat.", ["s"])

    assert ScoredWords(nothing).caption(0) == "None of the words has a number here."
