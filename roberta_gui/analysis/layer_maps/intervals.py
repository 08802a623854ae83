"""How sure a similarity is: 95 % intervals from half-size subsamples of sentences.

Sentences, not tokens, are drawn, because the tokens of one sentence are no independent
witnesses. They are drawn *without* replacement: a bootstrap draws tokens twice, a token and its
double are perfectly alike in any representation, and the bias that debiased CKA takes out is back.

A half sample scatters about the whole one. Drawn without replacement, ``b`` of ``n`` units, its
variance about the whole sample's value is ``(n - b) / b`` times the variance that the whole
sample's value has itself; so the deviations are multiplied by ``sqrt(b / (n - b))``, which is 1 at
exact halves. This is the delete-``d`` jackknife (Shao & Wu 1989, "A General Theory for Jackknife
Variance Estimation", eq. 2.1, ``d = n - b``): subsampling (Politis & Romano 1994, "Large Sample
Confidence Regions Based on Subsamples under Minimal Assumptions") with the factor that a
subsample as large as half of the sample needs. Deviations are taken from the subsamples' own mean,
because some measures depend on the number of tokens.

Between independent representations the estimator of HSIC is degenerate and falls off as ``1 / n``
rather than ``1 / sqrt(n)``; the interval is then too wide by about ``sqrt(3)``, on the safe side.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Self, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from roberta_gui.records import FloatArray, read_only

FEWEST_UNITS: Final = 8
"""Fewer units give no interval: their halves are too few and too much alike."""

MOST_UNITS: Final = 64
"""More sentences than that are drawn in bundles: the products of all pairs stay few."""


class HalfSampleValues(NamedTuple):
    """What a measure gives on the whole sample, and on each of its half samples."""

    values: NDArray[np.float64]  # float64 (row, column); nan where nothing is known, or not yet
    halves: NDArray[np.float64]  # float64 (half, row, column); none where they are to come
    are_bounds: bool = False  # ``values`` are no more than upper bounds of what is to come


HalvedSteps: TypeAlias = Generator[HalfSampleValues | None, None, HalfSampleValues]
"""Work in short steps that yields what is known so far, or None where nothing is new."""

Prepared = TypeVar("Prepared")


def prepared(
    prepare: Callable[[FloatArray], Prepared],
    left: Sequence[FloatArray],
    right: Sequence[FloatArray] | None,
) -> Generator[None, None, tuple[list[Prepared], list[Prepared]]]:
    """Prepare each layer in a step of its own; without ``right`` the columns are the rows."""
    layers = []
    for states in (*left, *(right or ())):
        layers.append(prepare(states))
        yield None
    rows = layers[: len(left)]
    return rows, rows if right is None else layers[len(left) :]


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Which tokens each half sample holds."""

    unit: NDArray[np.intp]  # int (token,): the unit of drawing, a sentence or a few
    halves: NDArray[np.bool_]  # bool (half, unit)

    @classmethod
    def of(cls, sentence: NDArray[np.int64], n_halves: int, seed: int = 0) -> Self:
        """Draw half samples of the sentences that the tokens belong to, int (token,)."""
        unit = units_of(sentence, seed=seed)
        n_units = int(unit.max(initial=-1)) + 1
        return cls(read_only(unit), halves(n_units, n_halves, seed))

    @property
    def n_units(self) -> int:
        """Units that are drawn from."""
        return int(self.halves.shape[1])

    def tokens(self) -> NDArray[np.bool_]:
        """Tell for each half sample which tokens are in it, bool (half, token)."""
        return self.halves[:, self.unit]


def units_of(
    sentence: NDArray[np.int64], most: int = MOST_UNITS, seed: int = 0
) -> NDArray[np.intp]:
    """Bundle the sentences of the tokens, int (token,), at random into at most ``most`` units."""
    known, index = np.unique(sentence, return_inverse=True)
    dealt = np.random.default_rng(seed).permutation(len(known)) % most
    return dealt[index]


def halves(n_units: int, n_halves: int, seed: int = 0) -> NDArray[np.bool_]:
    """Draw half of the units, rounded down, so many times: bool (half, unit).

    None at all of fewer than `FEWEST_UNITS`.
    """
    if n_units < FEWEST_UNITS:
        return np.zeros((0, n_units), dtype=bool)
    random = np.random.default_rng(seed)
    order = random.permuted(np.tile(np.arange(n_units), (n_halves, 1)), axis=1)
    return read_only(order < n_units // 2)


def half_width(values: FloatArray, n_units: int) -> FloatArray:
    """Half the width of the 95 % interval, from what half samples gave.

    From float (half, …) to float64 (…): Student's 97.5 % point for ``n_units - 1`` times the
    rescaled deviation; nan where there are too few units.
    """
    from scipy.special import stdtrit

    if n_units < FEWEST_UNITS or len(values) < 2:
        return np.full(values.shape[1:], np.nan)
    drawn = n_units // 2
    rescaled = values.std(axis=0, ddof=1, dtype=np.float64) * np.sqrt(drawn / (n_units - drawn))
    width: FloatArray = np.asarray(stdtrit(n_units - 1, 0.975) * rescaled)
    return width
