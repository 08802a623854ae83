"""What is remembered comes back, and what is broken never keeps the window shut."""

import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QByteArray, QSettings

from roberta_gui import problems
from roberta_gui.analysis.axes.modes import Space
from roberta_gui.choices import (
    CHOICES,
    AlignedChoices,
    AllHeadsChoices,
    AttentionChoices,
    Choices,
    ClozeChoices,
    ContrastChoices,
    DifferenceChoices,
    FillChoices,
    GuessesChoices,
    HiddenStatesChoices,
    LayersChoices,
    LensChoices,
    PatchingChoices,
    PathChoices,
    RogueChoices,
    SimilarityChoices,
    SurprisalChoices,
    SweepChoices,
    TokenChoices,
    TrainChoices,
    WhyChoices,
    WordsChoices,
)
from roberta_gui.gui.start.preferences import (
    LARGEST_FILE,
    VERSION,
    Preferences,
    open_settings,
    settings_file,
)
from roberta_gui.outside import LARGEST_COUNT

OTHER = Preferences(
    text='Ünïcode <mask> 😀\nline; with = signs, "quotes" and %s',
    second_text="Ein zweiter Satz: <mask>; ä",
    has_second=True,
    model="/a folder/with, a comma",
    compare_model="/another folder",
    every_head_on=True,
    device="cuda",
    dtype="bfloat16",
    appearance="dark",
    zoom=1.25,
    choices=Choices(
        guesses=GuessesChoices(n=50),
        fill=FillChoices(what="words"),
        cloze=ClozeChoices(first=True, every=7, start=2, guess="roof, naïve"),
        token=TokenChoices(word=" naïve"),
        patching=PatchingChoices(word="\N{OPEN BOX}are", against="is"),
        why=WhyChoices(method="gradient_x_input", word="is", against="are"),
        train=TrainChoices(task="grammar", layers="head", epochs=10),
        words=WordsChoices(words='is, "are"; 50 %\nà la'),
        attention=AttentionChoices(
            scale="log",
            specials="renormalise",
            measure="rollout",
            drawn_as="arcs",
            unit="words",
            strips=False,
            line_mass=95,
            arcs_of="chosen",
            difference=True,
        ),
        heads=AllHeadsChoices(sort="entropy", roles=True),
        hidden=HiddenStatesChoices(
            space=Space("drop_top", 3), dimensions=3, trails=False, fit="tokens", partners=False
        ),
        layers=LayersChoices(basis="per_layer"),
        similarity=SimilarityChoices(measure="rsa"),
        lens=LensChoices(tint="kl"),
        path=PathChoices(against="last", picture="others"),
        rogue=RogueChoices(order="variance", picture="all"),
        sweep=SweepChoices(picture="ranking"),
        surprisal=SurprisalChoices(estimator="unmasked", tint=True, bits=False),
        difference=DifferenceChoices(picture="heads"),
        contrast=ContrastChoices(picture="list"),
        aligned=AlignedChoices(picture="mean"),
    ),
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
    hidden_words=("8 cat", '21 a "quoted" word'),
    second_hidden_words=("4 dog",),
    mask_token="[MASK]",
    answers=(
        '["0123abcd", 1, "the ____ sat", "cat", 1, 0.5, "", -1, NaN, "cat", 0.5, ""]',
        "damaged",
    ),
)


def value(preferences: Preferences, name: str) -> object:
    """Return what is remembered under a name: a choice's value, or one of the other fields."""
    known = {choice.key: choice.value(preferences.choices) for choice in CHOICES}
    return known[name] if name in known else getattr(preferences, name)


def names() -> list[str]:
    """List all names under which something is remembered."""
    return [f.name for f in fields(Preferences) if f.name != "choices"] + [c.key for c in CHOICES]


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

    assert [name for name in names() if value(default, name) == value(OTHER, name)] == []


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
        ("layer", 3_000_000_000),
        ("layer", 2**31),
        ("layer", -1),
        ("layer", "9" * 5000),
        ("head", "1" + "0" * 30),
        ("head", "1e3"),
        ("text", "x" * 3_000_000),
        ("head", ""),
        ("text", ["a", "list"]),
        ("model", ["a", "list"]),
    ],
)
def test_a_broken_value_takes_its_default_and_leaves_the_others_alone(
    file: Path, name: str, broken: object
) -> None:
    loaded = Preferences.load(with_values(file, **{name: broken}))

    assert value(loaded, name) == value(Preferences(), name)
    for other in names():
        if other != name:
            assert value(loaded, other) == value(OTHER, other)


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


