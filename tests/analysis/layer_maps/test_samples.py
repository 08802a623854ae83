"""Samples of many sentences: a fixed shuffled order, grown as far as asked, kept; text files."""

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from roberta_gui.analysis.layer_maps import samples
from roberta_gui.analysis.layer_maps.samples import READ_AT_ONCE, Reading, Sample, sentences_of
from roberta_gui.analysis.stepped import result_of
from roberta_gui.problems import BadArgument
from roberta_gui.records import Token, TokenStates

SENTENCES = [f"s{index} " + "word " * (index % 5) for index in range(90)] + [""]


class Reader:
    """Stands in for an engine: a token a word, its state tells sentence and place."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Iterator[TokenStates]:
        for index in sorted(range(len(texts)), key=lambda i: len(texts[i])):
            self.read.append(texts[index])
            words, tokens, start = texts[index].split(), [], 0
            for place, word in enumerate(words, start=1):
                start = texts[index].index(word, start)
                end = start + len(word)
                tokens.append(Token(place, 9, word, start, end, False, False, 0, True, 0, b""))
                start = end
            number = SENTENCES.index(texts[index])
            hidden = np.array([[[number, place] for place in range(len(words))]] * 2, np.float32)
            yield TokenStates(index, tuple(tokens), hidden.reshape(2, len(words), 2))


def same(one: Sample, other: Sample) -> bool:
    pairs: list[tuple[Any, Any]] = [
        (one.hidden, other.hidden), (one.sentence, other.sentence), (one.spans, other.spans),
    ]  # fmt: skip
    return all(np.array_equal(a, b) for a, b in pairs)


def test_a_sample_has_as_many_tokens_as_were_asked_for() -> None:
    sample = result_of(Reading(SENTENCES, Reader()).grow(50))

    assert sample.n_tokens == len(sample.spans) == sample.hidden.shape[1] == 50
    assert sample.n_sentences < 50


def test_every_token_knows_its_sentence_and_its_characters() -> None:
    sample = result_of(Reading(SENTENCES, Reader()).grow(10_000))

    assert sample.n_tokens == sum(len(sentence.split()) for sentence in SENTENCES)
    for place in range(sample.n_tokens):
        sentence, (start, end) = SENTENCES[sample.sentence[place]], sample.spans[place]
        number, word = sample.hidden[1, place]
        assert sentence[start:end] == sentence.split()[int(word)]
        assert number == sample.sentence[place]
    assert sample.n_sentences == len(SENTENCES) - 1  # the empty one gave nothing


def test_no_more_sentences_are_read_than_needed_and_none_twice() -> None:
    reader = Reader()
    reading = Reading(SENTENCES, reader)

    result_of(reading.grow(20))
    assert len(reader.read) == READ_AT_ONCE
    result_of(reading.grow(20))
    assert len(reader.read) == READ_AT_ONCE
    result_of(reading.grow(10_000))
    assert sorted(reader.read) == sorted(SENTENCES)


def test_what_was_read_before_changes_no_sample() -> None:
    grown = Reading(SENTENCES, Reader())
    result_of(grown.grow(70))

    assert same(result_of(grown.grow(30)), result_of(Reading(SENTENCES, Reader()).grow(30)))


def test_two_jobs_that_take_turns_read_the_same() -> None:
    reading = Reading(SENTENCES, Reader())
    first, second = reading.grow(120), reading.grow(150)
    for _ in range(40):
        next(first)
        next(second)

    alone = Reading(SENTENCES, Reader())
    assert same(result_of(first), result_of(alone.grow(120)))
    assert same(result_of(second), result_of(alone.grow(150)))


def test_the_first_tokens_are_no_prefix_of_the_file() -> None:
    sample = result_of(Reading(SENTENCES, Reader()).grow(40))

    assert sample.sentence.max() > READ_AT_ONCE


def test_no_sentences_give_an_empty_sample() -> None:
    sample = result_of(Reading([], Reader()).grow(5))

    assert (sample.n_tokens, sample.n_sentences) == (0, 0)


def test_a_sample_knows_which_of_its_sentences_were_cut_and_by_how_much() -> None:
    def cut_at_two(texts: Sequence[str]) -> Iterator[TokenStates]:
        for states in Reader()(texts):
            n = len(states.tokens)
            yield TokenStates(
                states.text_index, states.tokens[:2], states.hidden[:, :2], max(n - 2, 0)
            )

    sample = result_of(Reading(SENTENCES, cut_at_two).grow(10_000))
    nothing = result_of(Reading(SENTENCES, Reader()).grow(10_000))

    counts = {i: len(text.split()) for i, text in enumerate(SENTENCES)}
    assert dict(sample.cut) == {i: (2, n - 2) for i, n in counts.items() if n > 2}
    assert nothing.cut == {}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_line_is_a_sentence_once(tmp_path: Path, newline: str) -> None:
    file = tmp_path / "mine.txt"
    lines = ["Ein Satz.", "", "   ", "# no note", "Ein Satz.", " سلام 😀 "]
    file.write_bytes(newline.join(lines).encode())

    assert sentences_of(file) == ("Ein Satz.", "# no note", "سلام 😀")


def test_a_byte_order_mark_is_no_part_of_the_first_sentence(tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("It rains.", encoding="utf-8-sig")

    assert sentences_of(file) == ("It rains.",)


@pytest.mark.parametrize(
    "content",
    ["Größe".encode("latin-1"), "It rains.".encode("utf-16"), gzip.compress(b"It rains."), b"a\0b"],
    ids=["latin-1", "utf-16", "gzip", "nul"],
)
def test_what_is_no_utf8_text_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "mine.txt"
    file.write_bytes(content)

    with pytest.raises(BadArgument, match=r"mine\.txt is not UTF-8"):
        sentences_of(file)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path, told in ((tmp_path / "gone.txt", "cannot be read"), (tmp_path, "no ordinary file")):
        with pytest.raises(BadArgument, match=told):
            sentences_of(path)


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text(" \n\n")

    with pytest.raises(BadArgument, match="empty"):
        sentences_of(file)


def test_a_file_too_large_to_be_meant_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "LARGEST_FILE", 10)
    file = tmp_path / "mine.txt"
    file.write_text("It rains all day.")

    with pytest.raises(BadArgument, match="larger than"):
        sentences_of(file)
