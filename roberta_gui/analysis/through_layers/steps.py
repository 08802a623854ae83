"""Between which layers the big step lies, and whether there is one at all."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

CLEARLY: Final = 1.3
"""So many times the mean change is the largest one at least where it stands out.

Below that a small change of the sentence names another step: then the steps are even.
"""


def clear_step(changes: NDArray[np.floating], least: float = 0.0) -> int | None:
    """Name the step in which most changes, if it stands out from the others.

    Parameters
    ----------
    changes
        float (step,): how much changes in each, from 0 up.
    least
        A change up to this counts as none.

    Returns
    -------
    int or None
        Which step; None where no one is ``CLEARLY`` above the mean of all.

    Examples
    --------
    >>> clear_step(np.array([0.1, 0.4, 0.1])), clear_step(np.array([0.12, 0.14, 0.13]))
    (1, None)
    """
    if not len(changes) or changes.max() <= max(least, CLEARLY * changes.mean()):
        return None
    return int(changes.argmax())
