"""Arcs: two columns of tokens, and a line for each weight that is worth one."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.numbers import written, written_change
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.widgets.arcs.arc_lines import (
    GAP,
    MOST_LINES,
    ArcLines,
    ArcsLayout,
    Side,
    lines_in_sight,
    most_lines,
    paint_curves,
    paint_lines,
)
from roberta_gui.gui.widgets.colours.colour_bar import bar_room, paint_colour_bar
from roberta_gui.gui.widgets.colours.raster import ramp_of
from roberta_gui.gui.widgets.interaction.clicks import extends
from roberta_gui.gui.widgets.painting.axis_label import LONGEST_LABEL, dress
from roberta_gui.gui.widgets.painting.cell_layout import Zoom, spaced
from roberta_gui.gui.widgets.painting.drawing import letters, write
from roberta_gui.gui.widgets.painting.spoken import Parts
from roberta_gui.gui.widgets.painting.zoomed_figure import ZoomedFigure
from roberta_gui.records import FloatArray
from roberta_gui.wording import counted

SIDES: Final[tuple[Side, Side]] = ("from", "to")

_ENDS = ("low", "high")
_TOLD = 8  # how many of a token's lines a tip lists

CHOOSE: Final = "Point at a token to see its arcs, or click it to keep them."

_TALLEST_ROW = 40
_WIDEST_FIELD = 560
_FADED = 0.9  # how much of the card lies over all other lines while a token has only its own


class Arcs(ZoomedFigure[tuple[Side, int]]):
    """Tokens at the left look at tokens at the right; hovering one leaves only its lines.

    Painted by hand: thousands of lines are one image, where pyqtgraph would have an item for each.
    """

    token_hovered = Signal(int, bool)  # its name, or its half of the row; True at the right
    token_left = Signal()
    token_clicked = Signal(int, bool)  # True with Ctrl or Shift
    token_double_clicked = Signal(int)
    room_changed = Signal()  # for more lines or fewer, or for others

    def __init__(self) -> None:
        super().__init__("Attention as arcs", narrowest=180, wanted=(520, 480))
        self._matrix: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._chosen: NDArray[np.bool_] = np.zeros((0, 0), dtype=bool)
        self._labels: tuple[AxisLabel, ...] = ()
        self._scale = ColourScale(0.0, 1.0)
        self._signed = False
        self._rows: tuple[int, ...] = ()
        self._hovered: tuple[Side, int] | None = None
        self._as_vectors = self._only_chosen = False
        self._lines: tuple[ArcsLayout, ArcLines] | None = None
        self._place = ""

    def set_lines(
        self,
        matrix: FloatArray,
        kept: NDArray[np.bool_],
        labels: Sequence[AxisLabel],
        scale: ColourScale,
        *,
        signed: bool = False,
    ) -> None:
        """Show those of float32 (row, column) values that are ``kept``, bool (row, column)."""
        if len(matrix) != len(self._matrix):
            self._zoom = Zoom.whole(len(matrix))
        self._matrix, self._chosen, self._labels = matrix, kept, tuple(labels)
        self._scale, self._signed = scale, signed
        self._lines = None
        self.repaint_picture()

    def set_only_chosen(self, only_chosen: bool) -> None:
        """Draw no lines but those of hovered and locked tokens: of many nobody reads more."""
        if only_chosen != self._only_chosen:
            self._only_chosen = only_chosen
            self.repaint_picture()

    def n_drawn(self) -> int | None:
        """Return how many lines are drawn, where not all that were chosen can be; else None."""
        lines = self._lines_now(self.layout_now())
        return len(lines.starts) if lines.omitted else None

    def set_place(self, text: str) -> None:
        """Choose what a tip says last: where in the pass the values are from."""
        self._place = text
        self.setAccessibleDescription(text)

    def set_selected(self, rows: Sequence[int]) -> None:
        """Leave only the lines of locked tokens, while nothing is hovered."""
        if self._rows != tuple(rows):
            self._rows = tuple(rows)
            self.update()

    def set_hovered(self, row: int | None, *, incoming: bool = False) -> None:
        """Leave only the lines from a token, or with ``incoming`` those to it."""
        hovered = None if row is None else (SIDES[incoming], row)
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    # --- painting

    def layout_now(self) -> ArcsLayout:
        """Return where everything is at the present size."""
        theme = self.theme
        longest = theme.widest((label.text for label in self._labels), "control", bold=True)
        label = min(longest, theme.pixels(LONGEST_LABEL)) + 4
        small = theme.metrics("small_number")
        return ArcsLayout.fit(
            QSizeF(self.width() - self._beside(label), self.height()),
            len(self._matrix),
            self._zoom,
            label=min(label, self.width() // 3 - GAP),
            number=small.horizontalAdvance("−00.00") + 4,
            heading=small.height() + 8,
            tallest=theme.pixels(_TALLEST_ROW),
            widest=theme.pixels(_WIDEST_FIELD),
        )

    def _beside(self, label: float) -> float:
        """Return the room of the colour bar, 0 where names so long leave none to it and the arcs.

        These keep a third of the width: a tip and the caption tell what the bar would.
        """
        bar, third = bar_room(self._scale) + GAP, self.width() / 3
        return bar if self.width() - bar - 2 * (label + GAP) >= third else 0.0

    def paint(self, painter: QPainter) -> None:
        """Draw everything onto ``painter``, for an export, each line as a curve."""
        self._as_vectors = True
        try:
            super().paint(painter)
        finally:
            self._as_vectors = False

    def paint_picture(self, painter: QPainter) -> None:
        """Draw all lines, the headings and the colour bar."""
        if not len(self._matrix):
            return
        layout = self.layout_now()
        if not self._only_chosen:
            self._paint_lines(painter, layout, self._lines_now(layout))
        wide = letters(painter, "small", "muted").horizontalAdvance("from")
        foot = layout.field.top() - 8
        painter.drawText(QPointF(layout.field.left() - GAP - wide, foot), "from")
        painter.drawText(QPointF(layout.field.right() + GAP, foot), "to")
        beside = layout.field.adjusted(0, 0, layout.label + layout.number + GAP, 0)
        if self._beside(layout.label):
            paint_colour_bar(painter, beside, self._scale, ramp_of(signed=self._signed))

    def _lines_now(self, layout: ArcsLayout) -> ArcLines:
        """Return the strongest of the chosen lines in sight, looked for once."""
        if self._lines is None or self._lines[0] != layout:
            self._lines = layout, self._in_sight(layout, self._chosen, most_lines(layout))
        return self._lines[1]

    def _in_sight(self, layout: ArcsLayout, chosen: NDArray[np.bool_], most: int) -> ArcLines:
        signed = self._signed
        return lines_in_sight(self._matrix, chosen, self._scale, layout, signed=signed, most=most)

    def _paint_lines(
        self, painter: QPainter, layout: ArcsLayout, lines: ArcLines, thicker: float = 1.0
    ) -> None:
        signed, theme = self._signed, self.theme
        inks = tuple(theme.color(f"difference_{end}" if signed else "weight_high") for end in _ENDS)
        thickness = thicker * min(max(layout.height * 0.15, 0.6), 2.2 * theme.zoom)
        if self._as_vectors:
            paint_curves(painter, layout, lines, (inks[0], inks[1]), thickness)
        else:
            ratio = self.devicePixelRatioF()
            paint_lines(painter, layout, lines, (inks[0], inks[1]), thickness, ratio)

    def paint_highlights(self, painter: QPainter) -> None:
        """Leave only the lines of the hovered or locked tokens, and write the names."""
        if not len(self._matrix):
            return
        layout = self.layout_now()
        focus = self._focus()
        if focus:
            painter.fillRect(layout.field, self.theme.color("card", _FADED))
            theirs = np.zeros_like(self._chosen)
            for side, place in focus:
                (theirs if side == "from" else theirs.T)[place] = self._of(side, place)[1]
            lines = self._in_sight(layout, theirs, MOST_LINES)
            self._paint_lines(painter, layout, lines, thicker=1.5)
        elif self._only_chosen:
            letters(painter, "control", "muted")
            middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(layout.field, middle, CHOOSE)
        lit = set(focus)
        for side in SIDES:
            first = [place for each, place in focus if each == side]
            if len(focus) == 1 and side != focus[0][0]:
                first = self._partners(*focus[0])
            # Every so many names stay clear, after those that are looked for.
            line = self.theme.metrics("control").height()
            step = max(1, math.ceil(line / layout.height))
            wanted = (*first, *(row for row in layout.rows if row % step == 0))
            named = spaced((row for row in wanted if row in layout.rows), step)
            for row in named:
                self._paint_name(painter, layout, side, row, lit=(side, row) in lit)
            if len(focus) == 1 and side != focus[0][0] and layout.number:
                self._paint_numbers(painter, layout, side, focus[0][1], named)

    def _focus(self) -> list[tuple[Side, int]]:
        """Return whose lines stay: the hovered token's, else those from locked ones."""
        n = len(self._matrix)
        if self._hovered is not None and self._hovered[1] < n:
            return [self._hovered]
        return [("from", row) for row in self._rows if row < n]

    def _of(self, side: Side, place: int) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return a token's values with all at the other side, and which of them have lines."""
        at = np.s_[place, :] if side == "from" else np.s_[:, place]
        return self._matrix[at], self._chosen[at]

    def _partners(self, side: Side, place: int) -> list[int]:
        """Return the tokens at the other end of a token's lines, the strongest line first."""
        values, chosen = self._of(side, place)
        rows = np.flatnonzero(chosen)
        order = np.argsort(-np.abs(values[rows]), kind="stable")
        partners: list[int] = rows[order].tolist()
        return partners

    def _paint_numbers(
        self, painter: QPainter, layout: ArcsLayout, side: Side, place: int, named: Sequence[int]
    ) -> None:
        """Write beside names what they get from the token at the other side, or give it."""
        values, chosen = self._of("from" if side == "to" else "to", place)
        height = letters(painter, "small_number", "muted").height()
        for row in named:
            if chosen[row]:
                room = layout.number_rect(side, row, height)
                text = self._number(float(values[row]), 2)
                write(painter, room, text, "right" if side == "to" else "left")

    def _paint_name(
        self, painter: QPainter, layout: ArcsLayout, side: Side, row: int, *, lit: bool
    ) -> None:
        text, height = dress(painter, self._labels[row], lit=lit, most=layout.label)
        room = layout.name_rect(side, row, height)
        write(painter, room, text, "right" if side == "from" else "left")

    def _number(self, value: float, digits: int) -> str:
        return written_change(value, digits) if self._signed else written(value, digits)

    # --- pointer and keys

    def describe(self, spot: tuple[Side, int]) -> str:
        """Return what hovering a token says: its strongest lines, and how many there are."""
        side, row = spot
        label = self._labels[row]
        values, partners = self._of(side, row)[0], self._partners(side, row)
        lines = [f"{side} {label.text}, token {label.token_numbers(row)}"]
        for other in partners[:_TOLD]:
            name = self._labels[other].text
            lines.append(f"{name}: {self._number(float(values[other]), 4)}")
        if len(partners) > _TOLD:
            lines.append(f"and {counted(len(partners) - _TOLD, 'more line')}")
        return "\n".join(line for line in (*lines, self._place) if line)

    @property
    def n_cells(self) -> int:
        """How many tokens there are."""
        return len(self._matrix)

    def cell_size(self) -> QSizeF:
        """Return the height of a row in pixels; there are no columns."""
        return QSizeF(0, self.layout_now().height)

    def cells_at(self, point: QPointF) -> tuple[float, float] | None:
        """Return the row under a point."""
        layout = self.layout_now()
        return None if layout.at(point) is None else (layout.place_at(point)[0], 0.0)

    def parts(self) -> Parts[tuple[Side, int]]:
        """Return every token that looks at others."""
        layout = self.layout_now()
        rows = [(SIDES[0], row) for row in range(len(self._matrix))]
        return rows, lambda spot: layout.name_rect(*spot, layout.height)

    def spot_at(self, point: QPointF) -> tuple[Side, int] | None:
        """Return the token whose name, or half of the row, is under a point."""
        return self.layout_now().at(point)

    def hover(self, spot: tuple[Side, int] | None) -> None:
        """Tell which token the pointer is on."""
        if spot is None:
            self.token_left.emit()
        else:
            self.token_hovered.emit(spot[1], spot[0] == "to")

    def click(self, spot: tuple[Side, int], keys: Qt.KeyboardModifier) -> None:
        """Tell which token was clicked."""
        self.token_clicked.emit(spot[1], extends(keys))

    def double_click(self, spot: tuple[Side, int] | None, keys: Qt.KeyboardModifier) -> bool:
        """Tell which token was clicked twice; beside all: see everything again."""
        if spot is None:
            return super().double_click(spot, keys)
        self.token_double_clicked.emit(spot[1])
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that other lines may be drawn."""
        super().resizeEvent(event)
        self.room_changed.emit()

    def look(self, zoom: Zoom) -> None:
        """Bring other tokens into sight, and tell that their lines have more room, or less."""
        if zoom != self._zoom:
            super().look(zoom)
            self.room_changed.emit()
