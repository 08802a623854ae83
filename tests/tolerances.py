"""How far two correct computations of the same number may lie apart, and why.

Another processor, library, number of threads or size of a batch adds the same numbers in another
order. Nothing here was measured on a machine: each tolerance follows from the number format and
from how many numbers are added.
"""

import math

import numpy as np

SPREADS = 4
"""Roundings have either sign, so they add up as a random walk; further out is one in 10,000."""


def rounding(n_additions: int, magnitude: float = 1.0) -> float:
    """Return how far two float32 sums of ``n_additions`` numbers may lie apart.

    Each addition rounds by half a unit in the last place u of the sum at most, so the whole sum
    is off by about √n · u · magnitude (Higham & Mary, 2019, "A new approach to probabilistic
    rounding error analysis"), where ``magnitude`` is the sum of the numbers without their signs.
    """
    unit = float(np.finfo(np.float32).eps) / 2
    return SPREADS * math.sqrt(n_additions) * unit * magnitude


PASS = 2e-5
"""float32 against transformers: what the library promises for states, attention and logits.

A state of the test's models passes a dozen sums of 32 to 48 products, each of magnitude up to 5:
12 · rounding(48, 5) = 1e-4 were all at their worst in one entry; typical ones are a tenth.
"""

ROW_SUM = 1e-5
"""Probabilities of one row against 1: what the library promises.

A row of n float32 quotients sums to 1 within rounding(n): 5e-6 for the 512 keys of the longest
sentence. A vocabulary's row is one of unequal parts, of which few carry most of the sum.
"""


def probability(n_words: int) -> float:
    """Probability that numpy makes of given logits, relative.

    It adds in pairs, so no more than log2(n) additions follow each other; and the exponent, a
    logit less the largest, is rounded itself: up to 32, its last place is 32 times that of 1.
    """
    return rounding(math.ceil(math.log2(n_words))) + rounding(1, 32)


def log_probability(n_words: int) -> float:
    """Natural logarithm of a softmax: the logit's own error, and that of the sum over all words."""
    return PASS + rounding(n_words)


def listed_probability(n_words: int) -> float:
    """Probability of the same word in two passes, relative: the error of its logarithm in each."""
    return 2 * log_probability(n_words)


def bits(n_words: int) -> float:
    """Surprisal: a log-probability over the logarithm of two."""
    return log_probability(n_words) / math.log(2)


def information_bits(n_words: int) -> float:
    """Entropy or divergence of whole distributions.

    An error d in each log-probability changes Σ p · log p by 2 d times the entropy at most, and
    that is log2 of the number of words at most; the sum itself rounds, too.
    """
    most = math.log2(n_words)
    return 2 * log_probability(n_words) * most + rounding(n_words, most)


def resumed_loss(n_steps: int, n_words: int) -> float:
    """Loss of a resumed run against an uninterrupted one, relative: every step rounds as one does.

    The inputs of the steps are the same to the bit; memory lies elsewhere, and where an array
    begins decides in which order a processor's kernels add.
    """
    return n_steps * rounding(n_words)


STORED = 1e-6
"""Worked out in float64 and kept in float32: 6e-8 of a value up to 10, and once more where it is
multiplied. Analysis sums in float64 and hands out float32."""

SUMMED = 1e-5
"""Worked out in float32: rounding(300, 2), the sums of the tests' 300 tokens or features."""

DECOMPOSED = 1e-9
"""float64 through a ratio or a decomposition, where means and scales of the made-up states may
cost six of the sixteen digits."""

EXACT = 1e-12
"""float64 sums of up to a thousand numbers, 4 · √1000 · 1e-16 = 1e-14, and two digits for what
they are divided by."""

MAPPED = 2e-4
"""A map of layers: roots of eigenvalues that are known in float32, and √6e-8 = 2.4e-4 at worst."""
