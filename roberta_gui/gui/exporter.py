"""Exporter: copies and saves what the panels show."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from roberta_gui.gui.export import Picture
from roberta_gui.gui.panel import Panel
from roberta_gui.gui.preferences import Preferences
from roberta_gui.gui.status_line import identity
from roberta_gui.gui.theme import Theme
from roberta_gui.view import View


class Exporter:
    """Puts pictures and numbers on the clipboard or into files, and tells how it went."""

    def __init__(
        self, window: QWidget, preferences: Preferences, tell: Callable[[str, str], object]
    ) -> None:
        self._window = window
        self._preferences = preferences
        self._tell = tell

    def export(self, panel: Panel, kind: str, view: View, theme: Theme) -> None:
        """Do what a panel's menu asked for, see ``DockArea.export_wanted``."""
        if kind == "copy-picture":
            QGuiApplication.clipboard().setImage(picture_of(panel, view, theme).to_image())
            self._tell(f"{panel.title} copied.", "Paste the picture wherever you need it.")
        elif kind == "save-picture":
            kinds = "PNG picture (*.png);;SVG picture (*.svg)"
            self._save(f"{panel.name}.png", kinds, picture_of(panel, view, theme).save)
        elif (table := panel.table()) is None:
            self._tell(f"{panel.title} has no numbers yet.", "Wait for the first result.")
        elif kind == "copy-table":
            QGuiApplication.clipboard().setText(table.to_csv())
            self._tell(f"{panel.title} copied as CSV.", "Paste the numbers into a spreadsheet.")
        else:
            self.save_text(f"{panel.name}.csv", "CSV table (*.csv)", table.to_csv())

    def save_text(self, name: str, kinds: str, text: str) -> None:
        """Ask for a file and write ``text`` into it, as UTF-8."""
        self._save(name, kinds, lambda path: path.write_text(text, encoding="utf-8", newline=""))

    def _save(self, name: str, kinds: str, write: Callable[[Path], object]) -> None:
        start = str(Path(self._preferences.folder) / name)
        chosen, kind = QFileDialog.getSaveFileName(self._window, "Save", start, kinds)
        if not chosen:
            return
        path = Path(chosen)
        if not path.suffix:
            path = path.with_suffix(".svg" if "svg" in kind else Path(name).suffix)
        self._preferences.folder = str(path.parent)
        try:
            write(path)
        except OSError as error:
            self._tell("The file could not be written.", f"{error.strerror}: {path}")
        else:
            self._tell("Saved.", str(path))


def picture_of(panel: Panel, view: View, theme: Theme) -> Picture:
    """Return a panel's picture with the sentence and the model it was computed from."""
    notes = [panel.caption_text()]
    if view.analysis is not None:
        notes.append(f"“{view.analysis.request.text}”")
        notes.append(identity(view.analysis.model))
    return Picture(panel.picture(), theme, panel.title, tuple(note for note in notes if note))
