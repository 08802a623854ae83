"""The engine: a checkpoint in, and everything about a sentence out (torch; never Qt).

    engine = Engine.load("mini")
    analysis = engine.analyse(AnalysisRequest("The cat sat on the <mask>."))

One Engine belongs to one thread at a time. What it gives away (records, its tokenizer) is
frozen and may go anywhere.
"""

from roberta_gui.engine.explorer import Engine

__all__ = ["Engine"]
