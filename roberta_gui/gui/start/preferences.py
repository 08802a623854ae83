"""What is remembered between two starts: one dataclass <-> QSettings, versioned.

A value that is missing, broken, out of its range or of another version falls back to its default
and is logged: no settings file can keep the window from opening.
"""

import json
import logging
import os
import re
import zlib
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field, fields, replace
from itertools import product
from pathlib import Path
from typing import Any, get_args, get_type_hints

import platformdirs
from PySide6.QtCore import QByteArray, QSettings

from roberta_gui.choices import AS_AT_FIRST, CHOICES, Choices, spelled
from roberta_gui.findings.notation.names import head_name
from roberta_gui.gui.look.theme import ZOOM_STEPS, Appearance
from roberta_gui.gui.store import ViewStore
from roberta_gui.outside import LARGEST_COUNT, brief, read_bytes, reading, whole_number
from roberta_gui.problems import NotKept, Problem
from roberta_gui.records import Ablation, Answer, ModelInfo
from roberta_gui.records.words import MOST_ANSWERS
from roberta_gui.view import with_ablation
from roberta_gui.whole_file import sweep, whole_file

VERSION = 1
LARGEST_FILE = 8_000_000
"""Bytes of a settings file; the longest sentences take a few hundred thousand."""
FIRST_SENTENCE = "The cat sat on the <mask>."

_BYTE_ORDER_MARK = "\ufeff"
_SEAL = 4
"""Bytes of a CRC-32."""
_LONGEST = 2_000_000
"""Characters of a text, bytes of a layout."""

_SECTION = b"[General]"
_ENTRY = re.compile(
    rb"[a-z_]+="
    rb'(?!"?@(?!@|(?:ByteArray|String)\())'  # @Variant(...) and its like: Qt crashes on odd ones
    # Nor may an escape stand for that "@": \x40, \100, or more digits than a character has.
    rb'(?!"?\\x(?!(?!0*40(?![0-9A-Fa-f]))[0-9A-Fa-f]{1,4}(?![0-9A-Fa-f])))'
    rb'(?!"?\\(?!0(?![0-7]))[0-7])'
    rb'(?:"(?:[^"\\]|\\.)*"|(?:[^",;\\]|\\.)*)'
)
"""A line as `Preferences.save` makes Qt write it."""

log = logging.getLogger(__name__)


@dataclass
class Preferences:
    """Everything the window remembers; the controller and the window write, ``save`` keeps it."""

    text: str = FIRST_SENTENCE
    second_text: str = ""
    """Empty until a second sentence is written: it begins as a copy of the first."""
    has_second: bool = False
    """Whether A is held against the second sentence."""
    model: str = "mini"
    compare_model: str = ""
    """The second model, against which the first is held; "" is none."""
    every_head_on: bool = False
    """Whether what A is held against keeps all heads on."""
    device: str = "auto"
    dtype: str = "float32"
    appearance: Appearance = "system"
    zoom: float = 1.0
    choices: Choices = AS_AT_FIRST
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
    hidden_words: tuple[str, ...] = ()
    """What masks of ``text`` hide, as ``"12 word"``: where each begins, and the word."""
    second_hidden_words: tuple[str, ...] = ()
    """The same of ``second_text``."""
    mask_token: str = "<mask>"
    """How these masks are written."""
    answers: tuple[str, ...] = ()
    """What was guessed at masks, each as a list of JSON."""

    @classmethod
    def load(cls, settings: QSettings) -> "Preferences":
        """Read what is stored, value by value."""
        found = cls()
        if _integer(settings.value("version")) != VERSION:
            return found
        for name in _own_names():
            if settings.contains(name):
                with _default_if_unusable(name):
                    value = _checked(name, settings.value(name), getattr(found, name))
                    setattr(found, name, value)
        for choice in CHOICES:
            if settings.contains(choice.key):
                with _default_if_unusable(choice.key):
                    found.choices = choice.taken(found.choices, str(settings.value(choice.key)))
        return found

    def save(self, settings: QSettings) -> None:
        """Write everything; QSettings replaces its file in one step.

        Raises
        ------
        problems.NotKept
            The file could not be written; the old one is as it was.
        """
        settings.setValue("version", VERSION)
        for name in _own_names():
            settings.setValue(name, _stored(getattr(self, name)))
        for choice in CHOICES:
            settings.setValue(choice.key, spelled(choice.value(self.choices)))
        settings.sync()
        if settings.status() != QSettings.Status.NoError:
            raise NotKept(
                "What you typed and chose could not be kept.",
                f"The disk may be full, or {settings.fileName()} may not be written.",
            )


_ALLOWED: dict[str, Container[Any]] = {
    "appearance": get_args(Appearance),
    "zoom": ZOOM_STEPS,
    "layer": range(LARGEST_COUNT + 1),
    "head": range(LARGEST_COUNT + 1),
    "ablation": get_args(Ablation),
}
"""What a value may be; every number has its range here, texts and layouts a length."""


