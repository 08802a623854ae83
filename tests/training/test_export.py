import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from huggingface_hub import save_torch_state_dict
from safetensors.torch import load_file

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.engine.roberta import Roberta
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.records import AnalysisRequest
from roberta_gui.training.evaluation.held_out import masked_loss
from roberta_gui.training.export import collect, export, require_copies
from roberta_gui.training.starts.start import Start, from_checkpoint
from roberta_gui.training.text.masking import mask
from roberta_gui.training.text.packing import Specials
from roberta_gui.training.text.tokenized_text import tokenize_documents
from tests.models import draw_every_parameter, make_checkpoint, make_oracle
from tests.tolerances import PASS
from tests.training import toy


def exported(start: Start, folder: Path, dtype: torch.dtype, largest: int = 0) -> Path:
    specials = Specials.of(start.tokenizer)
    weights = start.network.state_dict()
    configuration = start.network.configuration
    export(folder, configuration, weights, specials, start.tokenizer_folder, dtype, largest)
    return folder


def with_every_weight_drawn(start: Start, *, tied: bool) -> Start:
    """Replace the weights, biases and norms too: else a forgotten one would not be seen."""
    network = Roberta(replace(start.network.configuration, tied_decoder=tied))
    draw_every_parameter(network, seed=3)
    return replace(start, network=network.eval())


@pytest.mark.parametrize("tied", [True, False])
def test_the_exported_folder_gives_transformers_the_same_logits(
    start: Start, tmp_path: Path, tied: bool
) -> None:
    from transformers import AutoModelForMaskedLM

    ours = with_every_weight_drawn(start, tied=tied)
    folder = exported(ours, tmp_path / "model", torch.float32)
    ids = torch.randint(3, 299, (2, 30))

    theirs: Any = AutoModelForMaskedLM.from_pretrained(folder).eval()

    with torch.no_grad():
        logits = ours.network.logits(ours.network(ids))
        torch.testing.assert_close(logits, theirs(ids).logits, atol=PASS, rtol=0)


def test_nothing_is_missing_and_nothing_is_left_over(start: Start, tmp_path: Path) -> None:
    folder = exported(start, tmp_path, torch.float16)
    shape = start.network.configuration

    theirs = make_oracle(
        n_layers=shape.n_layers,
        n_heads=shape.n_heads,
        d_model=shape.d_model,
        d_feedforward=shape.d_feedforward,
        vocab_size=shape.vocab_size,
        max_positions=shape.max_positions,
    )

    stored = load_file(folder / "model.safetensors")
    tied = {"lm_head.decoder.weight", "lm_head.decoder.bias"}
    assert {name: value.shape for name, value in stored.items()} == {
        name: value.shape for name, value in theirs.state_dict().items() if name not in tied
    }
    assert {value.dtype for value in stored.values()} == {torch.float16}


def test_the_explorer_opens_the_folder_and_guesses_what_transformers_does(
    start: Start, tmp_path: Path
) -> None:
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    folder = exported(with_every_weight_drawn(start, tied=True), tmp_path, torch.float32)
    sentence = "Ann has a black <mask>."

    (fill,) = Engine.load(folder, device="cpu").analyse(AnalysisRequest(sentence)).fills

    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForMaskedLM.from_pretrained(folder).eval()
    encoded = tokenizer(sentence, return_tensors="pt")
    with torch.no_grad():
        row = model(**encoded).logits[0, encoded["input_ids"][0].tolist().index(299)]
    best = row.softmax(dim=-1).topk(10)
    assert [one.id for one in fill.candidates] == best.indices.tolist()
    np.testing.assert_allclose(
        [one.probability for one in fill.candidates], best.values.numpy(), atol=PASS
    )


def test_what_was_exported_can_be_trained_further(start: Start, tmp_path: Path) -> None:
    folder = exported(start, tmp_path, torch.float32)

    again = from_checkpoint(str(folder))

    assert again.network.configuration == start.network.configuration
    assert all(parameter.requires_grad for parameter in again.network.parameters())
    for name, weight in start.network.state_dict().items():
        assert torch.equal(again.network.state_dict()[name], weight)


def test_the_configuration_names_dropout_and_special_tokens(start: Start, tmp_path: Path) -> None:
    folder = exported(start, tmp_path, torch.float16)

    content = json.loads((folder / "config.json").read_text(encoding="utf-8"))

    assert content["architectures"] == ["RobertaForMaskedLM"]
    assert (content["bos_token_id"], content["pad_token_id"], content["eos_token_id"]) == (0, 1, 2)
    assert content["max_position_embeddings"] == 34


