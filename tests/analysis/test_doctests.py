"""The examples in the docstrings of the analysis functions are run, and there is one each."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

from roberta_gui import analysis

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(analysis.__path__, "roberta_gui.analysis.")
)
STEPWISE = {"rollout_steps"}  # the whole, without "_steps", has the example


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_print(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_has_an_example(name: str) -> None:
    module = importlib.import_module(name)
    functions = inspect.getmembers(module, inspect.isfunction)
    own = {n: f for n, f in functions if f.__module__ == module.__name__ and n[0] != "_"}
    bare = {n for n, f in own.items() if ">>>" not in (f.__doc__ or "")}
    assert bare <= STEPWISE | {"save_axes"}  # complete axes take a fit: see test_axes_file.py
