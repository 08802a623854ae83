"""``--snapshot`` from outside: pictures, statuses, and lines on the error output."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QWidget

from roberta_gui.gui.application import CliOptions, not_in_the_model
from roberta_gui.gui.window.main_window import MainWindow
from roberta_gui.resources import resource
from roberta_gui.view import View
from tests.gui.painted import colours
from tests.gui.started_program import start, unchanged
from tests.made_up import make_model
from tests.models import make_checkpoint

TEXT = "The cat sat on the <mask>."


Save = Callable[..., tuple[int | None, str]]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tokenizer = resource("models/mini") / "tokenizer.json"  # one that needs no transformers
    return make_checkpoint(tmp_path_factory.mktemp("tiny"), tokenizer_json=tokenizer)


@pytest.fixture
def save(axes_cache: Path, own_folders: Path, tiny: Path) -> Save:
    """Run the program with ``--snapshot``; give its status and what it said about errors.

    A second ``--model`` asks for another one than a tiny one.
    """

    def save(
        picture: Path, *arguments: str, change: Callable[[], None] = unchanged
    ) -> tuple[int | None, str]:
        asked = ("--snapshot", str(picture), "--model", str(tiny), *arguments)
        return start(*asked, cache=axes_cache, folder=own_folders, change=change)

    return save


def break_a_panel() -> None:
    from roberta_gui.gui.panels.guesses.panel import GuessesPanel

    def draw(self: GuessesPanel, view: View, previous: View | None) -> None:
        if view.analysis is not None:
            raise ZeroDivisionError("a broken panel")

    GuessesPanel.draw = draw  # type: ignore[method-assign, assignment]


def only_say_what_starts() -> None:
    from roberta_gui.gui.panels.panel import Panel
    from roberta_gui.gui.panels.started_panel import StartedPanel

    def start(self: Panel) -> None:
        sys.stderr.write(f"started: {self.name}\n")

    Panel.start = StartedPanel.start = start  # type: ignore[method-assign]


def say_what_is_pictured() -> None:
    def grab(window: MainWindow) -> QPixmap:
        seen = (panel.name for panel in window.docks.panels if panel.isVisible())
        sys.stderr.write(f"pictured: {' '.join(seen)}\n")
        return QWidget.grab(window)

    MainWindow.grab = grab  # type: ignore[method-assign, assignment]


def say_what_is_chosen() -> None:
    """Say tokens, space, B and whether panels show them; the rest of the window is left out."""

    def grab(window: MainWindow) -> QPixmap:
        seen = [panel for panel in window.docks.panels if panel.isVisible()]
        view = seen[0].store.view
        b = view.comparison and view.comparison.b.request.text
        are_current = all(panel.is_current for panel in seen)
        sys.stderr.write(f"{view.selection.tokens} {view.choices.hidden.space} {b} {are_current}\n")
        return QWidget.grab(window.docks)

    MainWindow.grab = grab  # type: ignore[method-assign, assignment]


def test_one_panel_alone_is_saved_in_the_asked_size_and_settings_are_left_alone(
    save: Save, tmp_path: Path, own_folders: Path
) -> None:
    picture = tmp_path / "attention.png"

    asked = ("--text", TEXT, "--theme", "dark", "--size", "900x620", "--panel", "attention")
    more = ("--model", "mini", "--layer", "6", "--head", "8", "--token", "7")
    status, error = save(picture, *asked, *more)

    assert (status, error) == (0, "")
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (900, 620)
    assert len(colours(image)) > 100
    assert image.pixelColor(2, image.height() // 2).lightnessF() < 0.2  # dark, as asked
    assert list(own_folders.rglob("settings.ini")) == []


def test_an_arrangement_is_pictured_with_all_its_panels(save: Save, tmp_path: Path) -> None:
    asked = ("--text", TEXT, "--arrangement", "words")

    status, said = save(tmp_path / "words.png", *asked, change=say_what_is_pictured)

    assert (status, said) == (0, "pictured: words why fill\n")


def test_a_space_and_several_tokens_are_shown_as_asked(save: Save, tmp_path: Path) -> None:
    asked = ("--text", TEXT, "--size", "900x620", "--panel", "hidden")
    more = ("--token", "3", "--token", "4", "--space", "raw")

    status, said = save(tmp_path / "hidden.png", *asked, *more, change=say_what_is_chosen)

    assert (status, said) == (0, "(2, 3) raw None True\n")


def test_work_of_the_panel_that_was_asked_for_is_started_once_and_no_other(
    save: Save, tmp_path: Path
) -> None:
    picture = tmp_path / "sweep.png"

    asked = ("--panel", "sweep", "--token", "3", "--layer", "2")
    status, said = save(picture, "--text", TEXT, *asked, change=only_say_what_starts)

    assert (status, said) == (0, "started: sweep\n")


def test_two_sentences_are_compared_as_asked(save: Save, tmp_path: Path) -> None:
    picture, second = tmp_path / "compared.png", "A dog lay on the <mask>."

    asked = ("--text", TEXT, "--compare", second, "--size", "900x620")
    status, said = save(picture, *asked, change=say_what_is_chosen)

    assert (status, said) == (0, f"() standardised {second} True\n")
    assert len(colours(QImage(str(picture)))) > 100


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (CliOptions(layer=5), "--layer: made-up has 4 layers, there is no 5"),
        (CliOptions(head=99), "--head: made-up has 3 heads, there is no 99"),
        (
            CliOptions(off=[(0, 0), (1, 3)]),
            "--off: made-up has 4 layers of 3 heads, there is no 2.4",
        ),
        (CliOptions(off=[(4, 0)]), "--off: made-up has 4 layers of 3 heads, there is no 5.1"),
        (CliOptions(layer=4, head=3, off=[(3, 2)]), ""),
    ],
    ids=["layer", "head", "off", "off beyond", "all there"],
)
def test_what_the_model_does_not_have_is_told_with_what_it_has(
    options: CliOptions, told: str
) -> None:
    assert not_in_the_model(options, make_model(n_layers=4, n_heads=3)) == told


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (
            ("--model", "mini", "--head", "99"),
            "roberta-gui: --head: mini has 8 heads, there is no 99\n",
        ),
        (
            ("--text", "one", "--token", "1", "--token", "4"),
            "roberta-gui: --token: 4 is not there, the last one is 3\n",
        ),
    ],
    ids=["head", "token"],
)
def test_what_the_model_or_sentence_does_not_have_is_one_line_and_status_2(
    save: Save, tmp_path: Path, asked: tuple[str, ...], line: str
) -> None:
    picture = tmp_path / "never.png"

    assert save(picture, *asked) == (2, line)
    assert not picture.exists()


def test_a_missing_model_folder_is_one_line_and_status_1(save: Save, tmp_path: Path) -> None:
    picture, missing = tmp_path / "never.png", tmp_path / "no-model"

    status, error = save(picture, "--model", str(missing))

    assert status == 1
    assert error.count("\n") == 1
    assert str(missing) in error
    assert not picture.exists()


def test_a_panel_that_fails_to_draw_is_one_line_and_status_1(save: Save, tmp_path: Path) -> None:
    picture = tmp_path / "never.png"

    status, error = save(picture, change=break_a_panel)

    assert status == 1
    assert error == "roberta-gui: a panel failed: ZeroDivisionError: a broken panel\n"


def fill_the_disk() -> None:
    resource = pytest.importorskip("resource")
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (20_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    )


def test_a_full_disk_leaves_the_picture_that_was_there(save: Save, tmp_path: Path) -> None:
    pytest.importorskip("resource")
    picture = tmp_path / "old.png"
    picture.write_bytes(b"of before")

    status, error = save(picture, "--panel", "guesses", change=fill_the_disk)

    assert status == 1
    assert f"the picture could not be written to {picture}\n" in error
    assert [file.read_bytes() for file in tmp_path.iterdir() if file.is_file()] == [b"of before"]


def test_without_options_everything_is_left_to_what_is_remembered() -> None:
    assert set(vars(CliOptions()).values()) == {None}


def test_without_options_the_picture_has_the_designed_size_on_any_screen(
    save: Save, tmp_path: Path
) -> None:
    picture = tmp_path / "window.png"

    assert save(picture, "--text", TEXT, "--panel", "guesses") == (0, "")

    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1440, 900)  # the offscreen screen is smaller