def _own_names() -> Iterator[str]:
    """Name what is remembered beside the panels' choices."""
    return (field.name for field in fields(Preferences) if field.name != "choices")


@contextmanager
def _default_if_unusable(name: str) -> Iterator[None]:
    """Leave the default in place where what is stored is of no use."""
    try:
        with reading(name, verdict="is not usable"):
            yield
    except Problem as problem:
        log.info("preference %s Taking the default.", problem.title)


def remember(preferences: Preferences, store: ViewStore) -> None:
    """Copy what the View shows into the preferences, to come back at the next start."""
    view = store.view
    preferences.layer, preferences.head = view.selection.layer, view.selection.head
    preferences.choices = view.choices
    if view.model is not None and not view.stands_in:  # else what was is still to come back
        preferences.off = ",".join(map(head_name, sorted(view.switched_off)))
        preferences.off_weights = view.model.weights_sha256
        preferences.ablation = view.ablation
        preferences.mask_token = view.model.mask_token
        preferences.hidden_words = written_hidden(view.hidden_words)
    preferences.answers = tuple(json.dumps(astuple(answer)) for answer in view.answers)
    preferences.every_head_on = view.right_side.every_head_on


def recall(preferences: Preferences, store: ViewStore) -> None:
    """Bring the remembered choices and selection back, before anything is drawn."""
    store.apply(
        lambda view: replace(
            with_ablation(view, preferences.ablation),
            choices=preferences.choices,
            answers=tuple(_answers_in(preferences.answers)),
            right_side=replace(view.right_side, every_head_on=preferences.every_head_on),
            selection=replace(view.selection, layer=preferences.layer, head=preferences.head),
        )
    )


def _answers_in(stored: tuple[str, ...]) -> Iterator[Answer]:
    """Read answers; one that is damaged is left out."""
    kinds = get_type_hints(Answer).values()
    for one in stored[-MOST_ANSWERS:]:
        with _default_if_unusable("answers"):
            parts = [kind(part) for kind, part in zip(kinds, json.loads(one), strict=True)]
            numbers = (part for part in parts if not isinstance(part, str))
            if any(number < -1 or number > LARGEST_COUNT for number in numbers):
                raise ValueError("a number is out of its range")
            yield Answer(*parts)


def written_hidden(hidden: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    """Write what masks hide, to be remembered."""
    return tuple(f"{at} {word}" for at, word in hidden)


def words_left_hidden(written: Iterable[str]) -> dict[int, str]:
    """Return what the masks of a remembered text hide, by where each begins."""
    parts = ((whole_number(at), word) for at, _, word in (one.partition(" ") for one in written))
    return {at: word for at, word in parts if at is not None and word}


def heads_left_off(preferences: Preferences, model: ModelInfo) -> frozenset[tuple[int, int]]:
    """Return which heads of this very model were off at the end of the last run."""
    if preferences.off_weights != model.weights_sha256:
        return frozenset()
    heads = product(range(model.n_layers), range(model.n_heads))
    named = {head_name(head): head for head in heads}
    return frozenset(named[name] for name in preferences.off.split(",") if name in named)


def settings_file() -> QSettings:
    """Open the settings of this user."""
    folder = platformdirs.user_config_path("roberta-gui", appauthor=False)
    return open_settings(folder / "settings.ini")


def open_settings(path: Path) -> QSettings:
    """Open a settings file, cleared of all that Qt must not see: it crashes on some of it.

    Where the path leads to no file that can be read, a file beside it is opened instead.
    """
    sweep(path.parent)
    try:
        with reading(path.name):
            stored = read_bytes(path, LARGEST_FILE)
            kept = _only_ours(stored)
            if kept != stored:
                with whole_file(path) as file:
                    file.write(kept)
    except Problem as problem:
        if os.path.lexists(path):
            log.info("the settings cannot be used: %s", problem.title)
            return open_settings(path.with_stem(f"{path.stem}-2"))
    return QSettings(str(path), QSettings.Format.IniFormat)


def _only_ours(stored: bytes) -> bytes:
    """Keep of a settings file the lines that look as if we had written them."""
    kept = []
    is_ours = False
    for line in stored.splitlines():
        is_ours = line == _SECTION if line.startswith(b"[") else is_ours
        if is_ours and (line == _SECTION or _ENTRY.fullmatch(line)):
            kept.append(line)
        elif line:
            log.info("a line of the settings is not usable: %r", line[:80])
    return b"".join(line + b"\n" for line in kept)


def _checked(name: str, stored: object, default: object) -> object:
    """Turn a stored value into the default's type; INI files know only strings."""
    value: object
    if isinstance(default, bool):
        value = {"true": True, "false": False}.get(str(stored).lower())
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
            raise TypeError(f"{brief(stored)} is not text")
    if value is None or value not in _ALLOWED.get(name, (value,)):
        raise ValueError(f"{brief(stored)} is not one of the choices")
    if isinstance(value, str | bytes) and len(value) > _LONGEST:
        raise ValueError("it is too long")
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
    """Read what `_sealed` wrote; ValueError where it was damaged since, or never sealed."""
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
