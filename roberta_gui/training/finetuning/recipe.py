"""Every number of fine-tuning that can be chosen, with the values of Liu et al. (2019)."""

import math
from dataclasses import dataclass

from roberta_gui import problems
from roberta_gui.training.recipe import Precision


@dataclass(frozen=True, slots=True)
class TuningRecipe:
    """How to fine-tune (Liu et al. 2019, section 5.1 and table 10)."""

    epochs: int = 3
    """Passes through the training texts; the best one on the held-out texts is kept. Ten in the
    paper."""
    batch_size: int = 16  # texts of a step
    learning_rate: float = 0.0
    """At its highest. 0: by the network's width, 2e-5 at 768 features; narrower ones take larger
    steps."""
    warmup: float = 0.06
    """Share of the steps in which the learning rate grows from 0; it then falls to 0 linearly."""
    weight_decay: float = 0.1  # of matrices; biases and LayerNorms do not decay
    dropout: float = 0.1  # share of values dropped
    clip: float = 1.0
    """Largest norm of all gradients together, as transformers' Trainer has it; 0: none."""
    layers: int | None = None
    """How many of the top layers learn, besides the head; None: the whole network."""
    max_tokens: int = 0  # longer texts are cut; 0: what the network reads at most
    part_tokens: int = 0
    """Tokens of a batch that run at once, padding counted; 0: on a CPU a few tenths of a second of
    them, elsewhere all. Fewer take less memory, and a worker can pause sooner."""
    seeds: tuple[int, ...] = (0,)
    """A run for each: it draws the head, the order of the texts and dropout."""
    watch_steps: int = 0  # steps between two snapshots of the layers in the first seed; 0: none
    precision: Precision = "no"  # ``bf16``: products in bfloat16, weights and sums in float32
    checkpoint_seconds: float = 60.0

    def __post_init__(self) -> None:
        if min(self.epochs, self.batch_size) < 1 or not self.seeds:
            raise problems.BadArgument(
                "Nothing would be learnt.", "Epochs, batch size and seeds are at least 1."
            )
        if not 0 <= self.warmup < 1 or not 0 <= self.dropout < 1:
            raise problems.BadArgument(
                "Warm-up and dropout are shares.", "Give numbers from 0 up to 1."
            )
        numbers = (self.learning_rate, self.weight_decay, self.clip, self.checkpoint_seconds)
        counts = (self.max_tokens, self.part_tokens, self.watch_steps, self.layers or 0)
        if not all(0 <= number < math.inf for number in (*numbers, *counts)):
            raise problems.BadArgument("A number is below 0, or without end.", "Give 0 for none.")

    def rate(self, n_features: int) -> float:
        """Give the highest learning rate for a network of this width."""
        return self.learning_rate or 2e-5 * max(1.0, (768 / n_features) ** 2)

    def factor(self, step: int, n_steps: int) -> float:
        """Give the factor of the learning rate for the step after ``step`` of ``n_steps``.

        As transformers' linear schedule: 0 for the very first step of a warm-up, 0 after the last.
        The last step is none of a warm-up, so that a single one learns.

        >>> TuningRecipe(warmup=0.2).factor(1, 10), TuningRecipe(warmup=0.2).factor(6, 10)
        (0.5, 0.5)
        """
        warm = min(math.ceil(self.warmup * n_steps), n_steps - 1)
        if step < warm:
            return step / warm
        return (n_steps - step) / max(1, n_steps - warm)
