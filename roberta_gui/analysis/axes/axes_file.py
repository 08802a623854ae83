"""Keep a model's reference axes in a file, and never trust a file blindly."""

import hashlib
import logging
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import SPACES, Space
from roberta_gui.analysis.axes.preparation import Preparation, Preparations
from roberta_gui.analysis.axes.reference_axes import (
    BASES,
    FirstAxis,
    Fitted,
    ReferenceAxes,
    spaces_for,
)
from roberta_gui.analysis.axes.reference_sentences import RepeatedWords
from roberta_gui.analysis.projection import Axes, Basis
from roberta_gui.outside import reading, require_regular
from roberta_gui.problems import BadArgument, Problem
from roberta_gui.records import ModelInfo, read_only
from roberta_gui.whole_file import whole_file

_FORMAT: Final = "roberta-explorer-axes-3"
"""Part of every file and key: raise the number whenever the numbers mean something else."""

_KINDS: Final = {
    "format": "U", "counts": "i", "positions": "i", "repeated.words": "i", "repeated.texts": "U",
}  # fmt: skip
"""What an array holds: text, whole numbers, or else fractions."""

Arrays = Mapping[str, NDArray[Any]]

log = logging.getLogger(__name__)


def axes_key(model: ModelInfo, reference_sha256: str, n: int = 3) -> str:
    """Name the file of a model's reference axes: equal exactly where the axes would be.

    Weights, configuration, tokenizer, reference sentences, precision of the pass, spaces, bases,
    number of axes and format version all go in.
    """
    network = model.weights_sha256, model.configuration_sha256, model.dtype
    read = model.tokenizer_sha256, reference_sha256
    named = "\n".join([_FORMAT, *network, *read, *map(str, SPACES), *BASES, str(n)])
    return f"axes-{hashlib.sha256(named.encode()).hexdigest()[:40]}"


def save_axes(axes: ReferenceAxes, path: Path) -> bool:
    """Write axes to an ``.npz`` file, whole or not at all; False where that failed.

    A failure is logged and no more: the axes at hand are as good as before. Raises
    `problems.BadArgument` where they are not complete: who reads them would wait for ever.
    """
    if not axes.is_complete:
        raise BadArgument("These axes are not complete.", "Keep them when all are fitted.")
    arrays: dict[str, NDArray[Any]] = {
        "format": np.array(_FORMAT),
        "counts": np.array([axes.n_sentences, axes.n_tokens]),
        "sample": axes.sample,
        "positions": axes.positions,
        "repeated.hidden": axes.repeated.hidden,
        "repeated.words": axes.repeated.words,
        "repeated.texts": np.array(axes.repeated.texts, dtype=np.str_),
    }
    for space in axes.spaces:
        layers = axes.preparations[space].layers
        for part in ("centre", "scale", "removed", "total"):
            arrays[f"{space}.{part}"] = np.stack([getattr(layer, part) for layer in layers])
        for basis in BASES:
            arrays.update(_of_fitted(f"{space}.{basis}", axes.fits[space, basis]))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            np.savez(file, allow_pickle=False, **arrays)
    except OSError as error:
        log.warning("The axes could not be kept in %s (%s)", path, error)
        return False
    return True


def load_axes(path: Path) -> ReferenceAxes | None:
    """Read what `save_axes` wrote; None where there is no such file, or it is not one.

    A file that is broken or of another format is logged, never raised: axes can be fitted
    anew.
    """
    if not os.path.lexists(path):
        return None
    try:
        with reading(path.name):
            return _axes_of(_arrays_in(path))
    except Problem as problem:
        log.warning("%s holds no axes that can be read: %s", path, problem.title)
        return None


def _arrays_in(path: Path) -> Arrays:
    """Read the arrays of a file, which together take no more memory than the file has bytes."""
    size = require_regular(path)
    # Opened here: numpy leaves a broken archive open when it opened it itself.
    with path.open("rb") as file:
        with zipfile.ZipFile(file) as archive:
            if sum(member.file_size for member in archive.infolist()) > size:
                raise ValueError("it holds more than its size, packed")
        with np.load(file, allow_pickle=False) as arrays:
            return {name: read_only(arrays[name]) for name in arrays.files}


