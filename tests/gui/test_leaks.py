"""The checks that guard every other test of the window, each proved on a leak of its own."""

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.leaks import leaks, snapshot

pytest_plugins = ["pytester"]


@pytest.mark.usefixtures("qapp")
def test_a_top_level_widget_is_a_leak_until_it_is_deleted() -> None:
    before = snapshot()
    widget = QWidget()
    widget.setObjectName("forgotten")

    (line,) = leaks(before)
    assert "QWidget 'forgotten'" in line

    widget.deleteLater()
    assert leaks(before) == []


def test_a_child_widget_is_no_leak(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    before = snapshot()

    QLabel("child", parent)

    assert leaks(before) == []


@pytest.mark.usefixtures("qapp")
def test_a_widget_that_only_a_reference_cycle_holds_is_no_leak() -> None:
    before = snapshot()
    widget = QWidget()
    widget.itself = widget  # type: ignore[attr-defined]

    del widget

    assert leaks(before) == []


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("with_owner", [True, False])
def test_a_timer_is_a_leak_while_it_runs(with_owner: bool) -> None:
    before = snapshot()
    owner = QObject()
    timer = QTimer(owner if with_owner else None, interval=60_000)
    timer.setObjectName("forgotten")
    assert leaks(before) == []

    timer.start()
    (line,) = leaks(before)
    assert "repeating timer of 60000 ms" in line
    assert "'forgotten'" in line

    timer.stop()
    assert leaks(before) == []


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("daemon", [True, False])
def test_a_thread_is_a_leak_until_it_ends(daemon: bool) -> None:
    before, end = snapshot(), threading.Event()
    thread = threading.Thread(target=end.wait, name="forgotten", daemon=daemon)
    thread.start()

    (line,) = leaks(before, patience=0)
    assert "forgotten" in line

    end.set()
    assert leaks(before) == []


def test_what_lived_before_is_nobodys_leak(qtbot: QtBot) -> None:
    widget, timer = QWidget(), QTimer(interval=60_000)
    qtbot.addWidget(widget)
    timer.start()

    assert leaks(snapshot()) == []
    timer.stop()


def test_the_fixture_fails_the_test_that_leaks(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("from tests.gui.conftest import nothing_left_behind\n")
    pytester.makepyfile(
        """
        from PySide6.QtWidgets import QWidget

        kept = []

        def test_leaks(qapp):
            kept.append(QWidget(objectName="forgotten"))

        def test_is_clean(qtbot):
            qtbot.addWidget(QWidget())

        def test_knows_no_qt():
            kept.append(None)
        """
    )
    root = Path(__file__).parents[2]

    # A process of its own: two QApplications and two pytest-qt cannot share one.
    result = pytester.run(
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-o", f"pythonpath={root}"
    )

    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*a top-level widget is left: QWidget 'forgotten'*"])
