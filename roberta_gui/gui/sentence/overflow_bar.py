"""OverflowBar: the bar that keeps what was too long for the editor until it is saved."""

from roberta_gui.gui.window.notice_bar import NoticeBar
from roberta_gui.wording import counted

_BETWEEN = "\n\n"
"""What parts two rests in one file: a blank line."""


class OverflowBar(NoticeBar):
    """Says how much of a paste did not fit, and holds it as long as the window is there.

    ``letter`` names the sentence where there are two.
    """

    def __init__(self, letter: str = "") -> None:
        super().__init__()
        self._text = f"The text for {letter}" if letter else "The text"
        self._rests: list[str] = []
        self.dismissed.connect(self.let_go)

    @property
    def text(self) -> str:
        """Everything that is kept, in the order it came, a blank line between two pastes."""
        return _BETWEEN.join(self._rests)

    def keep(self, kept: int, rest: str) -> None:
        """Keep ``rest`` behind what is kept already; ``kept`` characters went into the editor."""
        self._rests.append(rest)
        n = sum(map(len, self._rests))
        characters = f"{n:,} characters are" if n > 1 else "1 character is"
        if len(self._rests) > 1:
            characters = f"{counted(n, 'character')} of {counted(len(self._rests), 'text')} are"
        went_in = counted(kept, "character") if kept else "nothing"
        self.say(
            f"{self._text} is too long: {went_in} of it went in.",
            f"{characters} kept here until you save the rest, or close this bar or the window.",
            problem=False,
            action="Save the rest…",
        )

    def let_go(self) -> None:
        """Forget what is kept, because it was saved or is not wanted."""
        self._rests.clear()
        self.hide()
