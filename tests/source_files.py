"""The source, parsed once: what the rules of the house are asked of."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "roberta_gui"
GUI = PACKAGE / "gui"
TESTS = ROOT / "tests"


def python_files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*.py") if ".venv" not in file.parts)


def rooms() -> set[str]:
    """Name the modules and packages that stand side by side in the package."""
    files = [*PACKAGE.glob("*.py"), *(file.parent for file in PACKAGE.glob("*/__init__.py"))]
    return {file.stem for file in files} - {"__init__"}


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
