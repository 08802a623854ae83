"""Models of the Hugging Face hub: what is cached, and how to get what is not.

Cached models are opened without network; downloads go through huggingface_hub into its ordinary
cache. Neither torch nor transformers is loaded.
"""

import errno
import logging
import os
import shutil
from collections.abc import Callable, Generator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from roberta_gui import problems
from roberta_gui.analysis.stepped import all_at_once
from roberta_gui.engine.checkpoints.checkpoint_files import (
    CONFIGURATION,
    FAMILIES,
    TOKENIZER_NAMES,
    check_architecture,
    is_complete,
    is_index,
    read_json,
    shard_names,
    vocabulary_files,
    weights_entry,
)
from roberta_gui.engine.interruption import Progress, interruptible_steps
from roberta_gui.outside import read_bytes, reading
from roberta_gui.records import Report, Stop

if TYPE_CHECKING:
    from huggingface_hub import HfApi

# The Xet protocol downloads on threads of its own, which no progress bar can stop. It has to be
# told before huggingface_hub is loaded; whoever set the variable keeps what they chose.
os.environ.setdefault("HF_HUB_DISABLE_XET", "1")

_ANSWER_WITHIN = 10.0  # seconds
_FOLDER_START = "models--"
_LONGEST_REFERENCE = 1000  # bytes

log = logging.getLogger(__name__)


def fetch_steps(
    name: str,
    stop: Stop | None = None,
    report: Report | None = None,
    *,
    endpoint: str | None = None,
    cache_dir: Path | None = None,
) -> Generator[None, None, Path]:
    """Give the folder of a hub model; while it is downloaded, be free for others between steps.

    ``name`` is such as ``"FacebookAI/roberta-base"``; ``endpoint``, the hub's address, and
    ``cache_dir``, where models are kept, are as huggingface_hub is set up, if None. Raises
    `problems.ModelNotFound`, `NoNetwork`, `Stopped`; `NotRoberta`, when only ``config.json`` was
    downloaded; `BrokenCheckpoint` where files are missing, damaged, or have no room.
    """
    _check_name(name)
    cache = _cache(cache_dir)
    repository = cache / (_FOLDER_START + name.replace("/", "--"))
    with reading(f"The copy of {name} in the hub's cache", f"Delete its folder {repository}."):
        cached = _complete_snapshot(cache, repository)
    if cached is not None:
        return cached
    work = partial(_download, name, endpoint, cache)
    return (yield from interruptible_steps(work, stop, report, name=f"download of {name}"))


fetch = all_at_once(fetch_steps)


