"""Which files make a checkpoint in the Hugging Face layout, in a folder or on the hub.

Nothing here loads torch or transformers: the model picker comes before either is there.
"""

import json
import math
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from safetensors import safe_open

from roberta_gui import problems
from roberta_gui.outside import COPY_AGAIN, brief, read_bytes, reading, require_regular

FAMILIES = ("roberta", "xlm-roberta", "camembert")
"""The ``model_type`` of the architectures that our network builds: all are RoBERTa."""

CONFIGURATION = "config.json"
TOKENIZER = "tokenizer.json"
TOKENIZER_NAMES = ("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")

_LARGEST_JSON = 64_000_000
"""Bytes; the largest of these files list the added tokens, at most a few megabytes of them."""

_INDEX = ".index.json"
# Safetensors first: they cannot carry code, and they are read without copying.
_WEIGHTS = (
    "model.safetensors",
    f"model.safetensors{_INDEX}",
    "pytorch_model.bin",
    f"pytorch_model.bin{_INDEX}",
)
_VOCABULARIES = (
    (TOKENIZER,),
    ("vocab.json", "merges.txt"),
    ("vocab.txt",),
    ("sentencepiece.bpe.model",),
    ("spiece.model",),
    ("tokenizer.model",),
)

TOKENIZER_FILES = frozenset(TOKENIZER_NAMES).union(*_VOCABULARIES)
LARGEST_TOKENIZER = 256_000_000
"""Bytes; the largest vocabularies of the family take 17 MB."""


def weights_entry(names: Collection[str]) -> str | None:
    """Pick the file to read weights from, or the index that lists its shards."""
    return next((name for name in _WEIGHTS if name in names), None)


def is_index(name: str) -> bool:
    """Tell whether a weights entry only lists the shards."""
    return name.endswith(_INDEX)


