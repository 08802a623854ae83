"""RoBERTa Explorer: look inside RoBERTa, in a window or from a notebook.

Importing this package loads neither torch nor Qt; the names below arrive on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from roberta_gui.engine import Engine
    from roberta_gui.records import (
        Analysis,
        AnalysisRequest,
        Answer,
        Attribution,
        Candidate,
        CutStep,
        CutWord,
        Dissection,
        Filling,
        Fillings,
        FillMask,
        Lens,
        ModelInfo,
        Patching,
        Prediction,
        Replacement,
        Run,
        Sweep,
        Task,
        TextRow,
        Token,
        TokenStates,
        WatchedWord,
        WholeWord,
        WordNeighbour,
        WordScores,
    )

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "AnalysisRequest",
    "Answer",
    "Attribution",
    "Candidate",
    "CutStep",
    "CutWord",
    "Dissection",
    "Engine",
    "FillMask",
    "Filling",
    "Fillings",
    "Lens",
    "ModelInfo",
    "Patching",
    "Prediction",
    "Replacement",
    "Run",
    "Sweep",
    "Task",
    "TextRow",
    "Token",
    "TokenStates",
    "WatchedWord",
    "WholeWord",
    "WordNeighbour",
    "WordScores",
    "__version__",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for (PEP 562)."""
    if name == "Engine":
        return import_module("roberta_gui.engine").Engine
    if name in __all__:
        return getattr(import_module("roberta_gui.records"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
