"""Write a trained network as a folder that the explorer and transformers open alike."""

import json
import re
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import split_torch_state_dict_into_shards
from safetensors.torch import load, save
from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint_files import (
    CONFIGURATION,
    LARGEST_TOKENIZER,
    TOKENIZER,
    TOKENIZER_NAMES,
    read_json,
    shard_files,
)
from roberta_gui.engine.checkpoints.parameters import names_in_file
from roberta_gui.engine.configuration import Configuration
from roberta_gui.engine.tokens.tokenizer_files import describe_tokenizer, open_tokenizer
from roberta_gui.outside import COPY_AGAIN, read_bytes, reading
from roberta_gui.records import Task
from roberta_gui.training.text.packing import Specials
from roberta_gui.whole_file import passing_folder, sweep, whole_file, write_whole

_WEIGHTS, _INDEX = "model.safetensors", "model.safetensors.index.json"
_OF_WEIGHTS = re.compile(r"model(-\d{5}-of-\d{5})?\.safetensors(\.index\.json)?")
_METADATA = {"format": "pt"}
LARGEST_PART = 64_000_000_000
"""Bytes of one of several files of weights; transformers makes them of 50 GB at most."""

_SETTINGS, _OUR_CLASS = "tokenizer_config.json", "RobertaTokenizer"


def export(
    folder: Path,
    configuration: Configuration,
    weights: Mapping[str, Tensor],
    specials: Specials,
    tokenizer_folder: Path,
    dtype: torch.dtype = torch.float16,
    largest: int = 0,
) -> None:
    """Write configuration, weights and tokenizer in the layout of RobertaForMaskedLM.

    With the head of a task, in that of RobertaForSequenceClassification or
    RobertaForTokenClassification; the masked-LM head stays in the file for this app's guesses,
    and transformers reports its tensors as unexpected.

    Weights are a tensor for each of our parameters, under our names; storing them in half precision
    halves the file and moves logits by about 1e-3. With ``largest``, in bytes, they are shared out
    among smaller files, as transformers does.
    """
    names = names_in_file(configuration)
    tensors = {
        theirs: weights[ours].detach().to("cpu", dtype).contiguous()
        for ours, theirs in names.items()
    }
    if not configuration.tied_decoder:
        # An untied decoder of transformers adds a bias of its own name.
        tensors["lm_head.decoder.bias"] = tensors["lm_head.bias"].clone()
    _write_weights(folder, tensors, largest or sys.maxsize)
    described = describe(configuration, specials, str(dtype).removeprefix("torch."))
    write_whole(folder / CONFIGURATION, json.dumps(described, indent=1) + "\n")
    copy_tokenizer(tokenizer_folder, folder, configuration.max_tokens)


def _write_weights(folder: Path, tensors: dict[str, Tensor], largest: int) -> None:
    """Write all files of the weights, or none; files of earlier weights make place."""
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    split = split_torch_state_dict_into_shards(tensors, max_shard_size=largest)
    names = set(split.filename_to_tensors)
    with ExitStack() as together:
        for name, inside in split.filename_to_tensors.items():
            file = together.enter_context(whole_file(folder / name))
            file.write(save({one: tensors[one] for one in inside}, _METADATA))
        if split.is_sharded:
            names.add(_INDEX)
            index = {"metadata": split.metadata, "weight_map": split.tensor_to_filename}
            together.enter_context(whole_file(folder / _INDEX)).write(json.dumps(index).encode())
    for before in folder.iterdir():
        if _OF_WEIGHTS.fullmatch(before.name) and before.name not in names:
            before.unlink()


def collect(folder: Path) -> Path:
    """Bring the weights of a model that is in parts into one file, as they are.

    Raises `problems.BrokenCheckpoint` where it is in no parts, or one is missing or damaged.
    """
    index, whole = folder / _INDEX, folder / _WEIGHTS
    if not index.is_file():
        raise problems.BrokenCheckpoint(
            f"{folder.name} holds no parts to join: {_INDEX} is missing.",
            "Name the folder of a model that pretrain left.",
        )
    parts = shard_files(index)
    tensors: dict[str, Tensor] = {}
    for part in parts:
        with reading(part.name, verdict="is damaged or was cut short"):
            tensors |= load(read_bytes(part, LARGEST_PART))
    listed = read_json(index)["weight_map"]
    missing = next((name for name in listed if name not in tensors), None)
    if missing is not None:
        raise problems.BrokenCheckpoint(f"{listed[missing]} lacks {missing}.", COPY_AGAIN)
    write_whole(whole, save(tensors, _METADATA))
    for one in (index, *parts):  # without its index, what is left of the parts means nothing
        if one != whole:
            one.unlink()
    return whole


