"""A tokenized corpus in files that can be moved to another machine, and are read in seconds."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from roberta_gui.training.text.text_files import PREPARED
from roberta_gui.training.text.tokenized_text import TokenizedText, save_tokenized

LARGEST = 30_000_000
"""Bytes of a file."""


def write_prepared(folder: Path, text: TokenizedText, tokenizer_sha256: str) -> tuple[Path, ...]:
    """Write a corpus in as many files as are needed, none larger than `LARGEST`; list them.

    Files of an earlier corpus in the folder make place.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for before in folder.glob(f"*{PREPARED}"):
        before.unlink()
    written: list[Path] = []
    for number, part in enumerate(_parts(text), start=1):
        written.append(folder / f"{number:03}{PREPARED}")
        save_tokenized(written[-1], part, tokenizer_sha256)
    return tuple(written)


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
