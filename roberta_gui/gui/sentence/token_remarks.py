"""What is remarked of the tokens that are read: controls, and guesses that became others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from roberta_gui.records import Run, Token

OTHER_TOKENS: Final = (
    "Side by side, these words are read as other tokens.",
    "Each of them alone would be the token that was guessed. Undo brings the masks back.",
)
"""Title and hint."""


@dataclass(frozen=True)
class FilledIn:
    """A filled ``text``, and the rows of its tokens, if each guess stands there as it was guessed.

    Each was tried alone, with masks beside it: side by side, words may be read as other tokens.
    """

    text: str
    ids: tuple[int, ...]

    @classmethod
    def of(cls, before: Run, rows: Mapping[int, int], text: str) -> "FilledIn":
        """Say what is to come of ``text``, in which these ``rows`` took the places of tokens."""
        return cls(text, tuple(rows.get(one.index, one.id) for one in _words(before)))

    def is_kept_by(self, typed: Run) -> bool:
        """Tell whether a text is another one by now, or has the tokens that were guessed."""
        return typed.text != self.text or tuple(one.id for one in _words(typed)) == self.ids


def _words(run: Run) -> list[Token]:
    # Blanks beside a mask may be held by other tokens.
    return [token for token in run.tokens if not token.text.isspace()]


def describe_controls(typed: Run) -> str:
    """Say which of the typed characters stand for the model's own control tokens, if any."""
    controls = sorted({token.text for token in typed.tokens if token.is_control})
    if not controls:
        return ""
    verb = "stands" if len(controls) == 1 else "stand"
    which = f"{' and '.join(controls)} {verb} for the model's own control token here"
    return f"{which}, not for the letters you typed."
