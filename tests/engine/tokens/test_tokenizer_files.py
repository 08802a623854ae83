import hashlib
import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from roberta_gui import problems
from roberta_gui.engine.tokens.tokenizer_files import open_tokenizer
from roberta_gui.resources import resource
from tests.models import ROBERTA_TOKENIZER, unigram_tokenizer

TEXTS = ["The cat sat on the <mask>.", "  naïve 😀\r\n", "don't <s> שלום", "is<mask>  it"]


@pytest.fixture
def old_style(tmp_path: Path) -> Path:
    """Give a folder as transformers 2 wrote it: vocabulary and merges, no tokenizer.json."""
    content = json.loads(ROBERTA_TOKENIZER.read_text(encoding="utf-8"))
    (tmp_path / "vocab.json").write_text(json.dumps(content["model"]["vocab"]))
    pairs = [
        merge if isinstance(merge, str) else " ".join(merge) for merge in content["model"]["merges"]
    ]
    (tmp_path / "merges.txt").write_text("#version: 0.2\n" + "\n".join(pairs) + "\n")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "roberta"}))
    return tmp_path


def test_the_built_in_tokenizer_gives_the_ids_that_transformers_gives() -> None:
    from transformers import AutoTokenizer

    folder = resource("models/mini")
    ours, sha256 = open_tokenizer(folder)
    theirs = AutoTokenizer.from_pretrained(folder)
    for text in TEXTS:
        assert [token.id for token in ours.tokenize(text, "B")] == theirs(text, "B")["input_ids"]
    assert (ours.mask_id, ours.pad_id) == (theirs.mask_token_id, theirs.pad_token_id)
    assert sha256 == hashlib.sha256((folder / "tokenizer.json").read_bytes()).hexdigest()


def test_older_files_are_converted(old_style: Path) -> None:
    ours, sha256 = open_tokenizer(old_style)
    library = Tokenizer.from_file(str(ROBERTA_TOKENIZER))
    for text in TEXTS:
        assert [token.id for token in ours.tokenize(text, "B")] == library.encode(text, "B").ids
    assert ours.mask_id == library.token_to_id("<mask>")
    assert open_tokenizer(old_style)[1] == sha256


def test_a_tokenizer_that_exists_only_in_python_is_refused(old_style: Path) -> None:
    described = {"tokenizer_class": "CTRLTokenizer"}
    (old_style / "tokenizer_config.json").write_text(json.dumps(described))
    with pytest.raises(problems.NotRoberta, match="CTRLTokenizer, exists only in Python"):
        open_tokenizer(old_style)


def test_code_that_comes_with_a_tokenizer_is_never_run(old_style: Path) -> None:
    described = {"auto_map": {"AutoTokenizer": ["intruder.Intruder", None]}}
    (old_style / "tokenizer_config.json").write_text(json.dumps(described))
    witness = old_style / "witness"
    (old_style / "intruder.py").write_text(f"open({str(witness)!r}, 'w').close()\n")
    open_tokenizer(old_style)
    assert not witness.exists()


def test_damaged_older_files_are_a_problem(old_style: Path) -> None:
    (old_style / "vocab.json").write_text("{ not JSON")
    with pytest.raises(problems.BrokenCheckpoint, match="cannot be read"):
        open_tokenizer(old_style)


def test_a_sentencepiece_model_that_needs_more_libraries_or_is_damaged_is_a_problem(
    tmp_path: Path,
) -> None:
    (tmp_path / "sentencepiece.bpe.model").write_bytes(b"not a model")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "xlm-roberta"}))
    with pytest.raises(problems.BrokenCheckpoint, match="tokenizer of") as caught:
        open_tokenizer(tmp_path)
    assert caught.value.hint


@pytest.mark.parametrize("file", ["tokenizer_config.json", "special_tokens_map.json"])
def test_the_mask_s_name_is_read_from_either_file(tmp_path: Path, file: str) -> None:
    unigram_tokenizer("camembert").save(str(tmp_path / "tokenizer.json"))
    described = {"mask_token": {"content": "▁chat", "lstrip": True}, "model_max_length": 512}
    (tmp_path / file).write_text(json.dumps(described))
    tokenizer, _ = open_tokenizer(tmp_path)
    assert tokenizer.mask_token == "▁chat"
    assert tokenizer.mask_id == unigram_tokenizer("camembert").token_to_id("▁chat")
