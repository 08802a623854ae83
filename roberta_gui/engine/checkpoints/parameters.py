"""Give a checkpoint's tensors the names of our network, and find out what heads it has.

The files name a tensor after its place in transformers' modules; the tables below are the whole
translation. Files written by older versions or for other heads differ only in what surrounds it.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine.interruption import end_if
from roberta_gui.engine.roberta import Configuration, Roberta
from roberta_gui.outside import COPY_AGAIN
from roberta_gui.records import Stop, Task, TaskKind
from roberta_gui.wording import counted

_WORDS = "embeddings.word_embeddings.weight"
_POSITIONS = "embeddings.position_embeddings.weight"
_HEAD = {
    "mask_head.dense.weight": "lm_head.dense.weight",
    "mask_head.dense.bias": "lm_head.dense.bias",
    "mask_head.norm.weight": "lm_head.layer_norm.weight",
    "mask_head.norm.bias": "lm_head.layer_norm.bias",
}
_BLOCK = {
    "attention.query": "attention.self.query",
    "attention.key": "attention.self.key",
    "attention.value": "attention.self.value",
    "attention.output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "feedforward.expand": "intermediate.dense",
    "feedforward.contract": "output.dense",
    "feedforward_norm": "output.LayerNorm",
}

_TEXT_HEAD = {
    "task_head.dense.weight": "classifier.dense.weight",
    "task_head.dense.bias": "classifier.dense.bias",
    "task_head.output.weight": "classifier.out_proj.weight",
    "task_head.output.bias": "classifier.out_proj.bias",
}
_TOKEN_HEAD = {
    "task_head.output.weight": "classifier.weight",
    "task_head.output.bias": "classifier.bias",
}

_NUMBER = re.compile(r"^blocks\.\d+\.")


def unwrapped(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Leave out of every name what a wrapper put before it, as DataParallel does with ``module.``.

    Raises `problems.BrokenCheckpoint` where there is no encoder to tell it by.
    """
    outside, dot, _ = _prefix(tensors).removesuffix(".").rpartition(".")
    return {name.removeprefix(outside + dot): tensor for name, tensor in tensors.items()}


def fit_to_network(
    tensors: Mapping[str, Tensor], configuration: Configuration, tie: bool, stop: Stop | None = None
) -> tuple[Configuration, dict[str, Tensor]]:
    """Give the tensors our names, and find out what masked-LM head the checkpoint has.

    What the network has no place for is left out. ``tie`` is whether ``config.json`` wants the
    decoder tied to the word embeddings; as in transformers, a stored one that differs is used all
    the same. Gives the configuration as the weights have it, and exactly its parameters, in their
    stored dtype, no two in the same memory. Raises `problems.Stopped`, and
    `problems.BrokenCheckpoint` where a tensor is missing, misshapen, or not of floating point.
    """
    prefix = _prefix(tensors)
    decoder = tensors.get("lm_head.decoder.weight")
    if configuration.n_layers > len(tensors):  # before they are counted up to
        raise problems.BrokenCheckpoint(
            f"config.json asks for {counted(configuration.n_layers, 'layer')}, but the weights "
            f"hold {counted(len(tensors), 'tensor')}.",
            "config.json and the weights do not belong together.",
        )
    theirs = _encoder_names(configuration, prefix)
    chosen = {ours: tensors[name] for ours, name in theirs.items() if name in tensors}
    if tie and decoder is not None:
        # Tied either way round: a file may hold only one of the two.
        chosen.setdefault("embeddings.word.weight", decoder)
    missing = [name for ours, name in theirs.items() if ours not in chosen]
    if missing:
        more = f" and {len(missing) - 1} more are" if len(missing) > 1 else " is"
        raise problems.BrokenCheckpoint(
            f"The weights are incomplete: {missing[0]}{more} missing.", COPY_AGAIN
        )
    words = chosen["embeddings.word.weight"]
    is_same = decoder is None or (decoder.dtype == words.dtype and torch.equal(decoder, words))
    tied = tie and is_same
    head = _head(tensors)
    has_head = head is not None and (tied or decoder is not None)
    if head is not None and has_head:
        chosen |= head
        if decoder is not None and not tied:
            chosen["mask_head.decoder.weight"] = decoder
    if configuration.task is not None:
        names = task_names(configuration.task)
        chosen |= {ours: tensors[name] for ours, name in names.items()}
    found = replace(configuration, has_mask_head=has_head, tied_decoder=tied or not has_head)
    return found, _checked(chosen, found, stop)


def names_in_file(configuration: Configuration) -> dict[str, str]:
    """Translate for writing: our name of every parameter to that of RobertaForMaskedLM."""
    names = _encoder_names(configuration, "roberta.")
    if configuration.has_mask_head:
        names |= _HEAD | {"mask_head.bias": "lm_head.bias"}
        if not configuration.tied_decoder:
            names["mask_head.decoder.weight"] = "lm_head.decoder.weight"
    if configuration.task is not None:
        names |= task_names(configuration.task)
    return names


