"""Controls go on in a next line where a row has no room left."""

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.controls.control_row import ControlRow
from tests.gui.shown_panel import settle_layout


def test_controls_wrap_where_there_is_no_room_and_keep_their_order(qtbot: QtBot) -> None:
    buttons = [QPushButton(text) for text in ("one", "two", "three")]
    for button in buttons:
        button.setFixedSize(100, 20)
    row = ControlRow(*buttons[:2], gap=10)
    qtbot.addWidget(row)
    row.add(buttons[2])
    row.resize(215, 100)
    with qtbot.waitExposed(row):
        row.show()

    assert [(b.x(), b.y()) for b in buttons] == [(0, 0), (110, 0), (0, 26)]
    assert row.heightForWidth(400) == 20
    assert row.heightForWidth(215) == 46


def test_what_is_left_out_leaves_no_gap_and_comes_back_to_its_place(qtbot: QtBot) -> None:
    buttons = [QPushButton(text) for text in ("one", "two", "three")]
    for button in buttons:
        button.setFixedSize(100, 20)
    row = ControlRow(*buttons, gap=10)
    qtbot.addWidget(row)
    row.resize(400, 60)
    with qtbot.waitExposed(row):
        row.show()

    row.show_control(buttons[1], False)
    settle_layout()
    without = [button.x() for button in buttons if button.isVisible()]
    row.show_control(buttons[1], True)
    settle_layout()

    assert without == [0, 110]
    assert [button.x() for button in buttons if button.isVisible()] == [0, 110, 220]
