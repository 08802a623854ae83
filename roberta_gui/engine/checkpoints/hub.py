"""Models of the Hugging Face hub: what is cached, and how to get what is not.

Cached models are opened without network. Downloads go through huggingface_hub into its ordinary
cache, so that other programs find them there and theirs are found here. Neither torch nor
transformers is loaded.
"""

import os
from collections.abc import Generator
from functools import partial
from pathlib import Path

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint_files import (
    CONFIGURATION,
    FAMILIES,
    is_complete,
    read_json,
)
from roberta_gui.engine.checkpoints.hub_download import download
from roberta_gui.engine.interruption import interruptible_steps
from roberta_gui.records import Report, Stop

# The Xet protocol downloads on threads of its own, which no progress bar can stop. It has to be
# told before huggingface_hub is loaded; whoever set the variable keeps what they chose.
os.environ.setdefault("HF_HUB_DISABLE_XET", "1")

_FOLDER_START = "models--"


def fetch(
    name: str,
    stop: Stop | None = None,
    report: Report | None = None,
    *,
    endpoint: str | None = None,
    cache_dir: Path | None = None,
) -> Path:
    """Give the folder of a hub model, downloading what it needs where it is not cached.

    For parameters and errors see :func:`fetch_steps`, whose steps are made here one by one.
    """
    steps = fetch_steps(name, stop, report, endpoint=endpoint, cache_dir=cache_dir)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return Path(end.value)


def fetch_steps(
    name: str,
    stop: Stop | None = None,
    report: Report | None = None,
    *,
    endpoint: str | None = None,
    cache_dir: Path | None = None,
) -> Generator[None, None, Path]:
    """Give the folder of a hub model; while it is downloaded, be free for others between steps.

    Parameters
    ----------
    name
        Such as ``"roberta-base"`` or ``"FacebookAI/roberta-base"``.
    stop, report
        Asked and told many times a second, always on the thread that asks for the steps.
    endpoint
        Address of the hub; None is the one that huggingface_hub is set up for.
    cache_dir
        Where models are kept; None is huggingface_hub's own place.

    Raises
    ------
    problems.ModelNotFound
        The name is none, or the hub has no such model for you.
    problems.NoNetwork
        The hub cannot be reached, or the download broke off.
    problems.NotRoberta
        It is another architecture; only ``config.json`` was downloaded.
    problems.BrokenCheckpoint
        Files are missing on the hub, or the disk is full.
    problems.Stopped
        ``stop()`` said so.
    """
    _check_name(name)
    cache = _cache(cache_dir)
    cached = _complete_snapshot(_repository(cache, name))
    if cached is not None:
        return cached
    work = partial(download, name, endpoint, cache)
    folder = yield from interruptible_steps(work, stop, report, name=f"download of {name}")
    return Path(folder)


def cached_models(cache_dir: Path | None = None) -> tuple[str, ...]:
    """List the RoBERTa models in the hub's cache that can be opened without network.

    Parameters
    ----------
    cache_dir
        The cache folder; None is huggingface_hub's own.

    Returns
    -------
    tuple of str
        Hub names in alphabetical order.
    """
    found = []
    for repository in sorted(_cache(cache_dir).glob(f"{_FOLDER_START}*")):
        folder = _complete_snapshot(repository)
        if folder is not None and _model_type(folder) in FAMILIES:
            found.append(repository.name.removeprefix(_FOLDER_START).replace("--", "/"))
    return tuple(found)


def _model_type(folder: Path) -> object:
    try:
        return read_json(folder / CONFIGURATION).get("model_type")
    except problems.BrokenCheckpoint:
        return None


def _check_name(name: str) -> None:
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

    try:
        validate_repo_id(name)
    except HFValidationError as error:
        raise problems.ModelNotFound(
            f"{name!r} is neither a folder nor the name of a hub model.",
            "Hub names look like roberta-base or FacebookAI/roberta-base.",
        ) from error


def _cache(cache_dir: Path | None) -> Path:
    if cache_dir is not None:
        return cache_dir
    from huggingface_hub.constants import HF_HUB_CACHE

    return Path(HF_HUB_CACHE)


def _repository(cache: Path, name: str) -> Path:
    return cache / (_FOLDER_START + name.replace("/", "--"))


def _complete_snapshot(repository: Path) -> Path | None:
    """Find a version in the cache that has every file: the main one, else the newest."""
    snapshots = repository / "snapshots"
    if not snapshots.is_dir():
        return None
    versions = sorted(snapshots.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    main = repository / "refs" / "main"
    if main.is_file():
        versions.insert(0, snapshots / main.read_text(encoding="utf-8").strip())
    return next((path for path in versions if path.is_dir() and is_complete(path)), None)
