"""The token strip: one chip a token, in rows, painted as one widget."""

import itertools
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QWidget

from roberta_gui.findings.notation.glyphs import character_groups, describe
from roberta_gui.findings.notation.names import token_name
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.painting import ring
from roberta_gui.gui.widgets.controls.tool_tip import hide_tip, show_tip
from roberta_gui.gui.widgets.interaction.clicks import Presses, extends
from roberta_gui.gui.widgets.painting.drawing import draw
from roberta_gui.gui.widgets.painting.figure import BY_KEY
from roberta_gui.gui.widgets.painting.spoken import Parts, Spoken
from roberta_gui.gui.widgets.tokens.token_chips import Chip, ChipPainter, ChipState, Flow, flow
from roberta_gui.records import Token

MAX_ROWS = 3
"""The strip shows so many rows, then it scrolls."""

_GAP: Final = 5
_INDENT: Final = 6  # so that the chips begin where the sentence editor's text begins
_STALE_OPACITY: Final = 0.55
_CAPTION_ROOM: Final = "00.0"
_TOKENS: Final[dict[int, int]] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ROWS: Final[dict[int, int]] = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class TokenStrip(QAbstractScrollArea, Spoken[int]):
    """Shows tokens as chips to hover, click and walk through with the arrow keys.

    Painted by hand: chips flow in rows as text does, and pyqtgraph draws plots alone.
    """

    token_hovered = Signal(int)  # by the pointer or the keyboard
    hover_left = Signal()
    token_clicked = Signal(int, bool)  # True: in addition to those chosen already
    token_double_clicked = Signal(int)  # or M was pressed on it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most_rows = MAX_ROWS
        self._tokens: tuple[Token, ...] = ()
        self._chips: list[Chip] = []
        self._flow = Flow()
        self._tint: NDArray[np.floating] | None = None
        self._captions: tuple[str, ...] | None = None
        self._notes: tuple[str, ...] = ()
        self._selected: frozenset[int] = frozenset()
        self._hatched: frozenset[int] = frozenset()
        self._hatch_note = ""
        self._presses: Presses[int] = Presses()
        self._hovered: int | None = None
        self._pointed: int | None = None
        self._current = self._height = self._dropped = 0
        self._is_signed = self._stale = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewportMargins(_INDENT, 0, 0, 0)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Tokens")
        self._dress()

    # What is shown

    def set_tokens(self, tokens: Sequence[Token], dropped: int = 0) -> None:
        """Show ``tokens``, and a note if ``dropped`` more were cut off.

        Tint, captions, notes and hatching go: they belonged to the tokens before.
        """
        before, self._tokens, self._dropped = self._tokens, tuple(tokens), dropped
        self._presses.lose(lambda at: self._tokens[at : at + 1] == before[at : at + 1])
        count = len(self._tokens)
        self._tint, self._notes, self._hatched = None, (), frozenset()
        self._captions = None if self._captions is None else ()
        self._selected = frozenset(index for index in self._selected if index < count)
        self._hovered = self._pointed = None
        self._current = min(self._current, max(count - 1, 0))
        self._make_chips()
        self.tell_parts()

    def set_tint(
        self, tint: NDArray[np.floating] | None, notes: Sequence[str] = (), *, signed: bool = False
    ) -> None:
        """Tint chips: float (token,), 0 to 1 or from −1, nan not; ``notes`` say why in tips."""
        self._is_signed = signed
        self._tint = None if tint is None else np.clip(np.nan_to_num(tint), -float(signed), 1.0)
        self._notes = tuple(notes)
        self.viewport().update()

    def set_captions(self, captions: Sequence[str] | None) -> None:
        """Write these short numbers under the tokens; None writes their ids."""
        had_room = self._captions is not None
        self._captions = None if captions is None else tuple(captions)
        if had_room is (captions is None):
            self._make_chips()
        self.viewport().update()

    def set_selected(self, indexes: Iterable[int]) -> None:
        """Outline the selected tokens and scroll to the first that was not selected before."""
        before = self._selected
        self._selected = frozenset(index for index in indexes if 0 <= index < len(self._tokens))
        self._update_chips(before ^ self._selected)
        if added := self._selected - before:
            self._current = min(added)
            self._scroll_to(self._current)

    def set_hatched(self, indexes: Iterable[int], note: str = "") -> None:
        """Hatch the tokens that stand alone; ``note`` says in their tips what that means."""
        hatched = frozenset(indexes)
        self._hatch_note = note
        if hatched != self._hatched:
            self._hatched = hatched
            self.viewport().update()

    def set_hovered(self, index: int | None) -> None:
        """Outline the token that is hovered here or in another panel."""
        if index is not None and not 0 <= index < len(self._tokens):
            index = None
        changed = {self._hovered, index} if index != self._hovered else set()
        self._hovered = index
        self._update_chips(changed - {None})

    def _update_chips(self, indexes: Iterable[int | None]) -> None:
        for index in indexes:
            if index is not None:
                self.viewport().update(self.chip_rect(index))

    def set_stale(self, stale: bool) -> None:
        """Fade the chips: they are not those of the newest text."""
        if stale != self._stale:
            self._stale = stale
            self.viewport().update()

    def set_most_rows(self, rows: int) -> None:
        """Choose how many rows are shown before the strip scrolls."""
        if rows != self._most_rows:
            self._most_rows = rows
            self._lay_out()

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._dress()

    def _dress(self) -> None:
        self._painter = ChipPainter()
        self.verticalScrollBar().setSingleStep(self._pitch())
        self._make_chips()

    # Places

    def chip_rect(self, index: int) -> QRect:
        """Return where a token's chip is, in the viewport's pixels, scrolled as it is."""
        return QRect(
            self._flow.left[index],
            self._flow.row_of(index) * self._pitch() - self.verticalScrollBar().value(),
            self._flow.widths[index],
            self._painter.height,
        )

    def token_at(self, position: QPoint) -> int | None:
        """Return the token whose chip is at a place in the viewport."""
        row, inside = divmod(position.y() + self.verticalScrollBar().value(), self._pitch())
        if inside >= self._painter.height:
            return None
        chip = self._flow.chip_at(row, position.x())
        return chip if chip is not None and chip < len(self._tokens) else None

    def parts(self) -> Parts[int]:
        """Return every token."""
        corner = self.viewport().pos()
        tokens = range(len(self._tokens))
        return tokens, lambda index: QRectF(self.chip_rect(index).translated(corner))

    def describe(self, spot: int) -> str:
        """Return the explanation of a token."""
        part = character_groups(self._tokens)[spot]
        explained = describe(self._tokens[spot], len(self._tokens), part)
        return "\n".join([explained, *self._notes_on(spot)])

    def say(self, spot: int) -> str:
        """Return a token with its place and what it costs, as in “token 3 of 12, ␣love, …”."""
        token = self._tokens[spot]
        told = "\n".join(self._notes_on(spot) or [f"id {token.id}"]).splitlines()
        return ", ".join([f"token {spot + 1} of {len(self._tokens)}", token_name(token), *told])

    def _notes_on(self, index: int) -> list[str]:
        """Return what the tint and the hatching mean for a token."""
        note = self._notes[index] if index < len(self._notes) else ""
        return [each for each in (note, self._hatch_note * (index in self._hatched)) if each]

    # Size

    def hasHeightForWidth(self) -> bool:
        """Narrower means more rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the rows that ``width`` makes, as many as are shown."""
        return self._height_of(self._flow_in(width - _INDENT).n_rows)

    def sizeHint(self) -> QSize:
        """As high as the rows at the present width."""
        return QSize(themes.current().pixels(400), self._height)

    def minimumSizeHint(self) -> QSize:
        """Ask for a few chips' width, and never less height than the rows take."""
        return QSize(themes.current().pixels(120), self._height)

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the chips flow anew; what is selected stays in sight."""
        super().resizeEvent(event)
        self._lay_out()
        if self._selected:
            self._scroll_to(min(self._selected))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chips that need it, not the others."""
        draw(self.viewport(), partial(self._paint_chips, event.region()))

    def _paint_chips(self, region: QRegion, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._stale:
            painter.setOpacity(_STALE_OPACITY)
        if not self._chips:
            self._painter.paint_none(painter, self.viewport().rect())
        room, offset = region.boundingRect(), self.verticalScrollBar().value()
        first = max((room.top() + offset) // self._pitch(), 0)
        last = (room.bottom() + offset) // self._pitch()
        for index in itertools.chain(*map(self._flow.chips_of, range(first, last + 1))):
            rect = self.chip_rect(index)
            if region.intersects(rect):
                chip, state = self._chips[index], self._state(index)
                self._painter.paint(painter, QRectF(rect), chip, state)
        if self.hasFocus():
            # Inside: the outline itself tells which tokens are selected.
            here = self.chip_rect(self._current).adjusted(3, 3, -3, -3) if self._chips else None
            ring(painter, QRectF(here or self.viewport().rect()), 4)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which token the pointer is on."""
        self._point_at(self.token_at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click."""
        self._presses.press(event, self.token_at(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the token that was clicked."""
        index = self.token_at(event.position().toPoint())
        if self._presses.release(event, index) and index is not None:
            self._current = index
            self.token_clicked.emit(index, extends(event.modifiers()))
        event.accept()  # the base class would hand it on to the parent

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell of a double-clicked token."""
        index = self.token_at(event.position().toPoint())
        if self._presses.is_gone:
            return
        if not self._presses.is_second(event, index):
            self._presses.press(event, index)
        elif index is not None:
            self.token_double_clicked.emit(index)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show tool tips, and notice that the pointer left."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            if (index := self.token_at(event.pos())) is None:
                hide_tip()
            else:
                tip, chip = self.describe(index), self.chip_rect(index)
                show_tip(event.globalPos(), tip, self.viewport(), chip)
            return True
        if event.type() == QEvent.Type.Leave:
            self._point_at(None)
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrows, Home and End; Enter or Space chooses, M acts as a double-click."""
        target = self._target_of(event.key())
        if not self._tokens:
            super().keyPressEvent(event)
        elif target is not None:
            self._current = target
            self._scroll_to(target)
            self._point_at(target)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.token_clicked.emit(self._current, extends(event.modifiers()))
        elif event.key() == Qt.Key.Key_M and not event.modifiers():
            self.token_double_clicked.emit(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        if self._tokens and event.reason() in BY_KEY:
            self._point_at(self._current)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Point at nothing when the keyboard goes elsewhere."""
        super().focusOutEvent(event)
        self._point_at(None)

    # Insides

    def _make_chips(self) -> None:
        room = "" if self._captions is None else _CAPTION_ROOM
        self._chips = self._painter.chips(self._tokens, self._dropped, room)
        self._lay_out()
        self.viewport().update()

    def _lay_out(self) -> None:
        self._flow = self._flow_in(self.viewport().width())
        n_rows, shown = self._flow.n_rows, self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setPageStep(shown)
        bar.setRange(0, max(0, n_rows * self._pitch() - _GAP - shown))
        height = self._height_of(n_rows)
        if height != self._height:
            self._height = height
            self.updateGeometry()

    def _flow_in(self, width: int) -> Flow:
        widths = [chip.width for chip in self._chips]
        return flow(widths, [chip.joined for chip in self._chips], width, _GAP)

    def _height_of(self, n_rows: int) -> int:
        if n_rows == 0:
            return self._painter.caption_height + 4
        return min(n_rows, self._most_rows) * self._pitch() - _GAP

    def _pitch(self) -> int:
        """Pixels from one row to the next."""
        return self._painter.height + _GAP

    def _state(self, index: int) -> ChipState:
        tint, captions = self._tint, self._captions  # captions stand in the place of ids
        return ChipState(
            selected=index in self._selected,
            hovered=index == self._hovered,
            tint=float(tint[index]) if tint is not None and index < len(tint) else 0.0,
            caption=None if captions is None else "".join(captions[index : index + 1]),
            hatched=index in self._hatched,
            is_signed=self._is_signed,
        )

    def _scroll_to(self, index: int) -> None:
        top = self._flow.row_of(index) * self._pitch()
        bottom = top + self._painter.height
        bar = self.verticalScrollBar()
        bar.setValue(max(min(bar.value(), top), bottom - self.viewport().height()))

    def _point_at(self, index: int | None) -> None:
        """Hover a token from here: by pointer or keyboard."""
        if index == self._pointed:
            return
        self._pointed = index
        self.set_hovered(index)
        if index is None:
            self.hover_left.emit()
            return
        self.setAccessibleDescription(self.say(index))
        self.token_hovered.emit(index)

    def _target_of(self, key: int) -> int | None:
        """Return where a key moves the current token to; None if it moves nothing."""
        last, here = len(self._tokens) - 1, self._current
        if key in _ROWS and self._tokens:
            return min(self._flow.across(here, _ROWS[key]), last)
        if key in _TOKENS:
            return min(max(here + _TOKENS[key], 0), last)
        return {Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}.get(Qt.Key(key))
