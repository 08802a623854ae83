"""Whole words at masks, against explicit passes of transformers and against the vocabulary."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.engine.tokens.places import Place
from roberta_gui.engine.words import queries
from roberta_gui.records import AnalysisRequest
from tests.engine.small_folders import WORDS as VOCABULARY
from tests.engine.small_folders import word_pieces
from tests.engine.twins import Twins
from tests.tolerances import PASS, ROW_SUM

TEXT = "The <mask> sat on the <mask>, unbelievably."
WORDS = ["cat", " cat", "unfathomably", "old grey cat", "a", "😀"]
WITHIN = PASS
"""What float32 may differ from the oracle by, a piece: as for every log-probability."""


def pieces_by(twins: Twins, text: str, nth: int, word: str) -> list[int]:
    """Fill a word in with transformers' tokenizer and see what is new."""
    parts = text.split("<mask>")
    before, after = "<mask>".join(parts[: nth + 1]), "<mask>".join(parts[nth + 1 :])
    word = word.lstrip(" ") if before.endswith(" ") else word
    filled, masked = twins.ids(before + word + after), twins.ids(text)
    at = mask_places(twins, masked)[nth]
    return filled[at : len(filled) - (len(masked) - at - 1)]


def mask_places(twins: Twins, ids: Sequence[int]) -> list[int]:
    return [place for place, row in enumerate(ids) if row == twins.tokenizer.mask_token_id]


def chained(twins: Twins, ids: list[int], at: int, pieces: Sequence[int]) -> float:
    """Score pieces from left to right, a pass of transformers for each."""
    mask, k = twins.tokenizer.mask_token_id, len(pieces)
    total = 0.0
    for nth, piece in enumerate(pieces):
        middle = [*pieces[:nth], *[mask] * (k - nth)]
        filled = [*ids[:at], *middle, *ids[at + 1 :]]
        total += float(twins.logs(filled, at + nth)[piece])
    return total


def test_words_of_one_and_of_several_pieces_are_scored_as_transformers_would(twins: Twins) -> None:
    found = twins.engine.score_words(AnalysisRequest(TEXT), WORDS)

    ids = twins.ids(TEXT)
    assert found.words == tuple(WORDS)
    assert found.log_probability.shape == found.rank.shape == (2, len(WORDS))
    assert found.log_probability.dtype == np.float64
    assert not found.log_probability.flags.writeable
    assert not found.rank.flags.writeable
    assert found.pieces == found.pieces_at[0]
    for mask, place in enumerate(mask_places(twins, ids)):
        logs = twins.logs(ids, place)
        for word, written in enumerate(WORDS):
            pieces = pieces_by(twins, TEXT, mask, written)
            assert found.pieces_at[mask][word] == tuple(pieces)
            expected = chained(twins, ids, place, pieces)
            within = WITHIN * len(pieces)
            assert found.log_probability[mask, word] == pytest.approx(expected, abs=within)
            rank = 1 + np.count_nonzero(logs > logs[pieces[0]]) if len(pieces) == 1 else -1
            assert found.rank[mask, word] == rank
    assert [len(pieces) for pieces in found.pieces] == [1, 1, 3, 3, 1, 2]
    np.testing.assert_array_equal(found.log_probability[:, 0], found.log_probability[:, 1])


def test_one_piece_is_what_the_guesses_say(twins: Twins) -> None:
    request = AnalysisRequest(TEXT, top_k=300)
    guesses = twins.engine.analyse(request).fills
    words = [f" {c.text}" for c in guesses[1].candidates if c.leading_space and c.text.isalpha()]

    found = twins.engine.score_words(request, words[:40])

    by_id = {candidate.id: candidate for candidate in guesses[1].candidates}
    for word, (row,) in enumerate(found.pieces_at[1]):
        assert found.rank[1, word] == by_id[row].rank
        probability = np.exp(found.log_probability[1, word])
        assert probability == pytest.approx(by_id[row].probability, rel=WITHIN)


