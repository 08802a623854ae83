"""What stands beside an attention matrix: what tokens receive, are given, and how they look."""

import numpy as np
from numpy.typing import NDArray

from roberta_gui.records import FloatArray, read_only


def received(matrix: FloatArray) -> NDArray[np.float32]:
    """Tell how much each token receives: the mean over the rows.

    Parameters
    ----------
    matrix
        float32 (query, key).

    Returns
    -------
    float32 (key,)

    Examples
    --------
    >>> import numpy as np
    >>> received(np.float32([[1, 0], [0.5, 0.5]])).tolist()
    [0.75, 0.25]
    """
    if not len(matrix):
        return read_only(np.zeros(matrix.shape[1], dtype=np.float32))
    return read_only(matrix.mean(axis=0, dtype=np.float64).astype(np.float32))


def given(matrix: FloatArray) -> NDArray[np.float32]:
    """Tell how much each token is given in all: the sum of its row.

    Of contributions, that is; of attention it would always be 1.

    Parameters
    ----------
    matrix
        float32 (query, key).

    Returns
    -------
    float32 (query,)

    Examples
    --------
    >>> import numpy as np
    >>> given(np.float32([[1, 2], [0.5, 0.25]])).tolist()
    [3.0, 0.75]
    """
    return read_only(matrix.sum(axis=1, dtype=np.float64).astype(np.float32))


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
