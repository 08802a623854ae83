"""Lanes: where work stands in line, and by what the View tells how far it is and what failed."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Rank(IntEnum):
    """How urgent the work of a lane is, the most urgent first."""

    MODEL = 0
    SENTENCE = 1
    """What somebody waits for who types."""
    EXPORT = 2
    COPY = 3
    PANEL = 4
    BACKGROUND = 5


@dataclass(frozen=True, slots=True, order=True)
class Lane:
    """A place in line: newer work of a lane takes the place of the older."""

    rank: Rank
    name: str = ""

    def __str__(self) -> str:
        """Name it for the log."""
        return f"{self.rank.name.lower()} {self.name}".rstrip()


def panel_lane(name: str) -> Lane:
    """Return the lane of a panel's own work."""
    return Lane(Rank.PANEL, name)


MODEL: Final = Lane(Rank.MODEL)
SECOND_MODEL: Final = Lane(Rank.MODEL, "second")
REMEMBERED_MODEL: Final = Lane(Rank.MODEL, "remembered")
"""Only told of: the model of the last start could not be opened, and another one steps in."""

SENTENCE: Final = Lane(Rank.SENTENCE)
SECOND_SENTENCE: Final = Lane(Rank.SENTENCE, "second")
"""The passes of A and B."""

TOKENS: Final = Lane(Rank.SENTENCE, "tokens")
SECOND_TOKENS: Final = Lane(Rank.SENTENCE, "second tokens")
"""What is typed in A and B."""

AXES: Final = panel_lane("axes")
"""Of the panels' rank: the hidden states that somebody sees wait for them."""

WINDOW: Final = Lane(Rank.BACKGROUND, "window")
"""Only told of: a fault of the window's own."""

CLIPBOARD: Final = "clipboard"
"""Names what is made for the clipboard; what is made for a file has the file's name."""