def test_every_pair_of_a_small_vocabulary_together_is_certain(letters: Twins) -> None:
    """Brute force: all words of two pieces that share the first are as likely as the first is."""
    text, rows = "a <mask> b", [chr(code) for code in range(ord("a"), ord("a") + 26)]

    first = letters.engine.score_words(AnalysisRequest(text), rows)
    pairs = letters.engine.score_words(AnalysisRequest(text), [f"c{row}" for row in rows])

    assert {len(pieces) for pieces in pairs.pieces} == {2}
    # The second pieces are a distribution, of which these rows are a part.
    after_c = letters.engine.mask_log_probabilities(AnalysisRequest("a c<mask> b"))[0]
    at_c = letters.engine.mask_log_probabilities(AnalysisRequest("a <mask><mask> b"))[0]
    for (c, second), score in zip(pairs.pieces, pairs.log_probability[0], strict=True):
        assert score == pytest.approx(float(at_c[c]) + float(after_c[second]), abs=2 * WITHIN)
    np.testing.assert_allclose(np.exp(after_c, dtype=float).sum(), 1, atol=ROW_SUM)
    assert len(set(first.pieces)) == len(rows)


def test_all_probabilities_of_a_vocabulary_sum_to_one(letters: Twins) -> None:
    """Every row stands somewhere: words after a blank, pieces behind a letter."""
    alphabet = [chr(code) for code in range(ord("a"), ord("a") + 26)]
    whole = letters.engine.mask_log_probabilities(AnalysisRequest("a <mask> b"))[0]

    found = letters.engine.score_words(AnalysisRequest("a <mask> b"), alphabet)
    glued = letters.engine.score_words(AnalysisRequest("a<mask> b"), alphabet)

    ours = np.exp(found.log_probability[0]).sum()
    rows = sorted(row for (row,) in found.pieces)
    others = np.setdiff1d(np.arange(len(whole)), rows)
    np.testing.assert_allclose(ours + np.exp(whole[others], dtype=float).sum(), 1, atol=ROW_SUM)
    assert all(row >= 31 for (row,) in glued.pieces)  # ##a and on


