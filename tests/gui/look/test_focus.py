"""Every control shows that it has the keyboard, in both themes (WCAG 2.2, 2.4.13)."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QEnterEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QScrollArea, QWidget

from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.controls.space_choice import SpaceChoice
from roberta_gui.gui.window.arrangements import ARRANGEMENTS, Arrangement
from roberta_gui.gui.window.model_menu import texts_of
from roberta_gui.gui.window.notice_bar import Toast
from roberta_gui.lanes import SENTENCE, panel_lane
from roberta_gui.problems import NoNetwork, Stopped
from roberta_gui.records import Run
from tests.gui.idle_window import IdleWindow, settle
from tests.gui.painted import pixels
from tests.made_up import made_up_analysis

TEXT = "The cat sat on the <mask>."
LEAST_CONTRAST = 3.0
LEAST_PIXELS = 40
"""A ring around a small icon button has more than twice as many."""
AROUND = 16
"""Pixels around a control that may show where the keyboard is: a card does so for its editor."""


def luminance(image: QImage) -> NDArray[np.float64]:
    """Return the relative luminance of each pixel, as WCAG defines it."""
    channel = np.arange(256) / 255
    linear = np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)
    rgb = pixels(image)
    red, green, blue = (linear[rgb >> shift & 0xFF] for shift in (16, 8, 0))
    return np.asarray(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def seen(window: QWidget, control: QWidget) -> NDArray[np.float64]:
    """Return the luminance of what a window shows at and around a control."""
    place = QRect(control.mapTo(window, QPoint(0, 0)), control.size())
    around = place.adjusted(-AROUND, -AROUND, AROUND, AROUND)
    return luminance(window.grab(around.intersected(window.rect())).toImage())


def walked(window: QWidget) -> Iterator[QWidget]:
    """Press Tab until the keyboard is where it was at first; give each control on the way."""
    first = QApplication.focusWidget()
    assert first is not None
    met: set[int] = set()
    while True:
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        assert now is not None
        if id(now) in met:
            return
        met.add(id(now))
        yield now


def names(control: QWidget) -> str:
    """Name a control so that somebody can find it."""
    text = control.accessibleName() or control.property("text") or control.objectName()
    return f"{type(control).__name__} {text}"


def fronts(idle: IdleWindow, arrangement: Arrangement) -> Iterator[tuple[str, ...]]:
    """Bring panels to the front, those together that can be, until each was."""
    cells = [cell.panels for column in arrangement.columns for cell in column.cells]
    for depth in range(max(map(len, cells))):
        panels = tuple(names[depth] for names in cells if depth < len(names))
        for panel in panels:
            idle.window.docks.focus(panel)
            settle()
            idle.compute(idle.panel(panel))
        idle.window.card.editor.setFocus()
        settle()
        yield panels


def unseen_focuses(idle: IdleWindow, window: QWidget, controls: list[QWidget]) -> list[str]:
    """Name the controls to which the keyboard's coming changes too little, and say how little."""
    unseen = []
    for _ in ("in one theme", "in the other"):
        idle.window.toggle_appearance()
        few = ((control, changed_pixels(window, control)) for control in controls)
        where = idle.preferences.appearance
        unseen += [f"{where}: {names(one)}: {n} pixels" for one, n in few if n < LEAST_PIXELS]
    return unseen


def changed_pixels(window: QWidget, control: QWidget) -> int:
    """Count the pixels that clearly change when the keyboard comes to a control."""
    control.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    with_keyboard = seen(window, control)
    control.clearFocus()
    QApplication.processEvents()
    without = seen(window, control)
    light, dark = np.maximum(with_keyboard, without), np.minimum(with_keyboard, without)
    return int(((light + 0.05) / (dark + 0.05) >= LEAST_CONTRAST).sum())


def test_tab_reaches_controls_each_of_which_shows_that_it_has_the_keyboard(
    idle: IdleWindow,
) -> None:
    window = idle.window
    window.resize(1440, 900)
    analysis = made_up_analysis(TEXT)
    idle.store.use_model(analysis.model)
    idle.store.type(Run(TEXT, analysis.tokens))
    idle.store.show(analysis)
    window.activateWindow()
    idle.paint()

    met: list[QWidget] = []
    for arrangement in ARRANGEMENTS:
        window.compare.show(False)
        window.compare.choose(arrangement.name)
        controls: list[QWidget] = []
        for panels in fronts(idle, arrangement):
            there = [*walked(window)]
            new = [control for control in there if control not in met]
            met += new
            controls += there
            assert unseen_focuses(idle, window, new) == [], panels

        assert [one for one in controls if isinstance(one, QScrollArea)] == [], arrangement.name
        segments = [one for one in controls if isinstance(one.parent(), (Segments, SpaceChoice))]
        assert segments, arrangement.name
        assert [names(one) for one in segments if not one.property("checked")] == []
        reached = {names(control) for control in controls}
        tint, pickers = "Tint of the tokens", texts_of(analysis.model, None)
        for wanted in ("Mask", "Examples", tint, *pickers, "View", "Export"):
            assert any(wanted in name for name in reached), (arrangement.name, wanted)
    idle.store.clear()  # walking over tokens has hovered them


def test_tab_reaches_what_notices_offer_and_each_button_shows_that_it_has_the_keyboard(
    idle: IdleWindow,
) -> None:
    window, stopped = idle.window, panel_lane("heads")
    window.resize(1440, 900)
    idle.store.report(SENTENCE, NoNetwork("No network.", "Connect."))
    idle.store.report(stopped, Stopped("Nothing was known by then."))
    window.stop(stopped)
    (toast,) = window.findChildren(Toast)
    at = QPointF(5, 5)
    QApplication.sendEvent(toast, QEnterEvent(at, at, at))  # it stays where the pointer is
    window.card.editor.setFocus()
    idle.paint()
    settle()

    offered = [one for one in walked(window) if any(b.isAncestorOf(one) for b in idle.bars())]

    close = "QToolButton Close this notice"
    wanted = ["QPushButton Start again", "QPushButton Try again", close, close]
    assert sorted(map(names, offered)) == wanted
    assert unseen_focuses(idle, window, offered) == []


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        (Qt.KeyboardModifier.NoModifier, ["QScrollArea Keyboard and mouse"]),
        (
            Qt.KeyboardModifier.ShiftModifier,
            ["QLineEdit Search the glossary", "QTextBrowser Terms"],
        ),
    ],
    ids=["shortcuts", "glossary"],
)
def test_tab_goes_through_a_dialog_and_each_part_shows_that_it_has_the_keyboard(
    idle: IdleWindow, keys: Qt.KeyboardModifier, wanted: list[str]
) -> None:
    QTest.keyClick(idle.window, Qt.Key.Key_F1, keys)
    (dialog,) = idle.window.findChildren(QDialog)
    idle.bot.waitUntil(dialog.isActiveWindow)
    idle.paint()

    reached = [*walked(dialog)]

    assert sorted(map(names, reached)) == wanted
    assert unseen_focuses(idle, dialog, reached) == []
    dialog.close()
