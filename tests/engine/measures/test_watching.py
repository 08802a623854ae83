"""A watched word is the form that would stand in the sentence."""

import numpy as np
import pytest

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.records import AnalysisRequest, WordOrRow
from tests.engine.small_folders import WORDS

SENTENCE = AnalysisRequest("The children <mask> playing.", top_k=50)


def swept_row(engine: Engine, request: AnalysisRequest, word: WordOrRow) -> tuple[str, int]:
    """Begin a sweep, and say what it watches."""
    begun = next(iter(engine.sweep(request, word)))
    return begun.word, begun.word_id


def test_a_word_is_watched_as_the_list_of_guesses_has_it(mini: Engine) -> None:
    (fill,) = mini.analyse(SENTENCE).fills
    (guess,) = (candidate for candidate in fill.candidates if candidate.text == "are")

    assert guess.leading_space
    assert (
        swept_row(mini, SENTENCE, "are") == swept_row(mini, SENTENCE, " are") == (" are", guess.id)
    )
    watched = mini.lens(SENTENCE, watch="are").watched
    assert watched is not None
    assert (watched.id, watched.ranks[-1, fill.token_index]) == (guess.id, guess.rank)


def test_at_the_start_of_a_text_a_word_has_no_space(mini: Engine) -> None:
    start = AnalysisRequest("<mask> children are playing.")

    literal = mini.tokenizer.row_of("The")

    assert swept_row(mini, start, "The") == ("The", literal)
    assert swept_row(mini, start, " The") == (" The", mini.tokenizer.row_of(" The"))
    # No text begins with it, but the vocabulary has it after a space.
    assert swept_row(mini, start, "couch")[0] == " couch"


def test_a_piece_of_a_word_is_one_where_it_stands_behind_the_rest(mini: Engine) -> None:
    glued = AnalysisRequest("It is unbeliev<mask> here.")

    assert swept_row(mini, glued, "able") == ("able", mini.tokenizer.row_of("able"))


def test_a_row_is_watched_as_it_is(mini: Engine) -> None:
    row = mini.tokenizer.row_of("are")  # without a space, which would not stand there

    assert swept_row(mini, SENTENCE, row) == ("are", row)
    watched = mini.lens(SENTENCE, watch=row).watched
    assert watched is not None
    assert (watched.id, watched.text, watched.leading_space) == (row, "are", False)


@pytest.mark.parametrize("text", ["the [MASK] sat", "the cat[MASK] sat", "[MASK]"])
def test_a_piece_that_goes_on_with_a_word_is_watched_by_its_mark_and_by_its_row(
    with_specials: Engine, text: str
) -> None:
    request, row = AnalysisRequest(text), WORDS.index("##s")

    for word in ("##s", row):
        assert swept_row(with_specials, request, word) == ("##s", row)
        watched = with_specials.lens(request, watch=word).watched
        assert watched is not None
        assert (watched.id, watched.text, watched.leading_space) == (row, "##s", False)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("The children <mask> playing.", "are"),
        ("The children <mask> playing.", " are"),
        ("<mask> children are playing.", "The"),
    ],
)
def test_a_word_is_scored_in_the_form_in_which_it_is_watched(
    mini: Engine, text: str, word: str
) -> None:
    (pieces,) = mini.score_words(text, [word]).pieces

    assert pieces == (swept_row(mini, AnalysisRequest(text), word)[1],)


def test_a_letter_behind_a_word_is_scored_and_watched_as_the_piece_that_goes_on_with_it(
    with_specials: Engine,
) -> None:
    glued, row = AnalysisRequest("the cat[MASK] sat"), WORDS.index("##s")

    assert with_specials.score_words(glued, ["s"]).pieces == ((row,),)
    assert swept_row(with_specials, glued, "s") == ("##s", row)


def test_without_a_mask_a_word_is_meant_after_a_space(mini: Engine) -> None:
    for text in ("The children are playing.", ""):
        watched = mini.lens(AnalysisRequest(text), watch="are").watched
        assert watched is not None
        assert watched.id == mini.tokenizer.row_of(" are")


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("unfathomably", problems.SeveralPieces),
        ("", problems.SeveralPieces),
        ("two words", problems.SeveralPieces),
        ("\ud83d", problems.UnencodableText),
        (-1, problems.BadArgument),
        (10**6, problems.BadArgument),
    ],
)
def test_what_is_not_one_row_is_refused(
    word: WordOrRow, problem: type[problems.Problem], mini: Engine
) -> None:
    with pytest.raises(problem):
        list(mini.sweep(SENTENCE, word))
    with pytest.raises(problem):
        mini.lens(SENTENCE, watch=word)


def test_log_probabilities_stay_literal(mini: Engine) -> None:
    found = mini.log_probabilities(SENTENCE, ["are", " are"])

    assert np.ptp(found) > 1
