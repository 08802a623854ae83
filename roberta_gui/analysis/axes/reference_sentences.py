"""The reference sentences: what axes are fitted on, whatever sentence is looked at."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def reference_sentences(path: Path) -> tuple[str, ...]:
    r"""Read a file of reference sentences, one a line; lines that start with ``#`` are notes.

    Parameters
    ----------
    path
        UTF-8 text, such as ``resource("reference_sentences.txt")``.

    Raises
    ------
    OSError
        The file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "sentences.txt"
    ...     _ = path.write_text("# Notes.\nIt rains.\n\nThe cat sleeps.\n", "utf-8")
    ...     reference_sentences(path)
    ('It rains.', 'The cat sleeps.')
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line.strip() and not line.startswith("#"))


def reference_sha256(sentences: Iterable[str]) -> str:
    r"""Name a list of sentences by its content, so that cached axes know what they belong to.

    The SHA-256 in hexadecimal of the sentences in UTF-8, each ended by ``\n``. Notes and line
    endings of the file do not count: they change no axis.

    Examples
    --------
    >>> reference_sha256(["It rains."])[:12]
    '83848416ab76'
    """
    digest = hashlib.sha256()
    for sentence in sentences:
        digest.update(f"{sentence}\n".encode())
    return digest.hexdigest()
