"""The command line: what it says, with which status, and what it saves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from roberta_gui import __version__
from roberta_gui.__main__ import main
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[1]


def run(*arguments: str, program: tuple[str, ...] = ("-m", "roberta_gui")) -> tuple[int, str, str]:
    """Start the program on its own; return its status, output and errors."""
    result = subprocess.run(
        [sys.executable, *program, *arguments],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    return result.returncode, result.stdout, result.stderr


def ends(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int | str | None, str, str]:
    """Parse arguments in this process; return the status, output and errors it ends with."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    told = capsys.readouterr()
    return ended.value.code, told.out, told.err


def test_help_explains_every_option_and_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    status, told, _ = ends(capsys, "--help")

    assert status == 0
    for option in (
        "--text", "--model", "--theme", "--size", "--panel", "--arrangement", "--layer", "--head",
        "--token", "--off", "--space", "--snapshot", "--version",
    ):  # fmt: skip
        assert option in told


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(capsys, "--version") == (0, f"RoBERTa Explorer {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--theme", "pink"), "pink"),
        (("--size", "1440"), "1440"),
        (("--size", "axb"), "axb"),
        (("--size", "10x10"), "10x10"),
        (("--size", "99999x99999"), "99999x99999"),
        (("--layer", "-1"), "--layer"),
        (("--layer", "two"), "two"),
        (("--layer", "2147483648"), "1,000,000"),
        (("--layer", "9" * 5000), "1,000,000"),
        (("--head", "2147483648"), "1,000,000"),
        (("--token", "3000000000"), "1,000,000"),
        (("--off", "2147483648.1"), "2147483648.1"),
        (("--off", "1." + "9" * 5000), "is not like 3.4"),
        (("--size", "2147483648x900"), "2147483648x900"),
        (("--size", "9" * 5000 + "x900"), "is not like 1440x900"),
        (("--choose", "line_mass=3000000000"), "line_mass"),
        (("stray\nwith a second line",), "stray with"),
        (("--head", "0"), "0"),
        (("--token", "0"), "0"),
        (("--token", "1.5"), "1.5"),
        (("--off", "3"), "3"),
        (("--off", "0.1"), "0.1"),
        (("--off", "3.4,five"), "five"),
        (("--panel", "everything"), "everything"),
        (("--arrangement", "upside-down"), "upside-down"),
        (("--space", "outer"), "outer"),
        (("--choose", "drawn_as=circles"), "circles"),
        (("--choose", "colour=red"), "colour"),
        (("--choose", "arcs"), "arcs"),
        (("--snapshot", "no/such/folder/a.png"), "folder"),
        (("--snapshot", "picture.jpg"), "picture.jpg"),
        (("--snapshot",), "--snapshot"),
        (("--siez", "1440x900"), "--siez"),
        (("stray",), "stray"),
    ],
)
def test_a_wrong_argument_is_one_clear_line_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], named: str
) -> None:
    status, told, error = ends(capsys, *arguments)

    assert (status, told) == (2, "")
    assert error.count("\n") == 1
    assert error.startswith("roberta-gui: ")
    assert named in error


def test_without_pyside_a_line_says_what_to_install() -> None:
    blocked = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "PySide6":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from roberta_gui.__main__ import main
raise SystemExit(main([]))
"""
    status, told, error = run(program=("-c", blocked))

    assert (status, told) == (1, "")
    assert error == "roberta-gui: PySide6 is not installed.  pip install PySide6-Essentials\n"


def test_without_a_system_library_the_line_names_it_and_the_packages() -> None:
    broken = """
import sys

class Broken:
    def find_spec(self, name, path=None, target=None):
        if name == "PySide6.QtGui":
            raise ImportError("libEGL.so.1: cannot open shared object file", name=name)

sys.meta_path.insert(0, Broken())
from roberta_gui.__main__ import main
raise SystemExit(main([]))
"""
    status, _, error = run(program=("-c", broken))

    assert status == 1
    assert "libEGL.so.1" in error
    assert "sudo apt-get install" in error
    assert "Traceback" not in error


def test_another_missing_package_is_no_matter_of_qt() -> None:
    broken = """
import sys
sys.modules["pyqtgraph"] = None
from roberta_gui.__main__ import main
main([])
"""
    status, _, error = run(program=("-c", broken))

    assert status == 1
    assert "import of pyqtgraph halted" in error


@pytest.mark.parametrize("program", [("-m", "roberta_gui"), ("main.py",)], ids=["module", "file"])
def test_the_module_and_the_file_start_the_same_program(program: tuple[str, ...]) -> None:
    assert run("--version", program=program) == (0, f"RoBERTa Explorer {__version__}\n", "")


def test_where_no_window_can_open_the_terminal_says_why_and_what_to_install(
    tmp_path: Path,
) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "roberta_gui"],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "nonsense", "XDG_STATE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )

    assert result.returncode != 0
    assert "no Qt platform plugin could be initialized" in result.stderr
    assert "sudo apt-get install" in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_screen_a_line_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)

    assert main([]) == 1

    told = capsys.readouterr()
    assert told.err.startswith("roberta-gui: there is no screen: neither DISPLAY nor")
    assert told.err.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="needs Qt's plugin for X11")
def test_a_screen_that_does_not_answer_is_a_status_and_no_abort() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "roberta_gui"],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "xcb", "DISPLAY": "127.0.0.1:9999"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )

    assert result.returncode == 1
    assert "the screen “127.0.0.1:9999” that DISPLAY names does not answer" in result.stderr
    assert "apt-get" not in result.stderr
    assert "Traceback" not in result.stderr


def without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", unknown)


def test_without_a_home_folder_a_line_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_a_home(monkeypatch)

    assert main([]) == 1
    assert capsys.readouterr().err == (
        "roberta-gui: this user has no home folder. Let HOME name one.\n"
    )


@pytest.mark.skipif(os.name != "posix", reason="HOME counts for nothing here")
def test_a_home_that_is_no_place_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", "relative/folder")

    assert main([]) == 1
    assert "no home folder" in capsys.readouterr().err


def test_too_little_memory_is_told_with_numbers_and_without_packages() -> None:
    errors = [
        'ImportError("libQt6Gui.so.6: failed to map segment from shared object", name=QT)',
        'ImportError("libQt6Gui.so.6: cannot map zero-fill pages: Cannot allocate memory")',
        "MemoryError()",
    ]
    broken = f"""
import io, sys
from contextlib import redirect_stderr

QT = "PySide6.QtGui"

class Broken:
    def find_spec(self, name, path=None, target=None):
        if name == QT:
            raise error

sys.meta_path.insert(0, Broken())
from roberta_gui.__main__ import main
for error in {", ".join(errors)}:
    with redirect_stderr(io.StringIO()) as said:
        status = main([])
    print(status, said.getvalue(), end="")
"""
    status, told, said = run(program=("-c", broken))

    assert (status, said) == (0, "")
    for error, line in zip(errors, told.splitlines(), strict=True):
        assert line.startswith("1 roberta-gui: there is too little memory to start: "), error
        assert "the window takes 0.4 GB" in line, error
        assert "apt-get" not in line, error


def test_an_incomplete_installation_is_a_line_and_a_status() -> None:
    incomplete = """
from pathlib import Path
from roberta_gui import resources
resources._PLACES = (Path("/nowhere"),)
from roberta_gui.__main__ import main
raise SystemExit(main(["--snapshot", "x.png"]))
"""
    status, told, said = run(program=("-c", incomplete))

    assert (status, told) == (1, "")
    assert said == (
        "roberta-gui: RoBERTa Explorer came without its file 'icon.svg'. Install it again.\n"
    )
