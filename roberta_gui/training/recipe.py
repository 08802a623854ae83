"""Every number of a training run that can be chosen, and where a run stands in its budget."""

import math
from dataclasses import dataclass, fields
from typing import Literal, get_args

from roberta_gui import problems
from roberta_gui.outside import LARGEST_WHOLE
from roberta_gui.wording import counted

Optimizer = Literal["adamw", "muon"]
Precision = Literal["auto", "bf16", "no"]
PRECISIONS = get_args(Precision)

MASK_RATE = 0.15
"""Share of the words to guess, in training as in evaluation (Devlin et al. 2019, section 3.1)."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train, with RoBERTa's values where they scale.

    Together with text, a start and a seed it fixes every loss of a run.
    """

    minutes: float = 0.0
    tokens: int = 0
    steps: int = 0
    """The budget: training ends, and the learning rate reaches 0, with the first of them that is
    used up. 0: not limited by this one."""
    lengths: tuple[tuple[int, float], ...] = ((128, 0.9), (512, 0.1))
    """``(length of a row in tokens, share of the budget)``, in the order of training."""
    fill_rows: bool = False  # cut the last sentence of a row, so that none has padding
    batch_tokens: int = 8192  # tokens of one step, padding and all processes together
    learning_rate: float = 1e-3  # at its highest; for AdamW, and for Muon's matrices alike
    vector_rate: float = 0.0  # the same for word vectors and output biases; 0: as ``learning_rate``
    optimizer: Optimizer = "adamw"
    warmup_steps: int = 150  # steps in which the learning rate grows from 0
    weight_decay: float = 0.01
    mask_rate: float = MASK_RATE
    dropout: float = 0.1
    shifted: float = 0.25
    """Share of the rows that begin at a random later position, so that short rows train every
    position."""
    clip: float = 1.0  # largest norm of all gradients together
    seed: int = 0
    precision: Precision = "auto"
    """``bf16``: products in bfloat16, weights and sums in float32; ``no``: all in float32;
    ``auto``: what the device is fast in."""
    compile: bool | None = None
    """Let torch.compile make a program of each block: a minute or more first, then faster. None: on
    an NVIDIA card where Triton is there."""
    checkpoint_seconds: float = 120.0
    checkpoint_steps: int = 0
    """How often to save the state of the run (0: not by this measure)."""
    log_steps: int = 10

    def __post_init__(self) -> None:
        numbers = {field.name: getattr(self, field.name) for field in fields(self)}
        for name, number in numbers.items():
            if isinstance(number, int | float) and not 0 <= number < math.inf:
                raise problems.BadArgument(
                    f"{name} is {number}, which means nothing.", "Give a number from 0."
                )
        is_bounded = self.minutes > 0 or self.tokens > 0 or self.steps > 0
        if not is_bounded or self.minutes > LARGEST_WHOLE:
            raise problems.BadArgument(
                "The run has no end.", "Give a budget: minutes, tokens or steps."
            )
        if not self.lengths or any(n < 3 or not 0 < share < math.inf for n, share in self.lengths):
            raise problems.BadArgument(
                f"The row lengths {self.lengths} mean nothing.", "Give for example 128:0.9,512:0.1."
            )
        if not 0 < self.mask_rate < 1 or not 0 <= self.dropout < 1 or not 0 <= self.shifted <= 1:
            raise problems.BadArgument(
                "Masking rate, dropout and shifted rows are shares.", "Give numbers from 0 to 1."
            )
        if self.learning_rate <= 0 or self.vector_rate < 0 or self.clip <= 0:
            raise problems.BadArgument(
                "Learning rates and clipping are above 0.", "Give for example 1e-3."
            )
        if self.log_steps < 1:
            raise problems.BadArgument(
                "A loss every 0 steps means nothing.", "Give 1 or more as log_steps."
            )
        if self.batch_tokens < self.longest:
            raise problems.BadArgument(
                f"A step of {counted(self.batch_tokens, 'token')} holds no row of {self.longest}.",
                "Use larger steps or shorter rows.",
            )

    @property
    def longest(self) -> int:
        """Tokens of the longest row."""
        return max(length for length, _ in self.lengths)


@dataclass(frozen=True, slots=True)
class Position:
    """How far a run has come; what a checkpoint must hold to go on from there."""

    step: int = 0  # steps done
    tokens: int = 0  # tokens read, padding not counted
    seconds: float = 0.0  # time spent training; time between a kill and going on does not count
    rows: int = 0  # rows read of the present length
    phase: int = 0  # which of `Recipe.lengths` is in use


def share_done(recipe: Recipe, position: Position) -> float:
    """Tell how much of the budget is used up, 0 to 1: of the limits, the nearest one counts."""
    used = [
        spent / limit
        for spent, limit in (
            (position.seconds, recipe.minutes * 60),
            (position.tokens, recipe.tokens),
            (position.step, recipe.steps),
        )
        if limit > 0
    ]
    return min(1.0, max(used))


def rate_factor(recipe: Recipe, position: Position) -> float:
    """Give the factor of the learning rate for the coming step, 0 to 1.

    Linear warm-up by steps, then linear decay to 0 (Liu et al. 2019, section 3.1, after Devlin
    et al. 2019, appendix A.2); the decay follows the budget, so it ends when the budget does,
    also where that is measured in time.
    """
    warmed = (position.step + 1) / recipe.warmup_steps if recipe.warmup_steps else 1.0
    return min(1.0, warmed, 1.0 - share_done(recipe, position))


def phase_of(recipe: Recipe, position: Position) -> int:
    """Tell which of the row lengths is due; phases only ever follow one another."""
    done = share_done(recipe, position) * sum(share for _, share in recipe.lengths)
    passed = 0.0
    for phase, (_, share) in enumerate(recipe.lengths):
        passed += share
        if done < passed:
            return max(phase, position.phase)
    return len(recipe.lengths) - 1
