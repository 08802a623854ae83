"""Where a guess comes from: states of A put into B, how much of a word comes back, and said."""

import math
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.comparison.against import names_of
from roberta_gui.findings.notation.marks import LayerValues
from roberta_gui.findings.notation.names import (
    array_index,
    axis_label,
    formula,
    spelled,
    the_layer,
    the_layer_first,
    token_name,
    what_is_watched,
)
from roberta_gui.findings.notation.numbers import whole_percent, written, written_change
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.findings.steps.model import ModelHandle
from roberta_gui.findings.tables import Arrays, Table, grid, ids_of, layers_and_tokens
from roberta_gui.findings.words.started import RequestState, followed
from roberta_gui.problems import BadArgument
from roberta_gui.records import ModelInfo, Patching, Report, Stop, WordOrRow
from roberta_gui.wording import counted

_WORDS_THEMSELVES = "what is put in there is the word itself, not yet what it means here"


@dataclass(frozen=True)
class PatchRequest:
    """What is asked for: a word at A's and B's masks with one number, counted from 0.

    ``word`` is the watched word, or its row of the vocabulary, shown as ``name``, and ``against``
    one that it is held against, "" for none. ``attempt`` tells a second try from the first.
    """

    comparison: Comparison
    mask: int
    word: WordOrRow
    name: str
    against: str = ""
    attempt: int = 0

    @property
    def model(self) -> ModelInfo:
        """The model that reads both sides."""
        return self.comparison.b.model


