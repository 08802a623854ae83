"""How surprising each token is where it stands, by three ways of asking.

A masked language model gives no probability of a whole text. ``pll`` asks it about each token
with that token masked (Salazar et al. 2020, section 2.2). ``pll_word_l2r`` masks the later pieces
of the token's word too, because pieces that stay visible give the word away (Kauf & Ivanova 2023,
section 2). ``unmasked`` masks nothing: the token itself is seen, so it mostly measures copying.
"""

import math
from collections.abc import Iterator, Sequence
from typing import get_args

import numpy as np
import torch
from numpy.typing import NDArray

from roberta_gui import problems
from roberta_gui.engine.climbing import climb_whole
from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.interruption import end_if
from roberta_gui.engine.measures.log_probabilities import of_one_word_each
from roberta_gui.engine.measures.reference import step_tokens
from roberta_gui.engine.prepared import Prepared, need_mask_head
from roberta_gui.engine.roberta import Roberta
from roberta_gui.records import Estimator, Report, Stop, Token, read_only

_STEPS_IN_A_BATCH = 4
"""Copies of a sentence that run together are worth this many steps' tokens: a block's matrices
are read once for all of them, and more gains nothing."""

_FIRST_SHARE = 16
"""The first batch is so many times smaller than the others: something is seen soon."""

_ROWS_AT_ONCE = 64


def steps(
    network: Roberta,
    prepared: Prepared,
    estimator: Estimator,
    mask_id: int | None,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Iterator[NDArray[np.float64]]:
    """Score the tokens from left to right; a step takes at most about 100 ms on two cores.

    Yields float64 (token,) bits, nan at special tokens, at masks, and where not known yet. Raises
    `problems.BadArgument` for an unknown estimator, or where a mask is needed and the tokenizer has
    none, `NoMaskHead`, `Stopped`, `TooLittleMemory` and `NotFinite`.
    """
    if estimator not in get_args(Estimator):
        raise problems.BadArgument(
            f"Surprisal cannot be estimated by {estimator!r}.",
            f"One of {', '.join(get_args(Estimator))}.",
        )
    need_mask_head(network)
    if estimator == "unmasked":
        return _as_it_is(network, prepared, stop, report)
    if mask_id is None:
        raise problems.BadArgument(
            "This model's tokenizer has no mask.", "Only unmasked surprisal can be had."
        )
    return _masked(network, prepared, estimator, mask_id, stop, report)


@torch.inference_mode()
def _as_it_is(
    network: Roberta, prepared: Prepared, stop: Stop | None, report: Report | None
) -> Iterator[NDArray[np.float64]]:
    """Score every token in one pass that sees them all."""
    bits = np.full(len(prepared.tokens), np.nan)
    shown = _snapshot(bits)
    yield shown
    scored = _scored(prepared)
    with batch_memory(network.device, 1, len(prepared.tokens)):
        hidden = yield from climb_whole(network, [prepared.ids], prepared, shown, stop)
        yield shown
        for start in range(0, len(scored), _ROWS_AT_ONCE):
            end_if(stop)
            _tell(report, start, len(scored))
            some = scored[start : start + _ROWS_AT_ONCE]
            indexes = [token.index for token in some]
            bits[indexes] = _bits(network, hidden[0, indexes], some)
            shown = _snapshot(bits)
            yield shown


@torch.inference_mode()
def _masked(
    network: Roberta,
    prepared: Prepared,
    estimator: Estimator,
    mask_id: int,
    stop: Stop | None,
    report: Report | None,
) -> Iterator[NDArray[np.float64]]:
    """Score every token in a copy of the sentence that hides it, some copies at a time."""
    bits = np.full(len(prepared.tokens), np.nan)
    shown = _snapshot(bits)
    yield shown
    scored, ids = _scored(prepared), prepared.ids
    for some in _batches(scored, len(ids), step_tokens(network.configuration)):
        end_if(stop)
        _tell(report, scored.index(some[0]), len(scored))
        copies = []
        for token in some:
            hidden_indexes = _hidden_with(token, prepared.tokens, estimator)
            copies.append([mask_id if at in hidden_indexes else id for at, id in enumerate(ids)])
        indexes = [token.index for token in some]
        with batch_memory(network.device, len(copies), len(ids)):
            hidden = yield from climb_whole(network, copies, prepared, shown, stop)
            bits[indexes] = _bits(network, hidden[range(len(some)), indexes], some)
        shown = _snapshot(bits)
        yield shown


def _scored(prepared: Prepared) -> list[Token]:
    """List the tokens that have a surprisal."""
    return [token for token in prepared.tokens if not (token.is_special or token.is_mask)]


def _hidden_with(token: Token, tokens: Sequence[Token], estimator: Estimator) -> set[int]:
    """Say which tokens are masked while ``token`` is asked about."""
    if estimator == "pll" or token.word is None:
        return {token.index}
    later = tokens[token.index :]
    return {piece.index for piece in later if piece.word == token.word}


def _batches(scored: list[Token], n_tokens: int, step: int) -> Iterator[list[Token]]:
    """Share the copies out: a small batch first, so that something can soon be shown."""
    most = max(1, _STEPS_IN_A_BATCH * step // max(1, n_tokens))
    start, size = 0, max(1, most // _FIRST_SHARE)
    while start < len(scored):
        yield scored[start : start + size]
        start, size = start + size, most


def _bits(network: Roberta, rows: torch.Tensor, tokens: Sequence[Token]) -> NDArray[np.float64]:
    """Score rows (row, feature) of the last layer, each by the token that stands there."""
    logarithms = of_one_word_each(network, rows, [token.id for token in tokens])
    return logarithms / -math.log(2.0)


def _snapshot(bits: NDArray[np.float64]) -> NDArray[np.float64]:
    return read_only(bits.copy())


def _tell(report: Report | None, done: int, n_scored: int) -> None:
    if report is not None:
        report("Measuring surprisal", done / n_scored)
