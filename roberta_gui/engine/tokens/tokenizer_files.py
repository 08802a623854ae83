"""Open the tokenizer of a checkpoint folder.

The ids are those that transformers gives for the same folder: its tokenizer classes know which
of the folder's files and settings count, and what each class puts in by itself. On top of what
they build stand our own spans, bytes and readable text.
"""

import hashlib
from pathlib import Path
from typing import NamedTuple

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint_files import (
    LARGEST_TOKENIZER,
    TOKENIZER,
    file_names,
    vocabulary_files,
)
from roberta_gui.engine.tokens import plain_roberta
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.engine.tokens.tokenizer_building import build
from roberta_gui.engine.tokens.tokenizer_description import TokenizerDescription, read_description
from roberta_gui.engine.tokens.tokenizer_versions import differences
from roberta_gui.outside import read_bytes, reading
from roberta_gui.wording import counted

_STRANGERS = 10
"""A tokenizer of which more than one token in so many has no row belongs to another model."""


class OpenedTokenizer(NamedTuple):
    """A folder's tokenizer, the SHA-256 of what describes it, and what to tell about it."""

    tokenizer: TextTokenizer
    sha256: str
    notices: tuple[str, ...]


def open_tokenizer(folder: Path, n_rows: int | None = None, n_types: int = 1) -> OpenedTokenizer:
    """Read the tokenizer of a folder, as transformers does.

    Parameters
    ----------
    n_rows, n_types
        How many words and types the model knows; None where there is no model to fit.

    Raises
    ------
    problems.BrokenCheckpoint
        The files are missing or damaged, or do not fit the model.
    problems.NotRoberta
        The tokenizer exists only as Python code, which knows no spans.
    """
    names = file_names(folder)
    if vocabulary_files(names) is None:
        raise problems.BrokenCheckpoint(
            f"{folder.name} holds no tokenizer: tokenizer.json is missing.",
            "vocab.json with merges.txt, vocab.txt, or a SentencePiece model would do as well.",
        )
    described: TokenizerDescription | None = None
    notices: tuple[str, ...] = ()
    if TOKENIZER in names:
        described = plain_roberta.read(folder, names, _read_tokenizer(folder))
    if described is None:
        described = build(folder, names)
        notices = differences(folder, names, described)
    tokenizer = TextTokenizer(
        described.json,
        described.names,
        n_rows=n_rows,
        n_types=n_types if described.gives_types else 1,
        splits_specials=described.splits_specials,
    )
    if n_rows is not None and tokenizer.vocab_size > n_rows:
        notices += (_without_rows(tokenizer.vocab_size, n_rows),)
    return OpenedTokenizer(tokenizer, _sha256(described), notices)


def _read_tokenizer(folder: Path) -> str:
    """Read ``tokenizer.json``, whichever way it will be used."""
    with reading(TOKENIZER):
        text = read_bytes(folder / TOKENIZER, LARGEST_TOKENIZER).decode("utf-8-sig")
        read_description(text)
    return text


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


def _sha256(described: TokenizerDescription) -> str:
    """Hash everything that decides ids; of a plain RoBERTa that is its ``tokenizer.json``."""
    digest = hashlib.sha256(described.json.encode())
    if described.splits_specials:
        digest.update(b"splits specials")
    return digest.hexdigest()
