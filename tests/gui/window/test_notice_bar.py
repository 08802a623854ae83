"""The notice bar: whatever it is told, all of it can be read at any width."""

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.window.notice_bar import NoticeBar

PATH = "/home/somebody/" + "a-folder-with-a-name/" * 12 + "model.safetensors"


class Framed:
    """A bar at the top of a window of some width."""

    def __init__(self, bot: QtBot, width: int) -> None:
        self.window = QWidget()
        bot.addWidget(self.window)
        self.bar = NoticeBar()
        column = QVBoxLayout(self.window)
        column.addWidget(self.bar)
        column.addStretch(1)
        self.window.resize(width, 600)
        with bot.waitExposed(self.window):
            self.window.show()

    def say(self, title: str, hint: str, action: str = "") -> None:
        self.bar.say(title, hint, problem=True, action=action)
        QApplication.processEvents()

    def label(self, name: str) -> QLabel:
        found = self.bar.findChild(QLabel, name)
        assert isinstance(found, QLabel)
        return found


@pytest.mark.parametrize("width", [420, 800, 1280])
@pytest.mark.parametrize(
    ("title", "hint"),
    [
        ("Short.", "Also short."),
        (f"{PATH} holds no weights.", "A folder needs model.safetensors."),
        ("The file could not be written.", f"Permission denied: {PATH}"),
        ("A title of many words " * 12, "A hint of many words " * 30),
    ],
    ids=["short", "path in the title", "path in the hint", "many words"],
)
def test_title_and_hint_are_whole_and_inside_at_any_width(
    qtbot: QtBot, width: int, title: str, hint: str
) -> None:
    framed = Framed(qtbot, width)

    framed.say(title, hint, action="Open log folder")

    assert framed.window.width() == width
    for name, text in (("noticeTitle", title), ("noticeHint", hint)):
        label = framed.label(name)
        assert label.text() == text
        assert label.height() >= label.heightForWidth(label.width())
        assert label.width() >= width / 2 - 100
        assert framed.bar.rect().contains(label.geometry())


def test_the_hint_stands_under_the_title(qtbot: QtBot) -> None:
    framed = Framed(qtbot, 800)

    framed.say("A title.", "A hint.")

    title, hint = framed.label("noticeTitle").geometry(), framed.label("noticeHint").geometry()
    assert hint.top() >= title.bottom()
    assert hint.left() == title.left()
    assert framed.bar.height() < 70


def test_more_lines_are_painted_where_a_path_is_longer_than_the_bar(qtbot: QtBot) -> None:
    framed = Framed(qtbot, 420)

    framed.say("Saved.", PATH)

    label = framed.label("noticeHint")
    image = label.grab().toImage()
    line = label.fontMetrics().height()
    rows = {
        y // line
        for y in range(image.height())
        if len({image.pixel(x, y) for x in range(image.width())}) > 3
    }
    assert len(rows) >= 4


def test_the_action_says_what_it_is_for(qtbot: QtBot) -> None:
    framed = Framed(qtbot, 800)

    framed.say("A title.", "A hint.", action="Try again")

    (button,) = framed.bar.findChildren(QPushButton)
    assert "Try again" in button.toolTip()


def test_the_text_can_be_copied(qtbot: QtBot) -> None:
    framed = Framed(qtbot, 420)
    framed.say("Saved.", PATH)

    (copy,) = framed.label("noticeHint").actions()
    copy.trigger()

    assert QGuiApplication.clipboard().text() == PATH
