"""What findings ask of a loaded model, and how their work takes turns."""

from collections.abc import Callable, Generator, Hashable, Iterator, Sequence
from enum import Enum
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.heads.roles import HeadRoles
from roberta_gui.analysis.layer_maps.samples import Sample
from roberta_gui.records import (
    AnalysisRequest,
    Attribution,
    Dissection,
    Fillings,
    FloatArray,
    Lens,
    ModelInfo,
    Patching,
    Prediction,
    Replacement,
    Report,
    Stop,
    Sweep,
    WholeWord,
    WordNeighbour,
    WordOrRow,
    WordScores,
)


class Turn(Enum):
    """Whose turn is next, told by a step in place of a partial value."""

    OTHERS = "others"


class TokenizerHandle(Protocol):
    """The part of a tokenizer that panels use."""

    def dissect(self, text: str, stop: Stop | None = None) -> Dissection:
        """Cut a word or a few step by step."""


class EngineHandle(Protocol):
    """The part of the Engine that panels use; what else a method takes is said there."""

    @property
    def info(self) -> ModelInfo:
        """Who the model is."""

    @property
    def tokenizer(self) -> TokenizerHandle:
        """How it cuts a text."""

    def nearest_words_steps(
        self, row: int, n: int = 10, *args: Any, **options: Any
    ) -> Generator[None, None, tuple[WordNeighbour, ...]]:
        """Find the words whose embeddings point most nearly where a row's does."""

    def positions(self, ids: Sequence[int]) -> tuple[int, ...]:
        """Give the row of the position table that each token of a text reads."""

    def lens_steps(self, request: AnalysisRequest, *args: Any, **options: Any) -> Iterator[Lens]:
        """Read every layer through the masked-LM head, a few token columns a step."""

    def contribution_steps(
        self, request: AnalysisRequest, *args: Any, **options: Any
    ) -> Iterator[FloatArray]:
        """Give what each head brings a token from another, a layer a step: (head, query, key)."""

    def mask_log_probability_steps(
        self, request: AnalysisRequest, *args: Any, **options: Any
    ) -> Generator[None, None, FloatArray]:
        """Give every word's natural log-probability at each mask, (mask, vocabulary)."""

    def token_log_probability_steps(
        self, request: AnalysisRequest, token: int, *args: Any, **options: Any
    ) -> Generator[None, None, FloatArray]:
        """Give every word's natural log-probability at a token in sight, (vocabulary,)."""

    def score_words_steps(
        self, request: AnalysisRequest, words: Sequence[str], *args: Any, **options: Any
    ) -> Generator[None, None, WordScores]:
        """Score words of however many pieces at each mask, in short steps."""

    def fill_together_steps(
        self, request: AnalysisRequest, *args: Any, **options: Any
    ) -> Iterator[Fillings]:
        """Fill all masks with what is likeliest together; each `Fillings` knows more."""

    def whole_words_steps(
        self, request: AnalysisRequest, *args: Any, **options: Any
    ) -> Iterator[tuple[WholeWord, ...]]:
        """Guess words of one piece at a mask, then of several; each tuple knows more."""

    def patch_steps(
        self, clean: AnalysisRequest, corrupted: AnalysisRequest, *args: Any, **options: Any
    ) -> Iterator[Patching]:
        """Copy states of one run into another; each `Patching` knows more of a word's return."""

    def attribute_steps(
        self, request: AnalysisRequest, word: WordOrRow, *args: Any, **options: Any
    ) -> Iterator[Attribution]:
        """Follow a word's log-probability at a mask back to the tokens; each one knows more."""

    def surprisal_steps(
        self, request: AnalysisRequest, *args: Any, **options: Any
    ) -> Iterator[NDArray[np.float64]]:
        """Give each token's bits, (token,), nan where not known yet; each one knows more."""

    def spell(self, ids: Sequence[int]) -> tuple[tuple[str, bool], ...]:
        """Spell rows of the vocabulary: readable text, and whether a space stands before it."""

    def replacements(
        self, request: AnalysisRequest, *args: Any, **options: Any
    ) -> tuple[Replacement | None, ...]:
        """Find what to write so that rows, or words of several, stand at a mask; None: nothing."""

    def predict(self, request: AnalysisRequest, *args: Any, **options: Any) -> Prediction:
        """Ask for the label of a text, or of each token."""

    def sweep(self, request: AnalysisRequest, *args: Any, **options: Any) -> Iterator[Sweep]:
        """Switch each head off alone and watch a word at a mask; each `Sweep` knows more."""


class Known(Protocol):
    """What was found with a model before: the newest of it, as far as there is room."""

    def get(self, key: Hashable, /) -> Any | None:
        """Recall what was found, None where that is not known (any more)."""

    def __setitem__(self, key: Hashable, found: Any, /) -> None:
        """Keep something for whoever asks for it again."""


class Reads(Protocol):
    """What lists of words need of a `ModelHandle`."""

    @property
    def known(self) -> Known:
        """What was found so far."""

    def engine_of(self, model: ModelInfo) -> EngineHandle:
        """Return the engine of a model."""


class ReadAlone:
    """An engine that nobody else uses, in a notebook or on the command line."""

    def __init__(self, engine: EngineHandle) -> None:
        self._engine = engine
        self.known: dict[Hashable, Any] = {}

    def engine_of(self, model: ModelInfo) -> EngineHandle:
        """Return it."""
        return self._engine


class ModelHandle(Protocol):
    """The model in use, and what was found with it so far: panels do not ask twice."""

    @property
    def engine(self) -> EngineHandle:
        """The loaded model."""

    @property
    def known(self) -> Known:
        """What panels' work found with it."""

    def handle_of(self, model: ModelInfo) -> "ModelHandle":
        """Return the model in use or the second one; `problems.Stopped` if it is neither now."""

    def engine_of(self, model: ModelInfo) -> EngineHandle:
        """Return the engine of `handle_of`."""

    def sample(self, sentences: Sequence[str], n_tokens: int) -> Generator[None, None, Sample]:
        """Read sentences until there are ``n_tokens``, in short steps; what was read is kept."""

    def roles(self, sentences: Sequence[str]) -> Generator[HeadRoles, None, HeadRoles]:
        """Measure what heads look at in short steps, kept and gone on with; yield what is known."""


ModelWork: TypeAlias = Callable[[ModelHandle, Stop, Report], Any]

_AT_ONCE = 16
"""So many words are tried in a place in under 100 ms, each in a few forms, in 512 tokens."""


def written_forms(
    engine: EngineHandle,
    request: AnalysisRequest,
    rows: Sequence[int | Sequence[int]],
    mask: int,
    stop: Stop,
) -> Generator[None, None, tuple[Replacement | None, ...]]:
    """Find what to write so that each of some rows, or words of several, stands at a mask."""
    found: list[Replacement | None] = []
    for start in range(0, len(rows), _AT_ONCE):
        if start:
            yield None
        found += engine.replacements(request, rows[start : start + _AT_ONCE], mask, stop)
    return tuple(found)