class PatchState(RequestState[PatchRequest, Patching]):
    """What came of a request so far: states copied, or why the word is refused."""

    @property
    def comparison(self) -> Comparison:
        """A and B."""
        return self.request.comparison

    @property
    def has_no_gap(self) -> bool:
        """Whether the word is as probable in A as in B: no share comes back of nothing."""
        return self.found is not None and self.found.has_no_gap

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing to regain."""
        return self.has_no_gap

    @property
    def known(self) -> Patching | None:
        """What was copied, once a state was."""
        found = self.found
        if found is None or self.has_no_gap or not np.isfinite(found.log_probability).any():
            return None
        return found

    @property
    def note(self) -> str:
        """Which words are watched, where they are not the ones that were asked for."""
        found, asked = self.found, self.request
        if found is None:
            return ""
        words = (asked.name, found.word), (asked.against, found.against or "")
        told = (what_is_watched(name, spelled(word)) for name, word in words if name)
        return " ".join(filter(None, told))

    def table(self) -> Table | None:
        """Return the shares with their bits, see `table`."""
        return None if self.known is None else table(self.known)

    def arrays(self) -> Arrays | None:
        """Return the shares, see `arrays`."""
        return None if self.known is None else arrays(self.known)


def patch(
    request: PatchRequest, handle: ModelHandle, stop: Stop, report: Report
) -> Generator[PatchState, None, PatchState]:
    """Copy every state of A into B, the highest layer first, showing more and more."""
    compared = request.comparison
    work = partial(
        handle.engine_of(request.model).patch_steps, compared.a.request, compared.b.request,
        request.word, mask=request.mask, stop=stop, report=report,
        against=request.against or None,
    )  # fmt: skip
    return (yield from followed(PatchState(request), work))


def table(found: Patching) -> Table:
    """Return a row for each state, or layer, that was copied: the share that comes back, and bits.

    Of two words these are the bits by which the first is likelier.
    """
    axes = layers_and_tokens(len(found.log_probability) - 1, found.tokens)
    name = "bits" if found.against is None else "bits_word_likelier"
    columns = {"share_regained": found.regained, name: _bits(found, found.log_probability)}
    return grid(axes[: found.log_probability.ndim], columns, ~np.isnan(found.log_probability))


def arrays(found: Patching) -> Arrays:
    """Return shares and bits, (layer + 1, token of B), and the bits of both runs as they are.

    Of two words these are the bits by which the first is likelier.
    """
    return {
        "regained": found.regained,
        "bits": _bits(found, found.log_probability),
        "bits_a": _bits(found, found.clean_log_probability),
        "bits_b": _bits(found, found.corrupted_log_probability),
        "words": np.array([found.word, found.against or ""]),
        "token_ids": ids_of(found.tokens),
        "token_index": np.array(found.token_index),
    }


def domain(found: Patching) -> float:
    """Return where the colours end, on both sides of 0: all of the word at least."""
    return max(1.0, float(np.nanmax(np.abs(found.regained), initial=0.0)))


def map_of(state: PatchState, found: Patching) -> LayerValues:
    """Return what the map shows: shares, layers upwards and tokens of B across."""
    end, hatched = domain(found), tuple(state.comparison.only_in_b)
    sides = names_of(state.comparison)
    regained = found.regained

    def tip(layer: int, token: int) -> str:
        name = token_name(found.tokens[token])
        lines = [f"{the_layer_first(layer)}, {name}: token {token + 1} of {sides.b}"]
        if token in hatched:
            lines.append(f"no partner {sides.in_a}: nothing can be copied")
        elif np.isnan(regained[layer, token]):
            lines.append(
                "not copied yet" if found.fraction < 1 else f"no state {sides.in_a} to copy"
            )
        else:
            in_a, in_b = found.clean_log_probability, found.corrupted_log_probability
            here = found.log_probability[layer, token]
            lines += [
                f"share regained {written(regained[layer, token])}",
                f"{_written_bits(found, here)} bits with the state {sides.in_a} put in here",
                f"{_written_bits(found, in_a)} bits {sides.in_a}, "
                f"{_written_bits(found, in_b)} bits {sides.in_b}",
                *([] if layer else [_WORDS_THEMSELVES]),
            ]
        return "\n".join([*lines, array_index("regained", layer, token)])

    return LayerValues(
        regained.astype(np.float32),
        tuple(map(axis_label, found.tokens)),
        ColourScale(-end, end),
        tip,
        signed=True,
        hatched=hatched,
    )


def caption(found: Patching, comparison: Comparison | None = None) -> str:
    """Say where most comes back from besides the mask, and what the shares are of.

    Raises `problems.BadArgument` where whole layers were copied.
    """
    need_tokens(found)
    sides, in_a = names_of(comparison), _written_bits(found, found.clean_log_probability)
    in_b = _written_bits(found, found.corrupted_log_probability)
    has = f"“{spelled(found.word)}” has" if found.against is None else f"{target(found)}:"
    told = [f"{has} {in_a} bits {sides.in_a} and {in_b} {sides.in_b}."]
    elsewhere = found.regained.copy()
    elsewhere[:, found.token_index] = np.nan  # at the top it has all of it, whatever was read
    elsewhere[:1] = np.nan  # there it is the word itself that is put in
    if np.isfinite(elsewhere).any():
        layer, token = np.unravel_index(np.nanargmax(elsewhere), elsewhere.shape)
        best = float(elsewhere[layer, token])
        name = token_name(found.tokens[token])
        if best > 0:
            told.insert(
                0,
                f"Besides the mask, most comes back with {name} at {the_layer(int(layer))}: "
                f"{whole_percent(best)} of the {written(abs(found.gap) / math.log(2))} bits "
                f"between {sides.a} and {sides.b}.",
            )
    n_lacking = int(np.isnan(found.log_probability[-1]).sum())
    if n_lacking and found.fraction >= 1:
        told.append(
            f"{counted(n_lacking, 'token')} of {sides.b} without a partner {sides.in_a}: hatched."
        )
    end = written(domain(found))
    told.append(f"0: as {sides.in_b}, 1: as {sides.in_a}; colours from −{end} to +{end}.")
    if found.fraction >= 1:
        told.append(f"Embeddings: {_WORDS_THEMSELVES}.")
    return " ".join(told)


def need_tokens(found: Patching) -> None:
    """Refuse copies of whole layers where tokens are told of."""
    if found.log_probability.ndim != 2:
        raise BadArgument("Whole layers have no tokens.", 'Patch with sites="layer_token".')


def remark(state: PatchState, found: Patching) -> str:
    """Name what is watched, its mask where there are several, and how far the work is."""
    masks = [token.index for token in found.tokens if token.is_mask]
    nth = f" · mask {masks.index(found.token_index) + 1}/{len(masks)}" if len(masks) > 1 else ""
    n_layers, n_known = len(found.regained), int(np.isfinite(found.regained).any(axis=1).sum())
    so_far = "" if n_known == n_layers else f" · {n_known} of {n_layers} layers"
    watched = f"“{spelled(found.word)}”" if found.against is None else target(found)
    return f"{watched}{nth} · share regained{so_far}"


def target(found: Patching) -> str:
    """Write what comes back, as a formula."""
    return formula(spelled(found.word), None if found.against is None else spelled(found.against))


def _bits(found: Patching, natural: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return −log₂ p of the watched word, or by how many bits it is likelier than the other."""
    return np.asarray(
        np.asarray(natural) / (-math.log(2) if found.against is None else math.log(2))
    )


def _written_bits(found: Patching, natural: float) -> str:
    bits = float(_bits(found, natural))
    return written(bits) if found.against is None else written_change(bits, 2)
