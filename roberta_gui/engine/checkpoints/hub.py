"""Models of the Hugging Face hub: what is cached, and how to get what is not.

Cached models are opened without network. Downloads go through huggingface_hub into its ordinary
cache, so that other programs find them there and theirs are found here. Neither torch nor
transformers is loaded.
"""

import logging
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
from roberta_gui.engine.interruption import finish, interruptible_steps
from roberta_gui.outside import read_bytes, reading
from roberta_gui.records import Report, Stop

# The Xet protocol downloads on threads of its own, which no progress bar can stop. It has to be
# told before huggingface_hub is loaded; whoever set the variable keeps what they chose.
os.environ.setdefault("HF_HUB_DISABLE_XET", "1")

_FOLDER_START = "models--"
_LONGEST_REFERENCE = 1000  # bytes

log = logging.getLogger(__name__)


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
    return finish(fetch_steps(name, stop, report, endpoint=endpoint, cache_dir=cache_dir))


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
        Files are missing on the hub, the disk is full, or the cached copy is damaged.
    problems.Stopped
        ``stop()`` said so.
    """
    _check_name(name)
    cache = _cache(cache_dir)
    repository = _repository(cache, name)
    with reading(f"The copy of {name} in the hub's cache", f"Delete its folder {repository}."):
        cached = _complete_snapshot(cache, repository)
    if cached is not None:
        return cached
    work = partial(download, name, endpoint, cache)
    folder = yield from interruptible_steps(work, stop, report, name=f"download of {name}")
    return Path(folder)


def cached_models(cache_dir: Path | None = None) -> dict[str, Path]:
    """Find the RoBERTa models in the hub's cache that can be opened without network.

    An entry that cannot be read is left out and logged: other programs write there, too.

    Parameters
    ----------
    cache_dir
        The cache folder; None is huggingface_hub's own.

    Returns
    -------
    dict of str to Path
        The folders, by hub names in alphabetical order.

    Raises
    ------
    problems.BrokenCheckpoint
        The cache as a whole cannot be read.
    """
    cache = _cache(cache_dir)
    found: dict[str, Path] = {}
    with reading("The hub's cache", "Check the rights on its folder."):
        repositories = sorted(cache.glob(f"{_FOLDER_START}*"))
    for repository in repositories:
        name = repository.name.removeprefix(_FOLDER_START).replace("--", "/")
        try:
            with reading(f"{repository.name} in the hub's cache"):
                _check_name(name)
                folder = _complete_snapshot(cache, repository)
                if folder is not None and _model_type(folder) in FAMILIES:
                    found[name] = folder
        except problems.Problem as problem:
            log.info("%s is left out of the models: %s", repository, problem.title)
    return found


def _model_type(folder: Path) -> object:
    return read_json(folder / CONFIGURATION).get("model_type")


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
    # It reads numbers from the environment, and stumbles over what is none.
    with reading("The environment of huggingface_hub", "Check the variables that begin with HF_."):
        from huggingface_hub.constants import HF_HUB_CACHE

        return Path(HF_HUB_CACHE)


def _repository(cache: Path, name: str) -> Path:
    return cache / (_FOLDER_START + name.replace("/", "--"))


def _complete_snapshot(cache: Path, repository: Path) -> Path | None:
    """Find a version in the cache that has every file: the main one, else the newest."""
    snapshots = repository / "snapshots"
    if not snapshots.is_dir():
        return None
    versions = [path for path in snapshots.iterdir() if path.is_dir()]
    versions.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    main = repository / "refs" / "main"
    if main.exists():
        commit = read_bytes(main, _LONGEST_REFERENCE).decode().strip()
        # Only ever the name of one of them: "/etc" or ".." would lead out of the cache.
        versions.sort(key=lambda path: path.name != commit)
    for folder in versions:
        _require_inside(cache, folder)
        if is_complete(folder):
            return folder
    return None


def _require_inside(cache: Path, folder: Path) -> None:
    """Refuse a version with links that lead out of the cache."""
    inside = cache.resolve()
    for path in (folder, *folder.iterdir()):
        if not path.resolve().is_relative_to(inside):
            raise ValueError(f"{path.name} leads out of the cache")