def _prefix(tensors: Mapping[str, Tensor]) -> str:
    """Find what stands before the encoder's names: ``roberta.``, ``camembert.`` or nothing."""
    found = [name.removesuffix(_POSITIONS) for name in tensors if name.endswith(_POSITIONS)]
    if not found:
        raise problems.BrokenCheckpoint(
            f"The weights are incomplete: {_POSITIONS} is missing.",
            "Adapters and other partial weights need the model that they belong to.",
        )
    return min(found, key=len)


def _encoder_names(configuration: Configuration, prefix: str) -> dict[str, str]:
    """Translate: our name of every encoder parameter to the file's."""
    names = {
        "embeddings.word.weight": _WORDS,
        "embeddings.position.weight": _POSITIONS,
        "embeddings.token_type.weight": "embeddings.token_type_embeddings.weight",
        "embeddings.norm.weight": "embeddings.LayerNorm.weight",
        "embeddings.norm.bias": "embeddings.LayerNorm.bias",
    }
    for layer in range(configuration.n_layers):
        for ours, theirs in _BLOCK.items():
            for kind in ("weight", "bias"):
                names[f"blocks.{layer}.{ours}.{kind}"] = f"encoder.layer.{layer}.{theirs}.{kind}"
    return {ours: prefix + theirs for ours, theirs in names.items()}


def _head(tensors: Mapping[str, Tensor]) -> dict[str, Tensor] | None:
    """Collect the masked-LM head without its decoder; half a head is none."""
    head = {ours: tensors[theirs] for ours, theirs in _HEAD.items() if theirs in tensors}
    # transformers adds the decoder's bias; the head's own is another name of the same one, and
    # often the only one stored.
    for name in ("lm_head.decoder.bias", "lm_head.bias"):
        if name in tensors:
            head.setdefault("mask_head.bias", tensors[name])
    return head if len(head) == len(_HEAD) + 1 else None


def _checked(
    chosen: Mapping[str, Tensor], configuration: Configuration, stop: Stop | None
) -> dict[str, Tensor]:
    with torch.device("meta"):  # nothing is allocated; one block has the shapes of all
        one_block = Roberta(replace(configuration, n_layers=1))
    shapes = {name: tuple(parameter.shape) for name, parameter in one_block.named_parameters()}
    checked: dict[str, Tensor] = {}
    taken: set[int] = set()
    for name, tensor in chosen.items():
        end_if(stop)
        if tuple(tensor.shape) != (expected := shapes[_NUMBER.sub("blocks.0.", name)]):
            raise problems.BrokenCheckpoint(
                f"{name} has the shape {tuple(tensor.shape)}, but config.json asks for {expected}.",
                "config.json and the weights do not belong together.",
            )
        if not tensor.is_floating_point():
            raise problems.BrokenCheckpoint(
                f"{name} is stored as {tensor.dtype}.",
                "Quantised weights cannot be opened: look for the full-precision model.",
            )
        storage = tensor.untyped_storage()
        if not tensor.is_contiguous() or storage.nbytes() > tensor.nbytes:
            tensor = tensor.clone(memory_format=torch.contiguous_format)
        elif storage.data_ptr() in taken:
            tensor = tensor.clone()
        taken.add(storage.data_ptr())
        checked[name] = tensor
    return checked


def task_of(content: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Task | None:
    """Tell what a checkpoint was fine-tuned to, by its architecture and the head that is there.

    ``content`` is that of ``config.json``. None where there is no such head, or one of another
    architecture. Labels without a name are called as transformers calls them.
    """
    named = content.get("architectures")
    architecture = str(named[0]) if isinstance(named, list) and named else ""
    tokens = architecture.endswith("ForTokenClassification")
    names = _TOKEN_HEAD if tokens else _TEXT_HEAD
    if not all(name in tensors for name in names.values()):
        return None
    n_labels = len(tensors[names["task_head.output.bias"]])
    given = content.get("id2label")
    known = {str(key): str(name) for key, name in given.items()} if isinstance(given, dict) else {}
    labels = tuple(known.get(str(place), f"LABEL_{place}") for place in range(n_labels))
    if tokens:
        return Task("tokens", labels)
    problem = content.get("problem_type") or ("regression" if n_labels == 1 else "")
    kinds: dict[object, TaskKind] = {
        "regression": "regression",
        "multi_label_classification": "multi_label",
    }
    return Task(kinds.get(problem, "classification"), labels)


def task_names(task: Task) -> dict[str, str]:
    """Translate: our name of every parameter of the task's head to the file's."""
    return _TOKEN_HEAD if task.kind == "tokens" else _TEXT_HEAD
