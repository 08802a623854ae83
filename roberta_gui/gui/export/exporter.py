"""Exporter: copies and saves what the panels show."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from roberta_gui.findings.names import describe_switched_heads
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.export.export_work import (
    copy_table,
    not_written,
    save_arrays,
    save_picture,
    save_table,
)
from roberta_gui.gui.export.receipt import CLIPBOARD, Picture
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.window.status_line import identity
from roberta_gui.gui.work.jobs import Work
from roberta_gui.problems import Problem
from roberta_gui.whole_file import whole_file

_EVERY_HEAD_ON = "Measured with every head on."


class Exporter:
    """Puts pictures and numbers on the clipboard or into files, and tells how it went.

    What is exported is taken on the spot, however the panels change while it is written.

    Parameters
    ----------
    tell
        Shows a title and a hint.
    submit
        Has work done in the background under a name; :meth:`finish` or :meth:`refuse` is to be
        called with that name when it has ended. Newer work of a name replaces older work.
    """

    def __init__(
        self,
        window: QWidget,
        preferences: Preferences,
        tell: Callable[[str, str], object],
        submit: Callable[[str, Work], object],
    ) -> None:
        self._window = window
        self._preferences = preferences
        self._tell = tell
        self._submit = submit
        self._ends: dict[str, Callable[[Any], object]] = {}

    def export(self, panel: Panel, kind: str) -> None:
        """Do what a panel's menu asked for, see ``DockArea.export_wanted``."""
        is_table = kind in ("copy-table", "save-table")
        numbers: Table | Arrays | None = panel.table() if is_table else panel.arrays()
        if panel.shown is None or numbers is None:
            self._tell(f"{panel.title} shows nothing to copy or save.", "")
        elif isinstance(numbers, Table):
            self._export_table(panel, kind, numbers)
        elif kind == "save-arrays":
            receipt = (panel.title, *notes_of(panel))
            make = partial(save_arrays, arrays=numbers, receipt=receipt)
            self._save(f"{panel.name}.npz", "NumPy arrays (*.npz)", make)
        elif kind == "copy-picture":
            self._ends.pop(CLIPBOARD, None)  # a table on its way there would come too late
            QGuiApplication.clipboard().setImage(picture_of(panel).to_image())
            self._tell(f"{panel.title} copied.", "Paste the picture wherever you need it.")
        else:
            kinds = "PNG picture (*.png);;SVG picture (*.svg)"
            self._save(f"{panel.name}.png", kinds, partial(_save_picture, panel))

    def save_text(self, name: str, kinds: str, text: str) -> bool:
        """Ask for a file and write ``text`` into it, as UTF-8; False if that did not happen."""
        path = self._ask_for_file(name, kinds)
        if path is None:
            return False
        try:
            with whole_file(path) as file:
                file.write(text.encode(errors="replace"))  # half a surrogate pair is no character
        except OSError as error:
            problem = not_written(path, error)
            self._tell(problem.title, problem.hint)
            return False
        self._tell("Saved.", str(path))
        return True

    def finish(self, name: str, result: object) -> None:
        """Tell that the work under a name is done."""
        if name in self._ends:
            self._ends.pop(name)(result)

    def refuse(self, name: str, problem: Problem) -> None:
        """Tell why the work under a name could not be done."""
        self._ends.pop(name, None)
        self._tell(problem.title, problem.hint)

    def _export_table(self, panel: Panel, kind: str, table: Table) -> None:
        if kind == "save-table":
            self._save(f"{panel.name}.csv", "CSV table (*.csv)", partial(save_table, table=table))
        else:
            self._ends[CLIPBOARD] = partial(self._put_on_clipboard, panel.title)
            self._submit(CLIPBOARD, copy_table(table))

    def _put_on_clipboard(self, title: str, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._tell(f"{title} copied as CSV.", "Paste the numbers into a spreadsheet.")

    def _save(self, name: str, kinds: str, make: Callable[[Path], Work]) -> None:
        path = self._ask_for_file(name, kinds)
        if path is not None:
            self._ends[str(path)] = lambda _result: self._tell("Saved.", str(path))
            self._submit(str(path), make(path))

    def _ask_for_file(self, name: str, kinds: str) -> Path | None:
        """Ask where to write, and again if that would replace a file that nobody named."""
        start = Path(self._preferences.folder) / name
        while True:
            chosen, kind = QFileDialog.getSaveFileName(self._window, "Save", str(start), kinds)
            if not chosen:
                return None
            path = _with_ending(Path(chosen), kind, kinds, name)
            # The dialog asks about the name that was typed, and knows nothing of this one.
            if path == Path(chosen) or not path.exists() or self._may_replace(path):
                self._preferences.folder = str(path.parent)
                return path
            start = Path(chosen)

    def _may_replace(self, path: Path) -> bool:
        answer = QMessageBox.question(
            self._window,
            "Replace the file?",
            f"“{path.name}” is there already. Writing replaces what is in it.",
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No,
            QMessageBox.StandardButton.No,
        )
        return answer is QMessageBox.StandardButton.Yes


def _with_ending(path: Path, kind: str, kinds: str, suggested: str) -> Path:
    """Return the file's name with an ending of one of the kinds: the typed one, where there is one.

    Only the suggested name, left as it was, follows the kind that was chosen: choosing another
    kind does not change the name in the dialog.
    """
    endings = [f".{part.partition(')')[0]}" for part in kinds.split("*.")[1:]]
    wanted = next((ending for ending in endings if f"*{ending}" in kind), endings[0])
    if path.name == suggested:
        return path.with_suffix(wanted)
    return path if path.suffix.lower() in endings else path.with_name(path.name + wanted)


def _save_picture(panel: Panel, path: Path) -> Work:
    """Draw a panel as it is now that the file is known: its notes are those of the drawing."""
    return save_picture(path, picture_of(panel).encoder(path.suffix))


def picture_of(panel: Panel) -> Picture:
    """Return a panel's picture with the sentence and the model it was computed from."""
    return Picture(panel.printed(), panel.title, notes_of(panel))


def notes_of(panel: Panel) -> tuple[str, ...]:
    """Say what a panel's numbers are: its caption, the sentence, the heads off, the model."""
    caption = panel.caption_text()
    notes = [caption]
    if panel.shown is not None:
        request = panel.shown.request
        notes.append(f"“{request.text}”")
        off = describe_switched_heads(request.switched_off, request.ablation)
        if off and not panel.obeys_switches:
            off = _EVERY_HEAD_ON
        notes.append(off if off not in caption else "")
        notes.append(identity(panel.shown.model))
    if panel.compared is not None and not panel.compared.has_same_model:
        notes.append(f"B: {identity(panel.compared.b.model)}")
    return tuple(note for note in notes if note)
