"""Fit a model's reference axes in short steps, from the states of the reference sentences."""

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np

from roberta_gui.analysis.axes.modes import TAKING_MODES, Space
from roberta_gui.analysis.axes.moments import Moments
from roberta_gui.analysis.axes.preparation import Preparations
from roberta_gui.analysis.axes.reference_axes import BASES, Fitted, ReferenceAxes, first_axes
from roberta_gui.analysis.axes.reference_sentences import (
    Occurrence,
    choose_repeated,
    gathered,
    state_of,
)
from roberta_gui.analysis.projection import Basis, fit_steps
from roberta_gui.analysis.stepped import loading, part_of
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, TokenStates, read_only

MOST_SAMPLED: Final = 512
"""States that are kept: 20 MB at 13 layers of 768 features."""

_READING: Final = 0.6
"""Part of the time that reading the sentences takes with a model of roberta-base's shape."""

_WORK_PER_STEP: Final = 13 * 128 * 768**2
"""Layers x tokens x features²: what one core multiplies in about 20 ms."""


def fit_reference_axes(
    states: Iterable[TokenStates], sentences: Sequence[str], *, n: int = 3, seed: int = 0
) -> Generator[float | ReferenceAxes, None, ReferenceAxes]:
    """Fit a model's reference axes in short steps, so that a keystroke never waits for them.

    Each step yields the fraction done, 0 to 1; the axes are the return value. Once on the way it
    yields axes instead: raw, centred and standardised on the joint basis, so that there is
    something to see early. A step is one draw from ``states``, or some tens of milliseconds of
    counting or fitting; the first loads scipy. The states of the sentences come in any order, and
    are forgotten, but for one token of each sentence and some words in several contexts that
    ``seed`` draws. Raises `problems.BadArgument` for no tokens at all, or sentences that do not fit
    together.
    """
    yield 0.0
    for _ in loading("scipy.linalg"):
        yield 0.0
    reading = _Reading(sentences, seed)
    yield from _read(states, reading, len(sentences))
    nothing = reading.axes()
    fits: dict[tuple[Space, Basis], Fitted] = {}
    preparations: dict[Space, Preparations] = {}
    plan, at_once = _plan(nothing.spaces)
    share = (1 - _READING) / len(plan)
    for number, (space, bases) in enumerate(plan):
        steps = _fit_space(reading.moments, nothing, space, bases, n)
        preparations[space], fitted = yield from part_of(steps, _READING + number * share, share)
        fits.update(((space, basis), fitted[basis]) for basis in bases)
        if number + 1 == at_once:
            yield _with(nothing, fits, preparations)
    yield 1.0
    return _with(nothing, fits, preparations)