def cached_models(cache_dir: Path | None = None) -> dict[str, Path]:
    """Find the folders of the RoBERTa models in the hub's cache that can be opened without network.

    An entry that cannot be read is left out and logged: other programs write there, too. Raises
    `problems.BrokenCheckpoint` where the cache as a whole cannot be read.
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
                if folder and read_json(folder / CONFIGURATION).get("model_type") in FAMILIES:
                    found[name] = folder
        except problems.Problem as problem:
            log.info("%s is left out of the models: %s", repository, problem.title)
    return found


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
        for path in (folder, *folder.iterdir()):
            if not path.resolve().is_relative_to(cache.resolve()):
                raise ValueError(f"{path.name} leads out of the cache")
        if is_complete(folder):
            return folder
    return None


def _download(name: str, endpoint: str | None, cache: Path, progress: Progress) -> Path:
    """Download a model where this may block: ``progress`` ends it when nobody waits any more."""
    from huggingface_hub import HfApi

    progress.tell(f"Asking the hub for {name}", None)
    try:
        return _Download(name, HfApi(endpoint=endpoint), cache, progress).run()
    except Exception as error:
        raise (as_problem(error, name) or _unexplained(error, name)) from error


class _Download:
    """One download: small files first, so that a wrong model is refused before its weights."""

    def __init__(self, name: str, api: "HfApi", cache: Path, progress: Progress) -> None:
        self._name, self._api, self._cache, self._progress = name, api, cache, progress
        self._sizes: dict[str, int] = {}  # bytes

    def run(self) -> Path:
        """Download what is missing and give the folder that holds it all."""
        listed = self._api.model_info(self._name, files_metadata=True, timeout=_ANSWER_WITHIN)
        self._sizes = {file.rfilename: file.size or 0 for file in listed.siblings or ()}
        if CONFIGURATION not in self._sizes:
            raise self._lacks(CONFIGURATION)
        folder = self._get([CONFIGURATION])
        check_architecture(read_json(folder / CONFIGURATION))
        entry, vocabulary = weights_entry(self._sizes), vocabulary_files(self._sizes)
        if entry is None or vocabulary is None:
            raise self._lacks("tokenizer.json" if entry else "model.safetensors")
        names = [name for name in TOKENIZER_NAMES if name in self._sizes]
        self._get([*vocabulary, *names, entry], folder)
        if is_index(entry):
            self._get(shard_names(folder / entry), folder)
        if not is_complete(folder):
            raise problems.NoNetwork(
                f"{self._name} was changed while it was being downloaded.", "Try again."
            )
        return folder

    def _get(self, files: Sequence[str], folder: Path | None = None) -> Path:
        """Download files, counting their bytes together; give the folder of the last one."""
        total = sum(self._sizes.get(file, 0) for file in files)
        before = 0
        if folder is not None:  # fail before a long download rather than at its end
            missing = [file for file in files if not (folder / file).is_file()]
            if shutil.disk_usage(folder).free < sum(self._sizes.get(file, 0) for file in missing):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        for file in files:
            # huggingface_hub takes a class here; it only ever calls it.
            bar: Any = partial(_Bar, partial(self._tell, file, before, total))
            path = self._api.hf_hub_download(
                self._name, file, cache_dir=self._cache, tqdm_class=bar
            )
            folder = Path(path).parent
            before += self._sizes.get(file, 0)
        return folder or self._cache

    def _tell(self, file: str, before: int, total: int, done: int) -> None:
        size = self._sizes.get(file, 0)
        megabytes = f", {done / 1e6:.0f} of {size / 1e6:.0f} MB" if size >= 1_000_000 else ""
        self._progress.tell(
            f"Downloading {file}{megabytes}", min(1.0, (before + done) / total) if total else None
        )

    def _lacks(self, file: str) -> problems.BrokenCheckpoint:
        return problems.BrokenCheckpoint(
            f"{self._name} has no {file} on the hub.",
            "It was not saved by transformers, or only for another library.",
        )


class _Bar(tqdm):  # type: ignore[misc]  # tqdm comes without types
    """A progress bar that draws nothing and passes on how many bytes are done, even by raising."""

    def __init__(self, tell: Callable[[int], None], **described: Any) -> None:
        super().__init__(**described | {"disable": True})
        self._tell = tell
        self.update(0)

    def update(self, n: float | None = 1) -> None:
        """Count ``n`` more bytes; fewer, where a download starts again."""
        self.n += n
        self._tell(self.n)

    def update_transfer(self, n: int) -> None:
        """Leave the bytes on the wire uncounted: `update` counts those written."""


_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_LOG_IN = "A private model needs the command `hf auth login` first."


def as_problem(error: Exception, name: str) -> problems.Problem | None:
    """Translate an error of downloading ``name``; None where no network and no disk explains it."""
    from huggingface_hub import errors

    if isinstance(error, problems.Problem):
        return error
    if isinstance(error, errors.GatedRepoError):
        return problems.ModelNotFound(
            f"{name} is only given to people who accepted its terms.",
            "Accept them on the model's page, then run `hf auth login`.",
        )
    if isinstance(error, errors.RepositoryNotFoundError | errors.DisabledRepoError):
        return problems.ModelNotFound(
            f"The hub has no model {name}.", f"Check the spelling. {_LOG_IN}"
        )
    if isinstance(error, errors.OfflineModeIsEnabled):
        return problems.NoNetwork(
            f"{name} is not on this computer, and HF_HUB_OFFLINE forbids downloads.",
            "Unset HF_HUB_OFFLINE, or open a folder.",
        )
    if isinstance(error, errors.HfHubHTTPError):
        return _refused(error.response.status_code, name)
    if isinstance(error, OSError) and error.errno is not None:
        return _disk(error)
    # A file of the wrong length is a plain OSError; the client behind the hub changed over time.
    broken_off = OSError | errors.LocalEntryNotFoundError | errors.FileMetadataError
    kinds = [kind.__name__ for kind in type(error).__mro__]
    if isinstance(error, broken_off) or "TransportError" in kinds:
        return problems.NoNetwork(
            f"The hub cannot be reached, or the download of {name} broke off.",
            "Check the connection and try again; the models that the menu lists need none.",
        )
    return None


def _unexplained(error: Exception, name: str) -> problems.NoNetwork:
    """Tell of an error that neither network nor disk explains: a bad address, most likely."""
    proxies = [proxy for proxy in _PROXIES if os.environ.get(proxy)]
    if proxies:
        # What they hold is not shown: it may have a password in it.
        return problems.NoNetwork(
            f"The hub cannot be asked through the proxy that {' or '.join(proxies)} names.",
            "Such an address looks like http://proxy.example:8080; correct it, or unset it.",
        )
    return problems.NoNetwork(
        f"The download of {name} failed: {type(error).__name__}: {error}.",
        "The log has the details; a folder with the model's files can be opened, too.",
    )


def _refused(status: int, name: str) -> problems.Problem:
    if status in {401, 403}:
        return problems.ModelNotFound(f"The hub does not give {name} to everybody.", _LOG_IN)
    if status == 404:
        return problems.BrokenCheckpoint(
            f"The hub lists a file of {name} that it does not have.", "Try another model."
        )
    return problems.NoNetwork(f"The hub answered with the error {status}.", "Try again later.")


def _disk(error: OSError) -> problems.Problem:
    if isinstance(error, ConnectionError | TimeoutError):
        return problems.NoNetwork(
            "The connection to the hub broke off.", "Check the connection and try again."
        )
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return problems.BrokenCheckpoint(
            "The disk is full, so the model could not be downloaded.",
            "Free some space, or let HF_HOME name a folder on a larger disk.",
        )
    return problems.BrokenCheckpoint(
        f"The model could not be stored: {error.strerror}.",
        "Check the rights on the hub's cache folder, or let HF_HOME name another one.",
    )
