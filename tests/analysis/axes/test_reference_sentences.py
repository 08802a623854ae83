"""The shipped sentences keep what their header promises; the examples are what the menu reads."""

import hashlib
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from roberta_gui.analysis.axes.reference_sentences import reference_sentences, reference_sha256
from roberta_gui.resources import resource

PATH = resource("reference_sentences.txt")


@pytest.fixture(scope="module")
def header() -> list[str]:
    lines = PATH.read_text("utf-8").splitlines()
    return [line for line in lines if line.startswith("#")]


@pytest.fixture(scope="module")
def sentences() -> tuple[str, ...]:
    return reference_sentences(PATH)


def test_there_are_512_all_different(sentences: tuple[str, ...]) -> None:
    assert len(sentences) == len(set(sentences)) == 512


def test_at_least_ten_shards_give_at_most_64_each(header: list[str]) -> None:
    counts = [int(m[1]) for line in header if (m := re.match(r"#\s+(\d+)  \d\d-\w+", line))]
    assert len(counts) >= 10
    assert max(counts) <= 64
    assert sum(counts) == 512


def test_each_shard_names_its_source_and_a_licence_that_may_be_shipped(header: list[str]) -> None:
    shards = [line for line in header if re.match(r"#\s+\d+  \d\d-", line)]
    for line in shards:
        _, source, licence = line.rsplit("  ", 2)
        assert len(source) > 10
        assert re.match(r"\[(?:CC BY \d|CC0|MIT|public domain)", licence)
        assert "SA" not in licence
    assert any("pick_reference_sentences.py, seed" in line for line in header)


def test_each_has_5_to_40_words(sentences: tuple[str, ...]) -> None:
    lengths = [len(sentence.split()) for sentence in sentences]
    assert min(lengths) == 5
    assert 30 < max(lengths) <= 40


def test_no_two_share_their_first_four_words(sentences: tuple[str, ...]) -> None:
    openings = Counter(
        tuple(re.sub(r"[^\w' ]", "", sentence.lower()).split()[:4]) for sentence in sentences
    )
    assert [opening for opening, count in openings.items() if count > 1] == []


def test_each_is_one_whole_sentence_without_debris(sentences: tuple[str, ...]) -> None:
    for sentence in sentences:
        assert re.match(r'["A-Z]', sentence), sentence
        assert re.search(r'[.!?]"?$', sentence), sentence
        assert sentence.isascii(), sentence
        assert not re.search(r"[.!?] |  |[<>{}|\\^@#/_*=~`()\[\]]|https?:|\d{4}", sentence), (
            sentence
        )
        assert sentence.count('"') % 2 == 0, sentence
        assert sentence == sentence.strip()


def test_the_file_is_read_alike_whatever_its_line_ends(tmp_path: Path) -> None:
    windows = tmp_path / "sentences.txt"
    windows.write_bytes(PATH.read_bytes().replace(b"\n", b"\r\n"))
    assert reference_sentences(windows) == reference_sentences(PATH)


def test_the_hash_is_that_of_the_sentences_as_lines(sentences: tuple[str, ...]) -> None:
    lines = [line for line in PATH.read_bytes().splitlines(True) if not line.startswith(b"#")]
    assert reference_sha256(sentences) == hashlib.sha256(b"".join(lines)).hexdigest()
    assert reference_sha256(["ab", "c"]) != reference_sha256(["a", "bc"])


def test_examples_come_in_groups_with_a_title_each() -> None:
    groups = json.loads(resource("examples.json").read_text("utf-8"))
    examples = [example for group in groups for example in group["examples"]]
    assert all(group["group"] and group["examples"] for group in groups)
    assert all(set(example) == {"title", "text"} for example in examples)
    assert len({example["title"] for example in examples}) == len(examples) >= 8
    assert {example["text"].count("<mask>") for example in examples} == {0, 1, 2}
