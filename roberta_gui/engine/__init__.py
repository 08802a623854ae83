"""The engine: a checkpoint in, and everything about a sentence out (torch; never Qt).

    engine = Engine.load("mini")
    analysis = engine.analyse("The cat sat on the <mask>.")

One Engine belongs to one thread at a time. What it gives away (records, its tokenizer) is
frozen and may go anywhere.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from roberta_gui.engine.explorer import Engine
    from roberta_gui.engine.interventions import HeadEdit

# WORKAROUND: oneDNN keeps the kernels of the last 1,024 shapes, and every length of a sentence
# brings some: 300 MB after 300 lengths of mini. https://uxlfoundation.github.io/oneDNN/
# dev_guide_primitive_cache.html: read when torch first multiplies, so it must be said before.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")

__all__ = ["Engine", "HeadEdit"]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: the rooms below are of use without them."""
    modules = {"Engine": "explorer", "HeadEdit": "interventions"}
    if name in modules:
        return getattr(import_module(f"{__name__}.{modules[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
