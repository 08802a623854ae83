"""The top row of a panel: its mark for an old picture comes late, and takes no room."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import choose
from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.panels.panel_title import PanelTitle
from roberta_gui.gui.widgets.controls.breaking_text import ElidingLabel


@pytest.fixture
def title(qtbot: QtBot) -> PanelTitle:
    title = PanelTitle("Layer similarity")
    qtbot.addWidget(title)
    title.set_remark("a remark")
    title.add(QLabel("controls"))
    with qtbot.waitExposed(title):
        title.show()
    return title


def mark(title: PanelTitle) -> QPushButton:
    button = title.findChild(QPushButton, "stale")
    assert isinstance(button, QPushButton)
    return button


def test_the_mark_of_an_old_picture_makes_no_panel_wider(title: PanelTitle, qtbot: QtBot) -> None:
    narrowest = title.minimumSizeHint().width()
    title.resize(narrowest, title.height())

    title.set_stale(True)
    qtbot.waitUntil(mark(title).isVisible)

    assert title.minimumSizeHint().width() == narrowest
    assert mark(title).width() == mark(title).sizeHint().width()
    assert title.rect().contains(mark(title).geometry())


def test_the_mark_stays_in_front_of_the_controls(title: PanelTitle, qtbot: QtBot) -> None:
    title.set_stale(True)
    qtbot.waitUntil(mark(title).isVisible)

    title.resize(700, title.height())

    controls = next(w for w in title.findChildren(QLabel) if w.text() == "controls")
    assert mark(title).geometry().right() < controls.geometry().left()
    assert mark(title).geometry().right() > controls.geometry().left() - 20


def test_a_picture_that_is_new_in_time_gets_no_mark(title: PanelTitle) -> None:
    title.set_stale(True)
    title.set_stale(False)

    assert not mark(title).isVisible()


def test_a_name_that_another_font_has_room_for_is_whole_again(title: PanelTitle) -> None:
    name = title.findChild(ElidingLabel, "panelName")
    assert isinstance(name, ElidingLabel)
    font = name.font()
    larger = QFont(font)
    larger.setPixelSize(4 * font.pixelSize())
    name.setFixedWidth(name.width())

    name.setFont(larger)
    was_cut = name.is_cut
    name.setFont(font)

    assert (was_cut, name.is_cut) == (True, False)


@pytest.mark.parametrize("zoom", [0.8, 1.0, 1.25, 1.5, 2.0])
def test_every_panels_name_is_whole_where_there_is_room(zoom: float, qtbot: QtBot) -> None:
    wear(choose("light", zoom))
    for panel in PANELS:
        heading = PanelTitle(panel.title)
        qtbot.addWidget(heading)
        heading.resize(1400, 40)
        with qtbot.waitExposed(heading):
            heading.show()
        name = heading.findChild(ElidingLabel, "panelName")
        assert isinstance(name, ElidingLabel)
        assert name.text() == panel.title
        assert not name.is_cut


class Asked(QLabel):
    """Counts how often it is asked for its size."""

    count = 0

    def sizeHint(self) -> QSize:
        self.count += 1
        return QSize(40, 60)


def test_a_title_asks_its_controls_once_however_often_docks_ask_it(title: PanelTitle) -> None:
    control = Asked()
    title.add(control)
    control.hide()
    height = title.sizeHint().height()
    before = control.count

    for _ in range(50):
        assert title.sizeHint().height() == title.minimumSizeHint().height() == height >= 60

    assert control.count == before
