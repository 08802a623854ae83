"""Where transformers 5 reads a folder's tokenizer otherwise than transformers 4 did.

Version 4 took ``tokenizer.json`` as it is and changed a few settings; version 5 builds the
tokenizer of the named class anew and takes little more than the vocabulary from the file. Both
ways are honest; the ids here are those of version 5, and whoever compares with older numbers
should hear of it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint_files import TOKENIZER, read_json
from roberta_gui.engine.tokens.tokenizer_description import TokenizerDescription, build_tokenizer

_SETTINGS = "tokenizer_config.json"
_GREEDY_MASKS = ("RobertaTokenizer", "XLMRobertaTokenizer", "CamembertTokenizer")

_PARTS = {
    "normalizer": "how characters are changed first",
    "pre_tokenizer": "where words begin and end",
    "model": "how words are cut into pieces",
}
_TEMPLATE = "what is put around a text"
_MASK = "whether the mask takes the space before it"


def differences(
    folder: Path, names: frozenset[str], described: TokenizerDescription
) -> tuple[str, ...]:
    """Tell, in a sentence if there is something to tell, where the two versions differ."""
    if TOKENIZER in names:
        settings = read_json(folder / _SETTINGS) if _SETTINGS in names else {}
        file = json.loads((folder / TOKENIZER).read_text(encoding="utf-8-sig"))
        found = _changed_parts(file, settings, described)
    else:
        found = [_MASK] if _has_a_shy_mask(described) else []
    if not found:
        return ()
    return (
        "The tokenizer is read as transformers 5 reads it; transformers 4 differs in "
        f"{', '.join(found)}.",
    )


def _changed_parts(
    file: dict[str, Any], settings: Mapping[str, Any], described: TokenizerDescription
) -> list[str]:
    _as_version_4_changes_it(file, settings, described.kind)
    try:
        older = build_tokenizer(file)
    except problems.BrokenCheckpoint:  # only version 5 can read it: there is nothing to compare
        return []
    newer = Tokenizer.from_str(described.json)
    before, after = json.loads(older.to_str()), json.loads(described.json)
    found = [what for part, what in _PARTS.items() if _bare(before[part]) != _bare(after[part])]
    if _template(older, described.gives_types) != _template(newer, described.gives_types):
        found.append(_TEMPLATE)
    return found


def _as_version_4_changes_it(file: dict[str, Any], settings: Mapping[str, Any], kind: str) -> None:
    """Set in the file what version 4 took from the settings."""
    cutter, normalizer = file.get("pre_tokenizer") or {}, file.get("normalizer") or {}
    if "add_prefix_space" in cutter and (
        kind == "RobertaTokenizer" or "add_prefix_space" in settings
    ):
        cutter["add_prefix_space"] = bool(settings.get("add_prefix_space", False))
    if normalizer.get("type") == "BertNormalizer" and kind == "BertTokenizer":
        normalizer["lowercase"] = settings.get("do_lower_case", True)
        normalizer["strip_accents"] = settings.get("strip_accents")
        normalizer["handle_chinese_chars"] = settings.get("tokenize_chinese_chars", True)


def _bare(part: Any) -> Any:
    """Leave out of a part what makes no difference: words, and options that are off."""
    if isinstance(part, dict):
        ignored = ("vocab", "merges", "trim_offsets")
        return {key: _bare(value) for key, value in part.items() if value and key not in ignored}
    return [_bare(one) for one in part] if isinstance(part, list) else part


def _template(tokenizer: Tokenizer, gives_types: bool) -> list[Any]:
    """Give what is put around an empty text, and around two."""
    encodings = tokenizer.encode(""), tokenizer.encode("", "")
    return [(one.ids, one.type_ids if gives_types else []) for one in encodings]


def _has_a_shy_mask(described: TokenizerDescription) -> bool:
    """Tell whether a mask leaves the space before it, that was trained to take it."""
    mask = described.names.get("mask_token")
    return described.kind in _GREEDY_MASKS and any(
        token["content"] == mask and not token["lstrip"]
        for token in json.loads(described.json)["added_tokens"]
    )
