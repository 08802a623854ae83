"""Controls go on in a next line where a row has no room left."""

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.widgets.controls.control_row import ControlRow


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
