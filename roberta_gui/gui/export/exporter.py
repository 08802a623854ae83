"""Exporter: copies and saves what the panels show; the worker writes files in short steps."""

import io
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias
from zipfile import ZipFile

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from roberta_gui.findings.notation.names import describe_switched_heads, identity
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.export.receipt import Picture
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.work.jobs import Work
from roberta_gui.lanes import CLIPBOARD
from roberta_gui.problems import Problem
from roberta_gui.records import Report, Stop
from roberta_gui.whole_file import whole_file

BYTES_A_STEP: Final = 8_000_000
"""Of arrays, between two looks at whether something more urgent waits: a few milliseconds."""

Steps: TypeAlias = Generator[float | None, None, None]
"""Writing in steps; each tells how far it is, from 0 to 1, where that is known."""

_EVERY_HEAD_ON = "Measured with every head on."


class Exporter:
    """Puts pictures and numbers on the clipboard or into files, and tells how it went.

    What is exported is taken on the spot, however the panels change while it is written; a picture
    once its file is known, unless it would be another one by then.
    ``submit`` has work done in the background under a name, replacing older work of that name;
    `finish` or `refuse` is to be called with it in the end.
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
            self._save(f"{panel.name}.png", kinds, partial(self._draw, panel, _passes_of(panel)))

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

    def _save(self, name: str, kinds: str, make: Callable[[Path], Work | None]) -> None:
        path = self._ask_for_file(name, kinds)
        if path is not None and (work := make(path)) is not None:
            self._ends[str(path)] = lambda _result: self._tell("Saved.", str(path))
            self._submit(str(path), work)

    def _draw(self, panel: Panel, asked: tuple[object, ...], path: Path) -> Work | None:
        """Draw a panel now that the file is known; no picture of other passes than was ``asked``.

        While the dialog was open a pass may have ended, or the panel have lost what it showed.
        """
        if _passes_of(panel) != asked:
            hint = f"{panel.title} shows something else than when it was asked for: save it anew."
            self._tell("The picture was not saved.", hint)
            return None
        return save_picture(path, picture_of(panel).encoder(path.suffix))

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
            plain_tip(f"“{path.name}” is there already. Writing replaces what is in it."),
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No,
            QMessageBox.StandardButton.No,
        )
        return answer is QMessageBox.StandardButton.Yes


def _with_ending(path: Path, kind: str, kinds: str, suggested: str) -> Path:
    """Return the file's name with the typed ending of one of the kinds, or with the chosen one.

    Only the suggested name, left as it was, follows the kind: the dialog does not change it.
    """
    endings = [f".{part.partition(')')[0]}" for part in kinds.split("*.")[1:]]
    wanted = next((ending for ending in endings if f"*{ending}" in kind), endings[0])
    if path.name == suggested:
        return path.with_suffix(wanted)
    return path if path.suffix.lower() in endings else path.with_name(path.name + wanted)


def _passes_of(panel: Panel) -> tuple[object, ...]:
    """Tell which sentences, heads and models a panel's picture is of."""
    of_b = None if panel.compared is None else panel.compared.b
    return tuple(run and (run.request, run.model) for run in (panel.shown, of_b))


def picture_of(panel: Panel) -> Picture:
    """Return a panel's picture with the sentence and the model it was computed from."""
    return Picture(panel.printed(), panel.title, notes_of(panel))


def notes_of(panel: Panel) -> tuple[str, ...]:
    """Say what a panel's numbers are: its caption, the sentence, the heads off, the model."""
    notes = [panel.caption_text()]
    if panel.shown is not None:
        request = panel.shown.request
        notes.append(f"“{request.text}”")
        off = describe_switched_heads(request.switched_off, request.ablation)
        if off and not panel.obeys_switches:
            off = _EVERY_HEAD_ON
        notes.append("" if panel.tells_switched_heads else off)
        notes.append(identity(panel.shown.model))
    if panel.compared is not None and not panel.compared.has_same_model:
        notes.append(f"B: {identity(panel.compared.b.model)}")
    return tuple(note for note in notes if note)


def save_table(path: Path, table: Table) -> Work:
    """Make the work that writes a table as CSV."""

    def write(file: BinaryIO) -> Steps:
        text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
        try:
            for _ in table.csv_steps(text):
                yield None
        finally:
            text.detach()  # whoever has opened the file has still to close it

    return _save(path, write)


def save_arrays(path: Path, arrays: Arrays, receipt: Sequence[str]) -> Work:
    """Make the work that writes arrays into one ``.npz`` file.

    What they were made from comes along as ``receipt``. They are not compressed: weights and
    hidden states would get 7 % smaller, and take 25 times as long.
    """
    return _save(path, lambda file: npz_steps(file, {"receipt": np.array(receipt), **arrays}))


def save_picture(path: Path, encode: Callable[[], bytes]) -> Work:
    """Make the work that writes a picture that is drawn already, encoded in one step of ≤ 0.3 s."""

    def write(file: BinaryIO) -> Steps:
        content = encode()
        yield None
        file.write(content)

    return _save(path, write)


def copy_table(table: Table) -> Work:
    """Make the work whose result is the table as CSV."""

    def work(stop: Stop, report: Report) -> Generator[None, None, str]:
        text = io.StringIO()
        for _ in table.csv_steps(text):
            report("Copying", None)
            yield
        return text.getvalue()

    return work


def npz_steps(file: BinaryIO, arrays: Arrays) -> Steps:
    """Write what ``numpy.savez`` would, some megabytes a step; no arrays of Python objects."""
    total = sum(array.nbytes for array in arrays.values())
    written = waiting = 0
    with ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                for part in _npy_parts(array):
                    member.write(part)
                    written += len(part)
                    waiting += len(part)
                    if waiting >= BYTES_A_STEP:
                        waiting = 0
                        yield min(written / total, 1)


def _npy_parts(array: NDArray[Any]) -> Iterator[bytes | memoryview]:
    """Return an ``.npy`` file in parts: its header, then the numbers."""
    if array.dtype.hasobject:
        raise ValueError("an array of Python objects cannot be saved")
    array = np.asarray(array, order="C")
    header = io.BytesIO()
    npy.write_array_header_1_0(header, npy.header_data_from_array_1_0(array))
    yield header.getvalue()
    content = array.reshape(-1).view(np.uint8).data
    for start in range(0, len(content), BYTES_A_STEP):
        yield content[start : start + BYTES_A_STEP]


def _save(path: Path, write: Callable[[BinaryIO], Steps]) -> Work:
    """Make the work that writes a whole file, or tells why not and leaves what was there."""

    def work(stop: Stop, report: Report) -> Generator[None, None, Path]:
        try:
            with whole_file(path) as file, closing(write(file)) as steps:
                for fraction in steps:
                    report("Saving", fraction)
                    yield
        except OSError as error:
            raise not_written(path, error) from error
        return path

    return work


def not_written(path: Path, error: OSError) -> Problem:
    """Say why a file could not be written."""
    reason = error.strerror or str(error)
    return Problem("The file could not be written.", f"{reason}: {path}")
