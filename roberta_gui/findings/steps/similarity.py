"""Comparing layers: from a request to a map, on the worker, in short steps."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import STANDARDISED, Space
from roberta_gui.analysis.axes.moments import Moments
from roberta_gui.analysis.axes.preparation import Preparations, prepare
from roberta_gui.analysis.axes.reference_sentences import reference_sentences
from roberta_gui.analysis.layer_maps.alignment import align, averaged
from roberta_gui.analysis.layer_maps.layer_map import (
    FEWEST_SENTENCES,
    FEWEST_TOKENS,
    LayerMap,
    Measure,
    is_enough,
    layer_map,
)
from roberta_gui.analysis.layer_maps.procrustes import unrelated_distance
from roberta_gui.analysis.layer_maps.samples import Sample, sentences_of
from roberta_gui.analysis.stepped import converted
from roberta_gui.findings.notation.names import layer_names
from roberta_gui.findings.steps.model import ModelHandle
from roberta_gui.findings.tables import Arrays, Table, grid
from roberta_gui.records import FloatArray, ModelInfo, Report, Stop
from roberta_gui.resources import resource
from roberta_gui.wording import counted, on_one_line

FIRST_TOKENS: Final = 1024
"""Tokens of the first map, which is there at once."""

REFINED_TOKENS: Final = 4096
"""Tokens of the second map of a measure that can afford them."""

REFINED: Final[frozenset[Measure]] = frozenset({"cka"})

_COUNTED_AT_ONCE: Final = 128
_LETTERS_A_TOKEN: Final = 4.5


@dataclass(frozen=True, slots=True)
class SimilarityRequest:
    """What somebody wants compared: the model in use with itself or one that it is ``against``.

    ``file`` is a text file of the user's; None for the reference sentences.
    """

    measure: Measure = "cka"
    space: Space = STANDARDISED
    against: ModelInfo | None = None
    file: Path | None = None


class Cut(NamedTuple):
    """Lines that are longer than the model reads: how many, where cut, tokens left out."""

    n_lines: int
    after: int
    n_left_out: int

    def sentence(self) -> str:
        """Say so, and what to do about it."""
        lines = "one line was" if self.n_lines == 1 else f"{self.n_lines:,} lines were"
        return (
            f"{lines} cut at {counted(self.after, 'token')} ({self.n_left_out:,} left out): "
            "put one sentence a line"
        )


@dataclass(frozen=True, slots=True, eq=False)
class SimilarityResult:
    """A map and what it was made from, or the ``obstacle`` why there is none, as title and hint.

    ``left`` is the model in use (rows), ``right`` the second one (columns) where there is one.
    ``unrelated`` is what the measure gives where nothing is shared, if that is not about 0;
    ``cut`` what of the sentences was too long to be read. Where it ``is_final`` nothing more
    comes: neither intervals nor a finer map.
    """

    request: SimilarityRequest
    left: ModelInfo
    right: ModelInfo | None = None
    found: LayerMap | None = None
    obstacle: tuple[str, str] = ("", "")
    unrelated: float | None = None
    cut: Cut | None = None
    is_final: bool = False

    def table(self) -> Table | None:
        """Return the value of every pair of layers, see `table`."""
        return None if self.found is None else table(self.found)

    def arrays(self) -> Arrays | None:
        """Return the map, see `arrays`."""
        return None if self.found is None else arrays(self.found)


class _Sides(NamedTuple):
    """The layers of both sides, prepared and paired: float32 (token, feature) each."""

    left: list[NDArray[np.float32]]
    right: list[NDArray[np.float32]] | None
    sentence: NDArray[np.int64]
    cut: Cut | None


def compare(
    request: SimilarityRequest,
    preparations: Preparations,
    handle: ModelHandle,
    stop: Stop,
    report: Report,
) -> Generator[SimilarityResult | None, None, SimilarityResult]:
    """Read sentences with one model or two, and compare the layers: a first map, then a finer one.

    A finished map is kept, so that going back to one takes no time. Raises a `problems.Problem`
    where the text file cannot be read.
    """
    if request.file is None:
        sentences = reference_sentences(resource("reference_sentences.txt"))
    else:
        sentences = sentences_of(request.file)
    yield None
    key = "similarity", request, sentences
    compared: SimilarityResult | None = handle.known.get(key)
    if compared is None:
        compared = yield from _compared(request, preparations, handle, sentences, report)
        handle.known[key] = compared
    return compared


def _compared(
    request: SimilarityRequest,
    preparations: Preparations,
    handle: ModelHandle,
    sentences: tuple[str, ...],
    report: Report,
) -> Generator[SimilarityResult | None, None, SimilarityResult]:
    other = None if request.against is None else handle.handle_of(request.against)
    blank = SimilarityResult(request, handle.engine.info, request.against)
    left, right = blank.left, blank.right
    if request.measure == "cosine" and right is not None and left.d_model != right.d_model:
        obstacle = (
            "No cosine between unequal widths",
            f"A hidden state of {left.name} has {left.d_model} features, one of {right.name} "
            f"{right.d_model}. The other measures compare the shapes that the tokens form.",
        )
        return replace(blank, obstacle=obstacle, is_final=True)
    compared, n_before = blank, 0
    for n_tokens in (FIRST_TOKENS, REFINED_TOKENS)[: 1 + (request.measure in REFINED)]:
        sides = yield from _read(request, preparations, handle, other, sentences, n_tokens, report)
        n_found = len(sides.sentence)
        if not is_enough(n_found, len(np.unique(sides.sentence))):
            return replace(blank, obstacle=_too_few(sides, request), is_final=True)
        if n_found == n_before:
            break  # there are no more
        n_before = n_found
        blank = replace(blank, cut=sides.cut)
        report("Comparing the layers", None)
        compared = yield from _mapped(blank, compared, sides)
        yield compared
    return replace(compared, is_final=True)


def _mapped(
    blank: SimilarityResult, before: SimilarityResult, sides: _Sides
) -> Generator[SimilarityResult | None, None, SimilarityResult]:
    """Stream the map; what is known already stays until all of the new one is there."""
    measure = blank.request.measure
    if measure == "procrustes":
        columns = sides.left if sides.right is None else sides.right
        blank = replace(blank, unrelated=unrelated_distance(sides.left[-1], columns[0]))
        yield None
    steps = layer_map(measure, sides.left, sides.right, sides.sentence)

    def show(part: LayerMap | None) -> SimilarityResult | None:
        return None if part is None or before.found is not None else replace(blank, found=part)

    return replace(blank, found=(yield from converted(steps, show)))


def _read(
    request: SimilarityRequest,
    preparations: Preparations,
    handle: ModelHandle,
    other: ModelHandle | None,
    sentences: Sequence[str],
    n_tokens: int,
    report: Report,
) -> Generator[None, None, _Sides]:
    """Read a sample with each model, bring it into the space, and pair the tokens."""
    sample = yield from _sampled(handle, sentences, n_tokens, report)
    if other is None:
        left = []
        for layer, states in enumerate(sample.hidden):
            left.append(preparations.apply_layer(layer, states))
            yield
        return _Sides(left, None, sample.sentence, _cut(sample))
    second = yield from _sampled(other, sentences, n_tokens, report)
    alignment = align(sample, second)
    yield
    own = yield from _own_preparations(second, request.space)
    n = alignment.n_stretches
    left, right = [], []
    for layer, states in enumerate(sample.hidden):
        left.append(averaged(preparations.apply_layer(layer, states), alignment.left, n))
        yield
    for layer, states in enumerate(second.hidden):
        right.append(averaged(own.apply_layer(layer, states), alignment.right, n))
        yield
    return _Sides(left, right, alignment.sentence, _cut(sample, second))


def _cut(*samples: Sample) -> Cut | None:
    """Count the lines that any of the models could not read to their ends."""
    if not (known := [sample.cut for sample in samples if sample.cut]):
        return None
    left_out = max(sum(n for _, n in cut.values()) for cut in known)
    after = max(n for cut in known for n, _ in cut.values())
    return Cut(len(set().union(*known)), after, left_out)


def _sampled(
    handle: ModelHandle, sentences: Sequence[str], n_tokens: int, report: Report
) -> Generator[None, None, Sample]:
    """Read a sample and tell how far that is, by the sentences read of those expected."""
    letters = sum(map(len, sentences)) / len(sentences)
    expected = min(n_tokens * _LETTERS_A_TOKEN / max(letters, 1), len(sentences))
    n_read, name = count(1), handle.engine.info.name
    return converted(
        handle.sample(sentences, n_tokens),
        lambda _: report(
            f"Reading sentences with {name}", min(next(n_read) / max(expected, 1), 0.99)
        ),
    )


def _own_preparations(sample: Sample, space: Space) -> Generator[None, None, Preparations]:
    """Work out what ``space`` does to a model that has no reference axes, on the sample itself."""
    moments = Moments()
    hidden: FloatArray = sample.hidden
    for start in range(0, sample.n_tokens, _COUNTED_AT_ONCE):
        moments.add(hidden[:, start : start + _COUNTED_AT_ONCE])
        yield
    if moments.n_tokens == 0:
        return Preparations(space, ())
    layers = []
    for layer in range(len(hidden)):
        layers.append(prepare(moments, layer, space)[0])
        yield
    return Preparations(space, tuple(layers))


def _too_few(sides: _Sides, request: SimilarityRequest) -> tuple[str, str]:
    n_tokens, n_sentences = len(sides.sentence), len(np.unique(sides.sentence))
    what = "tokens" if sides.right is None else "pairs of tokens"
    file = request.file
    where = "the reference sentences hold" if file is None else f"{on_one_line(file.name)} holds"
    sentences = counted(n_sentences, "sentence")
    cut = "" if sides.cut is None else f"; {sides.cut.sentence()}"
    return (
        "Too few tokens to compare layers by",
        f"It takes at least {FEWEST_TOKENS} tokens of {FEWEST_SENTENCES} sentences, one a line: "
        f"{where} {n_tokens} {what} in {sentences}{cut}.",
    )


def table(found: LayerMap) -> Table | None:
    """Return the value of every pair of layers, and how sure it is; no bounds are tabled."""
    if found.are_bounds:
        return None
    rows, columns = (layer_names(n - 1) for n in found.values.shape)
    numbers = {
        "n_tokens": np.full(found.values.shape, found.n_tokens),
        "half_width_95": found.half_width,
        "value": found.values,
    }
    axes = [{"row_layer": rows}, {"column_layer": columns}]
    return grid(axes, numbers, np.isfinite(found.values))


def arrays(found: LayerMap) -> Arrays | None:
    """Return the map, its half samples, and the half widths; bounds are not handed out."""
    if found.are_bounds:
        return None
    return {"values": found.values, "half_width_95": found.half_width, "halves": found.halves}
