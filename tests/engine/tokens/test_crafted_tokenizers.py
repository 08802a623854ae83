"""Tokenizers that somebody crafted, or a disk spoiled: a problem says so, and nobody waits."""

import json
import random
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

from roberta_gui import problems
from roberta_gui.engine.tokens import tokenizer_description
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.engine.tokens.tokenizer_files import open_tokenizer
from tests.models import unigram_tokenizer

TEXTS = ("The cat sat.", "café ﬁ 世界 😀", "\x00", "the <mask> cat")


def folder_of(folder: Path, description: str) -> Path:
    """Write a tokenizer of no kind in particular, as it would lie beside a model."""
    (folder / "tokenizer.json").write_text(description, encoding="utf-8")
    (folder / "config.json").write_text(json.dumps({"model_type": "roberta"}))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return folder


# --- the map of characters that SentencePiece models are converted with


def trie_of(chance: random.Random) -> bytes:
    """Make what begins as such a map does: the length of its trie, and a trie of no meaning."""
    trie = chance.randbytes(64)
    return len(trie).to_bytes(4, "little") + trie + b"abc\0" * 8


CHARSMAPS = {
    "none": b"",
    "a trie of nothing": bytes(4),
    **{f"{n} random bytes": random.Random(n).randbytes(n) for n in (1, 3, 4, 5, 9, 300)},
    **{f"random trie {n}": trie_of(random.Random(n)) for n in range(6)},
}


@pytest.mark.parametrize("charsmap", CHARSMAPS.values(), ids=CHARSMAPS)
def test_a_map_of_characters_without_meaning_makes_problems_only(
    tmp_path: Path, charsmap: bytes
) -> None:
    content = json.loads(unigram_tokenizer("xlm-roberta").to_str())
    encoded = b64encode(charsmap).decode()
    content["normalizer"] = {"type": "Precompiled", "precompiled_charsmap": encoded}
    folder_of(tmp_path, json.dumps(content))

    with suppress(problems.Problem):  # a panic of the library is none
        cut_by(TextTokenizer(json.dumps(content)))
    with suppress(problems.Problem):
        cut_by(open_tokenizer(tmp_path).tokenizer)


def cut_by(tokenizer: TextTokenizer) -> None:
    for text in TEXTS:
        with suppress(problems.Problem):
            tokenizer.tokenize(text)


# --- no unknown token


def without_unknown(kind: str) -> str:
    rows = {word: row for row, word in enumerate(["the", "cat", "<mask>", *"hetac"])}
    model: Any
    if kind == "Unigram":
        model = models.Unigram([(word, -1.0) for word in rows], unk_id=None)
    else:
        model = getattr(models, kind)(rows, unk_token="<unk>")
    made = Tokenizer(model)
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.add_special_tokens(["<mask>"])
    description: str = made.to_str()
    return description


ASKED: tuple[Callable[[TextTokenizer], object], ...] = (
    lambda tokenizer: tokenizer.tokenize("the zebra"),
    lambda tokenizer: tokenizer.tokenize("the", "zebra"),
    lambda tokenizer: tokenizer.row_of("zebra"),
    lambda tokenizer: tokenizer.ids_of(["zebra"]),
    lambda tokenizer: tokenizer.dissect("zebra"),
)


@pytest.mark.parametrize("kind", ["WordLevel", "WordPiece", "Unigram"])
def test_a_word_for_which_there_is_no_token_not_even_an_unknown_one_is_told_of(
    tmp_path: Path, kind: str
) -> None:
    description = without_unknown(kind)
    opened = open_tokenizer(folder_of(tmp_path, description)).tokenizer

    for made in (opened, TextTokenizer(description)):
        assert [token.id for token in made.tokenize("the cat")] == [0, 1]
        for ask in ASKED:
            with pytest.raises(problems.UnencodableText, match="cannot cut the text") as told:
                ask(made)
            assert "write it otherwise" in told.value.hint


# --- rules that never end


def splitting_at(pattern: str) -> str:
    made = Tokenizer(models.WordLevel({"<unk>": 0, "a": 1}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Split(Regex(pattern), "isolated")
    description: str = made.to_str()
    return description


def test_a_rule_that_tries_too_many_ways_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its work grows with the fourth power of the text: here half a second, for a page years."""
    opened = open_tokenizer(folder_of(tmp_path, splitting_at("a*a*a*$"))).tokenizer
    monkeypatch.setattr(tokenizer_description, "PATIENCE_S", 0.0)

    with pytest.raises(problems.BrokenCheckpoint, match="takes too long"):
        opened.tokenize("a" * 220 + "!")
    assert len(opened.tokenize("a")) == 1


def test_a_rule_that_the_library_itself_gives_up_is_told_of(tmp_path: Path) -> None:
    """Its work doubles with every letter; the library ends it with a panic."""
    opened = open_tokenizer(folder_of(tmp_path, splitting_at("(a+)+$"))).tokenizer

    with pytest.raises(problems.UnencodableText, match="cannot cut the text"):
        opened.tokenize("a" * 40 + "!")
    assert len(opened.tokenize("a")) == 1
