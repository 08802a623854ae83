"""Who may import whom: arrows point one way, nothing runs in a circle or loads what is heavy."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.source_files import PACKAGE, ROOT, TESTS, imported, nodes, nodes_of, python_files, rooms

HEAVY = ("torch", "transformers", "sklearn")

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


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


PLANTED = [
    ("analysis/attention.py", "PySide6", "No Qt below the window"),
    ("engine/forward.py", "pyqtgraph", "No Qt below the window"),
    ("gui/store.py", "torch", "torch and transformers stay in the engine"),
    ("analysis/attention.py", "transformers", "torch and transformers stay in the engine"),
    ("engine/forward.py", "roberta_gui.gui", "The house: arrows point one way"),
    ("engine/forward.py", "roberta_gui.view", "The house: arrows point one way"),
    ("training/recipe.py", "qtawesome", "No Qt below the window"),
    ("training/recipe.py", "roberta_gui.gui", "The house: arrows point one way"),
    ("view.py", "roberta_gui.engine", "The house: arrows point one way"),
    ("analysis/attention.py", "roberta_gui.engine", "The house: arrows point one way"),
    ("problems.py", "roberta_gui.records", "The house: arrows point one way"),
    ("records/request.py", "roberta_gui.analysis", "The house: arrows point one way"),
    ("resources.py", "roberta_gui.records", "The house: arrows point one way"),
]
"""Imports that no module may have: where, of what, and which contract forbids them."""


@pytest.fixture(scope="module")
def told_of_planted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Plant all of them in a copy of what import-linter reads; return what it says of them."""
    folder = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", folder)
    ignore = shutil.ignore_patterns("__pycache__", "resources")
    shutil.copytree(PACKAGE, folder / "roberta_gui", ignore=ignore)
    for module, planted, _ in PLANTED:
        with (folder / "roberta_gui" / module).open("a", encoding="utf-8") as file:
            file.write(f"\n\nimport {planted}\n")
    result = lint(folder)
    assert result.returncode == 1, result.stdout + result.stderr
    return result.stdout


def test_the_arrows_between_the_layers_point_one_way() -> None:
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "3 kept, 0 broken" in result.stdout


@pytest.mark.parametrize(
    ("contract", "without"),
    [
        ("The house: arrows point one way", set()),
        ("No Qt below the window", {"gui", "__main__"}),
        ("torch and transformers stay in the engine", {"engine", "training"}),
    ],
)
def test_every_room_of_the_package_stands_in_the_contracts(
    contract: str, without: set[str]
) -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (kept,) = (each for each in contracts if each["name"] == contract)
    named = kept.get("layers") or kept["source_modules"]

    assert set(re.findall(r"roberta_gui\.(\w+)", " ".join(named))) == rooms() - without


@pytest.mark.parametrize(("module", "planted", "contract"), PLANTED)
def test_a_planted_import_against_the_arrows_is_caught(
    told_of_planted: str, module: str, planted: str, contract: str
) -> None:
    importer = f"roberta_gui.{module.removesuffix('.py').replace('/', '.')}"
    heading = f"\n{contract}\n{'-' * len(contract)}\n"
    broken = told_of_planted.partition(heading)[2].partition("\n---")[0]

    assert re.search(rf"^- +{importer} -> {planted} \(l", broken, re.MULTILINE), told_of_planted


LIGHT = {
    "roberta_gui": (*HEAVY, "PySide6", "numpy"),
    "roberta_gui.__main__": (*HEAVY, "PySide6", "numpy"),
    "roberta_gui.records": (*HEAVY, "PySide6"),
    "roberta_gui.engine": ("PySide6", "sklearn"),
    "roberta_gui.analysis.layer_maps.layer_map": (*HEAVY, "scipy", "PySide6"),
    "roberta_gui.findings.steps.similarity": (*HEAVY, "scipy", "PySide6"),
    "roberta_gui.gui.window.main_window": (*HEAVY, "scipy"),
    "roberta_gui.gui.application": HEAVY,
}
"""Modules, and what is not there once they and those above them are imported, in this order."""

IMPORT_EACH = """
import importlib, json, sys
found = {}
for module, absent in json.loads(sys.argv[1]).items():
    importlib.import_module(module)
    found[module] = [name for name in absent if name in sys.modules]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def heavy_found() -> dict[str, list[str]]:
    """Import them in one process; return what each found there that should not be."""
    has_qt = find_spec("PySide6") is not None
    light = {module: absent for module, absent in LIGHT.items() if has_qt or ".gui" not in module}
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_EACH, json.dumps(light)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    found: dict[str, list[str]] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize("module", LIGHT)
def test_importing_a_module_loads_nothing_heavy(
    heavy_found: dict[str, list[str]], module: str
) -> None:
    if ".gui" in module:
        pytest.importorskip("PySide6")

    assert heavy_found[module] == []


def packages_of(module: str) -> set[str]:
    """Name the packages that are run before a module in them can be."""
    return {module[: dot.start()] for dot in re.finditer(r"\.", module)}


def circle_of_imports(root: Path) -> list[str]:
    """Find modules that run each other, also inside functions and for types; else []."""
    modules = {
        ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): file
        for file in python_files(root / "roberta_gui")
    }
    graph: dict[str, set[str]] = {}
    for name, file in modules.items():
        named = {full for node in nodes_of(file) for full in imported(node)}
        known = {full if full in modules else full.rpartition(".")[0] for full in named}
        run_before = set().union(*map(packages_of, known)) - packages_of(name)
        graph[name] = ((known | run_before) & modules.keys()) - {name}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circle_of_imports(ROOT) == []


@pytest.mark.parametrize(
    ("a", "package", "b", "is_circle"),
    [
        ("import roberta_gui.folder.b", "", "from roberta_gui.a import name", True),
        ("import roberta_gui.folder.b", "from roberta_gui.a import name", "", True),
        ("", "import roberta_gui.folder.b", "from roberta_gui.a import name", False),
    ],
)
def test_a_circle_is_found_between_files_and_through_the_package_of_one(
    tmp_path: Path, a: str, package: str, b: str, is_circle: bool
) -> None:
    (tmp_path / "roberta_gui" / "folder").mkdir(parents=True)
    for file, text in {"a.py": a, "folder/__init__.py": package, "folder/b.py": b}.items():
        (tmp_path / "roberta_gui" / file).write_text(text, encoding="utf-8")

    assert bool(circle_of_imports(tmp_path)) == is_circle


@pytest.mark.parametrize("folder", ["engine", "analysis", "findings", "training"])
def test_tests_below_the_window_run_without_qt(folder: str) -> None:
    found = [
        f"{place} {name}"
        for place, node in nodes(TESTS / folder)
        for name in imported(node)
        if name.startswith(("PySide6", "pytestqt", "roberta_gui.gui", "tests.gui"))
    ]

    assert found == []
