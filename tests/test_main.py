"""The command line: what it says, with which status, and what it saves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from roberta_gui import __version__
from roberta_gui.__main__ import main

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
        timeout=300,
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
        (("--head", "0"), "0"),
        (("--token", "1.5"), "1.5"),
        (("--off", "3"), "3"),
        (("--off", "0.1"), "0.1"),
        (("--off", "3.4,five"), "five"),
        (("--panel", "everything"), "everything"),
        (("--arrangement", "upside-down"), "upside-down"),
        (("--compare", "B", "--arrangement", "layers"), "layers"),
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
        timeout=300,
    )

    assert result.returncode != 0
    assert "no Qt platform plugin could be initialized" in result.stderr
    assert "sudo apt-get install" in result.stderr
    assert "Traceback" not in result.stderr
