"""What is remembered between two starts: one dataclass <-> QSettings, versioned.

A value that is missing, broken or of another version falls back to its default and is logged:
an old settings file can never keep the window from opening.
"""

import json
import logging
import zlib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args

import platformdirs
from PySide6.QtCore import QByteArray, QSettings

from roberta_gui.analysis.axes.modes import SPACES, STANDARDISED
from roberta_gui.analysis.projection import Basis
from roberta_gui.choices import (
    LINE_MASSES,
    Display,
    DrawnAs,
    HeadSort,
    Measure,
    Scale,
    Specials,
    Unit,
)
from roberta_gui.gui.look.theme import ZOOM_STEPS, Appearance
from roberta_gui.records import Ablation, Estimator

VERSION = 1
FIRST_SENTENCE = "The cat sat on the <mask>."

_BYTE_ORDER_MARK = "\ufeff"
_SEAL = 4
"""Bytes of a CRC-32."""

log = logging.getLogger(__name__)


@dataclass
class Preferences:
    """Everything the window remembers; the controller and the window write, ``save`` keeps it."""

    text: str = FIRST_SENTENCE
    second_text: str = ""
    """Empty until a second sentence is written: it begins as a copy of the first."""
    model: str = "mini"
    device: str = "auto"
    dtype: str = "float32"
    appearance: Appearance = "system"
    zoom: float = 1.0
    scale: Scale = "auto"
    specials: Specials = "show"
    measure: Measure = "attention"
    drawn_as: DrawnAs = "map"
    unit: Unit = "tokens"
    strips: bool = True
    line_mass: int = 80
    difference: bool = False
    sort: HeadSort = "layer"
    roles: bool = False
    space: str = str(STANDARDISED)
    """A space by its text, such as ``"drop_top 3"``."""
    basis: Basis = "joint"
    dimensions: int = 2
    trails: bool = True
    estimator: Estimator = "pll"
    tint: bool = False
    bits: bool = True
    layer: int = 1
    head: int = 0
    geometry: bytes = b""
    docks: bytes = b""
    folder: str = field(default_factory=lambda: str(Path.home()))
    model_folder: str = field(default_factory=lambda: str(Path.home()))
    recent_folders: tuple[str, ...] = ()
    """Folders whose models were in use, the last one first."""
    off: str = ""
    """Heads that are switched off, as ``"3.4,5.1"``: layer and head, counted from 1."""
    off_weights: str = ""
    """The sha256 of the weights whose heads those are."""
    ablation: Ablation = "zero"

    @classmethod
    def load(cls, settings: QSettings) -> "Preferences":
        """Read what is stored, value by value."""
        found = cls()
        if _integer(settings.value("version")) != VERSION:
            return found
        for name in (f.name for f in fields(cls)):
            if not settings.contains(name):
                continue
            try:
                setattr(found, name, _checked(name, settings.value(name), getattr(found, name)))
            except (TypeError, ValueError) as error:
                log.info("preference %s is not usable (%s); taking the default", name, error)
        return found

    def take(self, choice: str) -> None:
        """Take one of the choices of how things are drawn, written as ``drawn_as=arcs``.

        Raises
        ------
        ValueError
            There is no such choice, or it has no such value.
        """
        name, _, value = choice.partition("=")
        names = [f.name for f in fields(Display)]
        if name not in names:
            raise ValueError(f"{name!r} is none of {', '.join(names)}")
        setattr(self, name, _checked(name, value, getattr(self, name)))

    def save(self, settings: QSettings) -> None:
        """Write everything; QSettings replaces its file in one step."""
        settings.setValue("version", VERSION)
        for name in (f.name for f in fields(self)):
            value = getattr(self, name)
            settings.setValue(name, _stored(value))
        settings.sync()


_CHOICES: dict[str, tuple[Any, ...]] = {
    "appearance": get_args(Appearance),
    "zoom": ZOOM_STEPS,
    "scale": get_args(Scale),
    "specials": get_args(Specials),
    "measure": get_args(Measure),
    "drawn_as": get_args(DrawnAs),
    "unit": get_args(Unit),
    "line_mass": LINE_MASSES,
    "sort": get_args(HeadSort),
    "space": tuple(map(str, SPACES)),
    "basis": get_args(Basis),
    "dimensions": (2, 3),
    "estimator": get_args(Estimator),
    "ablation": get_args(Ablation),
}


def settings_file() -> QSettings:
    """Open the settings of this user."""
    folder = platformdirs.user_config_path("roberta-gui", appauthor=False)
    return QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)


def _checked(name: str, stored: object, default: object) -> object:
    """Turn a stored value into the default's type; INI files know only strings."""
    value: object
    if isinstance(default, bool):
        if str(stored).lower() not in ("true", "false"):
            raise ValueError(f"{stored!r} is neither true nor false")
        value = str(stored).lower() == "true"
    elif isinstance(default, int):
        value = _integer(stored)
    elif isinstance(default, float):
        value = float(str(stored))
    elif isinstance(default, tuple):
        value = tuple(map(str, json.loads(str(stored))))
    elif isinstance(default, bytes):
        value = _unsealed(stored)
    else:
        value = bytes(stored.data()).decode() if isinstance(stored, QByteArray) else stored
        if not isinstance(value, str):
            raise TypeError(f"{stored!r} is not text")
    if value is None or value not in _CHOICES.get(name, (value,)):
        raise ValueError(f"{stored!r} is not one of the choices")
    return value


def _stored(value: object) -> object:
    """Turn a value into what comes back from an INI file as it was."""
    if isinstance(value, bytes):
        return _sealed(value)
    if isinstance(value, tuple):
        return json.dumps(value)
    if isinstance(value, str) and value.startswith(_BYTE_ORDER_MARK):
        return QByteArray(value.encode())  # Qt drops the mark from the beginning of text
    return value


def _sealed(value: bytes) -> QByteArray:
    """Write bytes with their checksum: Qt crashes on a dock layout in which one byte differs."""
    return QByteArray(zlib.crc32(value).to_bytes(_SEAL, "big") + value)


def _unsealed(stored: object) -> bytes:
    """Read what :func:`_sealed` wrote.

    Raises
    ------
    ValueError
        It was damaged since, or was never sealed.
    """
    found = bytes(stored.data()) if isinstance(stored, QByteArray) else b""
    seal, value = found[:_SEAL], found[_SEAL:]
    if seal != zlib.crc32(value).to_bytes(_SEAL, "big"):
        raise ValueError("its checksum is another")
    return value


def _integer(stored: object) -> int | None:
    try:
        return int(str(stored))
    except ValueError:
        return None
