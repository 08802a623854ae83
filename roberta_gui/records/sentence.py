"""A sentence as one forward pass gives it, and what is run: a text, a model, heads that are off."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from roberta_gui.problems import BadArgument
from roberta_gui.records import notebook
from roberta_gui.records.arrays import FloatArray
from roberta_gui.records.notebook import ShortRepr
from roberta_gui.records.request import Ablation, AnalysisRequest

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True)
class Token:
    """One token, as the model reads it and as a person can read it.

    ``index`` is its place in the sequence, specials counted; ``id`` its row of the vocabulary.
    ``text`` is what it stands for in the request's own string, without a leading space
    (``leading_space`` tells of one); each byte piece of a character shows the whole character,
    while ``bytes`` are the piece's own. ``start`` and ``end`` count Python characters of that
    string (``pair`` for segment 1), the leading space excluded; only spaces span themselves.
    ``is_special`` is true only for tokens that the template added (``<s>``, ``</s>``),
    ``is_control`` for such ones that somebody typed; ``is_mask`` goes by the tokenizer's mask id.
    ``word`` is the tokenizer's word number, continued in segment 1, and ``segment`` 0 or 1; both
    are None at specials. ``type_id`` is the row of the model's type table: 0 but in some models.
    """

    index: int
    id: int
    text: str
    start: int
    end: int
    is_special: bool
    is_mask: bool
    word: int | None
    leading_space: bool
    segment: int | None
    bytes: bytes
    is_control: bool = False
    type_id: int = 0


TaskKind = Literal["classification", "regression", "multi_label", "tokens"]


@dataclass(frozen=True, slots=True)
class Task:
    """What a checkpoint was fine-tuned to tell; ``labels`` are in the order of the logits.

    ``classification``: one of the labels for a text, or for a pair of texts; ``regression``: a
    number for each label; ``multi_label``: any of them may hold; ``tokens``: one of them for each
    word, read at its first token.
    """

    kind: TaskKind
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class ModelInfo(ShortRepr):
    """Which model this is, so that every number and picture can say where it came from.

    ``max_tokens`` counts ``<s>`` and ``</s>``; ``special_tokens`` are what the tokenizer puts
    around a text, () where it puts nothing. ``notices`` are what its users should know, in whole
    sentences; ``task`` is what it was fine-tuned to tell, None without a head for one.
    ``can_type_mask`` is False where no text is read as a mask: there is none, or it is cut up.
    ``configuration_sha256`` names all that changes what the same weights compute, as heads do.
    """

    name: str
    source: str
    n_layers: int
    n_heads: int
    d_model: int
    vocab_size: int
    max_tokens: int
    n_parameters: int
    device: str
    dtype: str
    weights_sha256: str = field(repr=False)
    can_fill_masks: bool
    tokenizer_sha256: str = field(default="", repr=False)
    configuration_sha256: str = field(default="", repr=False)
    mask_token: str = field(default="<mask>", repr=False)
    special_tokens: tuple[str, ...] = field(default=("<s>", "</s>"), repr=False)
    notices: tuple[str, ...] = field(default=(), repr=False)
    task: Task | None = None
    can_type_mask: bool = True

    def has_heads_of(self, other: "ModelInfo | None") -> bool:
        """Tell whether its heads are those of another: the same weights, wherever they compute."""
        return other is not None and (self.weights_sha256, self.n_layers, self.n_heads) == (
            other.weights_sha256, other.n_layers, other.n_heads,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """One guess for a mask; ``probability`` is over the whole vocabulary, 0 to 1.

    The ``text`` of a piece that only goes on with a word has the vocabulary's mark: ``##s``.
    """

    rank: int
    id: int
    text: str
    leading_space: bool
    probability: float


@dataclass(frozen=True, slots=True, repr=False)
class FillMask(ShortRepr):
    """The guesses at one mask, the best first; equal ones stand in order of their ids.

    ``entropy_bits`` is of the distribution over the whole vocabulary, ``covered`` the probability
    that the listed candidates hold together, ``filtered`` that of all words which a filter keeps
    from the list, 0 to 1.
    """

    token_index: int
    candidates: Sequence[Candidate]
    entropy_bits: float
    covered: float
    filtered: float = 0.0


@dataclass(frozen=True, slots=True)
class Replacement:
    """What to write so that a token stands where a mask stood.

    ``text`` takes the place of the Python characters ``start`` to ``end`` of the mask's segment,
    spaces beside the mask included.
    """

    start: int
    end: int
    text: str

    def applied(self, text: str) -> str:
        """Return the segment ``text`` with the replacement in it."""
        return text[: self.start] + self.text + text[self.end :]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Analysis(ShortRepr):
    """Everything that one forward pass gives about one sentence.

    ``attention`` is float32 (layer, head, query, key), after softmax: rows sum to 1 over key.
    ``hidden`` is float32 (layer + 1, token, feature); ``[0]`` is the embedding output. ``fills``
    has one entry a mask, in order, and none where the model has no masked-LM head.
    ``dropped_tokens`` were cut off because the input was too long. ``seconds`` is the wall time of
    the parts ``tokens``, ``layers``, ``head``.
    """

    request: AnalysisRequest
    model: ModelInfo
    tokens: tuple[Token, ...]
    attention: FloatArray
    hidden: FloatArray
    fills: tuple[FillMask, ...]
    dropped_tokens: int = 0
    seconds: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def fingerprint(self) -> str:
        """Name the text and the model in 16 characters, whichever of its heads are off."""
        model, asked = self.model, self.request
        named = model.weights_sha256, model.configuration_sha256, model.tokenizer_sha256
        # JSON keeps a text that has the other's line end in it apart from a pair of texts.
        written = json.dumps([*named, asked.text, asked.pair])
        return hashlib.sha256(written.encode()).hexdigest()[:16]

    def _repr_html_(self) -> str:
        """Show tokens and guesses in a notebook."""
        tokens = [(token.text, token.leading_space) for token in self.tokens]
        guesses = {
            fill.token_index: [(g.text, g.leading_space, g.probability) for g in fill.candidates]
            for fill in self.fills
        }
        return notebook.html_of(self.model.name, tokens, guesses)

    def to_frame(self, rows: Literal["tokens", "guesses"] = "tokens") -> "pandas.DataFrame":
        """Return the sentence as a pandas DataFrame: a row a token, or a row a guess.

        Columns are named as the attributes of `Token` and `Candidate`; at masks a token's row has
        the best ``guess``, its ``probability`` and ``entropy_bits``, nan elsewhere.

        Raises
        ------
        problems.MissingPackage
            pandas is not installed.
        problems.BadArgument
            ``rows`` is something else.
        """
        if rows == "guesses":
            names = ("rank", "id", "text", "leading_space", "probability")
            listed = [
                (fill.token_index, *(getattr(guess, name) for name in names))
                for fill in self.fills
                for guess in fill.candidates
            ]
            return notebook.frame(("token_index", *names), listed)
        if rows != "tokens":
            raise BadArgument(f"A table has no {rows!r}.", "Rows are tokens or guesses.")
        of_token = ["id", "text", "leading_space", "start", "end", "segment", "word"]
        of_token += ["is_special", "is_mask"]
        best: dict[int, tuple[str | None, float, float]] = {
            fill.token_index: (guess.text, guess.probability, fill.entropy_bits)
            for fill in self.fills
            for guess in fill.candidates[:1]
        }
        listed = [
            (
                *(getattr(token, name) for name in of_token),
                *best.get(token.index, (None, math.nan, math.nan)),
            )
            for token in self.tokens
        ]
        return notebook.frame((*of_token, "guess", "probability", "entropy_bits"), listed)


@dataclass(frozen=True, slots=True, repr=False)
class Run(ShortRepr):
    """What one side of the window shows, from the first keystroke on.

    ``text`` stands in the editor; ``tokens`` are there once a tokenizer has read it, and its
    ``pair``, before any model has run. ``switched_off`` are heads as ``(layer, head)`` from 0.
    ``analysis`` is the last pass; it may be of an earlier text, model or set of heads, see
    `is_stale`.
    """

    text: str = ""
    tokens: tuple[Token, ...] = ()
    dropped_tokens: int = 0
    pair: str | None = None
    model: ModelInfo | None = None
    switched_off: frozenset[tuple[int, int]] = frozenset()
    ablation: Ablation = "zero"
    analysis: Analysis | None = None

    @classmethod
    def of(cls, analysis: Analysis) -> "Run":
        """Return the run that has been computed."""
        known = analysis.request
        return cls(
            known.text, analysis.tokens, analysis.dropped_tokens, known.pair, analysis.model,
            known.switched_off, known.ablation, analysis,
        )  # fmt: skip

    @property
    def request(self) -> AnalysisRequest:
        """What to ask the model for."""
        ablation = self.ablation if self.switched_off else "zero"  # else it says nothing
        return AnalysisRequest(
            self.text, self.pair, switched_off=self.switched_off, ablation=ablation
        )

    @property
    def is_stale(self) -> bool:
        """Whether the analysis is missing, or of another text, model or set of heads."""
        if self.analysis is None:
            return True
        known = self.analysis.request
        return (
            (known.text, known.pair) != (self.text, self.pair)
            or known.switched_off != self.switched_off
            or (bool(self.switched_off) and known.ablation != self.ablation)
            or (self.model is not None and self.analysis.model != self.model)
        )
