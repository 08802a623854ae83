"""Let transformers build a folder's tokenizer, and say truly why where it cannot."""

import importlib
import json
import warnings
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from logging import CRITICAL
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint_files import (
    CONFIGURATION,
    LARGEST_TOKENIZER,
    TOKENIZER,
    TOKENIZER_FILES,
    read_json,
    vocabulary_files,
)
from roberta_gui.engine.tokens.tokenizer_description import TokenizerDescription, build_tokenizer
from roberta_gui.outside import read_bytes, reading
from roberta_gui.whole_file import passing_folder
from roberta_gui.wording import counted

_SENTENCEPIECE = ("sentencepiece", "google.protobuf")
_ONLY_IN_PYTHON = "bpe.codes"

_GREEDY_MASKS = ("RobertaTokenizer", "XLMRobertaTokenizer", "CamembertTokenizer")

_READ_BY_TOKENIZERS = ("model_type", "tokenizer_class", "auto_map", "transformers_version")
"""What transformers looks up in config.json to choose a tokenizer and to build it."""

_PARTS = {
    "normalizer": "how characters are changed first",
    "pre_tokenizer": "where words begin and end",
    "model": "how words are cut into pieces",
}
_TEMPLATE = "what is put around a text"
_MASK = "whether the mask takes the space before it"

_MOST_ROWS = 10_000_000
"""Beyond any vocabulary there is; the largest have about 260,000 rows."""


def build(folder: Path, names: frozenset[str], settings: Mapping[str, Any]) -> TokenizerDescription:
    """Build a tokenizer from a folder's files, without running any code of theirs.

    Raises `problems.BrokenCheckpoint` where a file or a needed package is missing or damaged, and
    `problems.NotRoberta` where it exists only as Python code, which knows no spans.
    """
    if TOKENIZER not in names:
        _expect_readable(folder, names)
    for name in ("special_tokens_map.json", "added_tokens.json"):
        if name in names:
            read_json(folder / name)
    with _copied(folder, names) as copy:
        tokenizer = _from_transformers(copy, CONFIGURATION in names, "auto_map" in settings)
    kind = type(tokenizer).__name__
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise _only_in_python(f"The tokenizer of {folder.name}, {kind},")
    if TOKENIZER not in names:
        _expect_own_files(folder, names, kind, tokenizer.vocab_files_names)
    vocabulary = backend.get_vocab(with_added_tokens=True)
    largest = max(vocabulary.values(), default=0)
    if largest > _MOST_ROWS:  # to write it down would be to count up to there
        raise problems.BrokenCheckpoint(
            f"The tokenizer of {folder.name} names row {largest:,}, though it has "
            f"{counted(len(vocabulary), 'token')}.",
            "Its vocabulary is damaged; download the model again.",
        )
    return TokenizerDescription(
        json=backend.to_str(),
        names={key: str(token) for key, token in tokenizer.special_tokens_map.items()},
        kind=kind,
        gives_types="token_type_ids" in tokenizer.model_input_names,
        splits_specials=bool(tokenizer.split_special_tokens),
    )


def _expect_own_files(
    folder: Path, names: frozenset[str], kind: str, own: Mapping[str, str]
) -> None:
    """Refuse files that are another class's: of its own defaults, five tokens would come out."""
    files = sorted({file for key, file in own.items() if key != "tokenizer_file"}) or [TOKENIZER]
    if names.isdisjoint(files):
        verb, them = ("are", "them") if len(files) > 1 else ("is", "it")
        raise problems.BrokenCheckpoint(
            f"The tokenizer of {folder.name} is a {kind}, but {' and '.join(files)} "
            f"{verb} missing.",
            f"Add {them}, or name the right tokenizer_class in tokenizer_config.json.",
        )


