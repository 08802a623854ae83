"""Which rows a step reads: drawn without memory, so that a resumed run reads the same ones."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import count
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from roberta_gui.training.recipe import Position, Recipe
from roberta_gui.training.text.masking import mask
from roberta_gui.training.text.packing import Specials, frame, pack
from roberta_gui.training.text.tokenized_text import TokenizedText

IGNORED = -100
"""The target that torch's loss passes over: at padding, and where nothing is scored."""

_GUESSES_AT_ONCE = 64
_AHEAD = 8


class Batch(NamedTuple):
    """One process's part of a step, drawn on the CPU, where a seed means the same everywhere."""

    ids: Tensor  # int64 (batch, token): with ``<mask>`` and random words put in
    # int64 (guess,): places of the words to guess in the flattened rows, and the words that stood
    # there; filled up with place 0 and `IGNORED`
    places: Tensor
    targets: Tensor
    shift: Tensor  # int64 (batch,): how many positions later than usual each row begins
    real: Tensor | None  # bool (batch, token): False at padding; None where there is none
    n_guesses: int
    n_tokens: int  # padding not counted

    def inputs(self, device: torch.device) -> tuple[Tensor | None, ...]:
        """Give what the objective reads, on the device; CUDA may still be fetching it."""
        later = device.type == "cuda"  # whose copies torch keeps track of
        return tuple(one if one is None else one.to(device, non_blocking=later) for one in self[:5])


class Batches:
    """The rows of a corpus in a shuffled order, anew in each pass through it.

    Everything drawn depends only on the seed and on where the run stands: nothing of the
    generators' state has to be saved. The network reads ``max_tokens``, and short rows begin at any
    of its positions that leaves them room.
    """

    def __init__(
        self, text: TokenizedText, specials: Specials, recipe: Recipe, max_tokens: int
    ) -> None:
        self._text = text
        self._specials = specials
        self._recipe = recipe
        self._max_tokens = max_tokens
        self._rows = [pack(text, length, fill=recipe.fill_rows) for length, _ in recipe.lengths]

    def size(self, phase: int) -> int:
        """Rows of one step, all processes together."""
        return max(1, self._recipe.batch_tokens // self._recipe.lengths[phase][0])

    def ahead(
        self, position: Position, process: int, n_processes: int, device: torch.device
    ) -> Iterator[Batch]:
        """Give the steps from ``position`` on, without end.

        For a GPU another process makes them ready in time, in memory that it reads by itself.
        """
        on_gpu = device.type == "cuda"
        loader = DataLoader(
            _Steps(self, position, process, n_processes),
            batch_size=None,
            num_workers=int(on_gpu),
            prefetch_factor=_AHEAD if on_gpu else None,
            pin_memory=on_gpu,
        )
        return iter(loader)

    def read(self, position: Position, process: int, n_processes: int) -> Batch:
        """Draw this process's part of the coming step, masked for this one time."""
        phase = position.phase
        length = self._recipe.lengths[phase][0]
        # Equal parts, so that no process waits for another; at least a row for each.
        each = max(1, self.size(phase) // n_processes)
        first = position.rows + process * each
        chosen = self._rows[phase][[self._row(phase, first + n) for n in range(each)]]
        ids = torch.from_numpy(frame(self._text.ids, chosen, length, self._specials))
        seed = step_seed(self._recipe.seed, position.step, process)
        generator = torch.Generator().manual_seed(seed)
        masked = mask(ids, self._specials, self._recipe.mask_rate, generator)
        shift = self._shift(each, self._max_tokens - length, generator)
        real = ids != self._specials.padding  # (batch, token)
        n_tokens, n_guesses = int(real.sum()), len(masked.targets)
        # A product of yet another size in every step makes a CPU's library keep yet another
        # kernel: hundreds of megabytes a minute. Filled up, there are only a few sizes.
        filling = (0, -n_guesses % _GUESSES_AT_ONCE)
        places = F.pad(masked.chosen.flatten().nonzero()[:, 0], filling)
        targets = F.pad(masked.targets, filling, value=IGNORED)
        padded = real if n_tokens < ids.numel() else None
        return Batch(masked.ids, places, targets, shift, padded, n_guesses, n_tokens)

    def _row(self, phase: int, place: int) -> int:
        n_rows = len(self._rows[phase])
        passes, rest = divmod(place, n_rows)
        return int(_shuffled(self._recipe.seed, phase, passes, n_rows)[rest])

    def _shift(self, n_rows: int, room: int, generator: torch.Generator) -> Tensor:
        shift = torch.randint(room + 1, (n_rows,), generator=generator)  # (batch,)
        moved = torch.rand(n_rows, generator=generator) < self._recipe.shifted  # (batch,)
        return shift * moved


class _Steps(IterableDataset[Batch]):
    """One step after the other, as PyTorch's loader wants to be told."""

    def __init__(
        self, batches: Batches, position: Position, process: int, n_processes: int
    ) -> None:
        self._batches, self._position = batches, position
        self._part = process, n_processes

    def __iter__(self) -> Iterator[Batch]:
        size = self._batches.size(self._position.phase)
        for n in count():
            step, rows = self._position.step + n, self._position.rows + n * size
            yield self._batches.read(replace(self._position, step=step, rows=rows), *self._part)


@lru_cache(maxsize=2)
def _shuffled(seed: int, phase: int, passes: int, n_rows: int) -> NDArray[np.int64]:
    return np.random.default_rng([seed, phase, passes]).permutation(n_rows)


def step_seed(seed: int, step: int, process: int) -> int:
    """Make the seed of one step in one process; neighbours have nothing in common."""
    return int(np.random.SeedSequence([seed, step, process]).generate_state(1)[0])
