"""CellNames: which tokens' names stand in a cell of small multiples, and where."""

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.charts.point_labels import dot_room, place_names
from roberta_gui.gui.widgets.charts.scatter import Point
from roberta_gui.gui.widgets.multiples.multiples_layout import MultiplesLayout, Sight

NAMED = 24
"""Up to so many tokens all have names, as far as there is room."""

_CLEAR = 60  # among more tokens than this names keep clear of the locked ones only
_MOST_LOCKED = 12  # names of locked tokens in a cell
_BESIDE = 11  # pixels to a name that needs no line to its token
_ASIDE = 4  # pixels that such a line keeps from other tokens
_APART = (5, 12, 20, 30, 42, 56)  # pixels from a token at which its name looks for room
_WAYS = tuple((math.cos(turn * math.pi / 8), math.sin(turn * math.pi / 8)) for turn in range(16))

Names = list[tuple[int, QRectF]]
"""Tokens and the rooms of their names."""


class CellNames:
    """Finds room for names in the cells of one layout, each time it is first asked for."""

    def __init__(
        self,
        layout: MultiplesLayout,
        sights: Sequence[Sight],
        points: Sequence[Point],
        locked: Sequence[int],
    ) -> None:
        self._layout, self._sights, self._points = layout, sights, points
        self._locked = locked
        # Plain ones then have room to be lit.
        self._font = themes.current().font("small", bold=True)
        self._of_locked: dict[int, Names] = {}
        self._of_others: dict[int, Names] = {}

    def label(self, token: int) -> str:
        """Return a token's name, shortened where it would fill its cell."""
        metrics, room = QFontMetricsF(self._font), self._layout.wide * 0.6
        return metrics.elidedText(self._points[token].label, Qt.TextElideMode.ElideRight, room)

    def of_locked(self, cell: int) -> Names:
        """Place locked tokens' names clear of all tokens; without room, of the locked ones."""
        if cell not in self._of_locked:
            locked = [*reversed(self._locked)][:_MOST_LOCKED]
            placed: Names = []
            if locked and len(self._points) <= _CLEAR:
                placed = self._place(cell, locked, self._dots(cell, range(len(self._points))))
            taken = self._dots(cell, locked) + [room for _, room in placed]
            found = {token for token, _ in placed}
            left = [token for token in locked if token not in found]
            self._of_locked[cell] = placed + self._place(cell, left, taken)
        return self._of_locked[cell]

    def of_others(self, cell: int) -> Names:
        """Place the names of all other tokens, if they are few, clear of everything."""
        if cell not in self._of_others:
            n_tokens = len(self._points)
            taken = self._dots(cell, range(n_tokens))
            taken += [room for _, room in self.of_locked(cell)]
            others = [token for token in range(n_tokens) if token not in self._locked]
            others.sort(key=lambda token: not self._points[token].matters)
            few = others if n_tokens <= NAMED else []
            beside = self._place(cell, few, taken)
            taken += [room for _, room in beside]
            found = {token for token, _ in beside}
            left = [token for token in few if token not in found]
            self._of_others[cell] = beside + self._place_apart(cell, left, taken)
        return self._of_others[cell]

    def of_one(self, cell: int, token: int) -> QRectF | None:
        """Find room for a token's name as if it were alone; where it stands already, there."""
        there = dict(self.of_others(cell))
        return there.get(token) or dict(self._place(cell, [token], [])).get(token)

    def _place(self, cell: int, tokens: Sequence[int], taken: Sequence[QRectF]) -> Names:
        spots = self._sights[cell][0]
        names = [(t, self.label(t), QPointF(*spots[t].tolist())) for t in tokens]
        return place_names(names, self._font, self._layout.frame(cell), taken)

    def _place_apart(self, cell: int, tokens: Sequence[int], taken: list[QRectF]) -> Names:
        """Place names that have no room beside their tokens as near to them as there is some."""
        metrics, frame, placed = QFontMetricsF(self._font), self._layout.frame(cell), Names()
        for token in tokens:
            wide, tall = metrics.horizontalAdvance(self.label(token)) + 4, metrics.height()
            x, y = self._sights[cell][0][token].tolist()
            for away, (right, down) in product(_APART, _WAYS):
                middle = QPointF(x + right * (wide / 2 + away), y + down * (tall / 2 + away))
                room = QRectF(middle.x() - wide / 2, middle.y() - tall / 2, wide, tall)
                free = frame.contains(room) and not any(room.intersects(other) for other in taken)
                if free and self._leads(cell, token, room):
                    taken.append(room)
                    placed.append((token, room))
                    break
        return placed

    def _leads(self, cell: int, token: int, room: QRectF) -> bool:
        """Whether a line from a token to its name crosses no other token."""
        line = self.leader(cell, token, room)
        if line is None:
            return True
        spots = np.delete(self._sights[cell][0], token, axis=0).astype(np.float64)
        start, way = np.array([line.x1(), line.y1()]), np.array([line.dx(), line.dy()])
        along = np.clip((spots - start) @ way / (way @ way), 0, 1)
        away = spots - (start + along[:, None] * way)
        return bool((np.hypot(*away.T) > _ASIDE).all())

    def leader(self, cell: int, token: int, room: QRectF) -> QLineF | None:
        """Return the line that leads from a token to its name, if that is not beside it."""
        x, y = self._sights[cell][0][token].tolist()
        nearest = QPointF(
            min(max(x, room.left() + 2), room.right() - 2),
            min(max(y, room.top() + 3), room.bottom() - 3),
        )
        line = QLineF(QPointF(x, y), nearest)
        return line if line.length() > _BESIDE else None

    def _dots(self, cell: int, tokens: Sequence[int]) -> list[QRectF]:
        spots = self._sights[cell][0]
        return [dot_room(QPointF(*spots[token].tolist())) for token in tokens]
