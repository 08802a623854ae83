"""Tab order: Tab goes through the window as it is seen, not as it was put together."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QLayout, QScrollArea, QWidget

from roberta_gui.gui.window.dock_area import DockArea


def go_on(window: QWidget, forward: bool) -> bool:
    """Give the keyboard to the next control, or to the one before; False if there is none.

    Qt would visit a panel before its heading, controls that were folded away once after all
    others, and what is behind a tab too.
    """
    seen = list(_as_seen(window))
    now = QApplication.focusWidget()
    at = seen.index(now) if now in seen else -1
    others = [*seen[at + 1 :], *seen[: max(at, 0)]]
    found = next(filter(_takes_tab, others if forward else reversed(others)), None)
    if found is None:
        return False
    reason = Qt.FocusReason
    found.setFocus(reason.TabFocusReason if forward else reason.BacktabFocusReason)
    above = found.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(found)
        above = above.parentWidget()
    return True


def _takes_tab(widget: QWidget) -> bool:
    takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(takes) and widget.isEnabled() and widget.focusProxy() is None


def _as_seen(widget: QWidget) -> Iterator[QWidget]:
    """Yield a widget in sight, then what is in it, as it is laid out."""
    if not widget.isVisible():
        return
    yield widget
    for part in _parts(widget):
        yield from _as_seen(part)


def _parts(widget: QWidget) -> Iterator[QWidget]:
    if isinstance(widget, DockArea):
        yield from widget.in_sight
    elif isinstance(widget, QDockWidget):
        yield from (widget.titleBarWidget(), widget.widget())
    else:
        laid_out = list(_laid_out(widget.layout()))
        yield from laid_out
        for child in widget.children():
            if isinstance(child, QWidget) and not child.isWindow() and child not in laid_out:
                yield child


def _laid_out(layout: object) -> Iterator[QWidget]:
    # WORKAROUND: PySide takes a new layout for a spacer that was deleted, where that has stood in
    # memory: its wrapper lives on, because Qt tells nobody of the end of what is no QObject.
    if not isinstance(layout, QLayout):
        return
    for at in range(layout.count()):
        item = layout.itemAt(at)
        widget = None if item is None else item.widget()
        if isinstance(widget, QWidget):
            yield widget
        elif item is not None:
            yield from _laid_out(item.layout())
