import hashlib
import json
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

from roberta_gui import problems
from roberta_gui.engine.tokens.tokenizer_files import open_tokenizer
from roberta_gui.resources import resource
from tests.engine.changed_checkpoints import configure
from tests.engine.small_folders import word_pieces
from tests.models import ROBERTA_TOKENIZER, unigram_tokenizer

SMALL = resource("models/mini") / "tokenizer.json"
"""Of RoBERTa's kind too, with a third of the words: transformers takes a second for all."""

TEXTS = ["The cat sat on the <mask>.", "  naïve 😀\r\n", "don't <s> שלום", "is<mask>  it"]


@pytest.fixture
def old_style(tmp_path: Path) -> Path:
    """Give a folder as transformers 2 wrote it: vocabulary and merges, no tokenizer.json."""
    content = json.loads(SMALL.read_text(encoding="utf-8"))
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
    ours, sha256, _ = open_tokenizer(folder)
    theirs = AutoTokenizer.from_pretrained(folder)
    for text in TEXTS:
        assert [token.id for token in ours.tokenize(text, "B")] == theirs(text, "B")["input_ids"]
    assert (ours.mask_id, ours.pad_id) == (theirs.mask_token_id, theirs.pad_token_id)
    assert sha256 == hashlib.sha256((folder / "tokenizer.json").read_bytes()).hexdigest()


def test_older_files_are_read_as_transformers_reads_them(old_style: Path) -> None:
    from transformers import AutoTokenizer

    ours, sha256, notices = open_tokenizer(old_style)
    theirs = AutoTokenizer.from_pretrained(old_style)
    for text in TEXTS:
        assert [token.id for token in ours.tokenize(text, "B")] == theirs(text, "B")["input_ids"]
    assert ours.mask_id == theirs.mask_token_id
    assert open_tokenizer(old_style).sha256 == sha256
    (notice,) = notices
    assert "transformers 4 differs in whether the mask takes the space before it" in notice


