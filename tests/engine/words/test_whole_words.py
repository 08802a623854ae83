"""Whole words at a mask, against all words of a small vocabulary and against `score_words`."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.records import AnalysisRequest, Head
from tests.engine.small_folders import SPECIALS, with_spaces
from tests.engine.twins import Twins
from tests.tolerances import PASS

LETTERS = [chr(code) for code in range(ord("a"), ord("a") + 26)]


@pytest.mark.parametrize("off", [set(), {(0, 1), (1, 0)}])
def test_the_best_words_are_the_best_of_all(off: set[Head], letters: Twins) -> None:
    """Brute force: every letter, and every two, scored as words that somebody types."""
    request = AnalysisRequest("b <mask> c", switched_off=frozenset(off))
    words = [*LETTERS, *("".join(pair) for pair in product(LETTERS, LETTERS))]
    scores = letters.engine.score_words(request, words).log_probability[0]

    found = letters.engine.whole_words(request, max_pieces=2, top_k=12)

    best = np.argsort(-scores, kind="stable")[:12]
    assert [word.text for word in found] == [words[at] for at in best]
    for word, at in zip(found, best, strict=True):
        assert len(word.ids) == len(word.text)
        assert word.log_probability == pytest.approx(scores[at], abs=2 * PASS)
        assert word.per_piece == word.forms[0][1] / len(word.ids)


def test_a_word_with_and_without_a_space_is_one_word(twins: Twins) -> None:
    request = AnalysisRequest("The cat sat on the <mask>.", top_k=2000)
    logs = twins.engine.mask_log_probabilities(request)[0]

    found = twins.engine.whole_words(request, max_pieces=1, top_k=500)

    assert len({word.text for word in found}) == len(found)
    assert max(len(word.forms) for word in found) == 2
    for word in found:
        forms = [word.text, f" {word.text}"]
        cut = twins.tokenizer(forms, add_special_tokens=False)["input_ids"]
        assert {ids for ids, _ in word.forms} == {tuple(rows) for rows in cut if len(rows) == 1}
        sums = [float(logs[row]) for (row,), _ in word.forms]
        assert [logarithm for _, logarithm in word.forms] == pytest.approx(sums, abs=PASS)
        assert word.log_probability == pytest.approx(np.logaddexp.reduce(sums), abs=PASS)
        assert word.ids == max(word.forms, key=lambda form: form[1])[0]
    scores = [word.log_probability for word in found]
    assert scores == sorted(scores, reverse=True)


def test_words_of_several_pieces_are_cut_and_scored_as_typed_ones(twins: Twins) -> None:
    request = AnalysisRequest("She was un<mask> happy, <mask>.", pair="Why?")

    found = twins.engine.whole_words(request, mask=1, max_pieces=3, top_k=5_000)

    several = [word for word in found if len(word.ids) > 1][:20]
    assert {len(word.ids) for word in found} == {1, 2, 3}
    typed = twins.engine.score_words(request, [word.text for word in several])
    for at, word in enumerate(several):
        scores = dict(word.forms)
        standing = typed.pieces_at[1][at]
        if standing in scores:  # the form that stands after a space
            expected = pytest.approx(typed.log_probability[1, at], abs=3 * PASS)
            assert scores[standing] == expected
        forms = [word.text, f" {word.text}"]
        assert list(word.ids) in twins.tokenizer(forms, add_special_tokens=False)["input_ids"]


def test_letters_of_several_bytes_come_whole(twins: Twins) -> None:
    found = twins.engine.whole_words("Ein <mask>.", max_pieces=2, top_k=5_000)

    assert all("⟨" not in word.text for word in found)
    assert all(word.text.strip() == word.text != "" for word in found)


def test_words_come_while_the_search_goes_on(letters: Twins) -> None:
    told: list[str] = []
    shown = list(
        letters.engine.whole_words_steps(
            "b <mask> c", max_pieces=2, report=lambda text, _: told.append(text)
        )
    )

    assert shown[0] == ()
    assert told == ["Words of 1 piece", "Words of 2 pieces"]
    with pytest.raises(problems.Stopped):
        letters.engine.whole_words("b <mask> c", stop=lambda: True)


def test_where_longer_words_do_not_fit_there_are_short_ones(twins: Twins) -> None:
    most = twins.engine.info.max_tokens
    text = "The" + " cat" * (most - 4) + " <mask>"
    found = twins.engine.whole_words(text, max_pieces=2, top_k=50)

    assert {len(word.ids) for word in found} == {1}


def test_what_cannot_be_guessed_is_refused(letters: Twins, headless: Engine) -> None:
    refused = ((0, 0, 5), (0, 2, 0), (1, 2, 5), (0, 10**24, 5), (0, 2, 10**24), (10**5000, 2, 5))
    for mask, max_pieces, top_k in refused:
        with pytest.raises(problems.BadArgument):
            letters.engine.whole_words("a <mask>", mask, max_pieces, top_k)
    with pytest.raises(problems.NoMaskHead):
        headless.whole_words("a <mask>")


def test_a_form_that_the_model_has_no_row_for_is_left_out(tmp_path: Path) -> None:
    words = ["cat", *(f"▁{letter}" for letter in LETTERS), "▁cat"]
    folder = with_spaces(tmp_path, words, vocab_size=len(SPECIALS) + len(words) - 1)

    found = Engine.load(folder, device="cpu").whole_words("a [MASK]", max_pieces=1, top_k=99)

    forms = {word.text: [ids for ids, _ in word.forms] for word in found}
    assert forms.keys() == {"cat", *LETTERS}
    assert forms["cat"] == [(len(SPECIALS),)]