def _of_fitted(name: str, fitted: Fitted) -> dict[str, NDArray[Any]]:
    return {
        f"{name}.loadings": fitted.axes.loadings,
        f"{name}.offset": fitted.axes.offset,
        f"{name}.explained": fitted.axes.explained,
        f"{name}.background": fitted.background,
        f"{name}.first": np.array(
            [(f.position, f.norm, f.dimension, f.dimension_r) for f in fitted.first]
        ),
    }


def _axes_of(arrays: Arrays) -> ReferenceAxes:
    if str(arrays["format"]) != _FORMAT:
        raise ValueError(f"format {arrays['format']}, expected {_FORMAT}")
    for name, array in arrays.items():
        if array.dtype.kind != _KINDS.get(name, "f"):
            raise ValueError(f"{name} holds values of the kind {array.dtype}")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"{name} holds infinite or undefined values")
    n_sentences, n_tokens = map(int, arrays["counts"])
    sample, positions = arrays["sample"], arrays["positions"]
    n_layers, n_sampled, n_features = sample.shape
    hidden, words = arrays["repeated.hidden"], arrays["repeated.words"]
    texts = tuple(arrays["repeated.texts"].tolist())
    _expect(positions, n_sampled)
    _expect(hidden, n_layers, len(words), n_features)
    if not ((words >= 0) & (words < len(texts))).all():
        raise ValueError("the repeated words do not fit together")
    spaces = spaces_for(n_features)
    return ReferenceAxes(
        n_sentences, n_tokens, sample, positions, RepeatedWords(hidden, words, texts),
        MappingProxyType({
            (space, basis): _fitted_of(arrays, space, basis, n_tokens)
            for space in spaces for basis in BASES
        }),
        MappingProxyType({space: _preparations_of(arrays, space) for space in spaces}),
    )  # fmt: skip


def _fitted_of(arrays: Arrays, space: Space, basis: Basis, n_tokens: int) -> Fitted:
    loadings, offset, explained, background, first = (
        arrays[f"{space}.{basis}.{part}"]
        for part in ("loadings", "offset", "explained", "background", "first")
    )
    n_layers, n_sampled, n_features = arrays["sample"].shape
    n = loadings.shape[-1]
    if n < 1 or not ((first[:, 2] >= 0) & (first[:, 2] < n_features)).all():
        raise ValueError("an axis is none, or of a feature that is not there")
    _expect(loadings, n_layers, n_features, n)
    _expect(background, n_layers, n_sampled, n)
    _expect(first, n_layers, 4)
    for per_axis in (offset, explained):
        _expect(per_axis, n_layers, n)
    axes = Axes(space.mode, basis, loadings, offset, explained, n_tokens, space.k)
    return Fitted(
        axes,
        background,
        tuple(
            FirstAxis(position, norm, int(dimension), r, n_sampled)
            for position, norm, dimension, r in first.tolist()
        ),
    )


def _preparations_of(arrays: Arrays, space: Space) -> Preparations:
    centre, scale, removed, total = (
        arrays[f"{space}.{part}"] for part in ("centre", "scale", "removed", "total")
    )
    n_layers, _, n_features = arrays["sample"].shape
    for per_feature in (centre, scale):
        _expect(per_feature, n_layers, n_features)
    _expect(removed, n_layers, n_features, removed.shape[-1])
    _expect(total, n_layers)
    layers = zip(centre, scale, removed, total.tolist(), strict=True)
    return Preparations(space, tuple(Preparation(*parts) for parts in layers))


def _expect(array: NDArray[Any], *shape: int) -> None:
    if array.shape != shape:
        raise ValueError(f"an array of shape {array.shape} where {shape} was expected")
