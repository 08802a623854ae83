"""Which rows of the vocabulary lie nearest to one: by the cosine of their word embeddings."""

from collections.abc import Generator

import numpy as np
import torch

from roberta_gui.engine.arguments import whole_number
from roberta_gui.engine.interruption import go_on
from roberta_gui.engine.roberta import Roberta
from roberta_gui.problems import BadArgument
from roberta_gui.records import Report, Stop

_ROWS_A_STEP = 16_384
"""Of roberta-base's 768 features: about 10 ms on two cores."""


@torch.inference_mode()
def steps(
    network: Roberta, row: int, n: int, stop: Stop | None = None, report: Report | None = None
) -> Generator[None, None, tuple[tuple[int, float], ...]]:
    """Find the ``n`` rows whose embeddings have the largest cosine with a row's own.

    Gives ids and cosines, the nearest first and equal ones by id; the row itself is left out. An
    embedding of length zero, as padding has, has no direction: its cosines are 0.

    Raises `problems.BadArgument` for no row of the vocabulary or no number, and `Stopped`.
    """
    row, n = whole_number(row, "row"), whole_number(n, "n")
    weight = network.embeddings.word.weight  # (vocabulary, feature)
    if not 0 <= row < len(weight):
        raise BadArgument(f"There is no row {row}.", f"The vocabulary has 0 to {len(weight) - 1}.")
    if n < 1:
        raise BadArgument(f"{n} is no number of neighbours.", "Ask for at least one.")
    own = weight[row].float()
    own = own / own.norm().clamp_min(torch.finfo(torch.float32).tiny)
    cosines = np.empty(len(weight), np.float32)
    for start in range(0, len(weight), _ROWS_A_STEP):
        go_on(stop, report, "Comparing the words", start / len(weight))
        rows = weight[start : start + _ROWS_A_STEP].float()  # (row, feature)
        lengths = rows.norm(dim=1)
        found = torch.where(lengths > 0, rows @ own / lengths, 0.0).clamp(-1, 1)
        cosines[start : start + _ROWS_A_STEP] = found.cpu().numpy()
        yield
    order = np.argsort(-cosines, kind="stable")
    return tuple((int(one), float(cosines[one])) for one in order[: n + 1] if one != row)[:n]
