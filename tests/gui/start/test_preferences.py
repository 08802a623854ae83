"""What is remembered comes back, and what is broken never keeps the window shut."""

from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from roberta_gui.gui.start.preferences import VERSION, Preferences, settings_file

OTHER = Preferences(
    text='Ünïcode <mask> 😀\nline; with = signs, "quotes" and %s',
    second_text="Ein zweiter Satz: <mask>; ä",
    model="/a folder/with, a comma",
    device="cuda",
    dtype="bfloat16",
    appearance="dark",
    zoom=1.25,
    scale="log",
    specials="renormalise",
    measure="rollout",
    drawn_as="arcs",
    unit="words",
    strips=False,
    line_mass=95,
    difference=True,
    sort="entropy",
    roles=True,
    space="drop_top 3",
    basis="per_layer",
    dimensions=3,
    trails=False,
    estimator="unmasked",
    tint=True,
    bits=False,
    layer=0,
    head=11,
    geometry=bytes(range(256)),
    docks=b"\x00\xff\x00",
    folder="/home/ä",
    model_folder="/models",
    recent_folders=("/models/a, b", "/models/ä"),
    off="1.2,3.4",
    off_weights="0123abcd",
    ablation="mean",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


def settings(file: Path) -> QSettings:
    return QSettings(str(file), QSettings.Format.IniFormat)


def with_values(file: Path, **values: object) -> QSettings:
    """Write these on top of a whole file, and open it anew."""
    written = settings(file)
    OTHER.save(written)
    for name, value in values.items():
        written.setValue(name, value)
    written.sync()
    del written
    return settings(file)


def test_every_field_comes_back_through_a_file(file: Path) -> None:
    OTHER.save(settings(file))

    assert Preferences.load(settings(file)) == OTHER


def test_no_field_of_the_round_trip_was_left_at_its_default() -> None:
    default = Preferences()

    assert [
        f.name for f in fields(default) if getattr(default, f.name) == getattr(OTHER, f.name)
    ] == []


def test_without_a_file_there_are_defaults(file: Path) -> None:
    assert Preferences.load(settings(file)) == Preferences()


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "true", "1", "a, b, c", "@ByteArray(x)", "\u202eabc", "\ufeffx", "\ufeff",
        "\ufeff\ufeffé😀", "x\ufeff",
    ],
)  # fmt: skip
def test_any_sentence_comes_back_as_it_was(file: Path, text: str) -> None:
    Preferences(text=text).save(settings(file))

    assert Preferences.load(settings(file)).text == text


@pytest.mark.parametrize("version", [None, VERSION + 1, VERSION - 1, "new", ""])
def test_a_file_of_another_version_is_left_aside(file: Path, version: object) -> None:
    assert Preferences.load(with_values(file, version=version)) == Preferences()


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("appearance", "pink"),
        ("zoom", "wide"),
        ("zoom", 7.5),
        ("zoom", "nan"),
        ("scale", "Log"),
        ("specials", ""),
        ("measure", "weights"),
        ("drawn_as", "lines"),
        ("unit", "letters"),
        ("strips", "some"),
        ("line_mass", 81),
        ("difference", 2),
        ("sort", "name"),
        ("space", "3"),
        ("basis", "own"),
        ("dimensions", 4),
        ("dimensions", "two"),
        ("trails", "perhaps"),
        ("layer", "first"),
        ("head", ""),
        ("text", ["a", "list"]),
        ("model", ["a", "list"]),
    ],
)
def test_a_broken_value_takes_its_default_and_leaves_the_others_alone(
    file: Path, name: str, broken: object
) -> None:
    loaded = Preferences.load(with_values(file, **{name: broken}))

    assert getattr(loaded, name) == getattr(Preferences(), name)
    for other in fields(loaded):
        if other.name != name:
            assert getattr(loaded, other.name) == getattr(OTHER, other.name)


@pytest.mark.parametrize("name", ["geometry", "docks"])
def test_geometry_that_is_no_bytes_is_none(file: Path, name: str) -> None:
    assert getattr(Preferences.load(with_values(file, **{name: "wide"})), name) == b""


@pytest.mark.parametrize("name", ["geometry", "docks"])
def test_geometry_in_which_one_byte_has_changed_is_none(file: Path, name: str) -> None:
    stored = with_values(file).value(name)
    assert isinstance(stored, QByteArray)
    for at in range(stored.size()):
        damaged = bytearray(stored.data())
        damaged[at] ^= 1
        other = with_values(file, **{name: QByteArray(bytes(damaged))})
        assert getattr(Preferences.load(other), name) == b""


@pytest.mark.parametrize("name", ["geometry", "docks"])
def test_geometry_without_a_checksum_is_none(file: Path, name: str) -> None:
    older = with_values(file, **{name: QByteArray(b"as it was written before")})

    assert getattr(Preferences.load(older), name) == b""


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"[General\nversion=1", b"%" * 9999])
def test_a_file_that_is_no_settings_is_left_aside(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    assert Preferences.load(settings(file)) == Preferences()


def test_a_value_that_is_missing_takes_its_default(file: Path) -> None:
    written = settings(file)
    written.setValue("version", VERSION)
    written.setValue("text", "kept")
    written.sync()

    assert Preferences.load(settings(file)) == Preferences(text="kept")


def test_the_file_of_this_user_lies_in_the_configuration_folder(own_folders: Path) -> None:
    assert Path(settings_file().fileName()).is_relative_to(own_folders)


def test_a_choice_is_taken_by_its_name() -> None:
    preferences = Preferences()

    for choice in ("drawn_as=arcs", "line_mass=95", "tint=true", "space=drop_top 3"):
        preferences.take(choice)

    assert (preferences.drawn_as, preferences.line_mass) == ("arcs", 95)
    assert (preferences.tint, preferences.space) == (True, "drop_top 3")


@pytest.mark.parametrize("choice", ["drawn_as=circles", "line_mass=7", "text=a", "tint", ""])
def test_a_choice_that_is_none_is_refused_and_changes_nothing(choice: str) -> None:
    preferences = Preferences()

    with pytest.raises(ValueError, match=r"is none of|is not one of|is neither"):
        preferences.take(choice)

    assert preferences == Preferences()
