"""What every layer would guess, read and said."""

from roberta_gui.choices import Tint
from roberta_gui.findings.lens import captions
from roberta_gui.findings.lens.reading import LensState
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis, Lens


def table(run: Analysis, lens: Lens) -> Table:
    """Return every guess of every layer, its probability last."""
    return LensState(run, lens).table()


def arrays(run: Analysis, lens: Lens) -> Arrays:
    """Return ids and log-probabilities, (layer + 1, token, k), and what describes each cell."""
    return LensState(run, lens).arrays()


def caption(run: Analysis, lens: Lens, layer: int, token: int, tint: Tint = "probability") -> str:
    """Say what a layer (0: the embeddings) guesses at a token, and how to read that."""
    return captions.caption(LensState(run, lens), layer, token, tint)
