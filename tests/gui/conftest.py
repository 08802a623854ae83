"""What every test of the window gets: Qt's warnings fail it, and so does what it leaves behind."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from roberta_gui.analysis.axes.reference_sentences import reference_sentences
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import DARK, LIGHT, Theme
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.work import engine_worker
from tests.gui.desk import Desk
from tests.gui.idle_window import IdleWindow
from tests.gui.leaks import leaks, snapshot, watch_timers
from tests.gui.shown_panel import ShownPanel
from tests.patience import PATIENCE_S

watch_timers()

for _wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitExposed):
    # The library's own five seconds are for a quiet machine: only what hangs is waited for so long.
    cast("Any", _wait).__kwdefaults__["timeout"] = 1000 * PATIENCE_S

_HERE = Path(__file__).parent
_FONTS = _HERE.parent / "data" / "fonts"

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


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """Dress the application once, in a font of the tests: the machine's are never measured."""
    for file in sorted(_FONTS.glob("*.ttf")):
        (family,) = QFontDatabase.applicationFontFamilies(
            QFontDatabase.addApplicationFont(str(file))
        )
    qapp.setFont(QFont(family))
    wear(LIGHT)
    return qapp


@pytest.fixture(scope="session")
def axes_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a cache folder in which the built-in model's axes are fitted only once."""
    return tmp_path_factory.mktemp("axes")


@pytest.fixture
def few_reference_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fit axes on two dozen sentences, where none of them is looked at."""
    monkeypatch.setattr(
        engine_worker, "reference_sentences", lambda path: reference_sentences(path)[:24]
    )


@pytest.fixture
def made(request: pytest.FixtureRequest, qapp: QApplication) -> ShownPanel:
    """Make the panel that the mark ``panel`` names, in its size."""
    mark = request.node.get_closest_marker("panel")
    return ShownPanel(**mark.kwargs)


@pytest.fixture
def hidden(made: ShownPanel, qtbot: QtBot) -> Iterator[ShownPanel]:
    """Give a panel that is not in sight yet."""
    qtbot.addWidget(made.panel)
    qtbot.addWidget(made.panel.heading)
    yield made
    # pytest keeps what a fixture gave until the very end, and with it menus that Python owns.
    vars(made).clear()


@pytest.fixture
def shown(hidden: ShownPanel, qtbot: QtBot) -> ShownPanel:
    """Give a panel and its heading in sight."""
    hidden.panel.heading.show()
    with qtbot.waitExposed(hidden.panel):
        hidden.panel.show()
    return hidden


@pytest.fixture
def idle(qtbot: QtBot, tmp_path: Path) -> Iterator[IdleWindow]:
    """Give a window of the test's own, in sight, without a model."""
    made = IdleWindow(tmp_path, qtbot)
    made.show()
    yield made
    made.close()


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., IdleWindow]]:
    """Make windows in sight, without a model, that remember what the test says."""
    made: list[IdleWindow] = []

    def make(preferences: Preferences | None = None) -> IdleWindow:
        made.append(IdleWindow(tmp_path, qtbot, preferences))
        made[-1].show()
        return made[-1]

    yield make
    for idle in made:
        idle.close()
    made.clear()


@pytest.fixture
def desk(qapp: object) -> Iterator[Desk]:
    """Give a controller that has no model yet."""
    made = Desk()
    yield made
    made.controller.rest()
    made.jobs.shutdown()
    vars(made).clear()  # pytest keeps fixture values until the leaks have been counted


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def theme(request: pytest.FixtureRequest, qapp: QApplication) -> Theme:
    """Run the test in the light theme and in the dark one."""
    wear(request.param)
    made: Theme = request.param
    return made


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
    left = leaks(before)
    wear(LIGHT)
    if left:
        pytest.fail("\n".join(left), pytrace=False)
