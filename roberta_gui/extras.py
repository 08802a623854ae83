"""Packages that only notebooks use: they come with the extra ``notebook``."""

from importlib import import_module
from typing import Any

from roberta_gui.problems import MissingPackage


def need(name: str) -> Any:
    """Import a module of such a package, or say how to get it.

    Raises
    ------
    problems.MissingPackage
        It is not installed.
    """
    package = name.partition(".")[0]
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        raise MissingPackage(
            f"This needs the package {package}, which is not installed.",
            'Install what notebooks use: pip install "roberta-gui[notebook]"',
        ) from error
