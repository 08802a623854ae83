"""A tokenized corpus in files that can be moved to another machine, and are read in seconds."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np

from roberta_gui.training.text.text_files import PREPARED
from roberta_gui.training.text.tokenized_text import (
    Part,
    TokenizedText,
    name_of,
    write_tokenized,
)
from roberta_gui.whole_file import sweep, whole_file

LARGEST = 30_000_000
"""Bytes of a file."""


def write_prepared(folder: Path, text: TokenizedText, tokenizer_sha256: str) -> tuple[Path, ...]:
    """Write a corpus in as many files as are needed, none larger than `LARGEST`; list them.

    Each knows how many there are. Files of an earlier corpus in the folder make place when all of
    the new one is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    before = frozenset(folder.glob(f"*{PREPARED}"))
    parts = tuple(_parts(text))
    corpus = hashlib.sha256(np.ascontiguousarray(text.ids).data).hexdigest()
    written = tuple(folder / name_of(number) for number in range(1, len(parts) + 1))
    with ExitStack() as together:
        for number, (path, part) in enumerate(zip(written, parts, strict=True), start=1):
            named = replace(part, part=Part(number, len(parts), corpus))
            file = together.enter_context(whole_file(path))
            write_tokenized(file, named, tokenizer_sha256)
    for path in before.difference(written):
        path.unlink()
    return written


def _parts(text: TokenizedText) -> Iterator[TokenizedText]:
    """Cut between sentences, so that a part fits a file even where nothing can be compressed."""
    room = LARGEST * 9 // 10  # some is left for names, and for the longest sentence
    each = text.starts.itemsize + text.stops.itemsize
    sizes = text.stops * text.ids.itemsize + each * np.arange(1, len(text.stops) + 1)
    cuts = np.searchsorted(sizes, np.arange(room, sizes[-1], room)).tolist()
    for first, last in zip([0, *cuts], [*cuts, len(text.stops)], strict=True):
        begin = text.stops[first - 1] if first else 0
        ids = text.ids[begin : text.stops[last - 1]]
        yield TokenizedText(ids, text.starts[first:last] - begin, text.stops[first:last] - begin)
