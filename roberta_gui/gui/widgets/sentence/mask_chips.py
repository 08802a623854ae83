"""Mask chips: which stretches of the text are masks, how they look, and how a cursor treats them.

A chip is literal text in the document, so copy, undo and screen readers need nothing special.
Positions here are Qt's (UTF-16 units, counted from the start of the document or block).
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QFont,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
    QTextLine,
)

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.sentence.text_index import TextIndex

Span: TypeAlias = tuple[int, int]
"""Start and end, the end not included."""

NO_MASK_TO_TYPE: Final = "This tokenizer has no mask that can be typed"
"""Why what would write a mask is grey."""

OVERHANG = 5
"""Pixels by which a chip's ground stands out over its text where a space or nothing follows."""

_TIGHT = 1  # the same where something follows directly

_OPENING = frozenset("([{<“‘«‹¿¡#@$€£/-–—_")
_STRAIGHT_QUOTES = frozenset("\"'")

_ROOM = 5
"""Pixels by which a space beside a chip is widened, so that the ground keeps off the words."""


def find_chips(text: str, mask_token: str, index: TextIndex | None = None) -> list[Span]:
    """Return the UTF-16 span of every mask token in ``text``, left to right."""
    if not mask_token or mask_token not in text:
        return []
    place = (index or TextIndex(text)).to_utf16
    found = re.finditer(re.escape(mask_token), text)
    return [(place(match.start()), place(match.end())) for match in found]


def chip_around(chips: Sequence[Span], position: int) -> Span | None:
    """Return the chip that ``position`` stands inside of; its two edges are outside."""
    nth = bisect_right(chips, position, key=lambda chip: chip[0]) - 1
    if nth >= 0 and chips[nth][0] < position < chips[nth][1]:
        return chips[nth]
    return None


def snap(chips: Sequence[Span], position: int, came_from: int) -> int:
    """Return where a cursor that moved to ``position`` may stand: never inside a chip.

    A cursor that came from the chip's one side leaves at the other; one that came from farther
    away, as with a click or the Up key, takes the nearer edge.
    """
    if (chip := chip_around(chips, position)) is None:
        return position
    start, end = chip
    is_past = came_from == start or (came_from != end and position - start >= end - position)
    return end if is_past else start


def overlapping(chips: Sequence[Span], start: int, end: int) -> Span:
    """Return which of ``chips``, as a range of their indexes, share a position with a stretch."""
    first = bisect_right(chips, start, key=lambda chip: chip[1])
    return first, bisect_left(chips, end, lo=first, key=lambda chip: chip[0])


def touched(chips: Sequence[Span], start: int, end: int) -> Span | None:
    """Widen a stretch to whole chips; None if it overlaps no chip."""
    first, last = overlapping(chips, start, end)
    if first == last:
        return None
    return min(start, chips[first][0]), max(end, chips[last - 1][1])


class ChipHighlighter(QSyntaxHighlighter):
    """Sets mask tokens in bold mask colour, with room around, by formats that no undo knows."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._mask_token = ""
        self._format = QTextCharFormat()
        self._format.setFontWeight(QFont.Weight.Bold)
        self._beside = QTextCharFormat()
        self._beside.setFontWordSpacing(_ROOM)

    def set_mask_token(self, mask_token: str) -> None:
        """Choose what counts as a mask."""
        self._mask_token = mask_token
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Format the masks of one paragraph."""
        self._format.setForeground(themes.current().color("mask_text"))
        index = TextIndex(text)
        for start, end in find_chips(text, self._mask_token, index):
            self.setFormat(start, end - start, self._format)
            first, last = index.to_python(start), index.to_python(end)
            if text[first - 1 : first] == " ":
                self.setFormat(start - 1, 1, self._beside)
            if text[last : last + 1] == " ":
                self.setFormat(end, 1, self._beside)


def span_rects(
    block: QTextBlock, spans: Sequence[Span], origin: QPointF, area: QRectF
) -> Iterator[tuple[Span, QRectF]]:
    """Yield stretches of a block's text and where they are drawn, once for each of their lines.

    ``spans`` are document positions, left to right without overlap; ``origin`` is the block's top
    left corner. Lines outside ``area`` are skipped: 20,000 characters have 200 of them.
    """
    layout = block.layout()
    composed = TextIndex(layout.preeditAreaText()).to_utf16(len(layout.preeditAreaText()))
    composed_at = layout.preeditAreaPosition() if composed else -1

    def in_layout(position: int) -> int:
        # The layout also holds what an input method composes, which the document does not.
        place = position - block.position()
        return place + composed if 0 <= composed_at <= place else place

    for nth in range(layout.lineCount()):
        line = layout.lineAt(nth)
        top = origin.y() + line.y()
        if top > area.bottom():
            return
        if top + line.height() < area.top():
            continue
        line_start, line_end = line.textStart(), line.textStart() + line.textLength()
        first, last = overlapping(
            spans, block.position() + line_start - composed, block.position() + line_end
        )
        for span in spans[first:last]:
            start, end = max(in_layout(span[0]), line_start), min(in_layout(span[1]), line_end)
            if start < end:
                left, right = _extent(line, start, end)
                yield span, QRectF(origin.x() + left, top, right - left, line.height())


def overhangs(block: QTextBlock, chip: Span) -> tuple[int, int]:
    """Return by how many pixels a chip's ground stands out at its left and at its right."""
    text = block.document()
    before, after = text.characterAt(chip[0] - 1), text.characterAt(chip[1])
    sides = (
        OVERHANG if chip[0] == 0 or before.isspace() else _TIGHT,
        OVERHANG if after.isspace() else _TIGHT,
    )
    return sides[::-1] if block.textDirection() is Qt.LayoutDirection.RightToLeft else sides


def _extent(line: QTextLine, start: int, end: int) -> tuple[float, float]:
    """Return the left and right end of a stretch of a line."""
    # Both edges of every character: in right-to-left text the first one is not leftmost.
    edges = [
        line.cursorToX(place, edge)[0]  # type: ignore[index]  # PySide returns (x, place)
        for place in range(start, end)
        for edge in (QTextLine.Edge.Leading, QTextLine.Edge.Trailing)
    ]
    return min(edges), max(edges)


def spaced(mask_token: str, before: str, after: str) -> tuple[str, str, str]:
    """Return the mask token with the space that it needs between the text around its place.

    Examples
    --------
    >>> spaced("<mask>", "The", "sat.")
    (' ', '<mask>', ' ')
    >>> spaced("<mask>", "(", ".")
    ('', '<mask>', '')
    """
    left = " " if before and not _opens(before) else ""
    right = " " if after and (after[0].isalnum() or after[0] in _OPENING) else ""
    return left, mask_token, right


def _opens(before: str) -> bool:
    """Whether a word may follow ``before`` directly."""
    last = before[-1]
    if last in _STRAIGHT_QUOTES:  # opening if it stands at the start or behind a space
        return len(before) == 1 or before[-2].isspace()
    return last.isspace() or last in _OPENING
