"""Run: a text, the model that reads it, and what is done to that model."""

from dataclasses import dataclass

from roberta_gui.records.request import Ablation, AnalysisRequest
from roberta_gui.records.sentence import Analysis, ModelInfo, Token


@dataclass(frozen=True, slots=True)
class Run:
    """What one side of the window shows, from the first keystroke on.

    ``text`` stands in the editor; ``tokens`` are there once a tokenizer has read it, before any
    model has run. ``switched_off`` are heads as ``(layer, head)`` from 0. ``analysis`` is the last
    pass; it may be of an earlier text, model or set of heads, see :attr:`is_stale`.
    """

    text: str = ""
    tokens: tuple[Token, ...] = ()
    dropped_tokens: int = 0
    model: ModelInfo | None = None
    switched_off: frozenset[tuple[int, int]] = frozenset()
    ablation: Ablation = "zero"
    analysis: Analysis | None = None

    @classmethod
    def of(cls, analysis: Analysis) -> "Run":
        """Return the run that has been computed."""
        known = analysis.request
        return cls(
            known.text, analysis.tokens, analysis.dropped_tokens, analysis.model,
            known.switched_off, known.ablation, analysis,
        )  # fmt: skip

    @property
    def request(self) -> AnalysisRequest:
        """What to ask the model for."""
        ablation = self.ablation if self.switched_off else "zero"  # else it says nothing
        return AnalysisRequest(self.text, switched_off=self.switched_off, ablation=ablation)

    @property
    def is_stale(self) -> bool:
        """Whether the analysis is missing, or of another text, model or set of heads."""
        if self.analysis is None:
            return True
        known = self.analysis.request
        return (
            known.text != self.text
            or known.switched_off != self.switched_off
            or (bool(self.switched_off) and known.ablation != self.ablation)
            or (self.model is not None and self.analysis.model != self.model)
        )
