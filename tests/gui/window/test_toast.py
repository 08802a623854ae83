"""A passing notice moves nothing, hides nothing for good, and waits for the pointer."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from roberta_gui.gui.window.notice_bar import Toast
from tests.gui.idle_window import IdleWindow

TEXT = "The cat sat on the <mask> tonight"
SHORT, LONG = "/home/somebody/layers.png", "/home/somebody/" + "a-long-folder/" * 12 + "layers.png"


@pytest.fixture
def idle(idle: IdleWindow) -> IdleWindow:
    idle.show_text(TEXT)
    return idle


def notice(idle: IdleWindow) -> Toast:
    (found,) = idle.window.findChildren(Toast)
    return found


def places(idle: IdleWindow) -> dict[str, QRect]:
    """Return where everything is that a hand may aim at."""
    QApplication.processEvents()
    window = idle.window
    parts: dict[str, QWidget] = {p.name: p for p in window.docks.panels if p.isVisible()}
    parts |= {"card": window.card, "strip": window.card.strip, "status": window.status}
    return {name: place_of(part, idle) for name, part in parts.items()}


def place_of(widget: QWidget, idle: IdleWindow) -> QRect:
    return QRect(widget.mapTo(idle.window, QPoint(0, 0)), widget.size())


def point_at(widget: QWidget, kind: QEvent.Type) -> None:
    if kind is QEvent.Type.Leave:
        QApplication.sendEvent(widget, QEvent(kind))
    else:
        at = QPointF(5, 5)
        QApplication.sendEvent(widget, QEnterEvent(at, at, at))


@pytest.mark.parametrize("size", [(1280, 800), (760, 520)])
def test_nothing_moves_when_it_comes_and_goes(idle: IdleWindow, size: tuple[int, int]) -> None:
    idle.window.resize(*size)
    QApplication.processEvents()
    idle.bot.waitUntil(lambda: idle.window.docks.is_settled)
    before, bar = places(idle), notice(idle)
    (close,) = (b for b in bar.findChildren(QWidget) if b.toolTip() == "Close this notice")

    for hint in (SHORT, LONG):
        idle.window.tell("Saved.", hint)
        shown = places(idle)
        inside = idle.window.rect().contains(bar.geometry())
        close.click()  # type: ignore[attr-defined]

        assert shown == before == places(idle), hint
        assert inside, hint
        assert not bar.isVisible(), hint


def test_a_short_one_lies_on_the_status_line_and_a_long_one_above_it(idle: IdleWindow) -> None:
    idle.window.resize(1280, 800)
    line = idle.window.status.geometry()

    idle.window.tell("Saved.", SHORT)
    short = notice(idle).geometry()
    idle.window.tell("Saved.", LONG)
    long = notice(idle).geometry()

    assert line.contains(short)
    assert short.left() > idle.window.status.needed()
    assert long.bottom() < line.top()
    assert long.height() >= notice(idle).heightForWidth(long.width())


def test_what_stands_on_the_status_line_and_can_be_pressed_stays_in_sight(
    idle: IdleWindow,
) -> None:
    idle.window.resize(1280, 800)
    idle.store.toggle_heads([(0, 1), (1, 2)])
    idle.window.tell("Saved.", SHORT)
    QApplication.processEvents()

    switches = idle.window.switched
    bar = notice(idle).geometry()
    assert switches.isVisible()
    assert not place_of(switches, idle).intersects(bar)


def test_it_hides_what_is_below_whole_or_not_at_all(idle: IdleWindow) -> None:
    idle.window.resize(1280, 800)
    labels = [x for x in idle.window.status.findChildren(QLabel) if x.isVisible() and x.text()]
    for length in range(1, 60, 4):
        idle.window.tell("Saved.", "x" * length)
        bar = notice(idle).geometry()
        for label in labels:
            place = place_of(label, idle)
            assert not bar.intersects(place) or bar.left() <= place.left()


def test_it_follows_the_window_to_another_size(idle: IdleWindow) -> None:
    idle.window.resize(1280, 800)
    idle.window.tell("Saved.", SHORT)

    idle.window.resize(900, 640)
    QApplication.processEvents()

    assert idle.window.rect().contains(notice(idle).geometry())
    assert idle.window.status.geometry().contains(notice(idle).geometry())


def test_it_stays_while_the_pointer_is_on_it(idle: IdleWindow) -> None:
    idle.window.tell("Saved.", SHORT)
    (clock,) = notice(idle).findChildren(QTimer)
    running = [clock.isActive()]

    for kind in (QEvent.Type.Enter, QEvent.Type.Leave):
        point_at(notice(idle), kind)
        running.append(clock.isActive())
    clock.timeout.emit()

    assert running == [True, False, True]
    assert not notice(idle).isVisible()


def test_its_button_does_what_it_says_and_the_notice_goes(idle: IdleWindow) -> None:
    done: list[bool] = []
    notice(idle).tell("Stopped.", "", "Start again", lambda: done.append(True))
    (button,) = notice(idle).findChildren(QPushButton)

    button.click()

    assert done == [True]
    assert not notice(idle).isVisible()


def test_switching_heads_off_moves_nothing(idle: IdleWindow) -> None:
    before = places(idle)

    for heads in ([(0, 1)], [(1, 0), (2, 2)], [(3, head) for head in range(3)]):
        idle.store.toggle_heads(heads)
        assert places(idle) == before
    idle.store.restore_heads()

    assert places(idle) == before
