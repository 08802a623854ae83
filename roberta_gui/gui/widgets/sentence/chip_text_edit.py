"""A plain text editor that grows with its text and treats masks as chips.

Everything here counts in Qt's UTF-16 units; the sentence editor, built on this, speaks Python's.
"""

import math
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.painting.drawing import draw
from roberta_gui.gui.widgets.sentence.mask_chips import (
    OVERHANG,
    ChipHighlighter,
    Span,
    chip_around,
    find_chips,
    overhangs,
    overlapping,
    snap,
    span_rects,
    touched,
)
from roberta_gui.gui.widgets.sentence.text_index import TextIndex, from_qt

MAX_LINES = 4
"""The editor grows up to so many lines, then it scrolls."""

_LINES_WITHOUT_BAR: Final = 2  # beside so few lines a scroll bar would be no more than a stub
_KEEP: Final = QTextCursor.MoveMode.KeepAnchor

# What each deleting key would take away, so that a chip in its way goes as a whole.
_DELETIONS: Final = (
    (QKeySequence.StandardKey.Delete, QTextCursor.MoveOperation.NextCharacter),
    (QKeySequence.StandardKey.DeleteStartOfWord, QTextCursor.MoveOperation.PreviousWord),
    (QKeySequence.StandardKey.DeleteEndOfWord, QTextCursor.MoveOperation.NextWord),
)


