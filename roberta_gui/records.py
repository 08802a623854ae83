"""The frozen values that flow between engine, analysis and window (numpy only).

Axis words, in this order wherever they meet: layer, head, query, key, token, feature.
Every array is read-only. Records that hold arrays compare by identity, because comparing
arrays element by element is never what a caller of ``==`` means.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Head: TypeAlias = tuple[int, int]
"""A head as (layer, head), both from 0."""


Stop = Callable[[], bool]
"""Asked between steps of a long computation: True means "please end now"."""

Report = Callable[[str, float | None], None]
"""Told about progress: a sentence, and the fraction done (None where nobody knows)."""

Ablation = Literal["zero", "mean"]

Estimator = Literal["unmasked", "pll", "pll_word_l2r"]
"""How surprisal is asked for: see `engine.surprisal`."""

WordOrRow = str | int
"""A word as it would stand in the sentence, or a row of the vocabulary."""

FloatArray = NDArray[np.floating[Any]]

AnyArray = TypeVar("AnyArray", bound="NDArray[Any]")


def read_only(array: AnyArray) -> AnyArray:
    """Lock ``array`` against writing and hand it back."""
    array.flags.writeable = False
    return array


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


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """What to compute: the text, and how many guesses a mask gets.

    Attributes
    ----------
    text
        The sentence; ``""`` is legal.
    pair
        A second segment of the same input (``<s> A </s></s> B </s>``).
    top_k
        How many candidates each mask lists.
    switched_off
        Heads to switch off, as ``(layer, head)`` counted from 0.
    ablation
        What a switched-off head gives instead: zeros, or its mean over the tokens.
    """

    text: str
    pair: str | None = None
    top_k: int = 10
    switched_off: frozenset[tuple[int, int]] = frozenset()
    ablation: Ablation = "zero"


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


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
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


@dataclass(frozen=True, slots=True, eq=False)
class WordScores:
    """How probable some words are at each mask.

    A word is what would stand in the sentence: it is put in place of its mask, the filled text is
    tokenized, and the tokens that then stand there are its pieces.

    Attributes
    ----------
    pieces
        For each word, its rows of the vocabulary at the first mask; () where it has none of its
        own there, because it runs together with what stands beside it.
    log_probability
        float64 (mask, word), natural. One piece: the mask's own. Several: the mask becomes as
        many, and they are scored from left to right, each with the earlier ones filled in and
        the later ones masked, and summed. nan where the word has no pieces, or does not fit.
    rank
        int64 (mask, word): 1 is the most probable row, equal ones in order of their ids; -1 where
        the word is not one piece.
    pieces_at
        (mask, word): the same as ``pieces``, at every mask.
    """

    request: AnalysisRequest
    model: ModelInfo
    words: tuple[str, ...]
    pieces: tuple[tuple[int, ...], ...]
    log_probability: NDArray[np.float64]
    rank: NDArray[np.int64]
    pieces_at: tuple[tuple[tuple[int, ...], ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class TokenStates:
    """What one of several texts became inside the model, special tokens left out.

    Attributes
    ----------
    text_index
        Which of the texts, counted from 0 in the caller's order.
    tokens
        Its tokens without the template's specials; ``index`` still counts those.
    hidden
        float32 (layer + 1, token, feature); ``[0]`` is the embedding output.
    dropped_tokens
        How many tokens were cut off because the text was too long.
    """

    text_index: int
    tokens: tuple[Token, ...]
    hidden: FloatArray
    dropped_tokens: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """How one word of the vocabulary fares at every layer and token.

    Attributes
    ----------
    id, text, leading_space
        Which word: ``" cat"`` is not ``"cat"``.
    ranks
        int64 (layer + 1, token): 1 + the number of words with a greater logit; -1 where not
        computed yet.
    log_probabilities
        float32 (layer + 1, token), natural; nan where not computed yet.
    """

    id: int
    text: str
    leading_space: bool
    ranks: NDArray[np.int64]
    log_probabilities: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """What every layer would guess at every token, if the masked-LM head read it.

    Earlier layers were never trained for this head: read their guesses with the entropy beside
    them. The last layer's are the model's own. Token columns arrive one after the other; what
    is not computed yet is -1 or nan.

    Attributes
    ----------
    ids
        int64 (layer + 1, token, k): the likeliest words, best first, equal ones by id.
    log_probabilities
        float32 (layer + 1, token, k): theirs, natural, over the whole vocabulary.
    entropy_bits
        float32 (layer + 1, token): of the distribution over the whole vocabulary.
    kl_bits
        float32 (layer + 1, token): KL(last layer ‖ this layer), 0 at the last layer.
    spelled
        For each word in ``ids``: readable text, and whether a space leads it.
    watched
        The word that somebody watches, if any.
    """

    request: AnalysisRequest
    model: ModelInfo
    tokens: tuple[Token, ...]
    ids: NDArray[np.int64]
    log_probabilities: FloatArray
    entropy_bits: FloatArray
    kl_bits: FloatArray
    spelled: Mapping[int, tuple[str, bool]]
    watched: Watched | None = None
    dropped_tokens: int = 0

    @property
    def computed(self) -> NDArray[np.bool_]:
        """Which token columns are there: bool (token,)."""
        there: NDArray[np.bool_] = self.ids[0, :, 0] >= 0
        return there

    def candidates(self, layer: int, token: int) -> tuple[Candidate, ...]:
        """List the guesses of a layer (0: embeddings) at a token; () where not computed yet."""
        listed = zip(self.ids[layer, token], self.log_probabilities[layer, token], strict=True)
        return tuple(
            Candidate(rank, int(row), *self.spelled[int(row)], float(np.exp(log_probability)))
            for rank, (row, log_probability) in enumerate(listed, start=1)
            if row >= 0
        )


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """How much a watched word at one mask depends on each head, as far as is known.

    Attributes
    ----------
    request
        What the heads were switched off in, and by which ablation.
    word, word_id
        The watched word, literally, and its row of the vocabulary.
    token_index
        Which token the mask is.
    baseline
        The word's natural log-probability with no head switched off but the request's own; nan
        until it is known.
    changes
        float64 (layer, head): by how many nats that changes when this head is switched off too,
        below 0 where the guess depends on the head; nan where it is not known yet.
    """

    request: AnalysisRequest
    model: ModelInfo
    tokens: tuple[Token, ...]
    word: str
    word_id: int
    token_index: int
    baseline: float
    changes: NDArray[np.float64]

    @property
    def fraction(self) -> float:
        """How much of the sweep is done, 0 to 1."""
        return float(np.mean(~np.isnan(self.changes)))

    @property
    def ranked(self) -> tuple[tuple[int, int], ...]:
        """Known heads as ``(layer, head)``, the one that hurts most first, ties in their order."""
        known = np.argwhere(~np.isnan(self.changes))
        order = np.argsort(self.changes[tuple(known.T)], kind="stable")
        return tuple((int(layer), int(head)) for layer, head in known[order])

    def filled(self, baseline: float, changes: NDArray[np.float64]) -> "Sweep":
        """Make the same sweep with more of it known."""
        return replace(self, baseline=baseline, changes=changes)
