import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from roberta_gui import problems
from roberta_gui.engine.tokens.tokenizer_files import open_tokenizer
from roberta_gui.training.text.packing import Specials
from roberta_gui.training.text.tokenizer_training import train_tokenizer
from tests.training.toy import DOCUMENTS


@pytest.fixture(scope="module")
def tokenizer(tokenizer_folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(tokenizer_folder / "tokenizer.json"))


def test_the_special_tokens_have_robertas_rows_and_the_mask_is_last(tokenizer: Tokenizer) -> None:
    vocabulary = tokenizer.get_vocab()

    assert [vocabulary[name] for name in ("<s>", "<pad>", "</s>", "<unk>")] == [0, 1, 2, 3]
    assert vocabulary["<mask>"] == max(vocabulary.values()) == 299
    assert len(vocabulary) == 300


def test_the_mask_takes_the_space_before_it(tokenizer: Tokenizer) -> None:
    with_space = tokenizer.encode("It likes <mask>.").ids

    assert with_space == tokenizer.encode("It likes<mask>.").ids
    assert with_space.count(299) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_characters="<"), max_size=30))
def test_any_text_can_be_written_and_read_back(tokenizer: Tokenizer, text: str) -> None:
    ids = tokenizer.encode(text, add_special_tokens=False).ids

    assert tokenizer.decode(ids) == text
    assert 3 not in ids


def test_common_words_became_one_token(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("It likes", add_special_tokens=False).tokens == ["It", "Ġlikes"]


def test_transformers_reads_the_folder_to_the_same_tokens(
    tokenizer: Tokenizer, tokenizer_folder: Path
) -> None:
    from transformers import AutoTokenizer

    theirs: Any = AutoTokenizer.from_pretrained(tokenizer_folder)

    for text in (*DOCUMENTS, "The <mask> sleeps.", "naïve 😀"):
        assert theirs(text)["input_ids"] == tokenizer.encode(text).ids
    assert (theirs.mask_token_id, theirs.pad_token_id, theirs.model_max_length) == (299, 1, 32)


def test_the_explorer_reads_the_folder_with_its_special_tokens(tokenizer_folder: Path) -> None:
    ours, *_ = open_tokenizer(tokenizer_folder)

    assert Specials.of(ours) == Specials(start=0, padding=1, end=2, mask=299, vocab_size=300)


def test_a_vocabulary_too_small_for_the_bytes_is_refused(corpus: Path) -> None:
    with pytest.raises(problems.BadArgument, match="no room for all bytes"):
        train_tokenizer([corpus / "pets.txt"], 260, shown=False)


def test_bad_files_are_named_and_the_others_are_used(corpus: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\xff\xfe\x00")

    tokenizer, skipped = train_tokenizer([bad, corpus / "pets.txt"], 280, shown=False)

    assert [one.path for one in skipped] == [bad]
    assert json.loads(tokenizer.to_str())["model"]["type"] == "BPE"


def test_only_bad_files_are_a_clear_problem(tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(problems.BadArgument, match=r"None .* can be used.*bad\.txt"):
        train_tokenizer([bad], 300, shown=False)
