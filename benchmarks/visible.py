"""Starts the explorer and says when its window is painted: run by the start-up benchmark."""

from roberta_gui import __main__ as command_line
from roberta_gui.gui import application

WORD = "visible"


class WatchedSession(application.Session):
    """The product's own session, with somebody looking at the window."""

    def start(self) -> None:
        """Start as always, and print a word once the window has been painted."""
        super().start()
        # Qt asks what was installed last first: the word goes before the import of torch begins.
        application.FirstPaint(self.window).seen.connect(lambda: print(WORD, flush=True))


if __name__ == "__main__":
    application.Session = WatchedSession  # type: ignore[misc]
    raise SystemExit(command_line.main([]))