class _Reading:
    """Counts sentences into moments, and keeps the few states that are looked at themselves."""

    def __init__(self, sentences: Sequence[str], seed: int) -> None:
        self.moments = Moments()
        self.n_sentences = 0
        self._seed = seed
        drawn = np.random.default_rng(seed).permutation(len(sentences))[:MOST_SAMPLED]
        self._sampled = frozenset(drawn.tolist())
        self._kept: dict[int, tuple[int, FloatArray]] = {}
        self._words, occurrences = choose_repeated(sentences, seed)
        self._looked_for: defaultdict[int, list[Occurrence]] = defaultdict(list)
        for occurrence in occurrences:
            self._looked_for[occurrence.sentence].append(occurrence)
        self._found: list[tuple[Occurrence, FloatArray]] = []
        self._waiting: list[FloatArray] = []

    def take(self, read: TokenStates) -> Iterator[None]:
        """Take one sentence, in steps."""
        hidden = read.hidden
        if hidden.ndim != 3 or (self._waiting and hidden.shape[::2] != self._waiting[0].shape[::2]):
            raise BadArgument(
                f"Hidden states of shape {hidden.shape} do not fit the earlier ones.",
                "Expected (layer + 1, token, feature), all from one model.",
            )
        if not read.tokens:
            return
        self.n_sentences += 1
        if read.text_index in self._sampled:
            # By the sentence's own number: the order of reading must not decide.
            random = np.random.default_rng((self._seed, read.text_index))
            place = int(random.integers(len(read.tokens)))
            self._kept[read.text_index] = read.tokens[place].index, hidden[:, place].copy()
        for occurrence in self._looked_for[read.text_index]:
            if (state := state_of(occurrence, read)) is not None:
                self._found.append((occurrence, state))
        self._waiting.append(hidden)
        if sum(part.shape[1] for part in self._waiting) >= _tokens_per_step(hidden):
            yield from self.count()

    def count(self) -> Iterator[None]:
        """Count the waiting sentences in, together: each addition walks all of the moments."""
        if not self._waiting:
            return
        states = np.concatenate(self._waiting, axis=1)
        self._waiting.clear()
        size = _tokens_per_step(states)
        for start in range(0, states.shape[1], size):
            self.moments.add(states[:, start : start + size])
            yield

    def axes(self) -> ReferenceAxes:
        """Put together what was kept; nothing is fitted yet."""
        if not self._kept:
            raise BadArgument("Axes need at least one token.", "The reference holds none.")
        kept = [self._kept[index] for index in sorted(self._kept)]
        sample = np.stack([state for _, state in kept], axis=1)
        return ReferenceAxes(
            n_sentences=self.n_sentences,
            n_tokens=self.moments.n_tokens,
            sample=read_only(sample),
            positions=read_only(np.array([position for position, _ in kept], dtype=np.int64)),
            repeated=gathered(self._words, self._found, sample[:, :0]),
            fits=MappingProxyType({}),
            preparations=MappingProxyType({}),
        )


def _read(
    states: Iterable[TokenStates], reading: _Reading, n_sentences: int
) -> Generator[float, None, None]:
    """Take all sentences, and tell how far that is."""
    for done, read in enumerate(states):
        fraction = _READING * min(done / max(n_sentences, 1), 1)
        yield fraction
        for _ in reading.take(read):
            yield fraction
    for _ in reading.count():
        yield _READING


def _tokens_per_step(states: FloatArray) -> int:
    """How many tokens of this model make one step of counting."""
    n_layers, _, n_features = states.shape
    return max(1, int(_WORK_PER_STEP // max(1, n_layers * n_features**2)))


def _plan(
    spaces: tuple[Space, ...],
) -> tuple[list[tuple[Space, tuple[Basis, ...]]], int]:
    """Say what is fitted in which order, and after how many of it there is something to show."""
    first = [space for space in spaces if space.mode not in TAKING_MODES]
    later = [space for space in spaces if space.mode in TAKING_MODES]
    plan: list[tuple[Space, tuple[Basis, ...]]] = [(space, ("joint",)) for space in first]
    plan += [(space, ("per_layer",)) for space in first]
    plan += [(space, BASES) for space in later]
    return plan, len(first)


def _fit_space(
    moments: Moments, kept: ReferenceAxes, space: Space, bases: tuple[Basis, ...], n: int
) -> Generator[float, None, tuple[Preparations, dict[Basis, Fitted]]]:
    """Fit one space, and put the sample on its axes."""
    steps = fit_steps(moments, space, bases, n)
    preparations, axes = yield from part_of(steps, 0, 0.9)
    fitted: dict[Basis, Fitted] = {}
    for done, basis in enumerate(bases, start=1):
        yield 0.9 + 0.1 * (done - 1) / len(bases)
        background = axes[basis].transform(kept.sample)
        first = first_axes(background, kept.sample, kept.positions)
        fitted[basis] = Fitted(axes[basis], background, first)
        yield 0.9 + 0.1 * done / len(bases)
    return preparations, fitted


def _with(
    kept: ReferenceAxes,
    fits: dict[tuple[Space, Basis], Fitted],
    preparations: dict[Space, Preparations],
) -> ReferenceAxes:
    """Give the axes as far as they are fitted."""
    return replace(
        kept,
        fits=MappingProxyType(dict(fits)),
        preparations=MappingProxyType(dict(preparations)),
    )
