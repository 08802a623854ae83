import hashlib
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine.checkpoints import checkpoint, hub
from roberta_gui.engine.checkpoints.checkpoint import (
    Checkpoint,
    configuration_of,
    download_steps,
    open_checkpoint,
)
from roberta_gui.engine.checkpoints.checkpoint_files import FAMILIES
from roberta_gui.engine.roberta import Roberta
from roberta_gui.engine.tokens.tokenizer_files import open_tokenizer
from roberta_gui.records import Report, Stop
from roberta_gui.resources import resource
from tests.engine.changed_checkpoints import Change, configure, rewrite
from tests.models import Family, make_checkpoint, network_of

WORDS = "roberta.embeddings.word_embeddings.weight"
DECODER = "lm_head.decoder.weight"
DECODER_BIAS = "lm_head.decoder.bias"
HEAD_BIAS = "lm_head.bias"


def oracle_of(folder: Path) -> Any:
    from transformers import AutoModelForMaskedLM

    return AutoModelForMaskedLM.from_pretrained(folder)


def assert_same_tensors(ours: dict[str, Tensor], theirs: dict[str, Tensor]) -> None:
    assert ours.keys() == theirs.keys()
    for name, tensor in ours.items():
        assert torch.equal(tensor, theirs[name]), name


@pytest.mark.parametrize("family", ["roberta", "xlm-roberta", "camembert"])
@pytest.mark.parametrize("mask_head", [True, False])
def test_every_weight_of_a_saved_model_is_read(
    tmp_path: Path, family: Family, mask_head: bool
) -> None:
    from transformers import AutoModel

    mini = resource("models/mini") / "tokenizer.json" if family == "roberta" else None
    folder = make_checkpoint(tmp_path, family=family, mask_head=mask_head, tokenizer_json=mini)
    opened = open_checkpoint(folder)
    oracle = oracle_of(folder) if mask_head else AutoModel.from_pretrained(folder)
    assert opened.configuration.has_mask_head is mask_head
    assert_same_tensors(opened.weights, dict(network_of(oracle).state_dict()))
    network = Roberta(opened.configuration)
    assert not any(network.load_state_dict(opened.weights))  # nothing missing, nothing too much


def test_the_built_in_model_opens_by_its_name() -> None:
    opened = open_checkpoint("mini")
    file = resource("models/mini") / "model.safetensors"
    assert (opened.name, opened.source) == ("mini", "mini")
    assert opened.weights_sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert {tensor.dtype for tensor in opened.weights.values()} == {torch.float16}
    assert opened.configuration.has_mask_head
    assert opened.tokenizer.mask_id == 16383


def test_an_installation_without_the_built_in_model_is_a_problem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> Path:
        raise FileNotFoundError(name)

    monkeypatch.setattr(checkpoint, "resource", missing)
    with pytest.raises(problems.ModelNotFound, match="installation is incomplete"):
        open_checkpoint("mini")


@pytest.mark.parametrize("family", FAMILIES)
def test_what_config_json_leaves_out_is_what_transformers_assumes(family: str) -> None:
    from transformers import AutoConfig

    ours = configuration_of({"model_type": family})
    theirs: Any = AutoConfig.for_model(family)
    assert ours.vocab_size == theirs.vocab_size
    assert ours.max_positions == theirs.max_position_embeddings
    assert (ours.n_types, ours.padding_id) == (theirs.type_vocab_size, theirs.pad_token_id)
    assert (ours.n_layers, ours.n_heads) == (theirs.num_hidden_layers, theirs.num_attention_heads)
    assert (ours.d_model, ours.d_feedforward) == (theirs.hidden_size, theirs.intermediate_size)
    assert ours.layer_norm_eps == theirs.layer_norm_eps
    assert ours.dropout == theirs.hidden_dropout_prob
    assert ours.activation == theirs.hidden_act


def test_a_folder_says_what_it_is(folder: Path) -> None:
    opened = open_checkpoint(str(folder))
    assert (opened.name, opened.source) == (folder.name, str(folder))
    assert opened.tokenizer_sha256 == open_tokenizer(folder).sha256
    assert opened.configuration.max_tokens == 64


def test_a_model_that_training_left_goes_by_the_name_of_its_run(folder: Path) -> None:
    assert open_checkpoint(folder.rename(folder.with_name("kinds"))).name == "kinds"
    left = folder.with_name("kinds") / "model"
    folder.with_name("kinds").rename(folder)
    left.parent.mkdir()
    assert open_checkpoint(folder.rename(left)).name == "kinds"


@pytest.mark.parametrize("file", ["config.json", "model.safetensors"])
def test_a_file_of_the_folder_opens_the_folder(folder: Path, file: str) -> None:
    assert open_checkpoint(folder / file).source == str(folder)


def decoder_of(opened: Checkpoint) -> Tensor:
    words = opened.weights["embeddings.word.weight"]
    return opened.weights.get("mask_head.decoder.weight", words)