def test_plain_folders_are_opened_without_transformers(tmp_path: Path) -> None:
    """roberta-base as the hub has it; the built-in model is tested beside its engine."""
    shutil.copy(ROBERTA_TOKENIZER, tmp_path / "tokenizer.json")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "roberta"}))
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 512}))
    program = f"""
import sys
import types
from pathlib import Path
from roberta_gui.engine.tokens.tokenizer_files import open_tokenizer
opened = open_tokenizer(Path({str(tmp_path)!r}))
print(len(opened.tokenizer.tokenize("The cat sat.")), "transformers" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["6", "False"]


def test_a_setting_that_changes_ids_changes_the_fingerprint(tmp_path: Path) -> None:
    shutil.copy(SMALL, tmp_path / "tokenizer.json")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "roberta"}))
    built: dict[str, object] = {"padding_side": "right"}  # by transformers, as the others are
    found = set()
    for setting in ({}, {"add_prefix_space": True}, {"split_special_tokens": True}):
        (tmp_path / "tokenizer_config.json").write_text(json.dumps(built | setting))
        found.add(open_tokenizer(tmp_path).sha256)
    assert len(found) == 3


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


@pytest.fixture
def with_sentencepiece(tmp_path: Path) -> Path:
    """Give a folder as XLM-RoBERTa was first published: a SentencePiece model of its own."""
    trainer = pytest.importorskip("sentencepiece")
    pytest.importorskip("google.protobuf")
    (tmp_path / "text").write_text("the cat sat on the mat\nthe dog sat on the cat\n" * 20)
    trainer.SentencePieceTrainer.train(
        input=str(tmp_path / "text"),
        model_prefix=str(tmp_path / "sentencepiece.bpe"),
        vocab_size=32,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "xlm-roberta"}))
    return tmp_path


def test_a_sentencepiece_model_is_read_as_transformers_reads_it(with_sentencepiece: Path) -> None:
    from transformers import AutoTokenizer

    ours = open_tokenizer(with_sentencepiece).tokenizer
    theirs = AutoTokenizer.from_pretrained(with_sentencepiece)
    for text in ("the cat sat", "the <mask>  sat", "naïve 😀"):
        assert [token.id for token in ours.tokenize(text)] == theirs(text)["input_ids"]


@pytest.mark.parametrize(
    ("absent", "command"),
    [
        (["sentencepiece"], "pip install sentencepiece"),
        (["sentencepiece", "google.protobuf"], "pip install sentencepiece protobuf"),
    ],
)
def test_a_package_that_is_missing_is_named_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, absent: list[str], command: str
) -> None:
    (tmp_path / "sentencepiece.bpe.model").write_bytes(b"a sound model")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "xlm-roberta"}))
    for module in ("sentencepiece", "google.protobuf"):
        there = None if module in absent else types.ModuleType(module)
        monkeypatch.setitem(sys.modules, module, there)
    with pytest.raises(problems.BrokenCheckpoint, match="needs the package") as caught:
        open_tokenizer(tmp_path)
    assert caught.value.hint.endswith(command)


@pytest.mark.parametrize("kind", ["RobertaTokenizer", "BertTokenizer", "PreTrainedTokenizerFast"])
def test_a_vocabulary_without_words_is_refused(old_style: Path, kind: str) -> None:
    if kind == "PreTrainedTokenizerFast":
        model = {"type": "BPE", "vocab": {}, "merges": []}
        described = {"version": "1.0", "added_tokens": [], "model": model}
        (old_style / "tokenizer.json").write_text(json.dumps(described))
    for name, content in (("vocab.json", "{}"), ("merges.txt", ""), ("vocab.txt", "")):
        (old_style / name).write_text(content)
    (old_style / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": kind}))
    with pytest.raises(problems.BrokenCheckpoint, match="its vocabulary is empty"):
        open_tokenizer(old_style)


@pytest.mark.parametrize("content", [b"not a model", b""])
def test_a_damaged_sentencepiece_model_is_a_problem(
    with_sentencepiece: Path, content: bytes
) -> None:
    (with_sentencepiece / "sentencepiece.bpe.model").write_bytes(content)
    with pytest.raises(problems.BrokenCheckpoint, match="is damaged, or no Sentence") as caught:
        open_tokenizer(with_sentencepiece)
    assert caught.value.title.startswith("sentencepiece.bpe.model ")
    assert "tiktoken" not in str(caught.value)


def test_files_of_another_kind_than_the_class_reads_are_named(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\nthe\n")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "roberta"}))
    with pytest.raises(problems.BrokenCheckpoint, match=r"merges\.txt and vocab\.json are missing"):
        open_tokenizer(tmp_path)


@pytest.mark.parametrize(
    ("kind", "file"),
    [("XLMRobertaTokenizer", "sentencepiece.bpe.model"), ("GemmaTokenizer", "tokenizer.json")],
)
def test_the_one_file_that_a_class_reads_is_named(old_style: Path, kind: str, file: str) -> None:
    described = {"tokenizer_class": kind}
    (old_style / "tokenizer_config.json").write_text(json.dumps(described))
    with pytest.raises(problems.BrokenCheckpoint, match=f"{kind}, but {file} is missing") as caught:
        open_tokenizer(old_style)
    assert caught.value.hint.startswith("Add it, or name the right tokenizer_class")


def test_odd_numbers_of_the_network_are_no_matter_of_the_tokenizer(tmp_path: Path) -> None:
    folder = word_pieces(tmp_path)
    before = open_tokenizer(folder)
    # transformers refuses a whole number where it expects a fraction.
    configure(folder, hidden_dropout_prob=0, layer_norm_eps=0, tie_word_embeddings="yes")
    assert open_tokenizer(folder).sha256 == before.sha256


def test_codes_that_only_python_reads_are_said_to_be_so(tmp_path: Path) -> None:
    for name in ("vocab.txt", "bpe.codes"):
        (tmp_path / name).write_text("the 1\n")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "roberta"}))
    with pytest.raises(problems.NotRoberta, match=r"bpe\.codes, exists only in Python"):
        open_tokenizer(tmp_path)


@pytest.mark.parametrize("file", ["tokenizer_config.json", "special_tokens_map.json"])
def test_the_mask_s_name_is_read_from_either_file(tmp_path: Path, file: str) -> None:
    unigram_tokenizer("camembert").save(str(tmp_path / "tokenizer.json"))
    mask: dict[str, object] = {"__type": "AddedToken"} if file == "tokenizer_config.json" else {}
    mask |= {"content": "▁chat", "lstrip": True}
    described = {"mask_token": mask, "model_max_length": 512}
    (tmp_path / file).write_text(json.dumps(described))
    tokenizer, *_ = open_tokenizer(tmp_path)
    assert tokenizer.mask_token == "▁chat"
    assert tokenizer.mask_id == unigram_tokenizer("camembert").token_to_id("▁chat")


def test_a_row_that_no_model_has_is_refused_at_once(old_style: Path) -> None:
    # Writing the vocabulary down would count up to it, for minutes.
    vocabulary = json.loads((old_style / "vocab.json").read_text())
    vocabulary["Ġcat"] = 4_000_000_000
    (old_style / "vocab.json").write_text(json.dumps(vocabulary))

    with pytest.raises(problems.BrokenCheckpoint, match=r"names row 4,000,000,000"):
        open_tokenizer(old_style)


def test_a_plain_folder_with_a_row_that_no_model_has_is_refused_at_once(tmp_path: Path) -> None:
    for file in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copy(resource("models/mini") / file, tmp_path)
    content = json.loads((tmp_path / "tokenizer.json").read_text(encoding="utf-8"))
    content["model"]["vocab"]["Ġcat"] = 4_000_000_000
    (tmp_path / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")

    with pytest.raises(problems.BrokenCheckpoint):
        open_tokenizer(tmp_path)