def test_transformers_cuts_texts_to_what_the_model_reads_whatever_the_vocabulary_was_made_for(
    tokenizer_folder: Path, tmp_path: Path
) -> None:
    from transformers import AutoTokenizer

    begun = toy.start_of(tokenizer_folder, replace(toy.SHAPE, max_tokens=20))

    theirs: Any = AutoTokenizer.from_pretrained(exported(begun, tmp_path, torch.float32))

    assert len(theirs("Ann has a cat. " * 9, truncation=True)["input_ids"]) == 20


@pytest.fixture
def short_of_a_row(start: Start, tmp_path: Path) -> Start:
    """Give a start whose tokenizer has a token more than the network has rows."""
    folder = exported(start, tmp_path / "short", torch.float32)
    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    content["added_tokens"].append(content["added_tokens"][-1] | {"id": 300, "content": "<more>"})
    (folder / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")
    return from_checkpoint(str(folder))


def test_no_word_is_drawn_that_the_model_has_no_row_for(short_of_a_row: Start) -> None:
    specials = Specials.of(short_of_a_row.tokenizer)
    ids = torch.full((1000, 100), 30)

    drawn = mask(ids, specials, 0.9, torch.Generator().manual_seed(1)).ids

    assert short_of_a_row.tokenizer.vocab_size == 301
    assert int(drawn.max()) < 300
    assert masked_loss(short_of_a_row.network, toy.text_of(short_of_a_row), specials, 32).guesses


def test_a_text_with_a_token_that_the_model_has_no_row_for_is_refused(
    short_of_a_row: Start,
) -> None:
    with pytest.raises(problems.TokenWithoutRow, match="The model does not know “<more>”"):
        tokenize_documents(["Ann has <more>."], short_of_a_row.tokenizer, 2)


def test_a_tokenizer_that_puts_nothing_around_a_text_is_refused(tokenizer_folder: Path) -> None:
    content = json.loads((tokenizer_folder / "tokenizer.json").read_text(encoding="utf-8"))
    bare = TextTokenizer(json.dumps(content | {"post_processor": None}))

    with pytest.raises(problems.BrokenCheckpoint, match="puts no tokens before and after"):
        Specials.of(bare)


PARTS = "model.safetensors.index.json"


def in_parts(folder: Path) -> dict[str, torch.Tensor]:
    """Write a model of a task in parts, with all that only its own files know."""
    theirs = make_oracle(n_layers=1)
    tensors: dict[str, torch.Tensor] = {
        **{name: value.clone() for name, value in theirs.state_dict().items()},
        "roberta.pooler.dense.weight": torch.randn(4, 4, dtype=torch.bfloat16),
    }
    save_torch_state_dict(tensors, folder, max_shard_size=20_000)
    (folder / "config.json").write_text('{"model_type": "roberta", "kept": 1}', encoding="utf-8")
    (folder / "vocab.json").write_text("{}", encoding="utf-8")
    return tensors


def test_the_parts_of_a_model_become_one_file_and_nothing_else_changes(tmp_path: Path) -> None:
    tensors = in_parts(tmp_path)
    others = [path for path in tmp_path.iterdir() if ".safetensors" not in path.name]
    before = {path.name: path.read_bytes() for path in others}
    assert len([*tmp_path.glob("model-*.safetensors")]) > 1

    whole = collect(tmp_path)

    joined = load_file(whole)
    assert joined.keys() <= tensors.keys()  # one of two that share their numbers is stored
    assert "roberta.pooler.dense.weight" in joined
    for name, tensor in joined.items():
        assert tensor.dtype == tensors[name].dtype
        assert torch.equal(tensor, tensors[name])
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir() if path != whole}


