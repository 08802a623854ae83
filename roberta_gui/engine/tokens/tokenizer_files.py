"""Open the tokenizer of a checkpoint folder."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint_files import (
    TOKENIZER,
    TOKENIZER_NAMES,
    file_names,
    read_json,
    vocabulary_files,
)
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer


def open_tokenizer(folder: Path) -> tuple[TextTokenizer, str]:
    """Read the tokenizer of a folder, converting it where there is no ``tokenizer.json``.

    Returns
    -------
    TextTokenizer, str
        The tokenizer, and the SHA-256 of its ``tokenizer.json`` (of the converted one's text).

    Raises
    ------
    problems.BrokenCheckpoint
        The files are missing or damaged.
    problems.NotRoberta
        The tokenizer exists only as Python code, which knows no spans.
    """
    names = file_names(folder)
    found = vocabulary_files(names)
    if found is None:
        raise problems.BrokenCheckpoint(
            f"{folder.name} holds no tokenizer: tokenizer.json is missing.",
            "vocab.json with merges.txt, or a SentencePiece model, would do as well.",
        )
    if found == (TOKENIZER,):
        content = (folder / TOKENIZER).read_bytes()
        tokenizer = TextTokenizer.from_file(folder / TOKENIZER, _special_names(folder, names))
        return tokenizer, hashlib.sha256(content).hexdigest()
    converted, special_names = _convert(folder)
    digest = hashlib.sha256(converted.encode()).hexdigest()
    return TextTokenizer(converted, special_names), digest


def _special_names(folder: Path, names: frozenset[str]) -> dict[str, str]:
    """Read what the folder calls its mask and the other special tokens."""
    special: dict[str, str] = {}
    # tokenizer_config.json comes first because newer versions write nothing else.
    for name in reversed(TOKENIZER_NAMES[:2]):
        if name in names:
            special |= _names_in(read_json(folder / name))
    return special


def _names_in(content: Mapping[str, Any]) -> dict[str, str]:
    """Pick the special tokens; each is a name, or a description that holds one."""
    named = {
        key: value.get("content") if isinstance(value, dict) else value
        for key, value in content.items()
        if key.endswith("_token")
    }
    return {key: value for key, value in named.items() if isinstance(value, str)}


def _convert(folder: Path) -> tuple[str, dict[str, str]]:
    """Let transformers build a tokenizer from older files; give its JSON and special names."""
    # Imported here because it takes seconds, and few folders need it.
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(
            folder, use_fast=True, trust_remote_code=False, local_files_only=True
        )
    except ImportError as error:
        raise problems.BrokenCheckpoint(
            f"The tokenizer of {folder.name} can only be converted with further libraries.",
            "Install sentencepiece and protobuf, or save the tokenizer as tokenizer.json.",
        ) from error
    except Exception as error:  # whatever a damaged file makes transformers stumble over
        raise problems.BrokenCheckpoint(
            f"The tokenizer of {folder.name} cannot be read.",
            "Its files are damaged, or it needs code of its own, which is never run.",
        ) from error
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise problems.NotRoberta(
            f"The tokenizer of {folder.name}, {type(tokenizer).__name__}, exists only in Python.",
            "It does not tell where a token stands in the text, so nothing could be shown.",
        )
    names = _names_in(tokenizer.special_tokens_map)
    return _with_a_greedy_mask(backend.to_str(), names.get("mask_token", "")), names


def _with_a_greedy_mask(description: str, mask_token: str) -> str:
    """Let the mask take the space before it, as every model of the family was trained.

    WORKAROUND: transformers 5 forgets this when it builds a tokenizer from vocab.json; a stray
    ``Ġ`` would then stand before each mask.
    """
    content = json.loads(description)
    for token in content["added_tokens"]:
        token["lstrip"] = token["lstrip"] or token["content"] == mask_token
    return json.dumps(content, ensure_ascii=False)
