"""A word to watch: as it stands where that is a token, else after a space, else refused."""

from collections.abc import Callable, Iterator

import pytest

from roberta_gui.engine import Engine
from roberta_gui.gui.panels.watched_word import followed, literal, what_is_watched
from roberta_gui.problems import SeveralPieces


def asked(*vocabulary: str) -> tuple[list[str], Callable[[str], Iterator[str]]]:
    tried: list[str] = []

    def steps(word: str) -> Iterator[str]:
        """Refuse what is not in the vocabulary, at the first step as engines may."""
        tried.append(word)
        if word not in vocabulary:
            raise SeveralPieces(f"“{word}” is not one token.", "It is two.")
        yield f"{word} 1"
        yield f"{word} 2"

    return tried, steps


def test_a_visible_space_stands_for_a_space() -> None:
    assert literal("␣floor") == literal(" floor") == " floor"
    assert literal("floor") == "floor"


def test_a_word_that_is_a_token_as_it_stands_is_taken_so() -> None:
    tried, ask = asked("floor", " floor")

    watched, steps = followed("floor", ask)

    assert (watched, list(steps)) == ("floor", ["floor 1", "floor 2"])
    assert tried == ["floor"]
    assert what_is_watched("floor", watched) == ""


def test_a_word_that_is_a_token_only_after_a_space_is_taken_with_it() -> None:
    _, ask = asked(" couch")

    watched, steps = followed("couch", ask)

    assert (watched, list(steps)) == (" couch", [" couch 1", " couch 2"])
    told = what_is_watched("couch", watched)
    assert told == "Watching ␣couch; “couch” alone is not one token."


@pytest.mark.parametrize("word", ["zebras", " zebras", ""])
def test_what_is_no_token_at_all_is_refused_as_it_was_written(word: str) -> None:
    _, ask = asked("couch")

    with pytest.raises(SeveralPieces, match=f"“{word}” is not"):
        followed(word, ask)


def test_the_built_in_model_follows_couch_with_its_space() -> None:
    engine = Engine.load("mini", device="cpu")
    with pytest.raises(SeveralPieces):
        engine.tokenizer.row_of("couch")

    watched, rows = followed("couch", lambda word: [engine.tokenizer.row_of(word)])

    (row,) = rows
    assert watched == " couch"
    assert engine.spell([row]) == (("couch", True),)
