"""The engine: a checkpoint in, and everything about a sentence out (torch; never Qt).

    engine = Engine.load("mini")
    analysis = engine.analyse("The cat sat on the <mask>.")

One Engine belongs to one thread at a time. What it gives away (records, its tokenizer) is
frozen and may go anywhere.
"""

from roberta_gui.engine.explorer import Engine
from roberta_gui.engine.interventions import HeadEdit

__all__ = ["Engine", "HeadEdit"]
