"""Guesses in one sentence against guesses in another: how far apart, and because of which words."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, read_only
from roberta_gui.wording import counted


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """Two distributions over one vocabulary."""

    a: FloatArray  # float32 (word,): natural log-probabilities of every row of the vocabulary
    b: FloatArray
    contribution_bits: NDArray[np.float64]  # (word,): added to the divergence, never below 0
    divergence_bits: float  # Jensen–Shannon, 0 (the same guesses) to 1 (nothing in common)

    def leading(self, n: int) -> NDArray[np.intp]:
        """List the ``n`` words that tell the two most apart, the most first, equal ones by id."""
        return read_only(np.argsort(-self.contribution_bits, kind="stable")[: max(n, 0)])


def contrast(a: FloatArray, b: FloatArray) -> Contrast:
    """Compare the guesses at two masks.

    Jensen–Shannon divergence (Lin 1991, section IV) in bits: the mean of KL(A ‖ M) and KL(B ‖ M)
    with M the mean of the two distributions. Each word's share of it is at least 0, because
    x log x is convex. From natural log-probabilities, (word,), −inf allowed; raises
    `problems.BadArgument` where the vocabularies are of different sizes.

    >>> found = contrast(np.log([0.5, 0.5, 1e-30]), np.log([1e-30, 0.5, 0.5]))
    >>> round(found.divergence_bits, 6), found.contribution_bits.round(6).tolist()
    (0.5, [0.25, 0.0, 0.25])
    """
    if a.shape != b.shape:
        raise BadArgument(
            f"Vocabularies of {len(a)} and {counted(len(b), 'word')} cannot be compared.",
            "Give both the same words, in the same order.",
        )
    logs = np.stack([a, b]).astype(np.float64)  # (side, word)
    mean = np.logaddexp(*logs) - np.log(2)  # (word,)
    # Where a word has no probability at all it adds nothing, though its logarithm is −infinity.
    possible = np.isfinite(logs)
    apart = np.subtract(logs, mean, out=np.zeros_like(logs), where=possible)
    bits = (np.exp(logs) * apart).sum(axis=0) / (2 * np.log(2))
    # Rounding may leave −1e-20 where both sides agree.
    bits = np.maximum(bits, 0.0)
    return Contrast(a, b, read_only(bits), float(min(bits.sum(), 1.0)))
