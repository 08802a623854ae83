"""What a fine-tuned model was trained to tell, and what it says of a text."""

from dataclasses import dataclass

import numpy as np

from roberta_gui.records.arrays import FloatArray, HoldsArrays, read_only
from roberta_gui.records.request import AnalysisRequest
from roberta_gui.records.sentence import ModelInfo, Task, Token


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Prediction(HoldsArrays):
    """What a fine-tuned model says of a text, or of each of its tokens.

    Attributes
    ----------
    logits
        float32 (label,), or (token, label) where the task labels tokens.
    """

    request: AnalysisRequest
    model: ModelInfo
    task: Task
    tokens: tuple[Token, ...]
    logits: FloatArray

    @property
    def probabilities(self) -> FloatArray:
        """float64, of the logits' shape; a regression has none: its values as they are."""
        logits = self.logits.astype(np.float64)
        if self.task.kind == "regression":
            return read_only(logits)
        if self.task.kind == "multi_label":
            return read_only(1 / (1 + np.exp(-logits)))
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return read_only(powers / powers.sum(axis=-1, keepdims=True))

    @property
    def labels(self) -> tuple[str, ...]:
        """The likeliest label, or that of each token; of several that may hold, all above half.

        A regression has none.
        """
        names = self.task.labels
        if self.task.kind == "regression":
            return ()
        if self.task.kind == "multi_label":
            above = zip(names, self.logits.tolist(), strict=True)
            return tuple(name for name, logit in above if logit > 0)
        return tuple(names[int(place)] for place in np.atleast_1d(self.logits.argmax(axis=-1)))
