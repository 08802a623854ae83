"""Read what the window has written, as another program would."""

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PySide6.QtGui import QImage


def fault_of(file: Path) -> str:
    """Say what is wrong with an exported file, "" if it is whole."""
    try:
        _READERS[file.suffix](file)
    except (ValueError, OSError, csv.Error, ElementTree.ParseError, zipfile.BadZipFile) as error:
        return f"{file.name} cannot be read: {type(error).__name__}: {error}"
    return ""


class Exports:
    """The folder that everything is exported to; what was checked is deleted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.checked: Counter[str] = Counter()

    def check(self) -> list[str]:
        """Read what is whole by now; return what is wrong with it."""
        faults = []
        for file in sorted(self.folder.iterdir()):
            if file.suffix in _READERS:
                fault = fault_of(file)
                if fault:
                    kept = file.rename(file.with_name(f"{file.name}.faulty"))
                    faults.append(f"{fault} (kept as {kept})")
                else:
                    file.unlink()
                self.checked[file.suffix] += 1
        return faults


def _read_svg(file: Path) -> None:
    ElementTree.fromstring(file.read_bytes())


def _read_png(file: Path) -> None:
    image = QImage(str(file))
    if image.isNull() or not image.text("Title"):
        raise ValueError("no picture, or none with a title")


def _read_csv(file: Path) -> None:
    rows = list(csv.reader(io.StringIO(file.read_bytes().decode(), newline=""), strict=True))
    if len({len(row) for row in rows}) != 1:
        raise ValueError("rows of different length, or none")


def _read_npz(file: Path) -> None:
    with np.load(file) as arrays:
        if not all(isinstance(arrays[name], np.ndarray) for name in arrays.files):
            raise ValueError("not only arrays")


def _read_txt(file: Path) -> None:
    file.read_bytes().decode()


_READERS = {
    ".svg": _read_svg, ".png": _read_png, ".csv": _read_csv, ".npz": _read_npz, ".txt": _read_txt,
}  # fmt: skip
