"""Exporter: copies and saves what the panels show."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from roberta_gui.gui.export import Picture, save_arrays
from roberta_gui.gui.panel import Panel
from roberta_gui.gui.preferences import Preferences
from roberta_gui.gui.status_line import identity
from roberta_gui.gui.switched_heads import told_switched
from roberta_gui.gui.theme import Theme
from roberta_gui.gui.whole_file import whole_file

_EVERY_HEAD_ON = "Measured with every head on."


class Exporter:
    """Puts pictures and numbers on the clipboard or into files, and tells how it went."""

    def __init__(
        self, window: QWidget, preferences: Preferences, tell: Callable[[str, str], object]
    ) -> None:
        self._window = window
        self._preferences = preferences
        self._tell = tell

    def export(self, panel: Panel, kind: str, theme: Theme) -> None:
        """Do what a panel's menu asked for, see ``DockArea.export_wanted``."""
        table, arrays = panel.table(), panel.arrays()
        if panel.shown is None or table is None or arrays is None:
            self._tell(f"{panel.title} shows nothing to copy or save.", "")
        elif kind == "copy-picture":
            QGuiApplication.clipboard().setImage(picture_of(panel, theme).to_image())
            self._tell(f"{panel.title} copied.", "Paste the picture wherever you need it.")
        elif kind == "save-picture":
            kinds = "PNG picture (*.png);;SVG picture (*.svg)"
            self._save(f"{panel.name}.png", kinds, picture_of(panel, theme).save)
        elif kind == "copy-table":
            QGuiApplication.clipboard().setText(table.to_csv())
            self._tell(f"{panel.title} copied as CSV.", "Paste the numbers into a spreadsheet.")
        elif kind == "save-arrays":
            receipt = (panel.title, *notes_of(panel))
            write = partial(save_arrays, arrays=arrays, receipt=receipt)
            self._save(f"{panel.name}.npz", "NumPy arrays (*.npz)", write)
        else:
            self.save_text(f"{panel.name}.csv", "CSV table (*.csv)", table.to_csv())

    def save_text(self, name: str, kinds: str, text: str) -> bool:
        """Ask for a file and write ``text`` into it, as UTF-8; False if that did not happen."""
        return self._save(name, kinds, partial(_write_text, text))

    def _save(self, name: str, kinds: str, write: Callable[[Path], object]) -> bool:
        path = self._ask_for_file(name, kinds)
        if path is None:
            return False
        self._preferences.folder = str(path.parent)
        try:
            write(path)
        except (OSError, ValueError) as error:
            self._tell("The file could not be written.", f"{_reason(error)}: {path}")
            return False
        self._tell("Saved.", str(path))
        return True

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


def _write_text(text: str, path: Path) -> None:
    with whole_file(path) as file:
        file.write(text.encode(errors="replace"))  # half a surrogate pair is no character


def _reason(error: OSError | ValueError) -> str:
    """Say in a few words why a file cannot be written."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "No file can have this name"


def picture_of(panel: Panel, theme: Theme) -> Picture:
    """Return a panel's picture with the sentence and the model it was computed from."""
    return Picture(panel.printed(), theme, panel.title, notes_of(panel))


def notes_of(panel: Panel) -> tuple[str, ...]:
    """Say what a panel's numbers are: its caption, the sentence, the heads off, the model."""
    caption = panel.caption_text()
    notes = [caption]
    if panel.shown is not None:
        request = panel.shown.request
        notes.append(f"“{request.text}”")
        off = told_switched(request.switched_off, request.ablation)
        if off and not panel.obeys_switches:
            off = _EVERY_HEAD_ON
        notes.append(off if off not in caption else "")
        notes.append(identity(panel.shown.model))
    return tuple(note for note in notes if note)
