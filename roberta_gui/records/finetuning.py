"""What fine-tuning tells while it runs: steps, scores, and how far each layer has moved."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from roberta_gui.records.arrays import FloatArray
from roberta_gui.records.notebook import ShortRepr

CONLL = (".conll", ".conllu", ".iob", ".bio")
"""Ends of the names of files with a word and its label a line."""


class MeasureName(NamedTuple):
    """What a measure is called, alone and within a sentence."""

    label: str
    phrase: str


MEASURES: Final[Mapping[str, MeasureName]] = {
    "accuracy": MeasureName("Accuracy", "accuracy"),
    "macro_f1": MeasureName("Macro F1", "macro F1"),
    "matthews": MeasureName("Matthews' correlation", "Matthews' correlation"),
    "pearson": MeasureName("Pearson's r", "Pearson's r"),
    "rmse": MeasureName("Root mean squared error", "root mean squared error"),
}


class Interval(NamedTuple):
    """A measured value and its 95 % interval; both ends are nan where none was asked for."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scores(ShortRepr):
    """How well a task is solved on ``n`` texts (or words) that were not learnt from.

    ``loss`` is the mean −ln p of the right label in nats, or the squared error. ``measures`` are
    the first three of `MEASURES`, or of a regression the last two; the first one decides which
    epoch is best. ``baseline`` is the same for a model that always says the commonest label
    of the training texts, or their mean: below it nothing was learnt. ``confusion`` is int64 (true
    label, said label); (0, 0) for a regression.
    """

    n: int
    loss: float
    measures: Mapping[str, Interval]
    baseline: Mapping[str, float]
    confusion: NDArray[np.int64]

    def __post_init__(self) -> None:
        if not self.measures or self.measures.keys() != self.baseline.keys():
            raise ValueError("a measure or its baseline is missing")

    @property
    def rank(self) -> tuple[float, float]:
        """What is larger for the better of two models: the first measure, then less loss."""
        return next(iter(self.measures.values())).value, -self.loss


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Snapshot(ShortRepr):
    """Where the layers stand after ``step`` steps of a seed, against where they began.

    Of each layer, float64 (layer + 1,): ``cka``, debiased linear CKA of its vectors with those at
    the start, 1 is unchanged but for rotation and scale; ``distance``, the mean distance of a
    vector to its place at the start, as a share of the mean length there; ``probe``, how well a
    linear probe reads the label in cross-validation: accuracy, or Pearson's r of a regression; it
    and ``cka`` are nan of too few texts. ``points`` is float32 (layer + 1, text, 2): the texts'
    vectors on axes fitted at the start; ``labels`` are theirs, as the file gives them.
    ``mask_loss`` is the mean −ln p of hidden words in held-out texts, nats; nan without a
    masked-LM head.
    """

    step: int
    cka: NDArray[np.float64]
    distance: NDArray[np.float64]
    probe: NDArray[np.float64]
    points: FloatArray
    labels: tuple[str, ...]
    mask_loss: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TuningStep(ShortRepr):
    """One step of fine-tuning; step 0 only shows where the layers are before the first.

    ``epoch`` and ``step`` count passes begun and steps done in this ``seed``; ``loss`` is of this
    step's texts. ``done`` is the share of the work of all seeds, 0 to 1, ``seconds`` what it took,
    sittings before a kill included. ``held_out`` comes at the end of an epoch, and with a
    ``snapshot`` in the first seed, every so many steps, if somebody watches.
    """

    seed: int
    epoch: int
    step: int
    loss: float
    learning_rate: float
    done: float
    seconds: float
    held_out: Scores | None = None
    snapshot: Snapshot | None = None

    @property
    def seconds_left(self) -> float:
        """Seconds to the end at the pace so far; nan before the first step."""
        return self.seconds * (1 - self.done) / self.done if self.done else math.nan