class ChipTextEdit(QPlainTextEdit):
    """Editable text whose masks look and behave like one thing.

    The cursor never stands inside a chip, and a chip is deleted whole. Chips are literal text:
    their look is a layout format and a painted ground, so neither enters the undo history.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most_lines = MAX_LINES
        self._is_cut = False
        self._mask_token = "<mask>"
        self._text = ""
        self._index = TextIndex("")
        self._chips: list[Span] = []
        self._hovered: Span | None = None
        self._last_position = 0
        self._height = 0
        self._follows_cursor = True  # until somebody scrolls
        self._highlighter = ChipHighlighter(self.document())
        self._highlighter.set_mask_token(self._mask_token)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(OVERHANG + 1)  # room for a chip that begins a line
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        self.verticalScrollBar().actionTriggered.connect(lambda _: self._follow_cursor(False))
        self.cursorPositionChanged.connect(lambda: self._follow_cursor(True))
        self.textChanged.connect(self._follow_text)
        self.cursorPositionChanged.connect(self._keep_out_of_chips)
        self.selectionChanged.connect(self._keep_out_of_chips)
        self.document().documentLayout().documentSizeChanged.connect(self._fit_height)
        self._dress()

    def set_mask_token(self, text: str) -> None:
        """Choose what counts as a mask: each model has its own token; "" where nothing does."""
        if text == self._mask_token:
            return  # highlighting a long text anew for nothing can be felt while typing
        self._mask_token = text
        self._highlighter.set_mask_token(text)
        self._chips = find_chips(self._text, text, self._index)
        self.viewport().update()

    def set_hovered(self, span: Span | None) -> None:
        """Underline a stretch softly; None underlines nothing."""
        if span != self._hovered:
            self._hovered = span
            self.viewport().update()

    def cursor_at(self, anchor: int, position: int) -> QTextCursor:
        """Return a cursor that selects from ``anchor`` to ``position``."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(anchor)
        cursor.setPosition(position, _KEEP)
        return cursor

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours; in another size the line of the cursor is in sight."""
        before = self.font()
        self._dress()
        if self.font() != before:
            self._follow_cursor(True)
            self.ensureCursorVisible()

    def _follow_cursor(self, follows: bool) -> None:
        self._follows_cursor = follows

    def _dress(self) -> None:
        self.setFont(themes.current().font("sentence"))
        self._highlighter.rehighlight()
        self._fit_height()

    def set_most_lines(self, lines: int) -> None:
        """Choose how many lines are shown before the text scrolls."""
        if lines != self._most_lines:
            self._most_lines = lines
            self._fit_height()

    def sizeHint(self) -> QSize:
        """As high as the text, from one line to the most."""
        return QSize(self.fontMetrics().averageCharWidth() * 60, self._height)

    def minimumSizeHint(self) -> QSize:
        """Never less than the lines that there are."""
        return QSize(self.fontMetrics().averageCharWidth() * 12, self._height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew, which may take more or fewer lines."""
        super().resizeEvent(event)
        self._fit_height()
        bar = self.verticalScrollBar()
        # Grown, it has room for lines above the last one that were scrolled away before.
        bar.setValue(min(bar.value(), max(bar.maximum() + bar.pageStep() - self._most_lines, 0)))
        if self._follows_cursor:
            self.ensureCursorVisible()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the grounds of chips and of the hovered stretch, then the text over them."""
        area = QRectF(event.rect())
        draw(self.viewport(), partial(self._paint_grounds, area), instead="")
        super().paintEvent(event)
        if self._is_cut:
            draw(self.viewport(), self._paint_end, instead="")

    def _paint_grounds(self, area: QRectF, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cursor = self.textCursor()
        selected = cursor.selectionStart(), cursor.selectionEnd()
        hovered = [self._hovered] if self._hovered is not None else []
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > area.bottom():
                break
            for _, rect in span_rects(block, hovered, box.topLeft(), area):
                self._paint_hovered(painter, rect)
            start = block.position()
            of_block = slice(*overlapping(self._chips, start, start + block.length()))
            chips = [
                chip
                for chip in self._chips[of_block]
                if not (selected[0] <= chip[0] and chip[1] <= selected[1])  # has its own ground
            ]
            for chip, rect in span_rects(block, chips, box.topLeft(), area):
                left, right = overhangs(block, chip)
                painter.setPen(QPen(themes.current().color("mask", 0.35), 1))
                painter.setBrush(themes.current().color("mask_soft"))
                painter.drawRoundedRect(rect.adjusted(-left, 0.5, right, -0.5), 5, 5)
            block = block.next()

    @property
    def has_more_below(self) -> bool:
        """Whether there are lines below those in sight."""
        bar = self.verticalScrollBar()  # which counts in lines
        last = bar.value() + self._most_lines
        return self._is_cut and last < bar.maximum() + bar.pageStep()

    def _paint_end(self, painter: QPainter) -> None:
        """Cover the line of which only a part is in sight, and tell that there is more."""
        rest = QRectF(self.viewport().rect())
        rest.setTop(self._end_of_lines())
        painter.fillRect(rest, themes.current().color("card"))
        if self.has_more_below and not self._has_bar():
            self._paint_more(painter, rest.topRight())

    def _end_of_lines(self) -> float:
        """Return where the last line ends of which all is in sight."""
        end, most = 0.0, float(self.viewport().height())
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            for nth in range(block.layout().lineCount()):
                line = block.layout().lineAt(nth)
                below = box.top() + line.y() + line.height()
                if below > most:
                    return end
                end = below
            block = block.next()
        return most

    def _paint_more(self, painter: QPainter, corner: QPointF) -> None:
        """Let the last line in sight fade into an ellipsis: a bar so low could not be used."""
        line = self.fontMetrics()
        fade = QRectF(0, 0, 3 * line.height(), line.height())
        fade.moveBottomRight(corner)
        ground = QLinearGradient(fade.topLeft(), fade.topRight())
        ground.setColorAt(0, themes.current().color("card", 0))
        ground.setColorAt(0.7, themes.current().color("card"))
        painter.fillRect(fade, ground)
        painter.setFont(self.font())
        painter.setPen(themes.current().color("muted"))
        painter.drawText(fade, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "…")

    def _has_bar(self) -> bool:
        return self._is_cut and self._most_lines > _LINES_WITHOUT_BAR

    def _paint_hovered(self, painter: QPainter, rect: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(themes.current().color("accent_soft"))
        painter.drawRoundedRect(rect, 3, 3)
        painter.setBrush(themes.current().color("accent"))
        painter.drawRect(QRectF(rect.left(), rect.bottom() - 2, rect.width(), 2))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select the word, or the whole chip."""
        super().mouseDoubleClickEvent(event)
        position = self.cursorForPosition(event.position().toPoint()).position()
        for start, end in self._chips:
            if start <= position <= end:
                self.setTextCursor(self.cursor_at(start, end))

    def delete_chip(self, event: QKeyEvent) -> bool:
        """Delete every chip that the pressed key would cut into; False if there is none."""
        cursor = self.textCursor()
        if cursor.hasSelection():
            return False
        move = next((move for key, move in _DELETIONS if event.matches(key)), None)
        # StandardKey.Backspace matches on macOS only; elsewhere Qt looks at the key itself.
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if move is None and event.key() == Qt.Key.Key_Backspace and plain:
            move = QTextCursor.MoveOperation.PreviousCharacter
        if move is None:
            return False
        cursor.movePosition(move, _KEEP)
        stretch = touched(self._chips, cursor.selectionStart(), cursor.selectionEnd())
        if stretch is None:
            return False
        cursor = self.cursor_at(*stretch)
        cursor.beginEditBlock()  # keeps the step apart from deletions before and after it
        cursor.removeSelectedText()
        cursor.endEditBlock()
        return True

    def _follow_text(self) -> None:
        """Read the document anew; also called for mere formats, which change nothing."""
        text = from_qt(self.document().toRawText())
        if text != self._text:
            self._text = text
            self._index = TextIndex(text)
            self._chips = find_chips(text, self._mask_token, self._index)
            self._hovered = None
            self._fit_height()

    def _keep_out_of_chips(self) -> None:
        """Move a cursor that came to stand inside a chip to one of its edges."""
        self._follow_text()  # Qt tells of a moved cursor before it tells of the new text
        cursor = self.textCursor()
        position, anchor = cursor.position(), cursor.anchor()
        new_position = snap(self._chips, position, self._last_position)
        new_anchor = new_position if anchor == position else anchor
        if chip := chip_around(self._chips, new_anchor):
            new_anchor = chip[1] if new_position < new_anchor else chip[0]
        self._last_position = new_position
        if (new_position, new_anchor) != (position, anchor):
            self.setTextCursor(self.cursor_at(new_anchor, new_position))

    def _fit_height(self) -> None:
        """Ask the layout for as many lines as the text takes."""
        height, lines = 0.0, 0
        block = self.document().firstBlock()
        while block.isValid() and lines <= self._most_lines:
            self.blockBoundingRect(block)  # lays the block out
            layout = block.layout()
            for nth in range(layout.lineCount()):
                lines += 1
                if lines <= self._most_lines:
                    height += layout.lineAt(nth).height()
            block = block.next()
        self._is_cut = lines > self._most_lines
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOn if self._has_bar() else policy.ScrollBarAlwaysOff
        )
        # Without a lower margin while it scrolls: the next line would show its top there.
        margins = (1 if self._is_cut else 2) * self.document().documentMargin()
        # A pixel more: else Qt does not count the last line as in sight, and scrolls beyond it.
        wanted = math.ceil(max(height, self.fontMetrics().height()) + margins) + 1
        if wanted != self._height:
            self._height = wanted
            self.updateGeometry()
