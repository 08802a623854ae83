"""Download a hub model into huggingface_hub's cache: only the files that loading needs."""

import errno
import os
import shutil
from collections.abc import Callable, Sequence
from functools import partial
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
from roberta_gui.engine.checkpoints.hub_problems import as_problem, unexplained
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
