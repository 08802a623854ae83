"""Every error that a user can meet, each with a title and a hint.

``str(problem)`` is one line that fits a command line; the window shows ``title`` and ``hint``
in a quiet bar. The cause, where there is one, travels as ``__cause__`` into the log.
"""

import re

from roberta_gui.wording import on_one_line

_BREAKS = re.compile(r" *[\r\n\t]+ *")


class Problem(Exception):
    """Something a user can meet: ``title`` says what is wrong, ``hint`` what to do about it."""

    def __init__(self, title: str, hint: str = "") -> None:
        super().__init__(title, hint)
        # Both may name a folder, or quote a library, whose lines may be several.
        self.title, self.hint = (on_one_line(_BREAKS.sub(" ", text)) for text in (title, hint))

    def __str__(self) -> str:
        """Title and hint as one line."""
        return f"{self.title} {self.hint}".strip()


class Stopped(Problem):
    """The work was told to stop: not an error, only the end of it."""

    def __init__(self, hint: str = "") -> None:
        super().__init__("Stopped.", hint)


class NoMaskHead(Problem):
    """The checkpoint has no masked-language-model head, so it cannot guess words."""

    def __init__(
        self,
        title: str = "This model has no masked-LM head, so it cannot guess words.",
        hint: str = "Open a checkpoint saved as RobertaForMaskedLM.",
    ) -> None:
        super().__init__(title, hint)


class NoTaskHead(Problem):
    """The checkpoint was fine-tuned to no task, so it has no labels to tell apart."""


class NotRoberta(Problem):
    """The checkpoint is of another architecture, or a variant that this network does not build."""


class BrokenCheckpoint(Problem):
    """A file of the checkpoint is missing, cut short or does not fit its configuration."""


class ModelNotFound(Problem):
    """No such folder, and no such model on the hub."""


class NoNetwork(Problem):
    """The hub cannot be reached, or the download broke off."""


class TooLittleMemory(Problem):
    """The model or the pass does not fit the device's memory."""


class NotFinite(Problem):
    """A pass came to infinite or undefined values: the weights or the precision are at fault."""


class DeviceUnavailable(Problem):
    """The machine has no such device, or the device cannot compute in that precision."""


class UnencodableText(Problem):
    """The text holds something that is not a character, such as half a surrogate pair."""


class TokenWithoutRow(Problem):
    """The text holds a token for which the model has no row in its embeddings."""


class NoSuchHead(Problem):
    """A layer or head outside the model was named."""


class SeveralPieces(Problem):
    """A word that must be one token is cut into several, or into none."""


class EngineClosed(Problem):
    """The engine was closed, and its weights are gone."""


class MissingPackage(Problem):
    """A package is needed that the product comes without."""


class BadArgument(Problem):
    """An argument is outside what the method can do."""


class NotKept(Problem):
    """What is to be remembered could not be written."""


LINUX_LIBRARIES = (
    "On Debian or Ubuntu:  sudo apt-get install libegl1 libgl1 libglib2.0-0 libdbus-1-3 "
    "libfontconfig1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
)
"""What to install where Qt opens libraries that a bare Linux lacks."""