def copy_tokenizer(source: Path, target: Path, max_tokens: int | None = None) -> None:
    """Put a tokenizer beside a model of ours, as a ``tokenizer.json`` whatever files it is of.

    Where only its own model's configuration says of which class it is, its settings say it here;
    also ``max_tokens``, where transformers is to cut texts for the model. The two folders may be
    the same.
    """
    described, _ = describe_tokenizer(source)
    for name in (TOKENIZER, *TOKENIZER_NAMES):
        if (source / name).is_file():
            with reading(name):
                content = read_bytes(source / name, LARGEST_TOKENIZER)
            write_whole(target / name, content)
    if not (source / TOKENIZER).is_file():
        write_whole(target / TOKENIZER, described.json)
    settings = read_json(source / _SETTINGS) if (source / _SETTINGS).is_file() else {}
    more: dict[str, Any] = {} if max_tokens is None else {"model_max_length": max_tokens}
    if described.kind != _OUR_CLASS and "tokenizer_class" not in settings:
        more["tokenizer_class"] = described.kind
    if more:
        write_whole(target / _SETTINGS, json.dumps({**settings, **more}, indent=1) + "\n")


def require_copies(folder: Path, tokenizer_sha256: str) -> None:
    """Refuse a tokenizer that gives other ids beside a model of ours than in its own folder.

    ``tokenizer_sha256`` is its fingerprint there. Raises `problems.BrokenCheckpoint`.
    """
    with passing_folder() as place:
        copy = place / folder.resolve().name
        copy_tokenizer(folder, copy)
        write_whole(copy / CONFIGURATION, json.dumps({"model_type": "roberta"}))
        try:
            is_same, cause = open_tokenizer(copy).sha256 == tokenizer_sha256, None
        except problems.Problem as problem:
            is_same, cause = False, problem
    if not is_same:
        raise problems.BrokenCheckpoint(
            f"The tokenizer of {folder.name} would be another one beside the trained model"
            f"{f': {cause.title}' if cause else '.'}",
            "Save it with save_pretrained in a folder of its own, and name that.",
        ) from cause


def describe(configuration: Configuration, specials: Specials, dtype: str) -> dict[str, Any]:
    """Say the shape in the words of transformers' ``config.json``."""
    c = configuration
    return {
        **_described_task(c.task),
        "model_type": "roberta",
        "vocab_size": c.vocab_size,
        "hidden_size": c.d_model,
        "num_hidden_layers": c.n_layers,
        "num_attention_heads": c.n_heads,
        "intermediate_size": c.d_feedforward,
        "hidden_act": c.activation,
        "max_position_embeddings": c.max_positions,
        "type_vocab_size": c.n_types,
        "layer_norm_eps": c.layer_norm_eps,
        "pad_token_id": c.padding_id,
        "bos_token_id": specials.start,
        "eos_token_id": specials.end,
        "hidden_dropout_prob": c.dropout,
        "attention_probs_dropout_prob": c.dropout,
        "tie_word_embeddings": c.tied_decoder,
        "dtype": dtype,
    }


def _described_task(task: Task | None) -> dict[str, Any]:
    if task is None:
        return {"architectures": ["RobertaForMaskedLM"]}
    kind = "Token" if task.kind == "tokens" else "Sequence"
    problem = {"classification": "single_label", "multi_label": "multi_label"}.get(task.kind)
    described: dict[str, Any] = {
        "architectures": [f"RobertaFor{kind}Classification"],
        "id2label": {str(row): label for row, label in enumerate(task.labels)},
        "label2id": {label: row for row, label in enumerate(task.labels)},
    }
    if task.kind != "tokens":
        described["problem_type"] = f"{problem}_classification" if problem else "regression"
    return described