@pytest.mark.parametrize("room", [1, 40, 10_000])
def test_how_many_run_together_changes_no_score(
    room: int, twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = twins.engine.score_words(AnalysisRequest(TEXT), WORDS).log_probability
    monkeypatch.setattr(queries, "step_room", lambda configuration: room)

    other = twins.engine.score_words(AnalysisRequest(TEXT), WORDS).log_probability

    np.testing.assert_allclose(other, usual, rtol=0, atol=3 * WITHIN)


def test_switched_off_heads_are_off_in_every_pass(twins: Twins) -> None:
    off = frozenset({(1, 0), (1, 3)})
    found = twins.engine.score_words(AnalysisRequest(TEXT, switched_off=off), ["unfathomably"])

    ids = twins.ids(TEXT)
    with twins.without(1, 0, 3):
        for mask, place in enumerate(mask_places(twins, ids)):
            expected = chained(twins, ids, place, found.pieces_at[mask][0])
            assert found.log_probability[mask, 0] == pytest.approx(expected, abs=3 * WITHIN)


def test_a_mask_in_the_second_text_of_a_pair(twins: Twins) -> None:
    request = AnalysisRequest("One cat.", pair="Two <mask> here.")

    found = twins.engine.score_words(request, ["dogs", "unfathomably"])

    ids = list(twins.tokenizer(request.text, request.pair)["input_ids"])
    (place,) = mask_places(twins, ids)
    for word, pieces in enumerate(found.pieces):
        expected = chained(twins, ids, place, pieces)
        assert found.log_probability[0, word] == pytest.approx(expected, abs=3 * WITHIN)


def test_a_text_that_is_full_gives_way_at_its_end(twins: Twins) -> None:
    most = twins.engine.info.max_tokens
    text = "The <mask>" + " cat" * 200
    found = twins.engine.score_words(AnalysisRequest(text), ["dog", "unfathomably"])

    ids = twins.ids(text)
    ids = [*ids[: most - 1], ids[-1]]
    assert found.log_probability[0, 0] == pytest.approx(
        twins.logs(ids, 2)[found.pieces[0][0]], abs=WITHIN
    )
    pieces = found.pieces[1]
    shorter = [*ids[: most - len(pieces)], ids[-1]]
    expected = chained(twins, shorter, 2, pieces)
    assert found.log_probability[0, 1] == pytest.approx(expected, abs=3 * WITHIN)


def test_where_a_word_does_not_fit_it_has_no_score(twins: Twins) -> None:
    most = twins.engine.info.max_tokens
    text = "The" + " cat" * (most - 4) + " <mask>"
    found = twins.engine.score_words(AnalysisRequest(text), ["dog", "unfathomably"])

    assert np.isfinite(found.log_probability[0, 0])
    assert np.isnan(found.log_probability[0, 1])
    assert found.rank[0, 1] == -1
    assert len(found.pieces[1]) == 3


def test_a_word_that_runs_together_with_its_neighbour_has_no_score(twins: Twins) -> None:
    found = twins.engine.score_words(AnalysisRequest("A cat<mask> sat."), ["s", "!"])

    assert found.pieces[0] == ()
    assert np.isnan(found.log_probability[0, 0])
    assert found.rank[0].tolist()[0] == -1
    assert np.isfinite(found.log_probability[0, 1])


def test_without_masks_and_without_words_there_is_nothing(twins: Twins) -> None:
    for text in ("", "The cat sat."):
        found = twins.engine.score_words(AnalysisRequest(text), WORDS)
        assert found.log_probability.shape == found.rank.shape == (0, len(WORDS))
        assert found.pieces == ((),) * len(WORDS)
    assert twins.engine.score_words(AnalysisRequest(TEXT), []).log_probability.shape == (2, 0)


def test_what_cannot_be_scored_is_refused(twins: Twins, headless: Engine) -> None:
    with pytest.raises(problems.BadArgument, match="empty word"):
        twins.engine.score_words(AnalysisRequest(TEXT), ["cat", ""])
    with pytest.raises(problems.UnencodableText):
        twins.engine.score_words(AnalysisRequest(TEXT), ["\ud83d"])
    for text in (TEXT, "No mask."):
        with pytest.raises(problems.NoMaskHead):
            headless.score_words(AnalysisRequest(text), ["cat"])


def test_scoring_ends_when_told_to_and_tells_how_far_it_is(twins: Twins) -> None:
    told: list[float | None] = []
    request = AnalysisRequest(TEXT)

    twins.engine.score_words(request, WORDS, report=lambda _, fraction: told.append(fraction))
    with pytest.raises(problems.Stopped):
        twins.engine.score_words(request, WORDS, stop=lambda: True)

    shares = [fraction for fraction in told if fraction is not None]
    assert shares == sorted(shares)
    assert shares[0] == 0


@pytest.fixture
def put_in(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the words that are put into the text, each as soon as it is."""
    put_in, pieces = [], Place.pieces

    def noted(place: Place, word: str) -> tuple[int, ...]:
        put_in.append(word)
        return pieces(place, word)

    monkeypatch.setattr(Place, "pieces", noted)
    return put_in


def test_only_what_is_asked_for_is_put_into_the_text(twins: Twins, put_in: list[str]) -> None:
    every = twins.engine.score_words(TEXT, WORDS)
    put_in.clear()

    found = twins.engine.score_words(TEXT, WORDS, only=[(1, 2), (0, 0)])

    assert sorted(put_in) == ["cat", "unfathomably"]
    assert found.pieces_at[1][2] == every.pieces_at[1][2]
    several = pytest.approx(every.log_probability[1, 2], abs=3 * WITHIN)
    assert found.log_probability[1, 2] == several
    assert found.log_probability[0, 0] == every.log_probability[0, 0]
    assert found.pieces_at[0][2] == ()
    assert np.count_nonzero(~np.isnan(found.log_probability)) == 2


def test_the_stop_is_asked_for_before_each_word_is_put_into_the_text(
    twins: Twins, put_in: list[str]
) -> None:
    with pytest.raises(problems.Stopped):
        twins.engine.score_words("<mask> " * 20, WORDS, stop=lambda: len(put_in) == 3)

    assert len(put_in) == 3


def test_a_step_puts_only_a_few_words_into_a_text(twins: Twins, put_in: list[str]) -> None:
    text, words = "the <mask> " * 30, WORDS * 3
    each = []
    for _ in twins.engine.score_words_steps(text, words):
        each.append(len(put_in))
        put_in.clear()

    assert sum(each) + len(put_in) == 30 * len(words)
    assert max(each) * twins.engine.info.max_tokens < 3_000  # tokens


@pytest.mark.parametrize("only", [3, [(5, 0)], [(0, len(WORDS))], [(0, -1)], [0], [(0, 0.5)]])
def test_what_is_no_mask_and_word_is_refused_at_once(twins: Twins, only: Any) -> None:
    with pytest.raises(problems.BadArgument):
        twins.engine.score_words_steps(TEXT, WORDS, only=only)


def test_a_word_that_the_model_lacks_has_no_score_and_the_others_keep_theirs(
    tmp_path: Path,
) -> None:
    engine = Engine.load(word_pieces(tmp_path, vocab_size=len(VOCABULARY) - 1), device="cpu")

    found = engine.score_words("the [MASK] .", ["cat", VOCABULARY[-1]])

    assert np.isnan(found.log_probability[0]).tolist() == [False, True]
    assert found.pieces_at[0][1] == ()
