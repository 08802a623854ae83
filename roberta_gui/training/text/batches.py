"""Which rows a step reads: drawn without memory, so that a resumed run reads the same ones."""

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from roberta_gui.training.recipe import Position, Recipe
from roberta_gui.training.text.masking import Masked, mask
from roberta_gui.training.text.packing import Specials, frame, pack
from roberta_gui.training.text.tokenized_text import TokenizedText


class Batches:
    """The rows of a corpus in a shuffled order, anew in each pass through it.

    Everything drawn depends only on the seed and on where the run stands: nothing of the
    generators' state has to be saved.
    """

    def __init__(self, text: TokenizedText, specials: Specials, recipe: Recipe) -> None:
        self._text = text
        self._specials = specials
        self._recipe = recipe
        self._rows = [pack(text, length) for length, _ in recipe.lengths]
        self._order = lru_cache(maxsize=2)(self._shuffled)

    def size(self, phase: int) -> int:
        """Rows of one step, all processes together."""
        return max(1, self._recipe.batch_tokens // self._recipe.lengths[phase][0])

    def read(self, position: Position, process: int, n_processes: int) -> tuple[Masked, Tensor]:
        """Give this process's part of the coming step.

        Returns its rows, masked for this one time, and how many positions later than usual each
        begins, int64 (batch,).
        """
        phase = position.phase
        length = self._recipe.lengths[phase][0]
        # Equal parts, so that no process waits for another; at least a row for each.
        each = max(1, self.size(phase) // n_processes)
        first = position.rows + process * each
        chosen = self._rows[phase][[self._row(phase, first + n) for n in range(each)]]
        ids = torch.from_numpy(frame(self._text.ids, chosen, length, self._specials))
        generator = torch.Generator().manual_seed(
            step_seed(self._recipe.seed, position.step, process)
        )
        masked = mask(ids, self._specials, self._recipe.mask_rate, generator)
        return masked, self._shift(each, self._recipe.longest - length, generator)

    def _row(self, phase: int, place: int) -> int:
        passes, rest = divmod(place, len(self._rows[phase]))
        return int(self._order(phase, passes)[rest])

    def _shuffled(self, phase: int, passes: int) -> NDArray[np.int64]:
        random = np.random.default_rng([self._recipe.seed, phase, passes])
        return random.permutation(len(self._rows[phase]))

    def _shift(self, n_rows: int, room: int, generator: torch.Generator) -> Tensor:
        shift = torch.randint(room + 1, (n_rows,), generator=generator)  # (batch,)
        moved = torch.rand(n_rows, generator=generator) < self._recipe.shifted  # (batch,)
        return shift * moved


def step_seed(seed: int, step: int, process: int) -> int:
    """Make the seed of one step in one process; neighbours have nothing in common."""
    return int(np.random.SeedSequence([seed, step, process]).generate_state(1)[0])
