"""How surprising each token is where it stands, by three ways of asking.

A masked language model gives no probability of a whole text. ``pll`` asks it about each token
with that token masked (Salazar et al. 2020, section 2.2). ``pll_word_l2r`` masks the later pieces
of the token's word too, because pieces that stay visible give the word away (Kauf & Ivanova 2023,
section 2). ``unmasked`` masks nothing: the token itself is seen, so it mostly measures copying.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import get_args

import numpy as np
import torch
from numpy.typing import NDArray

from roberta_gui import problems
from roberta_gui.engine.climbing import climb_whole, portions
from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.measures.log_probabilities import of_one_word_each
from roberta_gui.engine.measures.reference import step_tokens
from roberta_gui.engine.prepared import Prepared, need_mask_head
from roberta_gui.records import Estimator, Token, read_only

_STEPS_IN_A_BATCH = 4
"""Copies of a sentence that run together are worth this many steps' tokens: a block's matrices
are read once for all of them, and more gains nothing."""

_FIRST_SHARE = 16
"""The first batch is so many times smaller than the others: something is seen soon."""

_ROWS_AT_ONCE = 64


def steps(prepared: Prepared, estimator: Estimator) -> Iterator[NDArray[np.float64]]:
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
    need_mask_head(prepared.network)
    mask_id = prepared.tokenizer.mask_id
    if estimator == "unmasked":
        mask_id = None
    elif mask_id is None:
        raise problems.BadArgument(
            "This model's tokenizer has no mask.", "Only unmasked surprisal can be had."
        )
    return _scored(prepared, estimator, mask_id)


@torch.inference_mode()
def _scored(
    prepared: Prepared, estimator: Estimator, mask_id: int | None
) -> Iterator[NDArray[np.float64]]:
    """Score tokens in copies of the sentence that hide them, or in one pass that sees them all."""
    network, tokens, ids = prepared.network, prepared.tokens, prepared.ids
    scored = [token for token in tokens if not (token.is_special or token.is_mask)]
    most = _STEPS_IN_A_BATCH * step_tokens(network.configuration) // max(1, len(ids))
    first = max(1, most // _FIRST_SHARE)
    bits = np.full(len(tokens), np.nan)
    shown = read_only(bits.copy())
    yield shown
    if mask_id is None:
        with batch_memory(network.device, 1, len(ids)):
            seen = yield from climb_whole(prepared, shown)
        first = most = _ROWS_AT_ONCE
        yield shown
    for some in chain(portions(scored[:first], first), portions(scored[first:], most)):
        prepared.go_on("Measuring surprisal", scored.index(some[0]) / len(scored))
        indexes = [token.index for token in some]
        with batch_memory(network.device, 1 if mask_id is None else len(some), len(ids)):
            if mask_id is None:
                rows = seen[0, indexes]  # (row, feature)
            else:
                masked = [_hidden_with(token, tokens, estimator) for token in some]
                copies = [[mask_id if i in at else id for i, id in enumerate(ids)] for at in masked]
                hidden = yield from climb_whole(prepared, shown, copies)
                rows = hidden[range(len(some)), indexes]  # (row, feature)
            logarithms = of_one_word_each(network, rows, [token.id for token in some])
        bits[indexes] = logarithms / -math.log(2.0)
        shown = read_only(bits.copy())
        yield shown


def _hidden_with(token: Token, tokens: Sequence[Token], estimator: Estimator) -> set[int]:
    """Say which tokens are masked while ``token`` is asked about."""
    if estimator == "pll" or token.word is None:
        return {token.index}
    later = tokens[token.index :]
    return {piece.index for piece in later if piece.word == token.word}
