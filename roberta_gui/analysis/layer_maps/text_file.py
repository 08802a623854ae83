"""Sentences from a text file of the user's, one a line."""

from pathlib import Path
from typing import Final

from roberta_gui.outside import read_bytes, require_regular
from roberta_gui.problems import BadArgument

LARGEST: Final = 64_000_000
"""Bytes: about ten million words, far more than any sample takes."""


def sentences_of(path: Path) -> tuple[str, ...]:
    r"""Read the lines of a text file, each once and none that is blank.

    A line that comes again is read once: doubles are each other's neighbours in every layer.

    Raises
    ------
    problems.BadArgument
        The file cannot be read, is too large, is no UTF-8 text, or holds nothing but blanks.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "mine.txt"
    ...     _ = path.write_text("It rains.\n\n  It rains.\nThe cat sleeps.\n", "utf-8")
    ...     sentences_of(path)
    ('It rains.', 'The cat sleeps.')
    """
    try:
        if require_regular(path) > LARGEST:
            raise BadArgument(
                f"{path.name} is larger than {LARGEST // 1_000_000} MB.",
                "A few thousand sentences are plenty: take a part of it.",
            )
        content = read_bytes(path, LARGEST)
    except ValueError as error:  # a pipe, a device
        raise BadArgument(f"{path.name} is no ordinary file.", "Choose another file.") from error
    except OSError as error:
        raise BadArgument(
            f"{path.name} cannot be read.", f"{error.strerror or error}. Choose another file."
        ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_text(path) from error
    if "\x00" in text:
        raise _no_text(path)
    lines = (line.strip() for line in text.splitlines())
    sentences = tuple(dict.fromkeys(line for line in lines if line))
    if not sentences:
        raise BadArgument(f"{path.name} is empty.", "It takes a text file, one sentence a line.")
    return sentences


def _no_text(path: Path) -> BadArgument:
    return BadArgument(
        f"{path.name} is not UTF-8 text.",
        "It takes plain text, one sentence a line, saved as UTF-8; an archive must be unpacked.",
    )
