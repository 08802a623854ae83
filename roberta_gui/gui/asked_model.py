"""AskedModel: what a panel's work may ask of the model in use, on the worker thread."""

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, Protocol, TypeAlias

from roberta_gui.analysis.samples import Sample
from roberta_gui.records import ModelInfo, Report, Stop, TokenStates


class AskedEngine(Protocol):
    """The part of the Engine that panels use."""

    @property
    def info(self) -> ModelInfo:
        """Who the model is."""

    def token_states(
        self, texts: Sequence[str], stop: Stop | None = None, report: Report | None = None
    ) -> Iterator[TokenStates]:
        """Give many texts' hidden states, in short steps."""


class AskedModel(Protocol):
    """The model in use, and what was read with it so far."""

    @property
    def engine(self) -> AskedEngine:
        """The loaded model."""

    def sample(self, sentences: Sequence[str], n_tokens: int) -> Generator[None, None, Sample]:
        """Read sentences until there are ``n_tokens``, in short steps; what was read is kept."""

    def other(self, source: str, stop: Stop, report: Report) -> "AskedModel":
        """Open a second model to compare with; it is kept until another one is asked for."""


ModelWork: TypeAlias = Callable[[AskedModel, Stop, Report], Any]
