"""The wheel is a widget's own, but where the page around it scrolls: there it needs Ctrl."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.widgets.charts.scatter import Point, Scatter
from roberta_gui.gui.widgets.controls.play_bar import Slider
from roberta_gui.gui.widgets.controls.stepper import Stepper
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap


def heatmap() -> QWidget:
    made = Heatmap()
    made.set_matrix(
        np.eye(40, dtype=np.float32),
        [AxisLabel(f"t{i}", "plain") for i in range(40)],
        ColourScale(0.0, 1.0),
    )
    return made


def stepper() -> QWidget:
    made = Stepper("Layer", "Which layer")
    made.moved.connect(lambda value: made.show_value(value, 6))
    made.show_value(3, 6)
    return made


def scatter() -> QWidget:
    made = Scatter()
    made.set_home((-8.0, 8.0, -6.0, 6.0))
    points = [Point("here", QColor("red"), ""), Point("there", QColor("blue"), "")]
    made.set_points(np.array([[1.0, 1.0], [-1.0, -2.0]]), points)
    return made


def slider() -> QWidget:
    made = Slider()
    made.setValue(50)
    return made


@pytest.mark.parametrize("make", [heatmap, stepper, slider, scatter], ids=lambda m: m.__name__)
@pytest.mark.parametrize("page", [380, 2000])
def test_a_page_that_scrolls_is_scrolled_and_nothing_in_it_changed_without_ctrl(
    qtbot: QtBot, make: Callable[[], QWidget], page: int
) -> None:
    widget, inner, area = make(), QWidget(), QScrollArea()
    qtbot.addWidget(area)
    widget.setMinimumSize(460, 360)
    column = QVBoxLayout(inner)
    column.addWidget(widget)
    inner.setMinimumHeight(page)
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.resize(500, 400)
    with qtbot.waitExposed(area):
        area.show()

    def turn(held: Qt.KeyboardModifier) -> tuple[bool, bool]:
        """Return whether the widget was changed, and whether the turn is left to the page.

        What Qt passes on are real turns only.
        """
        before = widget.grab().toImage()
        whole = widget.layout_now().field if isinstance(widget, Heatmap) else QRectF(widget.rect())
        middle = whole.center()
        event = QWheelEvent(
            middle, widget.mapToGlobal(middle), QPoint(), QPoint(0, 120),
            Qt.MouseButton.NoButton, held, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        event.setAccepted(False)
        QApplication.sendEvent(widget, event)
        return widget.grab().toImage() != before, not event.isAccepted()

    scrolls = page > 400
    keys = Qt.KeyboardModifier
    assert turn(keys.NoModifier) == (not scrolls, scrolls)
    assert turn(keys.ControlModifier) == (True, False)
