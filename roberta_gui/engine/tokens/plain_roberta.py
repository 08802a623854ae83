"""Folders whose ``tokenizer.json`` already is what transformers would build from them.

Importing transformers and building a tokenizer takes seconds, and the window's first answer
waits for it. RobertaTokenizer makes byte-level BPE of the vocabulary, the merges and the added
tokens; where the file holds exactly that and nothing else in the folder has a say, as for the
built-in model and roberta-base, the file is taken as it is. Whatever is not known here to change
nothing goes the long way.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from roberta_gui.engine.checkpoints.checkpoint_files import CONFIGURATION, read_json
from roberta_gui.engine.tokens.tokenizer_description import TokenizerDescription

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
    }
)
"""Settings that change no id."""


def read(folder: Path, names: frozenset[str], text: str) -> TokenizerDescription | None:
    """Describe the tokenizer of such a folder; None where transformers has to build it.

    ``text`` is that of its ``tokenizer.json``.

    Raises
    ------
    problems.BrokenCheckpoint
        A file is damaged.
    """
    if names & _OTHERS_WITH_A_SAY:
        return None
    settings = read_json(folder / _SETTINGS) if _SETTINGS in names else {}
    configuration = read_json(folder / CONFIGURATION) if CONFIGURATION in names else {}
    if not _says_nothing_else(settings, configuration):
        return None
    content = json.loads(text)
    if not _is_as_built(content, settings.get("add_prefix_space", False)):
        return None
    return TokenizerDescription(text, _NAMES, gives_types=False)


def _says_nothing_else(settings: Mapping[str, Any], configuration: Mapping[str, Any]) -> bool:
    """Tell whether RobertaTokenizer is meant, with its own special tokens and defaults."""
    kinds = settings.get("tokenizer_class"), configuration.get("tokenizer_class")
    named = {key: value for key, value in settings.items() if key in _NAMES}
    others = settings.keys() - named.keys() - _WITHOUT_EFFECT - {"add_prefix_space"}
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
