"""Answer the dialogs that would wait for a person, in that person's place."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox

from tests.monkey.odd_texts import short_text


class Dialogs:
    """Puts answers where the product calls Qt's blocking dialogs; `stop` ends that.

    Parameters
    ----------
    exports
        Where files are saved.
    folders, files
        What is opened, beside what is not there.
    rng
        The dice of the action under way.
    """

    def __init__(
        self,
        exports: Path,
        folders: Sequence[Path],
        files: Sequence[Path],
        rng: Callable[[], Random],
    ) -> None:
        self._exports, self._folders, self._files, self._rng = exports, folders, files, rng
        answers: dict[tuple[type, str], Callable[..., Any]] = {
            (QFileDialog, "getSaveFileName"): self._save,
            (QFileDialog, "getOpenFileName"): self._open,
            (QFileDialog, "getExistingDirectory"): self._folder,
            (QInputDialog, "getText"): self._text,
            (QMessageBox, "question"): self._question,
            (QDesktopServices, "openUrl"): lambda *_: self._rng().random() < 0.5,
        }
        self._before = {(owner, name): getattr(owner, name) for owner, name in answers}
        for (owner, name), answer in answers.items():
            setattr(owner, name, answer)

    def stop(self) -> None:
        """Let Qt ask again."""
        for (owner, name), dialog in self._before.items():
            setattr(owner, name, dialog)

    def _save(
        self, _parent: object, _title: str, start: str, kinds: str, *_: object
    ) -> tuple[str, str]:
        rng, kind = self._rng(), self._rng().choice(kinds.split(";;"))
        name = Path(start).name
        if rng.random() < 0.5:
            ending = rng.choice((kind.partition("*")[2].rstrip(")"), ""))
            name = f"{rng.randrange(10**6)}{ending}"
        answers = (str(self._exports / name), "", str(self._exports / "no such folder" / name))
        return rng.choices(answers, (20, 1, 1))[0], kind

    def _open(self, *_: object, **__: object) -> tuple[str, str]:
        chosen = self._rng().choice((*map(str, self._files), "", "/no/such/file.txt"))
        return chosen, ""

    def _folder(self, *_: object, **__: object) -> str:
        return self._rng().choices(
            (*map(str, self._folders), "", str(self._exports)), (*(3 for _ in self._folders), 1, 1)
        )[0]

    def _text(self, *_: object, **__: object) -> tuple[str, bool]:
        rng = self._rng()
        return rng.choice(("mini", "no-such/model", short_text(rng))), rng.random() < 0.8

    def _question(self, *_: object, **__: object) -> QMessageBox.StandardButton:
        buttons = QMessageBox.StandardButton
        return self._rng().choice((buttons.Yes, buttons.No))
