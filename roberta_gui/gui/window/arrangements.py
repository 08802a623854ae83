"""Arrangements: which panels stand where, for one way of looking each."""

import base64
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from roberta_gui.outside import reading
from roberta_gui.problems import Problem

Share: TypeAlias = tuple[int, int]
"""How wide and high a dock is, in proportion to those beside and above it."""


_LARGEST: Final = 16_777_215
"""Pixels that a widget can be wide or high: Qt's QWIDGETSIZE_MAX."""


@dataclass(frozen=True)
class Cell:
    """A place for one panel, or for several as tabs, the first of them in front."""

    panels: tuple[str, ...]
    height: int = 1
    """Share of the column's height."""


@dataclass(frozen=True)
class Column:
    """Cells below each other."""

    width: int
    """Share of the window's width."""
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Arrangement:
    """Columns of panels, designed for one way of looking at the model."""

    name: str
    title: str
    tip: str
    columns: tuple[Column, ...]
    typed_in: str = ""
    """The panel that gets the keyboard, because it is asked for in order to type there."""

    @property
    def panels(self) -> tuple[str, ...]:
        """Names of all the panels it shows, column by column."""
        return tuple(p for column in self.columns for cell in column.cells for p in cell.panels)

    @property
    def shares(self) -> dict[str, Share]:
        """What each cell's first panel gets of the room, as it was designed."""
        return {c.panels[0]: (one.width, c.height) for one in self.columns for c in one.cells}


COMPARE: Final = "compare"
"""The arrangement for two sentences; with it comes the second one, which stays in all others."""

ARRANGEMENTS: Final = (
    Arrangement(
        "explore",
        "Explore",
        "Guesses, attention and hidden states, one layer at a time",
        (
            Column(268, (Cell(("guesses", "cloze")),)),
            Column(636, (Cell(("attention",)),)),
            Column(
                456,
                (
                    Cell(("hidden", "token", "surprisal"), 430),
                    Cell(("heads", "sweep", "labels"), 290),
                ),
            ),
        ),
    ),
    Arrangement(
        "layers",
        "Layers",
        "All layers side by side: what each of them represents",
        (
            Column(750, (Cell(("layers", "path")),)),
            Column(610, (Cell(("similarity", "rogue"), 385), Cell(("lens",), 325))),
        ),
    ),
    Arrangement(
        COMPARE,
        "A | B",
        "Two sentences side by side: which heads, layers and guesses tell them apart, "
        "and where a guess comes from",
        (
            Column(770, (Cell(("difference", "patching")),)),
            Column(590, (Cell(("contrast", "words", "aligned")),)),
        ),
    ),
    Arrangement(
        "words",
        "Words",
        "What could stand at the masks, alone and together, and why: followed back to the tokens",
        (
            Column(680, (Cell(("words",), 280), Cell(("why",), 430))),
            Column(680, (Cell(("fill",)),)),
        ),
        typed_in="words",
    ),
    Arrangement(
        "train",
        "Train",
        "Fine-tune the model to a task, and watch which layers learn it",
        (Column(640, (Cell(("train",)),)), Column(720, (Cell(("moving", "labels")),))),
    ),
)


def home_of(panel: str) -> str:
    """Name the arrangement in which a panel stands furthest in front."""
    depths = {
        arrangement.name: cell.panels.index(panel)
        for arrangement in ARRANGEMENTS
        for column in arrangement.columns
        for cell in column.cells
        if panel in cell.panels
    }
    return min(depths, key=depths.__getitem__)


def lay_out(area: QMainWindow, docks: Mapping[str, QDockWidget], arrangement: Arrangement) -> None:
    """Show an arrangement's panels in their places, and hide all others."""
    left = Qt.DockWidgetArea.LeftDockWidgetArea
    area.setCorner(Qt.Corner.BottomLeftCorner, left)
    for dock in docks.values():
        dock.setFloating(False)
        area.removeDockWidget(dock)
    before: QDockWidget | None = None
    for column in arrangement.columns:
        top = docks[column.cells[0].panels[0]]
        if before is None:
            area.addDockWidget(left, top)
        else:
            area.splitDockWidget(before, top, Qt.Orientation.Horizontal)
        before = top
    for column in arrangement.columns:
        above = docks[column.cells[0].panels[0]]
        for cell in column.cells[1:]:
            below = docks[cell.panels[0]]
            area.splitDockWidget(above, below, Qt.Orientation.Vertical)
            above = below
        for cell in column.cells:
            first, *others = (docks[name] for name in cell.panels)
            first.show()
            for dock in others:
                area.tabifyDockWidget(first, dock)
                dock.show()
            first.raise_()
    for name, dock in docks.items():
        if name not in arrangement.panels:
            # Where it will appear if somebody wants it here all the same.
            area.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
            dock.hide()


def share_out(
    area: QMainWindow, docks: Mapping[str, QDockWidget], shares: Mapping[str, Share]
) -> None:
    """Give each dock its share of the width and height there is."""
    shown = [docks[name] for name in shares]
    for nth, way in enumerate((Qt.Orientation.Horizontal, Qt.Orientation.Vertical)):
        area.resizeDocks(shown, [share[nth] for share in shares.values()], way)


def write_layouts(
    chosen: str, layouts: Mapping[str, bytes], shares: Mapping[str, Mapping[str, Share]]
) -> bytes:
    """Write each arrangement's dock layout and shares, and which one is in use, as one value."""
    coded = {name: base64.b64encode(layout).decode() for name, layout in layouts.items()}
    return json.dumps({"chosen": chosen, "layouts": coded, "shares": shares}).encode()


def read_layouts(value: bytes) -> tuple[str, dict[str, bytes], dict[str, dict[str, Share]]]:
    """Read what `write_layouts` wrote; anything else is no layout at all."""
    with suppress(Problem), reading("the layout"):
        known = json.loads(value)
        layouts = {str(n): base64.b64decode(v) for n, v in known["layouts"].items()}
        shares = {
            str(name): {str(dock): (_pixels(wide), _pixels(high)) for dock, (wide, high) in held}
            for name, held in ((n, v.items()) for n, v in known.get("shares", {}).items())
        }
        return str(known["chosen"]), layouts, shares
    return "", {}, {}


def _pixels(value: float) -> int:
    """Take a size from a file: Qt's integers end where those of files do not."""
    return min(max(int(value), 1), _LARGEST)