def test_the_keys_of_files_written_before_choices_had_panels_are_read(file: Path) -> None:
    written = settings(file)
    old = {
        "version": VERSION, "scale": "log", "sort": "entropy", "space": "drop_top 3",
        "dimensions": 3, "basis": "per_layer", "estimator": "unmasked", "tint": True,
    }  # fmt: skip
    for name, stored in old.items():
        written.setValue(name, stored)
    written.sync()
    del written

    loaded = Preferences.load(settings(file)).choices

    assert (loaded.attention.scale, loaded.heads.sort) == ("log", "entropy")
    assert (loaded.hidden.space, loaded.hidden.dimensions) == (Space("drop_top", 3), 3)
    assert (loaded.layers.basis, loaded.surprisal) == (
        "per_layer",
        SurprisalChoices(estimator="unmasked", tint=True),
    )


def test_no_two_choices_are_remembered_under_one_name() -> None:
    assert len(set(names())) == len(names())


def test_every_number_has_a_range() -> None:
    far = 10 * LARGEST_COUNT
    for field in fields(Preferences):
        default = getattr(Preferences(), field.name)
        if isinstance(default, int | float) and not isinstance(default, bool):
            stored: dict[str, object] = {"version": VERSION, field.name: far}
            assert getattr(Preferences.load(cast("QSettings", Stored(stored))), field.name) != far


class Stored:
    """Settings that are in no file."""

    def __init__(self, values: dict[str, object]) -> None:
        self.value, self.contains = values.get, values.__contains__


ODD = [
    rb"@Variant(\0\0\0\x41\xff\xff)",
    rb"@Variant(\x7f\xff\xff\xff)",
    rb"@Variant(\0\0\x4\0\0\0\0\0\bQWidget*\0)",
    rb"@Variant(",
    rb'"@Variant(\0\0\0\x42)"',
    rb"@DateTime(\0\0\0\x10)",
    rb"@Invalid()",
    rb"@Rect(1 2 3 4)",
    rb"@Size(99999999999 1)",
    rb"@",
    rb"\x40Variant(\0\0\0\x42)",
    rb"\x10040Variant(\0\0\0\x42)",
    rb"\100Variant(\0\0\0\x42)",
    rb'"a", @Variant(\0\0\0\x42)',
    rb'""@Variant(\0\0\0\x42)',
    b"\\\n@Variant(x)",
    b"\xff\xfe\x00",
    rb'"an open quote',
]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["text", "layer", "docks", "strips", "nothing_known"])
def test_an_odd_value_falls_back_before_qt_sees_it(file: Path, name: str, odd: bytes) -> None:
    OTHER.save(settings(file))
    lines = [line for line in file.read_bytes().splitlines() if not line.startswith(name.encode())]
    file.write_bytes(b"\n".join([*lines, name.encode() + b"=" + odd, b"head=7", b""]))

    loaded = Preferences.load(open_settings(file))

    assert loaded.head == 7
    assert loaded.model == OTHER.model
    if name != "text":
        assert loaded.text == OTHER.text
    if name in names() and odd not in (b"\xff\xfe\x00",):
        assert value(loaded, name) == value(Preferences(), name)


def test_what_was_written_by_us_goes_through_untouched(file: Path) -> None:
    for text in ("@Variant(x)", "@", "@@", "\x1b[0m", "\0", "\x01a", 'a"b\\', "a,b;c=d", " é "):
        Preferences(text=text, second_text="é" + text).save(settings(file))
        before = file.read_bytes()

        assert Preferences.load(open_settings(file)).text == text
        assert file.read_bytes() == before


def test_other_sections_are_not_taken_for_ours(file: Path) -> None:
    OTHER.save(settings(file))
    file.write_bytes(b"[Other]\nhead=3\n" + file.read_bytes() + b"[Third]\nhead=4\n")

    assert Preferences.load(open_settings(file)).head == OTHER.head


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
def test_settings_that_are_no_file_are_left_alone_and_others_kept_beside_them(file: Path) -> None:
    os.mkfifo(file)
    OTHER.save(open_settings(file))

    assert file.is_fifo()
    assert Preferences.load(open_settings(file)) == OTHER
    assert sorted(path.name for path in file.parent.iterdir()) == [
        "settings-2.ini",
        "settings.ini",
    ]


@pytest.mark.parametrize("spoil", [Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_settings_that_are_a_folder_or_a_device_are_none(
    file: Path, spoil: Callable[[Path], object]
) -> None:
    spoil(file)

    assert Preferences.load(open_settings(file)) == Preferences()


def test_settings_of_two_gigabytes_are_none(file: Path) -> None:
    with file.open("wb") as stream:
        stream.truncate(max(2_000_000_000, LARGEST_FILE))

    assert Preferences.load(open_settings(file)) == Preferences()


def test_settings_that_cannot_be_written_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("a file, no folder")

    with pytest.raises(problems.NotKept, match="could not be kept") as caught:
        OTHER.save(settings(tmp_path / "in the way" / "settings.ini"))
    assert "settings.ini" in caught.value.hint
