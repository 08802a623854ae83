"""RightSide: what A is held against, be it a sentence, a model, or itself with every head on."""

from dataclasses import dataclass
from typing import Final

from roberta_gui.records import ModelInfo, Run

NOTHING: Final = Run()
"""The run before anything is typed or loaded."""


@dataclass(frozen=True, slots=True)
class RightSide:
    """What somebody has chosen to hold A against: a sentence B, a second ``model``, or both.

    With ``every_head_on``, heads that are off in A are on in B; with neither of both always.
    """

    has_sentence: bool = False
    model: ModelInfo | None = None
    every_head_on: bool = False

    @property
    def is_chosen(self) -> bool:
        """Whether B has a sentence or a model of its own, and so passes of its own."""
        return self.has_sentence or self.model is not None

    def of(self, a: Run, b: Run | None) -> Run | None:
        """Say what stands on the right side of ``a``; ``b`` is what has stood there so far."""
        if not (self.is_chosen or a.switched_off):
            return None
        b = b or NOTHING
        written = b if self.is_chosen else a
        off = a.switched_off if self.is_chosen and not self.every_head_on else frozenset()
        return Run(
            written.text, written.tokens, written.dropped_tokens, written.pair,
            self.model or a.model, off, a.ablation, b.analysis,
        )  # fmt: skip


NOTHING_CHOSEN: Final = RightSide()
"""A is held against nothing but itself, where heads are off."""
