"""What is measured beyond one pass: words, states of many texts, the lens, and sweeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from roberta_gui.records.arrays import FloatArray, HoldsArrays
from roberta_gui.records.request import AnalysisRequest
from roberta_gui.records.sentence import Candidate, ModelInfo, Token


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WordScores(HoldsArrays):
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
    spelled
        For each row in ``pieces_at``: readable text, and whether a space leads it.
    """

    request: AnalysisRequest
    model: ModelInfo
    words: tuple[str, ...]
    pieces: tuple[tuple[int, ...], ...]
    log_probability: NDArray[np.float64]
    rank: NDArray[np.int64]
    pieces_at: tuple[tuple[tuple[int, ...], ...], ...]
    spelled: Mapping[int, tuple[str, bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TokenStates(HoldsArrays):
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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Watched(HoldsArrays):
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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Lens(HoldsArrays):
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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sweep(HoldsArrays):
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
