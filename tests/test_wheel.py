"""The built wheel, installed into an environment that knows nothing of the checkout.

The environment borrows the dependencies of the one that runs the tests, so nothing is downloaded.
"""

import os
import re
import struct
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from roberta_gui import __version__

ROOT = Path(__file__).parents[1]
RESOURCES = ROOT / "resources"

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel and return the folder of its programs."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    paths = {"base": str(home), "platbase": str(home)}
    programs = Path(sysconfig.get_path("scripts", "venv", paths))
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "install"]
    # The wheel first: with the borrowed packages in sight, pip would take the checkout for it.
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    packages = Path(sysconfig.get_path("purelib", "venv", paths))
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "borrowed.pth").write_text("\n".join(sorted(borrowed)), encoding="utf-8")
    return programs


def run(programs: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the environment, away from the checkout."""
    path = str(programs / command[0])
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [path, *command[1:]], cwd=folder, env=kept, capture_output=True, text=True, check=False
    )


def test_the_wheel_holds_the_product_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    shipped = {
        f"roberta_gui/resources/{file.relative_to(RESOURCES).as_posix()}"
        for file in RESOURCES.rglob("*")
        if file.is_file()
    }

    assert shipped <= set(names)
    assert "roberta_gui/py.typed" in names
    assert any(re.fullmatch(r"roberta_gui-[^/]+\.dist-info/licenses/LICENSE", n) for n in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"roberta_gui"}


def test_the_installed_package_is_the_one_that_runs_and_finds_its_model(
    programs: Path, tmp_path: Path
) -> None:
    code = "from roberta_gui.resources import resource; print(resource('models/mini/config.json'))"

    result = run(programs, tmp_path, "python", "-c", code)

    assert result.returncode == 0, result.stderr
    config = Path(result.stdout.strip())
    assert config.is_relative_to(programs.parent)
    assert config.read_bytes() == (RESOURCES / "models/mini/config.json").read_bytes()


def test_the_library_guesses_a_word(programs: Path, tmp_path: Path) -> None:
    code = """
from roberta_gui import AnalysisRequest, Engine

analysis = Engine.load("mini").analyse(AnalysisRequest("The cat sat on the <mask>.", top_k=3))
print(len(analysis.fills), [len(fill.candidates) for fill in analysis.fills])
"""

    result = run(programs, tmp_path, "python", "-W", "error", "-c", code)

    assert (result.stdout.strip(), result.returncode) == ("1 [3]", 0), result.stderr


@pytest.mark.parametrize("command", [("roberta-gui",), ("python", "-m", "roberta_gui")])
def test_the_program_tells_its_version(
    programs: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    result = run(programs, tmp_path, *command, "--version")

    assert (result.stdout, result.returncode) == (f"RoBERTa Explorer {__version__}\n", 0)


def test_the_program_explains_its_arguments(programs: Path, tmp_path: Path) -> None:
    result = run(programs, tmp_path, "roberta-gui", "--help")

    assert result.returncode == 0
    for option in ("--text", "--model", "--snapshot", "--theme", "--size"):
        assert option in result.stdout


def test_a_wrong_argument_is_one_line_and_status_2(programs: Path, tmp_path: Path) -> None:
    result = run(programs, tmp_path, "roberta-gui", "--siez", "1x1")

    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "--siez" in result.stderr


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_window_opens_draws_and_is_saved(programs: Path, tmp_path: Path, theme: str) -> None:
    picture = tmp_path / "window.png"

    result = run(
        programs,
        tmp_path,
        "roberta-gui",
        *("--text", "The cat sat on the <mask>.", "--theme", theme),
        *("--size", "1280x800", "--snapshot", str(picture)),
    )

    assert result.returncode == 0, result.stderr
    header = picture.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", header[16:24]) == (1280, 800)
    # An empty window compresses to a few kB; text, chips and four pictures do not.
    assert picture.stat().st_size > 30_000
