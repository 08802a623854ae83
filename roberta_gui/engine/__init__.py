"""The engine: a checkpoint in, and everything about a sentence out (torch; never Qt).

    engine = Engine.load("mini")
    analysis = engine.analyse("The cat sat on the <mask>.")

One Engine belongs to one thread at a time. What it gives away (records, its tokenizer) is
frozen and may go anywhere.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from roberta_gui.engine.explorer import Engine
    from roberta_gui.engine.interventions import HeadEdit

__all__ = ["Engine", "HeadEdit"]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: the rooms below are of use without them."""
    modules = {"Engine": "explorer", "HeadEdit": "interventions"}
    if name in modules:
        return getattr(import_module(f"{__name__}.{modules[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