def _differing_decoder(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return tensors | {DECODER: tensors[WORDS].flip(0).contiguous()}


def _equal_decoder(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return tensors | {DECODER: tensors[WORDS].clone()}


def _only_decoder(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    changed = _differing_decoder(tensors)
    del changed[WORDS]
    return changed


def _two_biases(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return tensors | {DECODER_BIAS: tensors[HEAD_BIAS].flip(0).contiguous()}


def _only_decoder_bias(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    changed = _two_biases(tensors)
    del changed[HEAD_BIAS]
    return changed


@pytest.mark.parametrize(
    ("change", "tied"),
    [
        (dict, True),
        (_differing_decoder, False),
        (_equal_decoder, True),
        (_only_decoder, True),
        (_two_biases, True),
        (_only_decoder_bias, True),
    ],
)
def test_tying_is_decided_as_transformers_decides_it(
    folder: Path, change: Change, tied: bool
) -> None:
    rewrite(folder, change)
    opened, oracle = open_checkpoint(folder), oracle_of(folder)
    words = oracle.roberta.embeddings.word_embeddings.weight
    assert opened.configuration.tied_decoder is tied
    assert (oracle.lm_head.decoder.weight is words) is tied
    assert torch.equal(opened.weights["embeddings.word.weight"], words)
    assert torch.equal(decoder_of(opened), oracle.lm_head.decoder.weight)
    assert torch.equal(opened.weights["mask_head.bias"], oracle.lm_head.decoder.bias)


def test_an_untied_decoder_keeps_its_own_weights(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path, family="camembert", tied=False)
    opened, oracle = open_checkpoint(folder), oracle_of(folder)
    assert not opened.configuration.tied_decoder
    assert torch.equal(decoder_of(opened), oracle.lm_head.decoder.weight)
    assert torch.equal(opened.weights["mask_head.bias"], oracle.lm_head.decoder.bias)


def test_the_head_s_own_bias_serves_where_an_old_version_left_out_the_decoder_s(
    tmp_path: Path,
) -> None:
    # transformers 4 made the two one tensor and stored it once, even for an untied decoder.
    folder = make_checkpoint(tmp_path, family="camembert", tied=False)
    rewrite(folder, lambda tensors: {k: v for k, v in tensors.items() if k != DECODER_BIAS})
    stored = load_file(folder / "model.safetensors")[HEAD_BIAS]
    assert torch.equal(open_checkpoint(folder).weights["mask_head.bias"], stored)


@pytest.mark.parametrize(
    "lost", ["lm_head.dense.weight", "lm_head.layer_norm.bias", HEAD_BIAS, "lm_head.dense.bias"]
)
def test_half_a_head_is_no_head(folder: Path, lost: str) -> None:
    rewrite(folder, lambda tensors: {k: v for k, v in tensors.items() if k != lost})
    opened = open_checkpoint(folder)
    assert not opened.configuration.has_mask_head
    assert not any(name.startswith("mask_head") for name in opened.weights)


def test_an_untied_head_without_its_decoder_is_no_head(folder: Path) -> None:
    configure(folder, tie_word_embeddings=False)
    assert not open_checkpoint(folder).configuration.has_mask_head


def _renamed(old: str, new: str) -> Change:
    return lambda tensors: {name.replace(old, new): value for name, value in tensors.items()}


def _old_layer_norms(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    gamma = _renamed("LayerNorm.weight", "LayerNorm.gamma")(tensors)
    return _renamed("LayerNorm.bias", "LayerNorm.beta")(gamma)


def _with_other_heads(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return tensors | {
        "roberta.pooler.dense.weight": torch.ones(32, 32),
        "roberta.embeddings.position_ids": torch.arange(66)[None],
        "classifier.out_proj.weight": torch.ones(3, 32),
    }


@pytest.mark.parametrize(
    "change",
    [
        _old_layer_norms,
        _with_other_heads,
        _renamed("roberta.", ""),
        _renamed("roberta.", "camembert."),
        lambda tensors: {f"model.{name}": value for name, value in tensors.items()},
    ],
    ids=["old LayerNorm names", "other heads", "no prefix", "camembert prefix", "wrapped"],
)
def test_names_of_other_makers_lead_to_the_same_weights(folder: Path, change: Change) -> None:
    expected = open_checkpoint(folder).weights
    rewrite(folder, change)
    assert_same_tensors(open_checkpoint(folder).weights, expected)


def test_a_task_s_head_is_found_behind_a_wrapper_s_names(folder: Path) -> None:
    def tuned(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        shapes: dict[str, tuple[int, ...]] = {"dense.weight": (32, 32), "out_proj.weight": (3, 32)}
        shapes |= {"dense.bias": (32,), "out_proj.bias": (3,)}
        head = {f"classifier.{name}": torch.ones(shape) for name, shape in shapes.items()}
        return tensors | head

    rewrite(folder, tuned)
    expected = open_checkpoint(folder)
    rewrite(folder, lambda tensors: {f"module.{name}": one for name, one in tensors.items()})
    found = open_checkpoint(folder)
    assert found.configuration == expected.configuration
    assert found.configuration.task is not None
    assert_same_tensors(found.weights, expected.weights)


def test_a_pickled_file_is_read_where_there_is_no_safetensors(folder: Path) -> None:
    expected = open_checkpoint(folder).weights
    tensors = load_file(folder / "model.safetensors")
    tensors[DECODER] = tensors[WORDS]  # pickled files repeat what is tied
    torch.save(tensors, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    opened = open_checkpoint(folder)
    assert opened.configuration.tied_decoder
    assert_same_tensors(opened.weights, expected)


@pytest.mark.parametrize("pickled", [False, True])
def test_shards_are_read_together_and_hashed_in_the_order_of_their_names(
    folder: Path, pickled: bool
) -> None:
    expected = open_checkpoint(folder).weights
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    single = "pytorch_model.bin" if pickled else "model.safetensors"
    stem, ending = single.split(".")
    names = [f"{stem}-0000{number}-of-00002.{ending}" for number in (1, 2)]
    store = torch.save if pickled else save_file
    for start, name in enumerate(names):
        store(dict(list(tensors.items())[start::2]), folder / name)
    listed = {key: names[place % 2] for place, key in enumerate(tensors)}
    (folder / f"{single}.index.json").write_text(json.dumps({"weight_map": listed}))
    opened = open_checkpoint(folder)
    assert_same_tensors(opened.weights, expected)
    whole = b"".join((folder / name).read_bytes() for name in names)
    assert opened.weights_sha256 == hashlib.sha256(whole).hexdigest()


def test_overwriting_the_file_does_not_reach_into_an_open_model(folder: Path) -> None:
    opened = open_checkpoint(folder)
    before = opened.weights["embeddings.word.weight"].clone()
    file = folder / "model.safetensors"
    with file.open("r+b") as stream:
        stream.write(b"\0" * file.stat().st_size)
    assert torch.equal(opened.weights["embeddings.word.weight"], before)


def no_hub(name: str, stop: Stop | None, report: Report | None) -> Path:
    raise AssertionError(f"the hub was asked for {name!r}")


@pytest.mark.parametrize(
    "source",
    [
        "./nowhere",
        "../nowhere",
        "/nowhere/at/all",
        "~/nowhere",
        "~nobody/x",
        "nowhere/",
    ],
)
def test_a_folder_that_is_not_there_is_not_looked_for_on_the_hub(source: str) -> None:
    with pytest.raises(problems.ModelNotFound):
        open_checkpoint(source, fetch=no_hub)


def test_a_path_object_is_never_a_hub_name() -> None:
    with pytest.raises(problems.ModelNotFound, match="no folder roberta-base"):
        open_checkpoint(Path("roberta-base"), fetch=no_hub)


def test_a_file_that_is_no_model_is_refused(folder: Path) -> None:
    (folder / "notes.txt").write_text("Not a model.")
    with pytest.raises(problems.ModelNotFound, match=r"notes\.txt is not a model"):
        open_checkpoint(folder / "notes.txt", fetch=no_hub)


def test_a_hub_name_opens_the_folder_that_the_hub_gives(folder: Path) -> None:
    asked = []

    def fetch(name: str, stop: Stop | None, report: Report | None) -> Path:
        asked.append(name)
        return folder

    opened = open_checkpoint("somebody/some-model", fetch=fetch)
    assert asked == ["somebody/some-model"]
    assert (opened.name, opened.source) == ("somebody/some-model", "somebody/some-model")


@pytest.mark.parametrize("source", ["mini", "a folder", "./gone", Path("roberta-base")])
def test_only_hub_names_are_downloaded(
    source: str | Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_steps(*asked: object) -> Generator[None, None, Path]:
        yield pytest.fail(f"asked the hub for {asked}")

    monkeypatch.setattr(hub, "fetch_steps", no_steps)

    assert list(download_steps(str(tmp_path) if source == "a folder" else source)) == []


def test_a_hub_model_is_downloaded_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    def two_steps(name: str, *asked: object) -> Generator[None, None, Path]:
        yield
        yield
        return Path(name)

    monkeypatch.setattr(hub, "fetch_steps", two_steps)

    assert list(download_steps("somebody/some-model")) == [None, None]


def test_opening_tells_its_progress_and_can_be_stopped_at_every_step(folder: Path) -> None:
    told: list[tuple[str, float | None]] = []
    asked = 0

    def count() -> bool:
        nonlocal asked
        asked += 1
        return False

    open_checkpoint(folder, stop=count, report=lambda *progress: told.append(progress))
    assert told[0] == (f"Reading {folder.name}", None)
    assert told[-1] == ("Checking model.safetensors", 1.0)
    assert asked > 20
    for moment in range(0, asked, 9):
        left = iter(range(moment))
        with pytest.raises(problems.Stopped):
            open_checkpoint(folder, stop=lambda left=left: next(left, None) is None)  # type: ignore[misc]
