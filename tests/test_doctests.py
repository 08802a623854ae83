"""Examples in docstrings are run, wherever they stand; functions of the reference have one."""

import doctest
import importlib
import inspect
import linecache

import pytest

from tests.source_files import PACKAGE, ROOT, python_files

MODULES = [
    ".".join(file.relative_to(ROOT).with_suffix("").parts)
    for file in python_files(PACKAGE)
    if ">>>" in file.read_text(encoding="utf-8")
]
REFERENCE = ("attention", "projection", "similarity", "sentences.alignment", "sentences.surprisal")
STEPWISE = {"rollout_steps", "fit_steps"}  # the whole, without "_steps", has the example
SHARED = {"centred", "unit", "nearest", "shared_neighbours"}  # what the measures are made of


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_print(name: str) -> None:
    module = importlib.import_module(name)
    # doctest's debugger looks, before every line, whether any file changed that stands in there.
    linecache.clearcache()
    assert doctest.testmod(module, optionflags=doctest.ELLIPSIS).failed == 0


@pytest.mark.parametrize("name", REFERENCE)
def test_every_function_of_the_reference_has_an_example(name: str) -> None:
    module = importlib.import_module(f"roberta_gui.analysis.{name}")
    functions = inspect.getmembers(module, inspect.isfunction)
    own = {n: f for n, f in functions if f.__module__ == module.__name__ and n[0] != "_"}
    assert own
    assert {n for n, f in own.items() if ">>>" not in (f.__doc__ or "")} <= STEPWISE | SHARED
