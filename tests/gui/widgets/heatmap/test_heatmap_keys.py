"""The heatmap by keyboard: nearer, farther, aside, and everything again."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.gui.widgets.painting.cell_layout import Zoom


@pytest.fixture
def heatmap(heatmap: Heatmap) -> Heatmap:
    """Return a heatmap of 60 tokens of which some 20 are in sight."""
    matrix = np.zeros((60, 60), dtype=np.float32)
    heatmap.set_matrix(matrix, [AxisLabel("x")] * 60, ColourScale(0.0, 1.0))
    for _ in range(5):
        QTest.keyClick(heatmap, Qt.Key.Key_Plus)
    return heatmap


def test_five_notches_are_five_times_nearer_by_a_fifth(heatmap: Heatmap) -> None:
    zoom = heatmap.layout_now().zoom

    assert zoom.span == pytest.approx(60 * 0.8**5)
    assert (zoom.top, zoom.left) == pytest.approx(((60 - zoom.span) / 2,) * 2)


@pytest.mark.parametrize(("key", "factor"), [(Qt.Key.Key_Plus, 0.8), (Qt.Key.Key_Minus, 1.25)])
def test_plus_and_minus_zoom_about_the_middle(heatmap: Heatmap, key: Qt.Key, factor: float) -> None:
    before = heatmap.layout_now().zoom

    QTest.keyClick(heatmap, key)

    after = heatmap.layout_now().zoom
    assert after.span == pytest.approx(before.span * factor)
    assert after.top + after.span / 2 == pytest.approx(before.top + before.span / 2)


@pytest.mark.parametrize(
    ("key", "rows", "columns"),
    [
        (Qt.Key.Key_Up, -1, 0),
        (Qt.Key.Key_Down, 1, 0),
        (Qt.Key.Key_Left, 0, -1),
        (Qt.Key.Key_Right, 0, 1),
    ],
)
def test_shift_and_arrows_pan_and_0_shows_all_again(
    heatmap: Heatmap, key: Qt.Key, rows: int, columns: int
) -> None:
    before = heatmap.layout_now().zoom

    QTest.keyClick(heatmap, key, Qt.KeyboardModifier.ShiftModifier)
    after = heatmap.layout_now().zoom
    QTest.keyClick(heatmap, Qt.Key.Key_0)

    step = before.span / 4
    assert (after.top, after.left) == pytest.approx(
        (before.top + rows * step, before.left + columns * step)
    )
    assert heatmap.layout_now().zoom == Zoom.whole(60)


def test_plain_arrow_keys_are_left_to_the_panel(heatmap: Heatmap) -> None:
    before = heatmap.layout_now().zoom

    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_A):
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(heatmap, event)
        assert not event.isAccepted()

    assert heatmap.layout_now().zoom == before
