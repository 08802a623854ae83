"""What stands beside an attention matrix: how much each token receives, and gives to words."""

from collections.abc import Sequence

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


def given(
    matrix: FloatArray, is_special: Sequence[bool] | NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Tell how much each token gives to others than the special tokens: a sum along its row.

    Of attention that is the share that does not rest on ``<s>`` and ``</s>``, which many heads
    look at when they have nothing to do (Clark et al. 2019, section 3.2).

    Parameters
    ----------
    matrix
        float32 (query, key).
    is_special
        bool (key,).

    Returns
    -------
    float32 (query,)

    Examples
    --------
    >>> import numpy as np
    >>> given(np.float32([[1, 0], [0.5, 0.5]]), [True, False]).tolist()
    [0.0, 0.5]
    """
    words = ~np.asarray(is_special, dtype=bool)
    return read_only(matrix[:, words].sum(axis=1, dtype=np.float64).astype(np.float32))
