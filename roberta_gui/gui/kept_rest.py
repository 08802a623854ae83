"""KeptRest: the bar that keeps what was too long for the editor until it is saved."""

from roberta_gui.gui.notice_bar import NoticeBar
from roberta_gui.gui.theme import Theme


class KeptRest(NoticeBar):
    """Says how much of a paste did not fit, and holds it: nothing pasted is ever lost."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._parts: list[str] = []
        self.dismissed.connect(self.let_go)

    @property
    def text(self) -> str:
        """Everything that is kept, in the order it came."""
        return "".join(self._parts)

    def keep(self, kept: int, rest: str) -> None:
        """Keep ``rest`` behind what is kept already; ``kept`` characters went into the editor."""
        self._parts.append(rest)
        n_characters = sum(len(part) for part in self._parts)
        self.say(
            f"The text is too long: {kept:,} characters of it went in.",
            f"{n_characters:,} characters are kept here until you save them or close this bar.",
            problem=False,
            action="Save the rest…",
        )

    def let_go(self) -> None:
        """Forget what is kept, because it was saved or is not wanted."""
        self._parts.clear()
        self.hide()