def test_a_folder_without_parts_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"all there is")

    with pytest.raises(problems.BrokenCheckpoint, match="holds no parts to join"):
        collect(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["pytorch_model.bin"]


def drop_a_part(folder: Path) -> None:
    next(folder.glob("model-00002*")).unlink()


def cut_a_part(folder: Path) -> None:
    part = next(folder.glob("model-00002*"))
    part.write_bytes(part.read_bytes()[:-1])


def name_another_tensor(folder: Path) -> None:
    index = json.loads((folder / PARTS).read_text(encoding="utf-8"))
    index["weight_map"]["more"] = min(index["weight_map"].values())
    (folder / PARTS).write_text(json.dumps(index), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (drop_a_part, "model-00002-of-.* is missing"),
        (cut_a_part, "model-00002-of-.* was cut short"),
        (name_another_tensor, "lacks more"),
    ],
)
def test_parts_that_are_not_all_there_stay_parts(
    tmp_path: Path, spoil: Callable[[Path], None], told: str
) -> None:
    in_parts(tmp_path)
    spoil(tmp_path)
    before = {path.name for path in tmp_path.iterdir()}

    with pytest.raises(problems.BrokenCheckpoint, match=told):
        collect(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == before


def test_a_part_larger_than_any_there_is_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts(tmp_path)
    monkeypatch.setattr("roberta_gui.training.export.LARGEST_PART", 999)

    with pytest.raises(problems.BrokenCheckpoint, match="larger than"):
        collect(tmp_path)


@pytest.mark.parametrize("largest", [0, 20_000])
def test_a_full_disk_leaves_the_model_that_was_there(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    exported(start, tmp_path, torch.float16, 20_000 - largest)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            exported(start, tmp_path, torch.float32, largest)

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("largest", [0, 20_000])
def test_weights_that_are_written_anew_leave_none_of_before(
    start: Start, tmp_path: Path, largest: int
) -> None:
    exported(start, tmp_path, torch.float32, 20_000 - largest)

    exported(start, tmp_path, torch.float32, largest)

    files = [path.name for path in tmp_path.iterdir() if ".safetensors" in path.name]
    assert ("model.safetensors" in files) is not bool(largest)
    assert (PARTS in files) is bool(largest)
    opened = from_checkpoint(str(tmp_path)).network.state_dict()
    assert all(torch.equal(one, opened[name]) for name, one in start.network.state_dict().items())


def old_style(folder: Path, tokenizer_folder: Path) -> Path:
    """Write the tokenizer of a folder as vocab.json and merges.txt."""
    content = json.loads((tokenizer_folder / "tokenizer.json").read_text(encoding="utf-8"))
    added = {token["content"]: token["id"] for token in content["added_tokens"]}
    vocabulary = json.dumps(content["model"]["vocab"] | added)
    merges = "\n".join(" ".join(pair) for pair in content["model"]["merges"])
    (folder / "vocab.json").write_text(vocabulary, encoding="utf-8")
    (folder / "merges.txt").write_text(f"#version: 0.2\n{merges}", encoding="utf-8")
    return folder


def wordpieces(folder: Path, tokenizer_folder: Path) -> Path:
    """Write a vocab.txt of which only a configuration tells that it is BERT's."""
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "ann", "has", "a", "c", "##at"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    (folder / "config.json").write_text('{"model_type": "bert"}', encoding="utf-8")
    return folder


@pytest.mark.parametrize("write", [old_style, wordpieces])
def test_a_tokenizer_of_other_files_than_tokenizer_json_is_the_same_beside_the_model(
    tokenizer_folder: Path, tmp_path: Path, write: Callable[[Path, Path], Path]
) -> None:
    from transformers import AutoTokenizer

    (tmp_path / "words").mkdir()
    begun = toy.start_of(write(tmp_path / "words", tokenizer_folder))

    folder = exported(begun, tmp_path / "model", torch.float32)

    again = from_checkpoint(str(folder))
    assert again.tokenizer_sha256 == begun.tokenizer_sha256
    theirs: Any = AutoTokenizer.from_pretrained(folder)
    assert theirs.model_max_length == begun.network.configuration.max_tokens
    text = "Ann has a cat."
    ids = [token.id for token in begun.tokenizer.tokenize(text)]
    assert [token.id for token in again.tokenizer.tokenize(text)] == ids
    assert theirs(text)["input_ids"] == ids


@pytest.mark.parametrize("named", [".", "inside/.."])
def test_a_tokenizer_may_lie_in_the_folder_that_one_is_in(
    tokenizer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    (tmp_path / "words" / "inside").mkdir(parents=True)
    monkeypatch.chdir(old_style(tmp_path / "words", tokenizer_folder))

    folder = exported(toy.start_of(Path(named)), tmp_path / "model", torch.float32)

    assert (folder / "tokenizer.json").is_file()


def test_a_tokenizer_that_would_be_another_beside_the_model_is_refused(
    tokenizer_folder: Path,
) -> None:
    with pytest.raises(problems.BrokenCheckpoint, match="would be another one beside"):
        require_copies(tokenizer_folder, "of another one")


def test_a_checkpoint_without_a_mask_head_cannot_be_trained(
    tokenizer_folder: Path, tmp_path: Path
) -> None:
    folder = make_checkpoint(
        tmp_path / "headless", mask_head=False, tokenizer_json=tokenizer_folder / "tokenizer.json"
    )

    with pytest.raises(problems.NoMaskHead, match="no masked-LM head to train"):
        from_checkpoint(str(folder))
