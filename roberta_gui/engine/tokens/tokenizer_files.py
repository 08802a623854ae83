"""Open the tokenizer of a checkpoint folder, with the ids that transformers gives for it.

Its tokenizer classes know which of the folder's files and settings count. On top of what they
build stand our own spans, bytes and readable text.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint_files import (
    CONFIGURATION,
    LARGEST_TOKENIZER,
    TOKENIZER,
    file_names,
    read_json,
    vocabulary_files,
)
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.engine.tokens.tokenizer_building import build, differences
from roberta_gui.engine.tokens.tokenizer_description import TokenizerDescription, read_description
from roberta_gui.outside import read_bytes, reading
from roberta_gui.wording import counted

_SETTINGS = "tokenizer_config.json"
_OTHERS_WITH_A_SAY = frozenset({"special_tokens_map.json", "added_tokens.json"})

_CLASSES = (None, "RobertaTokenizer", "RobertaTokenizerFast")
_NAMES = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "cls_token": "<s>",
    "sep_token": "</s>",
    "unk_token": "<unk>",
    "pad_token": "<pad>",
    "mask_token": "<mask>",
}
_WITHOUT_EFFECT = frozenset(
    {
        "tokenizer_class",
        "model_max_length",
        "trim_offsets",
        "errors",
        "clean_up_tokenization_spaces",
        "backend",
        "add_prefix_space",
    }
)
"""Settings that change no id, or are looked at."""

_SURELY_NO_MISTRAL = 100_000
"""A larger vocabulary makes transformers ask whether another regular expression is needed."""

_OPTIONS = (
    "unk_token",
    "continuing_subword_prefix",
    "end_of_word_suffix",
    "fuse_unk",
    "byte_fallback",
    "ignore_merges",
    "dropout",
)
"""What RobertaTokenizer leaves switched off."""

_STRANGERS = 10
"""A tokenizer of which more than one token in so many has no row belongs to another model."""


class OpenedTokenizer(NamedTuple):
    """A folder's tokenizer, the SHA-256 of what describes it, and what to tell about it."""

    tokenizer: TextTokenizer
    sha256: str
    notices: tuple[str, ...]


def open_tokenizer(folder: Path, n_rows: int | None = None, n_types: int = 1) -> OpenedTokenizer:
    """Read the tokenizer of a folder, as transformers does.

    ``n_rows`` and ``n_types`` say what the model knows; None where there is no model to fit. Raises
    `problems.BrokenCheckpoint` where files are missing, damaged or do not fit the model, and
    `problems.NotRoberta` where it exists only as Python code.
    """
    described, notices = describe_tokenizer(folder)
    tokenizer = TextTokenizer(
        described.json,
        described.names,
        n_rows=n_rows,
        n_types=n_types if described.gives_types else 1,
        splits_specials=described.splits_specials,
    )
    if n_rows is not None and tokenizer.vocab_size > n_rows:
        notices += (_without_rows(tokenizer.vocab_size, n_rows),)
    # Everything that decides ids; of a plain RoBERTa that is its tokenizer.json.
    deciding = described.json + "splits specials" * described.splits_specials
    return OpenedTokenizer(tokenizer, hashlib.sha256(deciding.encode()).hexdigest(), notices)


def describe_tokenizer(folder: Path) -> tuple[TokenizerDescription, tuple[str, ...]]:
    """Describe the tokenizer of a folder, and tell of it what somebody should know.

    Raises what `open_tokenizer` raises without a model to fit.
    """
    names = file_names(folder)
    if vocabulary_files(names) is None:
        raise problems.BrokenCheckpoint(
            f"{folder.name} holds no tokenizer: tokenizer.json is missing.",
            "vocab.json with merges.txt, vocab.txt, or a SentencePiece model would do as well.",
        )
    text = None
    if TOKENIZER in names:
        with reading(TOKENIZER):
            text = read_bytes(folder / TOKENIZER, LARGEST_TOKENIZER).decode("utf-8-sig")
            read_description(text)
    settings = read_json(folder / _SETTINGS) if _SETTINGS in names else {}
    described = None if text is None else _plain_roberta(folder, names, settings, text)
    if described is not None:
        return described, ()
    described = build(folder, names, settings)
    return described, differences(text, settings, described)


