"""What the monkey does to the window as a whole: panels, models, theme, size, files."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget

from roberta_gui import lanes
from roberta_gui.gui.window.arrangements import ARRANGEMENTS
from tests.monkey.hands import Hands, Steps

_EXPORTS = (
    "copy-picture", "save-picture", "save-picture", "copy-table", "save-table", "save-arrays",
)  # fmt: skip
_MOVES = ("float", "dock", "hide", "show", "tab", "split", "area", "front", "size")
_SIZES = (QSize(760, 520), QSize(1280, 800), QSize(1440, 900), QSize(3840, 2160), QSize(760, 2000))


def arrange(hands: Hands) -> Steps:
    """Show another arrangement."""
    name = hands.rng.choice(ARRANGEMENTS).name
    hands.note(f"arrange {name}")
    hands.stage.window.compare.choose(name)
    yield


def dress(hands: Hands) -> Steps:
    """Change theme or text size."""
    window, rng = hands.stage.window, hands.rng
    if hands.chance(0.5):
        hands.note("text size")
        for _ in range(rng.randint(1, 4)):
            window.zoom(rng.choice((-1, 0, 1, 1)))
            yield
    else:
        change = rng.choice((window.toggle_appearance, window.follow_system))
        hands.note(change.__name__)
        change()
    yield


def resize(hands: Hands) -> Steps:
    """Make the window larger or smaller."""
    size = hands.rng.choice(_SIZES)
    if hands.chance(0.5):
        size = QSize(hands.rng.randint(300, 2500), hands.rng.randint(300, 1800))
    hands.note(f"resize {size.width()} × {size.height()}")
    hands.stage.window.resize(size)
    yield


def open_folder(hands: Hands) -> Steps:
    """Open a model's folder, or one that is none."""
    hands.note("open a folder")
    hands.key(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    yield


def _dock(hands: Hands) -> QDockWidget:
    docks = hands.stage.window.docks
    return docks.dock(hands.rng.choice(docks.kinds).name)


def move_dock(hands: Hands) -> Steps:
    """Float, hide, show, tab or move a panel."""
    docks, dock, other = hands.stage.window.docks, _dock(hands), _dock(hands)
    way = hands.rng.choice(_MOVES)
    hands.note(f"{way} {dock.objectName()} {other.objectName()}")
    orientation = hands.rng.choice((Qt.Orientation.Horizontal, Qt.Orientation.Vertical))
    if way in ("float", "dock"):
        dock.setFloating(way == "float")
    elif way in ("hide", "show"):
        dock.setVisible(way == "show")
    elif way == "tab" and dock is not other:
        docks.tabifyDockWidget(dock, other)
    elif way == "split" and dock is not other:
        docks.splitDockWidget(dock, other, orientation)
    elif way == "area":
        area = Qt.DockWidgetArea
        docks.addDockWidget(
            hands.rng.choice((area.LeftDockWidgetArea, area.RightDockWidgetArea)), dock
        )
    elif way == "front":
        dock.raise_()
    else:
        docks.resizeDocks([dock], [hands.rng.randint(10, 900)], orientation)
    yield


def solo(hands: Hands) -> Steps:
    """Show a panel alone, go to it, or go back to the designed layout."""
    docks, name = hands.stage.window.docks, hands.rng.choice(hands.stage.window.docks.kinds).name
    way = hands.rng.choice(("solo", "focus", "focus", "reset"))
    hands.note(f"{way} {name}")
    if way == "reset":
        docks.reset()
    elif way == "solo":
        docks.solo(name)
    else:
        docks.focus(name)
    yield


def export(hands: Hands) -> Steps:
    """Copy or save what a panel in sight shows."""
    if panels := hands.stage.panels_in_sight:
        panel, kind = hands.rng.choice(panels), hands.rng.choice(_EXPORTS)
        hands.note(f"{kind} of {panel.name}")
        hands.stage.window.docks.export_wanted.emit(panel, kind)
    yield


def begin(hands: Hands) -> Steps:
    """Start what a panel does only when it is asked to."""
    if panels := hands.stage.panels_in_sight:
        panel = hands.rng.choice(panels)
        hands.note(f"start {panel.name}")
        panel.start()
    yield


def stop(hands: Hands) -> Steps:
    """Stop what is computed."""
    lane = hands.rng.choice(
        (lanes.MODEL, *(lanes.panel_lane(kind.name) for kind in hands.stage.window.docks.kinds))
    )
    hands.note(f"stop {lane}")
    hands.stage.window.stop(lane)
    yield


def switch_heads(hands: Hands) -> Steps:
    """Switch heads off or on."""
    assert hands.stage.session is not None
    store = hands.stage.session.store
    if (model := store.view.model) is not None:
        heads = [
            (hands.rng.randrange(model.n_layers), hands.rng.randrange(model.n_heads))
            for _ in range(hands.rng.randint(1, 4))
        ]
        hands.note(f"switch {heads}")
        store.toggle_heads(heads)
    yield


ACTIONS = {
    arrange: 4, dress: 2, resize: 2, open_folder: 1, move_dock: 5, solo: 3, export: 9, begin: 3,
    stop: 1, switch_heads: 2,
}  # fmt: skip
"""Each with how often it is done, compared to the others."""
