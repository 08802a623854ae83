"""Axes and background points of one model, fitted on the reference sentences and kept in a file."""

import hashlib
import logging
import os
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.modes import Mode, Space
from roberta_gui.analysis.moments import Moments
from roberta_gui.analysis.projection import Axes, Basis
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, read_only

REFERENCE_MODES: Final[tuple[Mode, ...]] = ("raw", "centred", "standardised")

_FORMAT: Final = "roberta-explorer-axes-1"
"""Part of every file and key: raise the number whenever the numbers mean something else."""

_WORK_PER_STEP: Final = 13 * 128 * 768**2
"""Layers x tokens x features²: what one core multiplies in about 20 ms."""

_UNREADABLE = (
    OSError, EOFError, KeyError, ValueError, TypeError, NotImplementedError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Axes in one space, and the cloud of reference tokens to see them by.

    Attributes
    ----------
    axes
        The axes themselves.
    background
        float32 (layer + 1, sample, n): one token of each reference sentence on those axes;
        the same tokens in every space and layer.
    """

    axes: Axes
    background: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceAxes:
    """Joint axes of one model in each mode, with a cloud of reference tokens to see them by.

    Attributes
    ----------
    axes
        By mode: ``raw``, ``centred`` and ``standardised``.
    background
        By mode: float32 (layer + 1, sample, n), one token of each reference sentence on those
        axes; the same tokens in every mode and layer.
    n_sentences
        Reference sentences that gave tokens.
    n_tokens
        Reference tokens that the axes were fitted on.
    """

    axes: Mapping[Mode, Axes]
    background: Mapping[Mode, FloatArray]
    n_sentences: int
    n_tokens: int

    def fitted(self, space: Space, basis: Basis = "joint") -> Fitted | None:
        """Give the axes of a space, or None where they are not fitted."""
        if basis != "joint" or space.mode not in self.axes:
            return None
        return Fitted(self.axes[space.mode], self.background[space.mode])

    def save(self, path: Path) -> bool:
        """Write them to an ``.npz`` file, whole or not at all; False where that failed.

        A failure is logged and no more: the axes at hand are as good as before.
        """
        arrays: dict[str, NDArray[np.generic]] = {
            "format": np.array(_FORMAT),
            "counts": np.array([self.n_sentences, self.n_tokens]),
        }
        for mode in REFERENCE_MODES:
            arrays[f"{mode}.loadings"] = self.axes[mode].loadings
            arrays[f"{mode}.offset"] = self.axes[mode].offset
            arrays[f"{mode}.explained"] = self.axes[mode].explained
            arrays[f"{mode}.background"] = self.background[mode]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(path, arrays)
        except OSError:
            log.warning("The axes could not be kept in %s", path, exc_info=True)
            return False
        return True

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read what :meth:`save` wrote; None where there is no such file, or it is not one.

        A file that is broken or of another format is logged, never raised: axes can be fitted
        anew.
        """
        if not path.exists():
            return None
        try:
            # Opened here: numpy leaves a broken archive open when it opened it itself.
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return cls._from_arrays({name: arrays[name] for name in arrays.files})
        except _UNREADABLE:
            log.warning("%s holds no axes that can be read", path, exc_info=True)
            return None

    @classmethod
    def _from_arrays(cls, arrays: Mapping[str, NDArray[np.float32]]) -> Self:
        if str(arrays["format"]) != _FORMAT:
            raise ValueError(f"format {arrays['format']}, expected {_FORMAT}")
        n_sentences, n_tokens = map(int, arrays["counts"])
        axes: dict[Mode, Axes] = {}
        background: dict[Mode, FloatArray] = {}
        for mode in REFERENCE_MODES:
            loadings, offset, explained, points = (
                read_only(arrays[f"{mode}.{part}"])
                for part in ("loadings", "offset", "explained", "background")
            )
            n_layers, _, n = loadings.shape
            if not offset.shape == explained.shape == points.shape[::2] == (n_layers, n):
                raise ValueError(f"the arrays of mode {mode} do not fit together")
            axes[mode] = Axes(mode, "joint", loadings, offset, explained, n_tokens)
            background[mode] = points
        return cls(MappingProxyType(axes), MappingProxyType(background), n_sentences, n_tokens)


def axes_key(
    weights_sha256: str,
    tokenizer_sha256: str,
    reference_sha256: str,
    *,
    dtype: str = "float32",
    n: int = 3,
) -> str:
    """Name the file of a model's reference axes: equal exactly where the axes would be.

    Weights, tokenizer, reference sentences, precision of the pass, modes, basis, number of
    axes and format version all go in.

    Examples
    --------
    >>> axes_key("a1", "b2", "c3") == axes_key("a1", "b2", "c3", dtype="bfloat16")
    False
    """
    model = (weights_sha256, tokenizer_sha256, reference_sha256, dtype)
    named = "\n".join([_FORMAT, *model, *REFERENCE_MODES, "joint", str(n)])
    return f"axes-{hashlib.sha256(named.encode()).hexdigest()[:40]}"


def fit_reference_axes(
    states: Iterable[FloatArray], n_sentences: int, *, n: int = 3, seed: int = 0
) -> Generator[float, None, ReferenceAxes]:
    """Fit a model's reference axes in short steps, so that a keystroke never waits for them.

    A generator: each step yields the fraction done, 0 to 1, and the axes are its return value
    (``reference_axes = yield from fit_reference_axes(...)``). A step is one draw from
    ``states``, some tens of milliseconds of counting, or a step of :meth:`Axes.steps`; the
    first one loads scipy. States are counted and forgotten; only one token of each sentence,
    drawn by ``seed``, is kept for the background.

    Parameters
    ----------
    states
        One sentence each: float32 (layer + 1, token, feature), special tokens left out.
        A sentence without tokens is legal and counts for nothing.
    n_sentences
        How many ``states`` will come, to tell progress.

    Raises
    ------
    problems.BadArgument
        No tokens at all, or sentences that do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> def progress_then_axes():
    ...     axes = yield from fit_reference_axes([np.eye(2, 4, dtype="float32")[None]], 1)
    ...     print(axes.n_tokens, "tokens", axes.background["raw"].shape)
    >>> list(progress_then_axes())[-1]
    2 tokens (1, 1, 3)
    1.0
    """
    yield from _load_scipy()
    moments = Moments()
    samples: list[FloatArray] = []
    waiting: list[FloatArray] = []
    random = np.random.default_rng(seed)
    n_steps = n_sentences + len(REFERENCE_MODES) + 1
    for done, sentence in enumerate(states, start=1):
        fraction = min(done, n_sentences) / n_steps
        yield fraction
        _check_fit(sentence, waiting)
        if sentence.shape[1]:
            samples.append(sentence[:, random.integers(sentence.shape[1])].copy())
            waiting.append(sentence)
        if sum(part.shape[1] for part in waiting) >= _tokens_per_step(sentence):
            yield from _count(moments, waiting, fraction)
    yield from _count(moments, waiting, n_sentences / n_steps)
    axes: dict[Mode, Axes] = {}
    for done, mode in enumerate(REFERENCE_MODES, start=n_sentences):
        axes[mode] = yield from _within(Axes.steps(moments, mode, "joint", n), done, n_steps)
    sampled = np.stack(samples, axis=1)  # (layer + 1, sample, feature)
    background: dict[Mode, FloatArray] = {m: axes[m].transform(sampled) for m in REFERENCE_MODES}
    yield 1.0
    return ReferenceAxes(
        MappingProxyType(axes), MappingProxyType(background), len(samples), moments.n_tokens
    )


def _load_scipy() -> Generator[float, None, None]:
    """Load in a step of its own what the first counting would otherwise wait for."""
    yield 0.0
    import scipy.linalg  # noqa: F401

    yield 0.0


def _check_fit(sentence: FloatArray, waiting: list[FloatArray]) -> None:
    if sentence.ndim != 3 or (waiting and sentence.shape[::2] != waiting[0].shape[::2]):
        raise BadArgument(
            f"Hidden states of shape {sentence.shape} do not fit the earlier ones.",
            "Expected (layer + 1, token, feature), all from one model.",
        )


def _tokens_per_step(states: FloatArray) -> int:
    """How many tokens of this model make one step of counting."""
    n_layers, _, n_features = states.shape
    return max(1, int(_WORK_PER_STEP // max(1, n_layers * n_features**2)))


def _count(
    moments: Moments, waiting: list[FloatArray], fraction: float
) -> Generator[float, None, None]:
    """Count the waiting sentences in, together: each addition walks all of the moments."""
    if not waiting:
        return
    states = np.concatenate(waiting, axis=1)
    waiting.clear()
    size = _tokens_per_step(states)
    for start in range(0, states.shape[1], size):
        moments.add(states[:, start : start + size])
        yield fraction


def _within(
    fit: Generator[float, None, Axes], done: int, n_steps: int
) -> Generator[float, None, Axes]:
    """Tell the progress of one fit as part of the whole."""
    while True:
        try:
            part = next(fit)
        except StopIteration as finished:
            axes: Axes = finished.value
            return axes
        yield (done + part) / n_steps


def _write_whole(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write beside ``path``, then rename: nobody ever reads half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **dict(arrays))
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
