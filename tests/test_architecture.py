"""The rules of the house that a machine can hold: arrows, sizes, places, names."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "roberta_gui"
GUI = PACKAGE / "gui"
TESTS = ROOT / "tests"

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60

HEAVY = ("torch", "transformers", "sklearn")
THREADS = ("threading", "concurrent", "multiprocessing", "asyncio", "_thread")
QT_THREADS = ("QThread", "QThreadPool", "QRunnable", "QtConcurrent")

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def python_files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*.py") if ".venv" not in file.parts)


def nodes(folder: Path, *, but: tuple[str, ...] = ()) -> Iterator[tuple[str, ast.AST]]:
    """Walk the syntax of every file, with the place of each node."""
    for file in python_files(folder):
        name = file.relative_to(ROOT).as_posix()
        if name in but:
            continue
        for node in nodes_of(file):
            yield f"{name}:{getattr(node, 'lineno', 1)}", node


@cache
def nodes_of(file: Path) -> tuple[ast.AST, ...]:
    """Parse a file once for all rules."""
    return tuple(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


def imported(node: ast.AST) -> list[str]:
    """Return the full names that an import statement brings in."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package in ``folder``."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copied_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what import-linter reads, so that violations can be planted."""
    folder = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", folder)
    ignore = shutil.ignore_patterns("__pycache__", "resources")
    shutil.copytree(PACKAGE, folder / "roberta_gui", ignore=ignore)
    return folder


def test_the_arrows_between_the_layers_point_one_way() -> None:
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "3 kept, 0 broken" in result.stdout


@pytest.mark.parametrize(
    ("module", "planted", "contract"),
    [
        ("analysis/attention.py", "import PySide6", "No Qt below the window"),
        ("engine/forward.py", "import pyqtgraph", "No Qt below the window"),
        ("gui/store.py", "import torch", "torch and transformers stay in the engine"),
        ("analysis/attention.py", "import transformers", "torch and transformers stay"),
        ("engine/forward.py", "import roberta_gui.gui", "arrows point one way"),
        ("engine/forward.py", "import roberta_gui.view", "arrows point one way"),
        ("training/recipe.py", "import qtawesome", "No Qt below the window"),
        ("training/recipe.py", "import roberta_gui.gui", "arrows point one way"),
        ("view.py", "import roberta_gui.engine", "arrows point one way"),
        ("analysis/attention.py", "import roberta_gui.engine", "arrows point one way"),
        ("problems.py", "import roberta_gui.records", "arrows point one way"),
        ("records/request.py", "import roberta_gui.analysis", "arrows point one way"),
        ("resources.py", "import roberta_gui.records", "arrows point one way"),
    ],
)
def test_a_planted_import_against_the_arrows_is_caught(
    copied_package: Path, module: str, planted: str, contract: str
) -> None:
    file = copied_package / "roberta_gui" / module
    clean = file.read_text(encoding="utf-8")
    file.write_text(f"{clean}\n\n{planted}\n", encoding="utf-8")

    result = lint(copied_package)
    file.write_text(clean, encoding="utf-8")

    assert result.returncode == 1
    assert re.search(rf"{contract}.* BROKEN", result.stdout), result.stdout


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("roberta_gui", (*HEAVY, "PySide6", "numpy")),
        ("roberta_gui.records", (*HEAVY, "PySide6")),
        ("roberta_gui.__main__", (*HEAVY, "PySide6", "numpy")),
        ("roberta_gui.engine", ("PySide6", "sklearn")),
        ("roberta_gui.analysis.layer_maps.layer_map", (*HEAVY, "scipy", "PySide6")),
        ("roberta_gui.findings.steps.similarity", (*HEAVY, "scipy", "PySide6")),
        ("roberta_gui.gui.window.main_window", (*HEAVY, "scipy")),
        ("roberta_gui.gui.application", HEAVY),
    ],
)
def test_importing_a_module_loads_nothing_heavy(module: str, absent: tuple[str, ...]) -> None:
    if ".gui" in module:
        pytest.importorskip("PySide6")
    code = f"import sys, {module}; print([n for n in {absent!r} if n in sys.modules])"

    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (result.stdout.strip(), result.returncode) == ("[]", 0), result.stderr


@pytest.mark.parametrize("folder", ["roberta_gui", "tests", "benchmarks", "scripts"])
def test_no_file_is_too_long_to_read(folder: str) -> None:
    lengths = {
        file.relative_to(ROOT).as_posix(): len(file.read_text(encoding="utf-8").splitlines())
        for file in python_files(ROOT / folder)
    }

    assert {n: length for n, length in lengths.items() if length > MOST_LINES_OF_A_FILE} == {}


def test_every_function_fits_on_a_screen() -> None:
    lengths = {
        f"{place} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for place, node in nodes(PACKAGE)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert lengths
    assert {n: length for n, length in lengths.items() if length > MOST_LINES_OF_A_FUNCTION} == {}


def test_colours_are_named_in_the_theme_only() -> None:
    colour = re.compile(r"#(?:[0-9a-f]{8}|[0-9a-f]{6})\b|\A#[0-9a-f]{3}\Z|rgba?\(", re.IGNORECASE)
    found = [
        f"{place} {node.value!r}"
        for place, node in nodes(PACKAGE, but=("roberta_gui/gui/look/theme.py",))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and colour.search(node.value)
    ]

    assert found == []


def test_no_sentence_of_the_window_assumes_what_special_tokens_are_called() -> None:
    """A docstring may name those of RoBERTa."""
    found = [
        f"{place} {node.value!r}"
        for folder in (GUI, PACKAGE / "findings")
        for place, node in nodes(folder)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and "\n" not in node.value
        and re.search(r"(?<!`)</?s>(?!`)", node.value)
    ]

    assert found == []


def is_plain(tip: ast.expr) -> bool:
    """Tell whether a tool tip can hold nothing that Qt might take for HTML."""
    if isinstance(tip, ast.IfExp):
        return is_plain(tip.body) and is_plain(tip.orelse)
    if isinstance(tip, ast.Constant):
        return "<" not in str(tip.value)
    return isinstance(tip, ast.Call) and ast.unparse(tip.func) == "plain_tip"


def test_tool_tips_show_tokens_and_no_html() -> None:
    calls = [
        (place, node.func, node.args)
        for place, node in nodes(GUI, but=("roberta_gui/gui/widgets/controls/tool_tip.py",))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    set_raw = [
        f"{place} {ast.unparse(args[0])}"
        for place, function, args in calls
        if function.attr == "setToolTip" and not is_plain(args[0])
    ]
    shown_raw = [p for p, f, _ in calls if ast.unparse(f) == "QToolTip.showText"]

    assert set_raw == []
    assert shown_raw == []


def test_every_painter_ends_whatever_happens() -> None:
    left_open, left_saved = [], []
    for file in python_files(PACKAGE):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        managed = {
            item.context_expr
            for node in ast.walk(tree)
            if isinstance(node, ast.With)
            for item in node.items
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                place = f"{file.relative_to(ROOT).as_posix()}:{node.lineno}"
                if called.split(".")[-1] in ("QPainter", "QStylePainter") and node not in managed:
                    left_open.append(place)
                if called == "painter.save" and file.name != "drawing.py":
                    left_saved.append(place)

    assert left_open == []
    assert left_saved == [], "use drawing.saved, which gives the state back"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("QFlowLayout", "it is written in Python: its items belong to Qt, and are kept or lost"),
        ("gettempdir", "a name in there can be taken before: `tempfile` makes files and folders"),
    ],
)
def test_what_can_go_wrong_unseen_is_not_used(name: str, reason: str) -> None:
    found = [
        place
        for place, node in nodes(PACKAGE)
        if name in (getattr(node, "attr", ""), *(n.split(".")[-1] for n in imported(node)))
    ]

    assert found == [], reason


def test_no_module_is_a_junk_drawer() -> None:
    junk = re.compile(r"(?:^|_)(?:utils?|helpers?|managers?|common|misc)(?:_|$)")
    files = [*python_files(PACKAGE), *python_files(TESTS)]

    assert [file.name for file in files if junk.search(file.stem)] == []


def test_nothing_prints_or_sleeps() -> None:
    found = [
        f"{place} {ast.unparse(node.func)}"
        for place, node in nodes(PACKAGE)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in ("print", "sleep"))
            or (isinstance(node.func, ast.Attribute) and node.func.attr in ("sleep", "msleep"))
        )
    ]

    assert found == []


def test_threads_are_started_in_one_place() -> None:
    found = [
        f"{place} {name}"
        for place, node in nodes(GUI, but=("roberta_gui/gui/work/jobs.py",))
        for name in imported(node)
        if name.split(".")[0] in THREADS or name.split(".")[-1] in QT_THREADS
    ]

    assert found == []


def test_settings_are_kept_in_one_place() -> None:
    found = [
        f"{place} {name}"
        for place, node in nodes(PACKAGE, but=("roberta_gui/gui/start/preferences.py",))
        for name in imported(node)
        if name.endswith(".QSettings")
    ]

    assert found == []


def imports_between_files() -> dict[str, set[str]]:
    """Map each module of the package to those it imports, also inside functions and for types."""
    modules = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in python_files(PACKAGE)
    }
    graph: dict[str, set[str]] = {}
    for name, file in modules.items():
        named = {full for node in nodes_of(file) for full in imported(node)}
        known = {full if full in modules else full.rpartition(".")[0] for full in named}
        graph[name] = (known & modules.keys()) - {name}
    return graph


def test_no_files_import_each_other_in_a_circle() -> None:
    graph = imports_between_files()
    order: list[str] = []
    state: dict[str, str] = {}
    circles: list[str] = []

    def visit(module: str, way: tuple[str, ...]) -> None:
        state[module] = "open"
        for other in sorted(graph[module]):
            if state.get(other) == "open":
                circles.append(" -> ".join([*way[way.index(other) :], other]))
            elif other not in state:
                visit(other, (*way, other))
        state[module] = "done"
        order.append(module)

    for module in sorted(graph):
        if module not in state:
            visit(module, (module,))

    assert circles == []
    assert len(order) == len(graph)


def test_no_error_is_swallowed() -> None:
    # All hand on what they caught: to the window, the thread that waits, the log and the picture.
    hands_on = (
        "roberta_gui/gui/work/jobs.py",
        "roberta_gui/engine/interruption.py",
        "roberta_gui/gui/widgets/painting/drawing.py",
    )
    found = [
        place
        for place, node in nodes(PACKAGE, but=hands_on)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
        and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
    ]

    assert found == []


@pytest.mark.parametrize("folder", ["engine", "analysis", "findings", "training"])
def test_tests_below_the_window_run_without_qt(folder: str) -> None:
    found = [
        f"{place} {name}"
        for place, node in nodes(TESTS / folder)
        for name in imported(node)
        if name.startswith(("PySide6", "pytestqt", "roberta_gui.gui", "tests.gui"))
    ]

    assert found == []


def test_tests_wait_for_signals_and_not_for_the_clock() -> None:
    found = [
        f"{place} {ast.unparse(node.func)}"
        for place, node in nodes(TESTS)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr == "sleep" or ast.unparse(node.func) in ("qtbot.wait", "QTest.qWait"))
    ]

    assert found == []


def test_tests_leave_private_attributes_alone() -> None:
    found = [
        f"{place} {ast.unparse(node)}"
        for place, node in nodes(TESTS)
        if isinstance(node, ast.Attribute)
        and re.match(r"_(?!_)", node.attr)
        and ast.unparse(node.value) not in ("self", "cls")
    ]

    assert found == []


def test_what_must_stay_covered_is_there() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        core = tomllib.load(file)["tool"]["coverage"]["run"]["include"]

    assert [files for files in core if not [*ROOT.glob(files)]] == []
