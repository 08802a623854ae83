"""What the monkey does with mouse and keys, anywhere."""

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QSlider, QWidget

from tests.monkey.hands import Hands, Place, Steps, any_button, any_modifiers

_KEYS = (
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down) * 3,
    *(Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Space) * 3,
    Qt.Key.Key_Escape, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
    Qt.Key.Key_Delete, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_0, Qt.Key.Key_9, Qt.Key.Key_A,
    Qt.Key.Key_M, Qt.Key.Key_P, Qt.Key.Key_Z, Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F10,
    Qt.Key.Key_Menu, Qt.Key.Key_Question,
)  # fmt: skip


def click(hands: Hands) -> Steps:
    """Press somewhere and release there, or elsewhere, or with another button."""
    place, button, modifiers = hands.any_place(), any_button(hands.rng), any_modifiers(hands.rng)
    hands.note(f"{modifiers.name} {button.name} on {place}")
    hands.move(place)
    yield
    hands.press(place, button, modifiers)
    yield
    if hands.chance(0.1):
        hands.release(place, any_button(hands.rng), modifiers)
    end = hands.any_place() if hands.chance(0.1) else place
    hands.release(end, button, modifiers)
    yield


def double_click(hands: Hands) -> Steps:
    """Double-click somewhere."""
    place, modifiers = hands.any_place(), any_modifiers(hands.rng)
    hands.note(f"double-click {modifiers.name} {place}")
    hands.double_click(place, any_button(hands.rng), modifiers)
    yield


def drag(hands: Hands) -> Steps:
    """Press, move some steps and release; mostly within one widget."""
    widget = hands.any_widget()
    button, modifiers = any_button(hands.rng), any_modifiers(hands.rng)
    start = hands.place_in(widget)
    hands.note(f"drag {modifiers.name} {button.name} from {start}")
    hands.press(start, button, modifiers)
    end = start
    for _ in range(hands.rng.randint(1, 8)):
        yield
        end = hands.place_in(widget) if hands.chance(0.8) else hands.any_place()
        hands.move(end)
    yield
    hands.release(end, button, modifiers)
    hands.note(f"to {end}")


def hover(hands: Hands) -> Steps:
    """Move about and ask for tips."""
    for _ in range(hands.rng.randint(1, 6)):
        place = hands.any_place()
        hands.note(f"hover {place}")
        hands.move(place)
        yield
        hands.ask_for_tip(place)
        yield


def wheel(hands: Hands) -> Steps:
    """Turn the wheel."""
    place, modifiers = hands.any_place(), any_modifiers(hands.rng)
    hands.note(f"wheel {modifiers.name} {place}")
    for _ in range(hands.rng.randint(1, 6)):
        by = hands.rng.choice((-960, -120, -15, 15, 120, 960))
        hands.turn_wheel(place, modifiers, hands.rng.choice((QPoint(0, by), QPoint(by, 0))))
        yield


def press_keys(hands: Hands) -> Steps:
    """Press keys, wherever the keyboard is."""
    for _ in range(hands.rng.randint(1, 8)):
        key, modifiers = hands.rng.choice(_KEYS), any_modifiers(hands.rng)
        hands.note(f"{modifiers.name} {key.name}")
        hands.key(key, modifiers)
        yield


def shortcut(hands: Hands) -> Steps:
    """Press one of the window's own keys."""
    action = hands.rng.choice([a for a in hands.stage.window.actions() if a.shortcuts()])
    keys = hands.rng.choice(action.shortcuts())
    hands.note(f"{keys.toString()} ({action.text()})")
    hands.command(keys)
    yield


def press_button(hands: Hands) -> Steps:
    """Click a button, a list or a slider in sight."""
    kinds = QAbstractButton, QComboBox, QSlider
    found: list[QWidget] = [
        widget
        for widget in hands.stage.window.findChildren(QWidget)
        if isinstance(widget, kinds) and not widget.visibleRegion().isEmpty()
    ]
    if found:
        widget = hands.rng.choice(found)
        hands.note(f"{getattr(widget, 'text', str)()!r} {widget.accessibleName()!r}")
        yield from hands.click(hands.place_in(widget))


def drop_files(hands: Hands) -> Steps:
    """Drop a file or folder, or an address, from another program."""
    place = hands.any_place()
    folders = (*map(str, hands.stage.models), "/no/such/folder")
    urls = (*map(QUrl.fromLocalFile, folders), QUrl("https://example.org/x"), QUrl())
    dropped, mime = hands.rng.choice(urls), QMimeData()
    mime.setUrls([dropped])
    target, _ = hands.under(place)
    hands.note(f"drop {dropped.fileName() or 'an address'} on {place}")
    if target is not None:
        _drop(target, mime)
    yield


def _drop(target: QWidget, mime: QMimeData) -> None:
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none, middle = Qt.KeyboardModifier.NoModifier, target.rect().center()
    enter = QDragEnterEvent(middle, copy, mime, left, none)
    enter.ignore()
    QApplication.sendEvent(target, enter)
    if enter.isAccepted():
        QApplication.sendEvent(target, QDropEvent(QPointF(middle), copy, mime, left, none))


def leave(hands: Hands) -> Steps:
    """Move out of every widget there is."""
    hands.note("leave")
    window = hands.stage.window
    hands.move(Place(window, QPoint(-50, -50)))
    yield


ACTIONS = {
    click: 14, double_click: 5, drag: 9, hover: 9, wheel: 5, press_keys: 9, shortcut: 7,
    press_button: 14, drop_files: 1, leave: 1,
}  # fmt: skip
"""Each with how often it is done, compared to the others."""
