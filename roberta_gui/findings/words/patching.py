"""Where a guess comes from: states of A put into B, how much of a word comes back, and said."""

import math
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial

import numpy as np

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.comparison.against import where_b_is
from roberta_gui.findings.model import ModelHandle
from roberta_gui.findings.notation.marks import LayerValues
from roberta_gui.findings.notation.names import (
    array_index,
    axis_label,
    spelled,
    the_layer,
    the_layer_first,
    token_name,
    what_is_watched,
)
from roberta_gui.findings.notation.numbers import whole_percent, written
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.findings.tables import Arrays, Table, grid, ids_of, layers_and_tokens
from roberta_gui.findings.words.started import Started, followed
from roberta_gui.records import ModelInfo, Patching, Report, Stop, WordOrRow
from roberta_gui.wording import counted

LEAST_GAP = 1e-4
"""Nats between A and B below which there is only what float32 leaves: nothing to regain."""


@dataclass(frozen=True)
class PatchRequest:
    """What is asked for: a word at A's and B's masks with one number, counted from 0.

    ``word`` is the watched word, or its row of the vocabulary, shown as ``name``. ``attempt``
    tells a second try from the first.
    """

    comparison: Comparison
    mask: int
    word: WordOrRow
    name: str
    attempt: int = 0

    @property
    def model(self) -> ModelInfo:
        """The model that reads both sides."""
        return self.comparison.b.model


class PatchState(Started[PatchRequest, Patching]):
    """What came of a request so far: states copied, or why the word is refused."""

    @property
    def comparison(self) -> Comparison:
        """A and B."""
        return self.request.comparison

    @property
    def has_no_gap(self) -> bool:
        """Whether the word is as probable in A as in B: no share comes back of nothing."""
        return self.found is not None and abs(_gap(self.found)) < LEAST_GAP

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
        """Which word is watched, if it is not the one that was asked for."""
        found = self.found
        return "" if found is None else what_is_watched(self.request.name, spelled(found.word))

    def table(self) -> Table | None:
        """Return the shares with their bits, see :func:`table`."""
        return None if self.known is None else table(self.known)

    def arrays(self) -> Arrays | None:
        """Return the shares, see :func:`arrays`."""
        return None if self.known is None else arrays(self.known)


def patch(
    request: PatchRequest, asked: ModelHandle, stop: Stop, report: Report
) -> Generator[PatchState, None, PatchState]:
    """Copy every state of A into B, the highest layer first, showing more and more."""
    compared = request.comparison
    work = partial(
        asked.engine_of(request.model).patch_steps, compared.a.request, compared.b.request,
        request.word, mask=request.mask, stop=stop, report=report,
    )  # fmt: skip
    return (yield from followed(PatchState(request), work))


def table(found: Patching) -> Table:
    """Return a row for each state that was copied: the share that comes back, and the bits."""
    axes = layers_and_tokens(len(found.log_probability) - 1, found.tokens)
    columns = {"share_regained": found.regained, "bits": -found.log_probability / math.log(2)}
    return grid(axes, columns, np.isfinite(found.log_probability))


def arrays(found: Patching) -> Arrays:
    """Return shares and bits, (layer + 1, token of B), and the bits of both runs as they are."""
    return {
        "regained": found.regained,
        "bits": -found.log_probability / math.log(2),
        "bits_a": np.array(_bits(found.clean_log_probability)),
        "bits_b": np.array(_bits(found.corrupted_log_probability)),
        "token_ids": ids_of(found.tokens),
        "token_index": np.array(found.token_index),
    }


def domain(found: Patching) -> float:
    """Return where the colours end, on both sides of 0: all of the word at least."""
    return max(1.0, float(np.nanmax(np.abs(found.regained), initial=0.0)))


def map_of(state: PatchState, found: Patching) -> LayerValues:
    """Return what the map shows: shares, layers upwards and tokens of B across."""
    end, hatched = domain(found), tuple(state.comparison.only_in_b)
    regained = found.regained

    def tip(layer: int, token: int) -> str:
        name = token_name(found.tokens[token])
        lines = [f"{the_layer_first(layer)}, {name}: token {token + 1} of B"]
        if token in hatched:
            lines.append("no partner in A: nothing can be copied")
        elif np.isnan(regained[layer, token]):
            lines.append("not copied yet" if found.fraction < 1 else "no state in A to copy")
        else:
            in_a, in_b = found.clean_log_probability, found.corrupted_log_probability
            lines += [
                f"share regained {written(regained[layer, token])}",
                f"{_written_bits(found.log_probability[layer, token])} bits with A's state here",
                f"{_written_bits(in_a)} bits in A, {_written_bits(in_b)} bits "
                f"{where_b_is(state.comparison)}",
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


def caption(found: Patching, where_b: str = "in B") -> str:
    """Say where most comes back from besides the mask, and what the shares are of."""
    word, in_a = spelled(found.word), _written_bits(found.clean_log_probability)
    in_b = _written_bits(found.corrupted_log_probability)
    told = [f"“{word}” has {in_a} bits in A and {in_b} {where_b}."]
    elsewhere = found.regained.copy()
    elsewhere[:, found.token_index] = np.nan  # at the top it has all of it, whatever was read
    if np.isfinite(elsewhere).any():
        layer, token = np.unravel_index(np.nanargmax(elsewhere), elsewhere.shape)
        best = float(elsewhere[layer, token])
        name = token_name(found.tokens[token])
        if best > 0:
            told.insert(
                0,
                f"Besides the mask, most comes back with {name} at {the_layer(int(layer))}: "
                f"{whole_percent(best)} of the {written(abs(_gap(found)) / math.log(2))} bits "
                "between A and B.",
            )
    n_lacking = int(np.isnan(found.regained[-1]).sum()) if found.fraction > 0 else 0
    if n_lacking and found.fraction >= 1:
        told.append(f"{counted(n_lacking, 'token')} of B without a partner in A: hatched.")
    end = written(domain(found))
    told.append(f"0: as in B, 1: as in A; colours from −{end} to +{end}.")
    return " ".join(told)


def remark(state: PatchState, found: Patching) -> str:
    """Name the word, its mask where there are several, and how far the work is."""
    masks = [token.index for token in found.tokens if token.is_mask]
    nth = f" · mask {masks.index(found.token_index) + 1}/{len(masks)}" if len(masks) > 1 else ""
    n_layers, n_known = len(found.regained), int(np.isfinite(found.regained).any(axis=1).sum())
    so_far = "" if n_known == n_layers else f" · {n_known} of {n_layers} layers"
    return f"“{spelled(found.word)}”{nth} · share regained{so_far}"


def _gap(found: Patching) -> float:
    return found.clean_log_probability - found.corrupted_log_probability


def _bits(log_probability: float) -> float:
    return -log_probability / math.log(2)


def _written_bits(log_probability: float) -> str:
    return written(_bits(float(log_probability)))
