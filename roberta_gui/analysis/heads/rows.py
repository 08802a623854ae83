"""What is read off the rows of an attention matrix: how widely tokens look, where mostly."""

import numpy as np
from numpy.typing import NDArray

from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, read_only

_ROUNDING = 1e-6
"""Relative: five weights of a fifth hold four fifths after the fourth, whatever float32 says."""


def spread_bits(attention: FloatArray) -> NDArray[np.float64]:
    """Tell how widely each token looks: the entropy of its row.

    Parameters
    ----------
    attention
        float32 (query, key), rows sum to 1 over key.

    Returns
    -------
    float64 (query,)
        Bits: 0 where a token looks at one other, log2 of the key count where it looks at all
        alike.

    Examples
    --------
    >>> import numpy as np
    >>> spread_bits(np.float32([[1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]])).tolist()
    [0.0, 2.0]
    """
    weights = attention.astype(np.float64)
    logarithms = np.log2(weights, out=np.zeros_like(weights), where=weights > 0)
    # abs: a token that looks at one other only has 0 bits, not -0.0.
    return read_only(np.abs((weights * logarithms).sum(axis=1)))


def strongest_lines(matrix: FloatArray, mass: float) -> NDArray[np.bool_]:
    """Choose the fewest weights of each row that together hold ``mass`` of it.

    A share of the row is a better threshold than a weight (exBERT, Hoover et al. 2020): a head
    that looks widely keeps its many thin lines, a sharp one loses its noise.

    Parameters
    ----------
    matrix
        float32 (query, key). Of values with a sign, their sizes count.
    mass
        Share of each row's sum, over 0 and up to 1.

    Returns
    -------
    bool (query, key)
        Weights as strong as the weakest chosen one are chosen too; zeros never are.

    Raises
    ------
    problems.BadArgument
        ``mass`` is not over 0 and up to 1.

    Examples
    --------
    >>> import numpy as np
    >>> strongest_lines(np.float32([[0.5, 0.3, 0.2], [0, 0, -1]]), 0.8).tolist()
    [[True, True, False], [False, False, True]]
    """
    if not 0 < mass <= 1:
        raise BadArgument(f"No share of a row: {mass!r}.", "It must be over 0 and up to 1.")
    sizes = np.abs(matrix)
    if not sizes.size:
        return read_only(np.zeros(sizes.shape, dtype=bool))
    ordered = -np.sort(-sizes, axis=1)
    sums = np.cumsum(ordered, axis=1, dtype=np.float64)
    # So many are not enough; with the next one the row holds its share.
    before = (sums < sums[:, -1:] * (mass * (1 - _ROUNDING))).sum(axis=1, keepdims=True)
    weakest = np.take_along_axis(ordered, before, axis=1)
    return read_only((sizes >= weakest) & (sizes > 0))
