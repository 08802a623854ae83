"""A window that was closed is gone, with all that it showed."""

import gc
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from tests.gui.explorer import Explorer

TEXTS = ("The cat sat on the <mask>.", "The dog lay under the <mask>.")

pytestmark = pytest.mark.usefixtures("few_reference_sentences")


def opened_and_closed(folder: Path, bot: QtBot) -> dict[str, weakref.ref[object]]:
    """Use a window as people do, close it, and return what must be gone by then."""
    explorer = Explorer(folder, bot)
    explorer.start()
    passes = []
    for text in TEXTS:
        explorer.write(text)
        passes.append(explorer.analysis)
    window, session = explorer.window, explorer.session
    watched: dict[str, object] = {
        "session": session,
        "window": window,
        "store": session.store,
        "controller": session.controller,
        "runner": session.jobs,
        "card": window.card,
        "docks": window.docks,
        **{kind.name: window.docks.panel(kind.name) for kind in window.docks.kinds},
        **{f"attention of pass {nth}": shown.attention for nth, shown in enumerate(passes)},
        **{f"hidden states of pass {nth}": shown.hidden for nth, shown in enumerate(passes)},
    }
    explorer.close()
    return {name: weakref.ref(one) for name, one in watched.items()}


def test_a_closed_window_leaves_none_of_its_objects_and_none_of_its_arrays(
    qtbot: QtBot, tmp_path: Path
) -> None:
    left = []
    for _ in range(2):  # the first one brings with it what the process keeps
        refs = opened_and_closed(tmp_path, qtbot)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        left.append([name for name, ref in refs.items() if ref() is not None])

    assert left == [[], []]


def test_a_text_that_was_edited_away_leaves_no_arrays(qtbot: QtBot, tmp_path: Path) -> None:
    explorer = Explorer(tmp_path, qtbot)
    explorer.start()
    seen: list[weakref.ref[object]] = []
    for nth in range(6):
        explorer.write(f"The cat sat on {nth} <mask>.")
        seen += [weakref.ref(explorer.analysis.attention), weakref.ref(explorer.analysis.hidden)]

    gc.collect()
    alive = [nth // 2 for nth, ref in enumerate(seen) if ref() is not None]
    explorer.close()

    assert set(alive) == {5}
