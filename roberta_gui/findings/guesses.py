"""What a model would put at the masks of a text, as a table, as arrays, and said."""

import numpy as np

from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis, FloatArray


def table(run: Analysis, in_b: FloatArray | None = None) -> Table:
    """Return the guesses at every mask; with ``in_b`` what they have in B, (mask, rank)."""
    compared = () if in_b is None else ("probability_b",)
    columns = "mask", "token_index", "rank", "id", "text", "leading_space"
    return Table(
        (*columns, *compared, "probability"),
        [
            (
                *(mask + 1, fill.token_index, c.rank, c.id, c.text, c.leading_space),
                *(() if in_b is None else (float(in_b[mask, c.rank - 1]),)),
                c.probability,
            )
            for mask, fill in enumerate(run.fills)
            for c in fill.candidates
        ],
    )


def arrays(run: Analysis, in_b: FloatArray | None = None) -> Arrays:
    """Return ids and probabilities of the guesses at every mask, (mask, rank)."""
    rows = [fill.candidates for fill in run.fills]
    compared = {} if in_b is None else {"probabilities_b": in_b}
    return compared | {
        "token_index": np.array([fill.token_index for fill in run.fills], dtype=np.int64),
        "ids": np.array([[c.id for c in row] for row in rows], dtype=np.int64),
        "probabilities": np.array([[c.probability for c in row] for row in rows]),
        "entropy_bits": np.array([fill.entropy_bits for fill in run.fills]),
    }


def caption(run: Analysis, mask: int = 0, than: str = "") -> str:
    """Say how sure the guesses at a mask are; ``than`` compares that with B."""
    fill = run.fills[mask]
    return (
        f"The {len(fill.candidates)} listed words hold {fill.covered * 100:.1f} % of the "
        f"probability; the entropy is {fill.entropy_bits:.1f} bits{than}."
    )