def _from_transformers(folder: Path, has_configuration: bool, has_own_code: bool) -> Any:
    # Imported here because it takes seconds, and plain folders do not need it.
    from transformers import AutoTokenizer, RobertaConfig

    # A tokenizer on its own, before there is a network, is one for a RoBERTa.
    kind = {} if has_configuration else {"config": RobertaConfig()}
    try:
        with _quiet():
            return AutoTokenizer.from_pretrained(
                folder, trust_remote_code=False, local_files_only=True, **kind
            )
    except ImportError as error:
        said = next(filter(None, map(str.strip, str(error).splitlines())), type(error).__name__)
        raise problems.BrokenCheckpoint(
            f"The tokenizer of {folder.name} needs a package that is not installed.",
            f"Install it, or save the tokenizer as tokenizer.json. transformers says: {said}",
        ) from error
    except BaseException as error:  # whatever damaged files make transformers stumble over
        # A panic of the Rust side is no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        if has_own_code:
            raise problems.NotRoberta(
                f"The tokenizer of {folder.name} needs code of its own, which is never run.",
                "Save it as tokenizer.json where you trust that code, and open that.",
            ) from error
        raise problems.BrokenCheckpoint(
            f"The tokenizer of {folder.name} cannot be read.",
            f"Its files are damaged or do not belong together. transformers says: "
            f"{type(error).__name__}: {str(error)[:200]}",
        ) from error


@contextmanager
def _copied(folder: Path, names: frozenset[str]) -> Iterator[Path]:
    """Lay out for transformers what it may read of a folder: files of sensible size, no others.

    It stumbles over a byte order mark, and over numbers of the network that it finds odd.
    """
    with passing_folder() as place:
        copy = place / folder.resolve().name  # which . and .. have, too
        copy.mkdir()
        for name in sorted(names & TOKENIZER_FILES):
            with reading(name):
                content = read_bytes(folder / name, LARGEST_TOKENIZER)
                (copy / name).write_bytes(content.removeprefix(BOM_UTF8))
        if CONFIGURATION in names:
            said = read_json(folder / CONFIGURATION)
            wanted = {key: said[key] for key in _READ_BY_TOKENIZERS if key in said}
            (copy / CONFIGURATION).write_text(json.dumps(wanted))
        yield copy


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what transformers remarks from the terminal: what matters is told as a problem."""
    from transformers.utils import logging

    level = logging.get_verbosity()
    logging.set_verbosity(CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(level)


def _expect_readable(folder: Path, names: frozenset[str]) -> None:
    """Refuse what transformers would only stumble over, with the reason."""
    if _ONLY_IN_PYTHON in names:
        raise _only_in_python(f"The tokenizer of {folder.name}, vocab.txt with {_ONLY_IN_PYTHON},")
    if not any(name.endswith(".model") for name in names):
        return
    missing = [name for name in _SENTENCEPIECE if not _is_installed(name)]
    if missing:
        packages = " ".join(name.removeprefix("google.") for name in missing)
        plural = "packages" if len(missing) > 1 else "package"
        raise problems.BrokenCheckpoint(
            f"The tokenizer of {folder.name} needs the {plural} "
            f"{' and '.join(packages.split())} to be read.",
            f"Install with: python -m pip install {packages}",
        )
    for name in vocabulary_files(names) or ():
        if name.endswith(".model"):
            _expect_pieces(folder / name)


def _expect_pieces(model: Path) -> None:
    """Refuse a damaged SentencePiece model: transformers takes it for tiktoken's, or for empty."""
    protocol: Any = importlib.import_module("sentencepiece.sentencepiece_model_pb2")
    with reading(model.name, verdict="is damaged, or no SentencePiece model"):
        content = read_bytes(model, LARGEST_TOKENIZER)
        if not protocol.ModelProto.FromString(content).pieces:
            raise ValueError("it lists no pieces")


def _is_installed(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def _only_in_python(what: str) -> problems.NotRoberta:
    return problems.NotRoberta(
        f"{what} exists only in Python.",
        "It does not tell where a token stands in the text, so nothing could be shown. "
        "A tokenizer.json beside it, made by tokenizers, would do.",
    )


def differences(
    text: str | None, settings: Mapping[str, Any], described: TokenizerDescription
) -> tuple[str, ...]:
    """Tell where transformers 5 reads a tokenizer otherwise than transformers 4 did.

    Version 4 took ``tokenizer.json``, here ``text``, as it is and changed a few settings; version 5
    builds the tokenizer of the named class anew. The ids here are those of version 5, and whoever
    compares with older numbers should hear of it.
    """
    if text is not None:
        found = _changed_parts(json.loads(text), settings, described)
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
