"""Open a checkpoint: from a name or a folder to configuration, weights, tokenizer and origin."""

import os
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine.checkpoints import hub
from roberta_gui.engine.checkpoints.checkpoint_files import (
    CONFIGURATION,
    count_parameters,
    read_json,
    refuse_other_kinds,
    weight_files,
)
from roberta_gui.engine.checkpoints.configuration_file import is_tied, read_configuration
from roberta_gui.engine.checkpoints.parameters import fit_to_network
from roberta_gui.engine.checkpoints.task import task_of
from roberta_gui.engine.checkpoints.weights import read_tensors, sha256
from roberta_gui.engine.roberta import Configuration
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.engine.tokens.tokenizer_files import open_tokenizer
from roberta_gui.outside import reading
from roberta_gui.records import Report, Stop
from roberta_gui.resources import resource

BUILT_IN = "mini"
"""The name of the model that comes with the product."""

Fetch = Callable[[str, Stop | None, Report | None], Path]
"""Gives the folder that holds a model of the hub, downloading it where need be."""


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """Everything that a model folder holds, ready for the network.

    Attributes
    ----------
    name
        What to call the model: ``mini``, the folder's name, or the hub name.
    source
        What to open to get the same model again: ``mini``, the folder's path, the hub name.
    folder
        Where its files are: for a hub name, in the hub's cache.
    configuration
        The shape of the network.
    weights
        A tensor for exactly each parameter of that shape, in its stored dtype.
    tokenizer
        Cuts text for this model.
    weights_sha256
        SHA-256 of the weight file's bytes; of several files', in the order of their names.
    tokenizer_sha256
        SHA-256 of the tokenizer's description.
    notices
        What somebody who uses the model should know, in whole sentences.
    """

    name: str
    source: str
    folder: Path
    configuration: Configuration
    weights: dict[str, Tensor]
    tokenizer: TextTokenizer
    weights_sha256: str
    tokenizer_sha256: str
    notices: tuple[str, ...]


def open_checkpoint(
    source: str | os.PathLike[str],
    stop: Stop | None = None,
    report: Report | None = None,
    fetch: Fetch = hub.fetch,
    itemsize: int = 0,
) -> Checkpoint:
    """Open a model of the RoBERTa family.

    Parameters
    ----------
    source
        ``"mini"`` (built in), else a folder in the Hugging Face layout, else a hub name such as
        ``"roberta-base"``. A path object is always a folder.
    fetch
        How a hub name becomes a folder.
    itemsize
        Bytes that each number will take: more memory may be needed than the files are large.

    Raises
    ------
    problems.ModelNotFound, problems.NoNetwork
        The source is nowhere, or cannot be reached.
    problems.NotRoberta, problems.BrokenCheckpoint
        It is no RoBERTa, or a file of it is missing or damaged.
    problems.TooLittleMemory
        Its weights do not fit.
    problems.BadArgument
        The source is neither text nor a path.
    problems.Stopped
        ``stop()`` said so.
    """
    if not isinstance(source, str | os.PathLike):
        raise problems.BadArgument(
            f"{source!r} names no model.", "Give a folder, or a hub name such as roberta-base."
        )
    name, origin, folder = _locate(source, stop, report, fetch)
    with reading(f"The folder of {name}"):
        return _read(name, origin, folder, stop, report, itemsize)


def _read(
    name: str, origin: str, folder: Path, stop: Stop | None, report: Report | None, itemsize: int
) -> Checkpoint:
    """Read everything in the folder of a model."""
    if report is not None:
        report(f"Reading {name}", None)
    refuse_other_kinds(folder)
    content = read_json(folder / CONFIGURATION)
    # Before anything large is read: the file may be of another architecture altogether.
    described = read_configuration(content, has_mask_head=False, tied_decoder=True)
    opened = open_tokenizer(folder, described.vocab_size, described.n_types)
    files = weight_files(folder)
    tensors = read_tensors(files, stop, needed=count_parameters(folder) * itemsize)
    described = replace(described, task=task_of(content, tensors))
    configuration, weights = fit_to_network(tensors, described, is_tied(content), stop)
    return Checkpoint(
        name=name,
        source=origin,
        folder=folder,
        configuration=configuration,
        weights=weights,
        tokenizer=opened.tokenizer,
        weights_sha256=sha256(files, stop, report),
        tokenizer_sha256=opened.sha256,
        notices=opened.notices,
    )


def download_steps(
    source: str | os.PathLike[str], stop: Stop | None = None, report: Report | None = None
) -> Generator[None, None, None]:
    """Bring the files of a hub model here; for any other source there is nothing to do.

    Whoever opens the model afterwards waits for no network. Each step waits a twentieth of a
    second at most, and between steps the caller is free.

    Raises
    ------
    problems.Problem
        Whatever `roberta_gui.engine.checkpoints.hub.fetch_steps` names.
    """
    text = os.fspath(source)
    if not isinstance(source, str) or text == BUILT_IN:
        return
    if not (_folder(text) or _looks_like_a_path(text)):
        yield from hub.fetch_steps(text, stop, report)


def _locate(
    source: str | os.PathLike[str], stop: Stop | None, report: Report | None, fetch: Fetch
) -> tuple[str, str, Path]:
    """Find the folder of a source; with it the model's name, and how to find it again."""
    if source == BUILT_IN:
        return BUILT_IN, BUILT_IN, _built_in()
    text = os.fspath(source)
    if folder := _folder(text):
        return folder.name, str(folder), folder
    if not isinstance(source, str) or _looks_like_a_path(text):
        raise problems.ModelNotFound(
            f"There is no folder {text}.",
            "Give a folder with config.json in it, or a hub name such as roberta-base.",
        )
    return text, text, fetch(text, stop, report)


def _built_in() -> Path:
    try:
        return resource("models/mini")
    except FileNotFoundError as error:
        raise problems.ModelNotFound(
            "The built-in model is missing: the installation is incomplete.",
            "Install RoBERTa Explorer again, or open another model.",
        ) from error


def _folder(text: str) -> Path | None:
    """Find the folder that ``text`` is the path of, if there is one."""
    try:
        path = Path(text).expanduser()
        if path.is_file():
            path = _folder_of(path)
        return path.resolve() if text and path.is_dir() else None
    except (OSError, RuntimeError, ValueError):
        # A name too long for the system, an unknown ~user, a character that no name can have.
        return None


def _folder_of(file: Path) -> Path:
    """Accept a file that somebody picked instead of the folder it stands for."""
    if (file.parent / CONFIGURATION).is_file() and file.suffix in {".json", ".safetensors", ".bin"}:
        return file.parent
    raise problems.ModelNotFound(
        f"{file.name} is not a model.", "Open the folder that holds config.json and the weights."
    )


def _looks_like_a_path(text: str) -> bool:
    start = text.startswith((".", "~", "/", "\\"))
    return start or "\\" in text or text.endswith("/") or Path(text).is_absolute()
