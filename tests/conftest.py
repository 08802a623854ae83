"""What every test gets: its own folders, no network, no unexpected warnings.

Nothing here imports Qt or torch: the tests of engine and analysis also run on a machine that has
no PySide6 and no pytest-qt. What only the window's tests need is in ``gui/conftest.py``.
"""

import gc
import logging
import os
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from roberta_gui.engine import Engine

# Before anything imports Qt, torch or huggingface_hub: they read their environment only once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["HF_HUB_OFFLINE"] = "1"
if "PYTEST_XDIST_WORKER" in os.environ:
    # Workers share the cores: threads of each would only wait for those of the others.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
_HUB = tempfile.TemporaryDirectory(prefix="huggingface-")
os.environ["HF_HOME"] = _HUB.name
os.environ["MPLCONFIGDIR"] = _HUB.name  # its list of fonts is made once, and not by every test

_FOLDERS = {
    "XDG_CONFIG_HOME": "config",
    "XDG_CACHE_HOME": "cache",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
}

# What others say is not our log: transformers, our oracle, speaks to the root logger under CI, and
# matplotlib tells where its list of fonts takes long.
_OTHERS = ("transformers", "matplotlib")

settings.register_profile("here", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_xdist_auto_num_workers() -> int:
    """Take a worker more than cores: a third of the time a test of the window waits for a timer.

    Each takes a gigabyte of memory, so up to four.
    """
    return min((os.cpu_count() or 1) + 1, 4)


def pytest_sessionstart() -> None:
    """Look for no garbage among ten thousands of modules, classes and tests while they are made."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over them all: none of them goes before the end."""
    gc.enable()
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Name one folder after the other: ``mktemp`` would look through all earlier ones each time."""
    below = tmp_path_factory.mktemp("homes")
    return (below / str(nth) for nth in count())


@pytest.fixture(autouse=True)
def own_folders(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test its own settings, cache and log folders, away from the developer's."""
    home = next(homes)
    home.mkdir()
    for variable, folder in _FOLDERS.items():
        monkeypatch.setenv(variable, str(home / folder))
    return home


@pytest.fixture(scope="session")
def engine() -> "Engine":
    """Open the built-in model once: an Engine stays as it is, and nobody closes this one."""
    from roberta_gui.engine import Engine

    return Engine.load("mini", device="cpu")


class _LogWatch(logging.Handler):
    """Collects what is logged at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.split(".")[0] not in _OTHERS:
            self.records.append(record)


@pytest.fixture(autouse=True)
def no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which somebody logged a warning, unless it says that it expects one.

    ``@pytest.mark.expects_log("part of the line")`` allows such lines and demands at least one.
    A test that takes ``caplog`` judges the log itself and is left alone.
    """
    if "caplog" in request.fixturenames:
        yield
        return
    expected = [part for mark in request.node.iter_markers("expects_log") for part in mark.args]
    watch = _LogWatch()
    root = logging.getLogger()
    root.addHandler(watch)
    yield
    root.removeHandler(watch)
    messages = [f"{r.levelname} {r.name}: {r.getMessage()}" for r in watch.records]
    missing = [part for part in expected if not any(part in line for line in messages)]
    surplus = [line for line in messages if not any(part in line for part in expected)]
    if surplus or missing:
        sentences = [f"unexpected log line: {line}" for line in surplus]
        sentences += [f"expected in the log, but not there: {part!r}" for part in missing]
        pytest.fail("\n".join(sentences), pytrace=False)
