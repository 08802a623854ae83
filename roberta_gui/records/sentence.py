"""A sentence as one forward pass gives it: tokens, guesses, attention and hidden states."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from roberta_gui.problems import BadArgument
from roberta_gui.records import notebook
from roberta_gui.records.arrays import FloatArray, HoldsArrays
from roberta_gui.records.request import AnalysisRequest

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True)
class Token:
    """One token, as the model reads it and as a person can read it.

    Attributes
    ----------
    index
        Place in the sequence, specials counted.
    id
        Row of the vocabulary.
    text
        What the token stands for in the request's own string, without a leading space;
        each byte piece of a character shows the whole character.
    start, end
        Python character range in the request's string (``pair`` for segment 1),
        leading space excluded. A token that is only spaces spans them.
    is_special
        True only for tokens that the template added (``<s>``, ``</s>``).
    is_mask
        The id is the tokenizer's mask id.
    word
        The tokenizer's word number, continued in segment 1; None at specials.
    leading_space
        The token begins with a space that is not part of ``text``.
    segment
        0 or 1, None at specials.
    bytes
        The piece's own bytes, its leading space included.
    is_control
        A control token such as ``<s>`` that somebody typed.
    type_id
        Row of the model's type table, as the template says: 0 but in models with several.
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
    """What a checkpoint was fine-tuned to tell.

    Attributes
    ----------
    kind
        ``classification``: one of the labels for a text, or for a pair of texts;
        ``regression``: a number for each label; ``multi_label``: any of them may hold;
        ``tokens``: one of them for each word, read at its first token.
    labels
        In the order of the logits.
    """

    kind: TaskKind
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model this is, so that every number and picture can say where it came from."""

    name: str
    source: str
    n_layers: int
    n_heads: int
    d_model: int
    vocab_size: int
    max_tokens: int
    """Longest input in tokens, ``<s>`` and ``</s>`` counted."""
    n_parameters: int
    device: str
    dtype: str
    weights_sha256: str
    can_fill_masks: bool
    tokenizer_sha256: str = ""
    mask_token: str = "<mask>"
    special_tokens: tuple[str, ...] = ("<s>", "</s>")
    """What the tokenizer puts around a text; () where it puts nothing."""
    notices: tuple[str, ...] = ()
    """What somebody who uses this model should know, in whole sentences."""
    task: Task | None = None
    """What it was fine-tuned to tell; None where it has no head for a task."""


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


@dataclass(frozen=True, slots=True)
class FillMask:
    """The guesses at one mask.

    Attributes
    ----------
    token_index
        Which token is the mask.
    candidates
        Best first; equal probabilities stand in order of their ids.
    entropy_bits
        Entropy of the distribution over the whole vocabulary, in bits.
    covered
        Probability that the listed candidates hold together, 0 to 1.
    """

    token_index: int
    candidates: tuple[Candidate, ...]
    entropy_bits: float
    covered: float


@dataclass(frozen=True, slots=True)
class Replacement:
    """What to write so that a token stands where a mask stood.

    Attributes
    ----------
    start, end
        Python character range of the mask's segment that goes, spaces beside the mask included.
    text
        What comes instead.
    """

    start: int
    end: int
    text: str

    def applied(self, text: str) -> str:
        """Return the segment ``text`` with the replacement in it."""
        return text[: self.start] + self.text + text[self.end :]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Analysis(HoldsArrays):
    """Everything that one forward pass gives about one sentence.

    Attributes
    ----------
    attention
        float32 (layer, head, query, key), after softmax: rows sum to 1 over key.
    hidden
        float32 (layer + 1, token, feature); ``[0]`` is the embedding output.
    fills
        One entry a mask, in order; empty where the model has no masked-LM head.
    dropped_tokens
        How many tokens were cut off because the input was too long.
    seconds
        Wall time of the parts: ``tokens``, ``layers``, ``head``.
    """

    request: AnalysisRequest
    model: ModelInfo
    tokens: tuple[Token, ...]
    attention: FloatArray
    hidden: FloatArray
    fills: tuple[FillMask, ...]
    dropped_tokens: int = 0
    seconds: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def _repr_html_(self) -> str:
        """Show tokens and guesses in a notebook."""
        tokens = [(token.text, token.leading_space) for token in self.tokens]
        guesses = {
            fill.token_index: [(g.text, g.leading_space, g.probability) for g in fill.candidates]
            for fill in self.fills
        }
        return notebook.html_of(self.model.name, tokens, guesses)

    def to_frame(self, rows: Literal["tokens", "guesses"] = "tokens") -> "pandas.DataFrame":
        """Return the sentence as a pandas DataFrame.

        Parameters
        ----------
        rows
            ``"tokens"``: a row a token, indexed by its place, with the columns ``id``, ``text``,
            ``leading_space``, ``start``, ``end``, ``segment``, ``word``, ``is_special``,
            ``is_mask``, and at masks ``guess`` (the best), ``probability`` and ``entropy_bits``;
            what a token has not is missing (nan).
            ``"guesses"``: a row a guess, with the columns ``token_index``, ``rank``, ``id``,
            ``text``, ``leading_space`` and ``probability``.

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
        fills = {fill.token_index: fill for fill in self.fills}
        listed = [
            (*(getattr(token, name) for name in of_token), *_best(fills.get(token.index)))
            for token in self.tokens
        ]
        return notebook.frame((*of_token, "guess", "probability", "entropy_bits"), listed)


def _best(fill: FillMask | None) -> tuple[str | None, float, float]:
    """Return the best guess at a mask, its probability, and the entropy; None and nan elsewhere."""
    if fill is None:
        return None, math.nan, math.nan
    best = fill.candidates[0]
    return best.text, best.probability, fill.entropy_bits
