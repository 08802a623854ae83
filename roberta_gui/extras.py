"""Packages that only some uses need: they come with an extra such as ``notebook``."""

from importlib import import_module
from typing import Any

from roberta_gui.problems import MissingPackage


def need(name: str, extra: str = "notebook") -> Any:
    """Import a module of such a package; `problems.MissingPackage` says how to get it."""
    package = name.partition(".")[0]
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        raise MissingPackage(
            f"This needs the package {package}, which is not installed.",
            f'Install it: pip install "roberta-gui[{extra}]"',
        ) from error
