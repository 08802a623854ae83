"""What every test of the window gets: Qt's warnings fail it, and so does what it leaves behind."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT, Theme
from tests.gui.leaks import leaks, snapshot, watch_timers

watch_timers()

_HERE = Path(__file__).parent

# Offscreen windows cannot be raised or masked; Qt says so each time.
_HARMLESS = ("This plugin does not support .*",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a Qt message of WARNING or above fail every test in this folder.

    As marks and not as keys of pyproject.toml: where pytest-qt is not installed, strict
    configuration refuses its keys.
    """
    for item in items:
        if _HERE in item.path.parents:
            own = [part for mark in item.iter_markers("qt_log_ignore") for part in mark.args]
            # The mark that stands first counts: a test's own level, and one list of ignores.
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(*_HARMLESS, *own), append=False)


@pytest.fixture
def wearing(qapp: QApplication) -> Iterator[Callable[[Theme], None]]:
    """Dress the application in a theme, and in the light one again afterwards."""
    yield partial(wear, qapp)
    wear(qapp, LIGHT)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that uses Qt and leaves a top-level widget, a running timer or a thread."""
    if "qapp" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("qapp")
    before = snapshot()
    yield
    # Offscreen, the clipboard outlives Python: what a test left in it would crash the very end.
    QApplication.clipboard().clear()
    if left := leaks(before):
        pytest.fail("\n".join(left), pytrace=False)
