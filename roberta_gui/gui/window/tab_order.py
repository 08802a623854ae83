"""Tab order: Tab goes through the window as it is seen, not as it was put together."""

from collections.abc import Iterator
from operator import itemgetter

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


def _laid_out(layout: QLayout | None) -> Iterator[QWidget]:
    """Yield what a layout and those in it hold, in their order.

    WORKAROUND: https://doc.qt.io/qtforpython-6.8/shiboken6/typesystem_ownership.html
    Not by `QLayout.itemAt`. PySide's wrapper of an item outlives it, because Qt tells nobody of the
    end of what is no QObject, and stands for whatever comes to lie there in memory.
    """
    inside = None if layout is None else layout.parentWidget()
    if layout is None or inside is None:
        return
    places: list[tuple[int, QWidget | QLayout]] = []
    for part in (*layout.children(), *inside.children()):
        if isinstance(part, QWidget | QLayout) and (place := layout.indexOf(part)) >= 0:
            places.append((place, part))
    for _, part in sorted(places, key=itemgetter(0)):
        yield from [part] if isinstance(part, QWidget) else _laid_out(part)
