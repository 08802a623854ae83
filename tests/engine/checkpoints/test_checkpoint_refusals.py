import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint import open_checkpoint
from tests.engine.changed_checkpoints import configure, rewrite

WORDS = "roberta.embeddings.word_embeddings.weight"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"model_type": "bert"}, "'bert', not a RoBERTa"),
        ({"model_type": None}, "does not name"),
        ({"is_decoder": True}, "decoder"),
        ({"add_cross_attention": True}, "decoder"),
        ({"position_embedding_type": "relative_key"}, "'relative_key'"),
        ({"hidden_act": "xielu"}, "'xielu'"),
        ({"quantization_config": {"quant_method": "fp8"}}, "quantised, by the method 'fp8'"),
    ],
)
def test_what_the_network_does_not_build_is_refused(
    folder: Path, values: dict[str, object], said: str
) -> None:
    configure(folder, **values)
    with pytest.raises(problems.NotRoberta, match=said) as caught:
        open_checkpoint(folder)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"hidden_size": "many"}, "hidden_size is 'many'"),
        ({"hidden_size": 64}, r"has the shape \(110, 32\), but config.json asks for \(\d+, 64\)"),
        ({"num_hidden_layers": 0}, "num_hidden_layers is 0"),
        ({"num_hidden_layers": 3}, r"encoder\.layer\.2\.attention\.self\.query\.weight"),
        ({"num_hidden_layers": 100_000}, r"asks for 100,000 layers, but .* \d\d tensors"),
        ({"num_attention_heads": 5}, "5 heads"),
        ({"vocab_size": 50}, "knows only 50"),
        ({"max_position_embeddings": 514}, "embeddings.position.weight has the shape"),
        ({"pad_token_id": -1}, "pad_token_id is -1"),
    ],
)
def test_numbers_that_do_not_fit_are_named(
    folder: Path, values: dict[str, object], said: str
) -> None:
    configure(folder, **values)
    with pytest.raises(problems.BrokenCheckpoint, match=said):
        open_checkpoint(folder)


def _cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _scribble(file: Path) -> None:
    file.write_text("{ not JSON")


@pytest.mark.parametrize(
    ("file", "spoil", "said"),
    [
        ("config.json", Path.unlink, "config.json is missing"),
        ("config.json", _scribble, "config.json is damaged"),
        ("config.json", lambda file: file.write_text("[1]"), "config.json is damaged"),
        ("model.safetensors", Path.unlink, "model.safetensors is missing"),
        ("model.safetensors", _cut_short, "model.safetensors is damaged or was cut short"),
        ("model.safetensors", lambda file: file.write_bytes(b""), "model.safetensors is damaged"),
        ("tokenizer.json", Path.unlink, "tokenizer.json is missing"),
        ("tokenizer.json", _scribble, "tokenizer.json does not describe"),
        ("tokenizer_config.json", _scribble, "tokenizer_config.json is damaged"),
    ],
)
def test_a_missing_or_damaged_file_is_named(
    folder: Path, file: str, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(folder / file)
    with pytest.raises(problems.BrokenCheckpoint, match=said) as caught:
        open_checkpoint(folder)
    assert caught.value.hint


def test_a_cut_short_pickled_file_is_named(folder: Path) -> None:
    file = folder / "pytorch_model.bin"
    torch.save(load_file(folder / "model.safetensors"), file)
    (folder / "model.safetensors").unlink()
    _cut_short(file)
    with pytest.raises(problems.BrokenCheckpoint, match=r"pytorch_model\.bin is damaged"):
        open_checkpoint(folder)


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ({"x": "model-00001-of-00001.safetensors"}, "model-00001-of-00001.safetensors is missing"),
        ({"x": "../model.safetensors"}, "damaged"),
        ({}, "damaged"),
    ],
)
def test_an_index_that_lists_what_is_not_there_is_refused(
    folder: Path, listed: dict[str, str], said: str
) -> None:
    (folder / "model.safetensors").unlink()
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": listed}))
    with pytest.raises(problems.BrokenCheckpoint, match=said):
        open_checkpoint(folder)


def test_quantised_weights_are_refused(folder: Path) -> None:
    rewrite(folder, lambda tensors: tensors | {WORDS: tensors[WORDS].to(torch.int8)})
    with pytest.raises(problems.BrokenCheckpoint, match="stored as torch"):
        open_checkpoint(folder)


def test_weights_of_something_else_are_refused(folder: Path) -> None:
    rewrite(folder, lambda _: {"encoder.wte.weight": torch.ones(2)})
    with pytest.raises(problems.BrokenCheckpoint, match=r"position_embeddings\.weight is missing"):
        open_checkpoint(folder)


class Intruder:
    """Runs code when it is unpickled carelessly."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.witness,)


def test_code_in_a_pickled_file_is_never_run(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    torch.save({WORDS: Intruder(folder / "witness")}, folder / "pytorch_model.bin")
    with pytest.raises(problems.BrokenCheckpoint, match=r"pytorch_model\.bin .* code"):
        open_checkpoint(folder)
    assert not (folder / "witness").exists()
