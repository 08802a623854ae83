"""The corpus as numbers: every document tokenized once, kept on disk between runs."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from roberta_gui import problems
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.outside import LARGEST_COUNT, reading, require_regular
from roberta_gui.training.text.text_files import PREPARED, Skipped, read_documents, read_file
from roberta_gui.whole_file import sweep, whole_file
from roberta_gui.wording import counted

_Kind = type[np.uint16] | type[np.uint32]

_FORMAT = "2"
_KEPT = ".npz"
_AT_ONCE = 4096
# Where a sentence ends inside a line. "Mr. Smith" is cut too, which costs nothing: a row may
# begin with either half.
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*(?=\s+[\"'(\[]?[A-Z])")


class Part(NamedTuple):
    """Which file of a prepared corpus holds a text."""

    number: int  # from 1
    total: int  # files of the corpus
    corpus: str  # its fingerprint


@dataclass(frozen=True, slots=True, eq=False)
class TokenizedText:
    """A corpus as one stream of ids, a separator between documents, sentences marked in it."""

    ids: NDArray[np.unsignedinteger[Any]]  # unsigned (token,): rows of the vocabulary
    starts: NDArray[np.int64]  # int64 (sentence,): where each sentence begins in ``ids``
    # The place after its end. Only the separator before a document stands in no sentence.
    stops: NDArray[np.int64]
    skipped: tuple[Skipped, ...] = ()  # the files that were left out
    kept: tuple[Path, ...] = ()  # where its ids are kept between runs
    part: Part | None = None  # None: it is whole


def sentences_of(document: str) -> Iterator[str]:
    """Cut a document into sentences, lines first; joined, those of one line are the line.

    >>> list(sentences_of("It rained. We stayed in."))
    ['It rained.', ' We stayed in.']
    """
    for line in document.split("\n"):
        begin = 0
        for match in _SENTENCE_END.finditer(line):
            yield line[begin : match.end()]
            begin = match.end()
        if line[begin:].strip():
            yield line[begin:]


def tokenize_documents(
    documents: Sequence[str], tokenizer: TextTokenizer, separator_id: int
) -> TokenizedText:
    """Tokenize documents one after the other, ``separator_id`` between them.

    Sentences are tokenized alone, each with the space before it. Byte-level tokenizers never
    join a word with what stands before its space, so this cuts them as the whole line would be.
    Line ends themselves are no tokens, as in RoBERTa's own preparation of text. Raises
    `problems.TokenWithoutRow` where the model does not know one.
    """
    kind: _Kind = np.uint16 if tokenizer.vocab_size <= 1 << 16 else np.uint32
    pieces: list[NDArray[np.unsignedinteger[Any]]] = []
    lengths: list[int] = []
    separated: list[bool] = []
    for first in range(0, len(documents), _AT_ONCE):
        sentences: list[str] = []
        for document in documents[first : first + _AT_ONCE]:
            before = len(sentences)
            sentences += sentences_of(document)
            separated += [place == before for place in range(before, len(sentences))]
        for ids in tokenizer.ids_of(sentences):
            opens = separated[len(lengths)]
            lengths.append(len(ids))
            pieces.append(np.array([separator_id, *ids] if opens else ids, kind))
    length = np.array(lengths, np.int64)
    stops = np.cumsum(length + np.array(separated, np.int64))
    stream = np.concatenate([np.empty(0, kind), *pieces])
    tokenizer.require_row(int(stream.max(initial=0)))
    return TokenizedText(stream, stops - length, stops)


def tokenize_files(
    files: Sequence[Path],
    tokenizer: TextTokenizer,
    separator_id: int,
    cache: tuple[Path, str] | None = None,
    report: Callable[[str], None] | None = None,
    *,
    keep: bool = True,
) -> TokenizedText:
    """Tokenize text files, or take what an earlier run has kept of each.

    The cache is where the ids are kept between runs, and the tokenizer's fingerprint; what is not
    in it yet is put there only with ``keep``. Raises
    `problems.BadArgument` where not one of the files could be used, one of a prepared corpus is
    missing or all hold no token, `problems.TokenWithoutRow` where the model does not know one.
    """
    parts: list[TokenizedText] = []
    skipped: list[Skipped] = []
    for file in files:
        if report is not None:
            report(f"Reading {file.name}")
        part = _tokenize_file(file, tokenizer, separator_id, cache, keep=keep)
        if isinstance(part, Skipped):
            skipped.append(part)
        else:
            parts.append(part)
    if not parts:
        raise problems.BadArgument(
            "None of the text files can be used.", " ".join(str(one) for one in skipped)
        )
    _require_all([part.part for part in parts if part.part is not None])
    if not any((part.stops > part.starts).any() for part in parts):
        raise problems.BadArgument(
            "The tokenizer makes no tokens of this text.", "Give other text, or another tokenizer."
        )
    tokenizer.require_row(max(int(part.ids.max(initial=0)) for part in parts))
    offsets = np.cumsum([0, *(len(part.ids) for part in parts)])
    return TokenizedText(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.starts + at for part, at in zip(parts, offsets, strict=False)]),
        np.concatenate([part.stops + at for part, at in zip(parts, offsets, strict=False)]),
        tuple(skipped),
        tuple(path for part in parts for path in part.kept),
    )


def drop_others(folder: Path, kept: Sequence[Path]) -> None:
    """Remove from a cache what is not ``kept``: the ids of texts that are read no more."""
    for path in folder.glob(f"*{_KEPT}"):
        if path not in kept:
            path.unlink(missing_ok=True)


def name_of(number: int) -> str:
    """Name a file of a prepared corpus."""
    return f"{number:03}{PREPARED}"


def _require_all(parts: Sequence[Part]) -> None:
    """Refuse a prepared corpus of which a file is missing, naming the first."""
    for one in dict.fromkeys(part._replace(number=1) for part in parts):
        numbers = {part.number for part in parts if part._replace(number=1) == one}
        missing = next((n for n in range(1, one.total + 1) if n not in numbers), None)
        if missing is not None:
            raise problems.BadArgument(
                f"{name_of(missing)} is missing, or of another text than {name_of(min(numbers))}: "
                f"that is one of {counted(one.total, 'file')}.",
                "Copy all of the prepared folder again, or prepare the text anew.",
            )


def _tokenize_file(
    file: Path,
    tokenizer: TextTokenizer,
    separator_id: int,
    cache: tuple[Path, str] | None,
    *,
    keep: bool,
) -> TokenizedText | Skipped:
    kept, fingerprint = None, cache[1] if cache is not None else ""
    if file.name.endswith(PREPARED):
        return read_tokenized(file, fingerprint)
    if cache is not None:
        content = read_file(file)
        if isinstance(content, Skipped):
            return content
        known_by = f"{_FORMAT} {fingerprint} {hashlib.sha256(content).hexdigest()}"
        key = hashlib.sha256(known_by.encode()).hexdigest()
        kept = cache[0] / f"{key[:32]}{_KEPT}"
        if kept.exists():
            return replace(read_tokenized(kept, fingerprint), kept=(kept,))
    documents = read_documents(file)
    if isinstance(documents, Skipped):
        return documents
    text = tokenize_documents(documents, tokenizer, separator_id)
    if kept is None or not keep:
        return text
    kept.parent.mkdir(parents=True, exist_ok=True)
    save_tokenized(kept, text, fingerprint)
    return replace(text, kept=(kept,))


def save_tokenized(path: Path, text: TokenizedText, fingerprint: str) -> None:
    """Write tokenized text, compressed, with the fingerprint of its tokenizer."""
    sweep(path.parent)
    with whole_file(path) as stream:
        write_tokenized(stream, text, fingerprint)


def write_tokenized(stream: BinaryIO, text: TokenizedText, fingerprint: str) -> None:
    """Write into an open file what `save_tokenized` writes."""
    more: dict[str, Any] = {} if text.part is None else text.part._asdict()
    more["tokenizer"] = fingerprint
    np.savez_compressed(stream, ids=text.ids, starts=text.starts, stops=text.stops, **more)


def read_tokenized(path: Path, fingerprint: str) -> TokenizedText:
    """Read what `save_tokenized` wrote; ``fingerprint`` is that of the tokenizer, or empty.

    Raises `problems.BadArgument` where it was made by another one, or is damaged.
    """
    with reading(path.name, "Remove or copy it again.", problems.BadArgument):
        require_regular(path)
        with path.open("rb") as stream, np.load(stream) as arrays:
            part = _part_of(arrays) if "corpus" in arrays else None
            text = TokenizedText(arrays["ids"], arrays["starts"], arrays["stops"], part=part)
            made_by = str(arrays["tokenizer"])
    if fingerprint not in ("", made_by):
        raise problems.BadArgument(
            f"{path.name} was made by another tokenizer.", "Train with the one in its folder."
        )
    return text


def _part_of(arrays: Mapping[str, Any]) -> Part:
    part = Part(int(arrays["number"]), int(arrays["total"]), str(arrays["corpus"]))
    if not 1 <= part.number <= part.total <= LARGEST_COUNT:
        raise ValueError("it is no part of anything")
    return part