def _without_rows(n_tokens: int, n_rows: int) -> str:
    """Tell of tokens that the model does not know; too many are a problem."""
    n_strangers = n_tokens - n_rows
    if n_strangers * _STRANGERS > n_tokens:
        raise problems.BrokenCheckpoint(
            f"The tokenizer gives {n_tokens:,} different tokens, but the model knows "
            f"only {n_rows:,}.",
            "tokenizer.json and config.json do not belong together.",
        )
    more = counted(n_strangers, "token")
    return f"The tokenizer has {more} more than the {n_rows:,} that the model knows."


def _plain_roberta(
    folder: Path, names: frozenset[str], settings: Mapping[str, Any], text: str
) -> TokenizerDescription | None:
    """Describe a ``tokenizer.json`` that is what transformers would build; None: it has to.

    Importing transformers and building a tokenizer takes seconds, and the window's first answer
    waits for it. RobertaTokenizer makes byte-level BPE of vocabulary, merges and added tokens;
    where the file holds exactly that and nothing else has a say, it is taken as it is.
    """
    configuration = read_json(folder / CONFIGURATION) if CONFIGURATION in names else {}
    if names & _OTHERS_WITH_A_SAY or not _sets_nothing_else(settings, configuration):
        return None
    if not _is_as_built(json.loads(text), settings.get("add_prefix_space", False)):
        return None
    return TokenizerDescription(text, _NAMES, gives_types=False)


def _sets_nothing_else(settings: Mapping[str, Any], configuration: Mapping[str, Any]) -> bool:
    """Tell whether RobertaTokenizer is meant, with its own special tokens and defaults."""
    kinds = settings.get("tokenizer_class"), configuration.get("tokenizer_class")
    named = {key: value for key, value in settings.items() if key in _NAMES}
    others = settings.keys() - named.keys() - _WITHOUT_EFFECT
    return (
        # Without a configuration it is a tokenizer on its own, for a RoBERTa.
        configuration.get("model_type", "roberta") == "roberta"
        and all(kind in _CLASSES for kind in kinds)
        and named.items() <= _NAMES.items()
        and isinstance(settings.get("add_prefix_space", False), bool)
        and not others
    )


def _is_as_built(content: Any, add_prefix_space: bool) -> bool:
    """Tell whether the content of a ``tokenizer.json`` is what RobertaTokenizer makes of it."""
    try:
        model, vocabulary = content["model"], content["model"]["vocab"]
        cutter, template = content["pre_tokenizer"], content["post_processor"]
        added = {token["content"]: token["id"] for token in content["added_tokens"]}
        ends = [template["cls"], template["sep"]]
        return (
            content["normalizer"] is None
            and cutter["type"] == "ByteLevel"
            and cutter["add_prefix_space"] is add_prefix_space
            and cutter.get("use_regex", True)
            and model.get("type", "BPE") == "BPE"
            and "merges" in model
            and not any(model.get(option) for option in _OPTIONS)
            and template["type"] == "RobertaProcessing"
            and ends == [["<s>", vocabulary["<s>"]], ["</s>", vocabulary["</s>"]]]
            and set(added) == set(_NAMES.values())
            and all(token["special"] for token in content["added_tokens"])
            and _rows_are_those_of(added, vocabulary)
            and len(vocabulary) <= _SURELY_NO_MISTRAL
        )
    except (KeyError, TypeError, AttributeError):
        return False


def _rows_are_those_of(added: Mapping[str, int], vocabulary: Mapping[str, int]) -> bool:
    """Tell whether added tokens get the rows that they say: their own, or those after the last."""
    further = sorted(row for name, row in added.items() if name not in vocabulary)
    n_words = len(vocabulary)
    return (
        all(added[name] == vocabulary.get(name, added[name]) for name in added)
        and further == list(range(n_words, n_words + len(further)))
        and max(vocabulary.values()) < n_words
    )
