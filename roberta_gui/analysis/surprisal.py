"""What can be said about a whole text from the surprisal of its tokens."""

import numpy as np
from numpy.typing import NDArray


def pseudo_perplexity(bits: NDArray[np.float64]) -> float:
    """Tell how surprised a masked language model is by a text, one token with another.

    2 to the mean surprisal in bits (Salazar et al. 2020, section 2.3, for one text). It compares
    texts and models; it is no probability, because each token was guessed from both sides.

    Parameters
    ----------
    bits
        float64 (token,): surprisal; nan at tokens that were not scored, which do not count.

    Returns
    -------
    float
        1 where every token was certain; nan where none was scored.

    Examples
    --------
    >>> import numpy as np
    >>> pseudo_perplexity(np.array([np.nan, 1.0, 3.0, np.nan]))
    4.0
    """
    scored = bits[~np.isnan(bits)]
    return float(np.exp2(scored.mean())) if len(scored) else float("nan")
