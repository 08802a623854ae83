"""How a token is written along an axis: its name, its colour, its place in the sentence."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from roberta_gui.gui.look.theme import Theme

LabelKind: TypeAlias = Literal["plain", "special", "mask"]

LABEL_ANGLE = 50.0
"""Degrees by which column labels rise."""

LONGEST_LABEL = 110
"""Pixels of a name, at a text zoom of 1; longer ones are cut."""


@dataclass(frozen=True)
class AxisLabel:
    """A token's name on both axes, how it is drawn, and which token it is.

    ``index`` is the token's place in the sentence, which is not the row's where some tokens are
    hidden; -1 is the row's own number. ``last`` is the place of the last of several tokens that
    share one name, as the pieces of a word do; -1 where there is one only.
    """

    text: str
    kind: LabelKind = "plain"
    index: int = field(default=-1, kw_only=True)
    last: int = field(default=-1, kw_only=True)

    def places(self, row: int) -> str:
        """Write which tokens it stands for; ``row`` is where it stands itself."""
        first = row if self.index < 0 else self.index
        return f"{first}–{self.last}" if self.last > first else str(first)


def dress(painter: QPainter, theme: Theme, label: AxisLabel, *, lit: bool) -> tuple[str, float]:
    """Set pen and font for a name; return it, elided, and its height."""
    role = {"special": "muted", "mask": "mask_text"}.get(label.kind, "text")
    painter.setPen(theme.color("accent" if lit else role))
    font = theme.font("control", bold=lit or label.kind == "mask")
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    limit = theme.pixels(LONGEST_LABEL)
    return metrics.elidedText(label.text, Qt.TextElideMode.ElideRight, limit), metrics.height()
