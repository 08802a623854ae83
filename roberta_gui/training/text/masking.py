"""Dynamic masking: which tokens are hidden is drawn anew each time a row is read.

Devlin et al. (2019), section 3.1: 15 % of the tokens are to be guessed; of those 80 % are shown
as ``<mask>``, 10 % as a random word, 10 % as they are. Liu et al. (2019), section 4.1: draw the
places anew every time instead of once for the whole corpus.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from roberta_gui.training.text.packing import Specials

_SHOWN_AS_MASK = 0.8
_SHOWN_AS_RANDOM = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Masked:
    """Rows as the network sees them, and what it has to guess."""

    ids: Tensor  # int64 (batch, token): with ``<mask>`` and random words put in
    chosen: Tensor  # bool (batch, token): the places to guess
    targets: Tensor  # int64 (guess,): the words that stood there, row by row


def mask(ids: Tensor, specials: Specials, rate: float, generator: torch.Generator) -> Masked:
    """Hide a share of the words; special tokens are never chosen.

    ``ids``: int64 (batch, token), on the CPU, where the draw is the same whatever trains later.
    ``rate``: probability of each token to be chosen, 0 to 1.
    """
    controls = torch.tensor(specials.all)
    special = torch.isin(ids, controls)  # (batch, token)
    chosen = (torch.rand(ids.shape, generator=generator) < rate) & ~special  # (batch, token)
    lot = torch.rand(ids.shape, generator=generator)  # (batch, token)
    rows = torch.arange(specials.vocab_size)
    words = rows[~torch.isin(rows, controls)]  # (word,)
    drawn = words[torch.randint(len(words), ids.shape, generator=generator)]  # (batch, token)
    shown = torch.where(chosen & (lot < _SHOWN_AS_MASK), specials.mask, ids)
    by_chance = chosen & (lot >= _SHOWN_AS_MASK) & (lot < _SHOWN_AS_MASK + _SHOWN_AS_RANDOM)
    return Masked(torch.where(by_chance, drawn, shown), chosen, ids[chosen])
