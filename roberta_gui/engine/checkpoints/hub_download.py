"""Download a hub model into huggingface_hub's cache: only the files that loading needs."""

import errno
import os
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint_files import (
    CONFIGURATION,
    TOKENIZER_NAMES,
    check_architecture,
    is_complete,
    is_index,
    read_json,
    shard_names,
    vocabulary_files,
    weights_entry,
)
from roberta_gui.engine.interruption import Progress

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_ANSWER_WITHIN = 10.0  # seconds


def download(name: str, endpoint: str | None, cache: Path, progress: Progress) -> Path:
    """Download the model ``name`` and give its folder in the cache.

    Runs where it may block: ``progress`` ends it when nobody waits any more.

    Raises
    ------
    problems.Problem
        Whatever `roberta_gui.engine.checkpoints.hub.fetch` names.
    """
    from huggingface_hub import HfApi

    progress.tell(f"Asking the hub for {name}", None)
    try:
        return _Download(name, HfApi(endpoint=endpoint), cache, progress).run()
    except Exception as error:
        raise (as_problem(error, name) or unexplained(error, name)) from error


class _Download:
    """One download: small files first, so that a wrong model is refused before its weights."""

    def __init__(self, name: str, api: "HfApi", cache: Path, progress: Progress) -> None:
        self._name = name
        self._api = api
        self._cache = cache
        self._progress = progress
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
        self._check_room([*vocabulary, *names, entry], folder)
        self._get([*vocabulary, *names, entry])
        if is_index(entry):
            shards = shard_names(folder / entry)
            self._check_room(shards, folder)
            self._get(shards)
        if not is_complete(folder):
            raise problems.NoNetwork(
                f"{self._name} was changed while it was being downloaded.", "Try again."
            )
        return folder

    def _get(self, files: Sequence[str]) -> Path:
        """Download files, counting their bytes together; give the folder of the last one."""
        total = sum(self._sizes.get(file, 0) for file in files)
        before = 0
        folder = self._cache
        for file in files:
            # huggingface_hub takes a class here; it only ever calls it.
            bar: Any = partial(_Bar, partial(self._tell, file, before, total))
            path = self._api.hf_hub_download(
                self._name, file, cache_dir=self._cache, tqdm_class=bar
            )
            folder = Path(path).parent
            before += self._sizes.get(file, 0)
        return folder

    def _check_room(self, files: Sequence[str], folder: Path) -> None:
        """Fail before a long download rather than at its end."""
        needed = sum(self._sizes.get(file, 0) for file in files if not (folder / file).is_file())
        if shutil.disk_usage(folder).free < needed:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _tell(self, file: str, before: int, total: int, done: int) -> None:
        size = self._sizes.get(file, 0)
        text = f"Downloading {file}, {done / 1e6:.0f} of {size / 1e6:.0f} MB"
        if size < 1_000_000:
            text = f"Downloading {file}"
        self._progress.tell(text, min(1.0, (before + done) / total) if total else None)

    def _lacks(self, file: str) -> problems.BrokenCheckpoint:
        return problems.BrokenCheckpoint(
            f"{self._name} has no {file} on the hub.",
            "It was not saved by transformers, or only for another library.",
        )


class _Bar(tqdm):  # type: ignore[misc]  # tqdm comes without types
    """A progress bar that draws nothing and passes on how many bytes are done.

    ``update`` raises `problems.Stopped` when nobody waits for the download any more.
    """

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
    """Translate an error that came up while downloading the model ``name``.

    None means that the error is nothing that a network or a disk explains.
    """
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
    broken_off = isinstance(error, errors.LocalEntryNotFoundError | errors.FileMetadataError)
    # huggingface_hub reports a file of the wrong length as a plain OSError.
    if broken_off or isinstance(error, (*_transport_errors(), OSError)):
        return problems.NoNetwork(
            f"The hub cannot be reached, or the download of {name} broke off.",
            "Check the connection and try again; the models that the menu lists need none.",
        )
    return None


def unexplained(error: Exception, name: str) -> problems.NoNetwork:
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


def _transport_errors() -> tuple[type[Exception], ...]:
    """List the network errors of the client that huggingface_hub uses; it changed over time."""
    found: list[type[Exception]] = []
    for name in ("httpx2", "httpx"):
        try:
            found.append(import_module(name).TransportError)
        except ImportError:
            continue
    return tuple(found)