def vocabulary_files(names: Collection[str]) -> tuple[str, ...] | None:
    """Pick the files that define the tokenizer, the ready-made ``tokenizer.json`` first."""
    return next((files for files in _VOCABULARIES if set(files) <= set(names)), None)


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object, with or without the byte order mark that Windows writes before it.

    Raises `problems.BrokenCheckpoint` where the file is missing, or holds something else.
    """
    with reading(path.name):
        try:
            content = json.loads(read_bytes(path, _LARGEST_JSON).decode("utf-8-sig"))
        except FileNotFoundError as error:
            raise problems.BrokenCheckpoint(
                f"{path.name} is missing.",
                "A model folder holds config.json, model.safetensors and tokenizer.json.",
            ) from error
        except json.JSONDecodeError as error:
            raise problems.BrokenCheckpoint(
                f"{path.name} is damaged: it is not JSON.", COPY_AGAIN
            ) from error
        if not isinstance(content, dict):
            raise problems.BrokenCheckpoint(
                f"{path.name} is damaged: it holds no JSON object.", COPY_AGAIN
            )
        return content


def shard_names(index: Path) -> tuple[str, ...]:
    """List the files that a weights index names, in order.

    Raises `problems.BrokenCheckpoint` where it lists none, or files outside its folder.
    """
    listed = read_json(index).get("weight_map")
    shards = sorted(set(map(str, listed.values()))) if isinstance(listed, dict) else []
    if not shards or not all(map(_is_plain, shards)):
        raise problems.BrokenCheckpoint(
            f"{index.name} is damaged: it does not list the files of this folder.", COPY_AGAIN
        )
    return tuple(shards)


def _is_plain(name: str) -> bool:
    """Tell whether this names a file of the folder itself, as any system would take it."""
    return Path(name).name == name != ".." and len(name) < 256 and name.isprintable()


def weight_files(folder: Path) -> tuple[Path, ...]:
    """Find the files that hold the weights, or raise `problems.BrokenCheckpoint`."""
    entry = weights_entry(file_names(folder))
    if entry is None:
        raise problems.BrokenCheckpoint(
            f"{folder.name} holds no weights: model.safetensors is missing.",
            "A pytorch_model.bin would do as well; TensorFlow and Flax weights would not.",
        )
    return shard_files(folder / entry) if is_index(entry) else (folder / entry,)


def shard_files(index: Path) -> tuple[Path, ...]:
    """Find the files that a weights index names, or raise `problems.BrokenCheckpoint`."""
    files = tuple(index.parent / name for name in shard_names(index))
    for file in files:
        if not file.is_file():
            raise problems.BrokenCheckpoint(
                f"{file.name} is missing: {index.name} lists it.", COPY_AGAIN
            )
    return files


def count_parameters(folder: Path) -> int:
    """Count the numbers that the weights hold, 0 where their files do not tell.

    Safetensors tell by their headers; pickled ones by their size.
    """
    with suppress(problems.Problem):
        content = read_json(folder / CONFIGURATION)
        stored = content.get("dtype", content.get("torch_dtype"))
        itemsize = 2 if stored in ("float16", "bfloat16") else 4
        return sum(_count_numbers(file, itemsize) for file in weight_files(folder))
    return 0


def _count_numbers(file: Path, itemsize: int) -> int:
    with reading(file.name):
        size = require_regular(file)
        if file.suffix != ".safetensors":
            return size // itemsize
        with safe_open(file, framework="np") as opened:
            names = opened.keys()
            return sum(math.prod(opened.get_slice(name).get_shape()) for name in names)


def is_complete(folder: Path) -> bool:
    """Tell whether everything that loading needs is in ``folder``."""
    names = file_names(folder)
    if CONFIGURATION not in names or vocabulary_files(names) is None:
        return False
    with suppress(problems.BrokenCheckpoint):
        return bool(weight_files(folder))
    return False


def file_names(folder: Path) -> frozenset[str]:
    """List the files of a folder by name; a link into nowhere is no file, nor is a pipe.

    Raises `problems.BrokenCheckpoint` where the folder, or a link in it, cannot be read.
    """
    with reading(folder.name, "Check the rights on the folder."):
        return frozenset(path.name for path in folder.iterdir() if path.is_file())


def check_architecture(content: dict[str, Any]) -> None:
    """Raise `problems.NotRoberta` for a configuration of anything but a RoBERTa encoder."""
    model_type = content.get("model_type")
    if model_type not in FAMILIES:
        what = (
            f"a {brief(model_type)}" if model_type else "of a type that config.json does not name"
        )
        raise problems.NotRoberta(
            f"This model is {what}, not a RoBERTa.",
            f"Models of the types {', '.join(FAMILIES)} can be opened.",
        )
    if content.get("is_decoder") or content.get("add_cross_attention"):
        raise problems.NotRoberta(
            "This RoBERTa was set up as a decoder.",
            "Only encoders, which see the text on both sides of a token, can be opened.",
        )
    positions = content.get("position_embedding_type", "absolute")
    if positions != "absolute":
        raise problems.NotRoberta(
            f"This RoBERTa has positions of the kind {brief(positions)}.",
            "Only absolute positions, as in roberta-base, can be opened.",
        )
    if quantised := content.get("quantization_config"):
        # Even numbers that can be read mean nothing without their scales.
        method = quantised.get("quant_method") if isinstance(quantised, dict) else quantised
        raise problems.NotRoberta(
            f"This RoBERTa is quantised, by the method {brief(method)}.",
            "Quantised weights cannot be opened: look for the full-precision model.",
        )


_ADAPTER = "adapter_config.json"
_POINTER = b"version https://git-lfs.github.com/spec/"
_LARGEST_POINTER = 1024


def refuse_other_kinds(folder: Path) -> None:
    """Refuse an adapter, a folder around the model's own, and files that were never fetched.

    Raises `problems.NotRoberta`, `problems.ModelNotFound` or `problems.BrokenCheckpoint`.
    """
    names = file_names(folder)
    if _ADAPTER in names and weights_entry(names) is None:
        base = read_json(folder / _ADAPTER).get("base_model_name_or_path")
        merged = f"Merge it into its base model{f', {base},' if isinstance(base, str) else ''}"
        raise problems.NotRoberta(
            f"{folder.name} holds an adapter (such as LoRA), which is only the change of a model.",
            f"{merged} with peft's merge_and_unload, save the result, and open that folder.",
        )
    inside = sorted(path.parent.name for path in folder.glob(f"*/{CONFIGURATION}"))
    if CONFIGURATION not in names and inside:
        raise problems.ModelNotFound(
            f"The model lies in a folder inside {folder.name}: {', '.join(inside)}.",
            f"Open {folder / inside[0]}.",
        )
    for name in sorted(names):
        if _is_pointer(folder / name):
            raise problems.BrokenCheckpoint(
                f"{name} is only a pointer of git-lfs: the file itself was never fetched.",
                f"Run “git lfs pull” in {folder}, or download the model again.",
            )


def _is_pointer(file: Path) -> bool:
    with suppress(OSError, ValueError):  # whoever reads the file tells of it
        return read_bytes(file, _LARGEST_POINTER).startswith(_POINTER)
    return False
