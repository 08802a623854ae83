"""The header leaves out what says nothing new before anything is cut."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon, QPixmap
from PySide6.QtWidgets import QLabel, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.window.header import Header


def texts_beside(header: Header) -> dict[str, tuple[bool, Qt.ToolButtonStyle]]:
    """Tell which buttons are there, and whether their names stand beside their icons."""
    buttons = header.findChildren(QToolButton)
    return {b.text(): (b.isHidden(), b.toolButtonStyle()) for b in buttons}


@pytest.mark.parametrize("size", [10, 13, 20])
def test_what_is_left_out_is_the_same_when_looked_at_again(header: Header, size: int) -> None:
    font = header.font()
    font.setPixelSize(size)
    for button in header.findChildren(QToolButton):
        button.setFont(font)
    flickering = []
    for width in range(header.minimumSizeHint().width(), 1200):
        header.resize(width, 44)
        header.make_room()
        seen = texts_beside(header)
        header.make_room()
        if texts_beside(header) != seen:
            flickering.append(width)

    assert flickering == []


@pytest.fixture
def header(qtbot: QtBot) -> Header:
    header = Header(QMenu(), QMenu())
    qtbot.addWidget(header)
    header.model.setText("mini · 6 layers × 8 heads · built in ▾")
    header.add_action(QAction(QIcon(QPixmap(18, 18)), "Undo", header), text=True)
    header.add_menu("Export", "Copy or save", QMenu(header))
    with qtbot.waitExposed(header):
        header.show()
    header.resize(1200, 44)  # whatever is left out at first, and whatever style is in force
    qtbot.waitUntil(lambda: names(header) == ["RoBERTa Explorer"])
    return header


def names(header: Header) -> list[str]:
    return [label.text() for label in header.findChildren(QLabel) if label.isVisible()]


def test_a_wide_header_shows_the_products_name(qtbot: QtBot, header: Header) -> None:
    header.resize(1200, 44)

    assert names(header) == ["RoBERTa Explorer"]


def cut(header: Header) -> list[str]:
    """Buttons whose text is cut; the model's name alone may be shortened, with an ellipsis."""
    buttons = [b for b in header.findChildren(QToolButton) if b is not header.model]
    return [b.text() for b in buttons if b.width() < b.sizeHint().width()]


def test_a_narrow_header_gives_the_name_up_and_cuts_no_button(qtbot: QtBot, header: Header) -> None:
    header.resize(header.sizeHint().width() - 60, 44)

    qtbot.waitUntil(lambda: not names(header) and not cut(header))


def test_the_name_comes_back_with_the_room(qtbot: QtBot, header: Header) -> None:
    whole = header.sizeHint().width()
    header.resize(whole - 60, 44)
    qtbot.waitUntil(lambda: not names(header))

    header.resize(whole + 20, 44)

    qtbot.waitUntil(lambda: names(header) == ["RoBERTa Explorer"] and not cut(header))


def test_a_very_narrow_header_gives_up_buttons_that_have_keys_before_it_cuts_any(
    qtbot: QtBot, header: Header
) -> None:
    undo = next(b for b in header.findChildren(QToolButton) if b.text() == "Undo")
    header.resize(header.sizeHint().width() + 20, 44)
    qtbot.waitUntil(undo.isVisible)
    names_at = header.sizeHint().width()
    header.resize(names_at - 60, 44)
    qtbot.waitUntil(lambda: not names(header))
    assert undo.isVisible()

    shortest = header.model.sizeHint().width() - header.model.minimumWidth()
    header.resize(header.sizeHint().width() - shortest - 10, 44)
    qtbot.waitUntil(lambda: not undo.isVisible())
    header.resize(names_at + 20, 44)

    qtbot.waitUntil(lambda: undo.isVisible() and names(header) == ["RoBERTa Explorer"])


def test_the_models_name_and_the_device_give_way_before_undo_does(
    qtbot: QtBot, header: Header
) -> None:
    assert not header.device.isVisible()  # nothing runs anywhere yet
    header.show_model("mini · 6 layers × 8 heads · built in", "CPU · float32")
    assert header.device.isVisible()
    header.resize(300, 44)
    qtbot.waitUntil(lambda: not header.device.isVisible())

    undo = next(b for b in header.findChildren(QToolButton) if b.text() == "Undo")
    header.resize(header.sizeHint().width() - 60, 44)  # of the name, all else has its room

    qtbot.waitUntil(undo.isVisible)
    assert not header.device.isVisible()
    assert header.model.width() < header.model.sizeHint().width()

    header.resize(1200, 44)
    qtbot.waitUntil(header.device.isVisible)


def test_names_are_read_as_they_are_without_the_arrow_of_their_menu(header: Header) -> None:
    header.show_model("R&D · 6 layers × 8 heads · built in", "CPU · float32")

    names = [button.accessibleName() for button in header.findChildren(QToolButton)]
    assert {"R&D · 6 layers × 8 heads · built in", "CPU · float32", "Export"} <= {*names}
    assert [name for name in names if "▾" in name] == []
    assert header.model.text() == "R&&D · 6 layers × 8 heads · built in  ▾"  # one & is drawn
