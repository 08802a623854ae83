"""What is measured beyond one pass: words, states of many texts, the lens, sweeps, labels."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from roberta_gui.records.arrays import FloatArray, read_only
from roberta_gui.records.notebook import ShortRepr
from roberta_gui.records.request import AnalysisRequest
from roberta_gui.records.sentence import Candidate, FillMask, ModelInfo, Task, Token


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WordScores(ShortRepr):
    """How probable some words are at each mask.

    A word is what would stand in the sentence: it is put in place of its mask, the filled text is
    tokenized, and the tokens that then stand there are its pieces. ``pieces`` are each word's rows
    of the vocabulary at the first mask; () where it has none of its own there, because it runs
    together with what stands beside it, or the model lacks one of them. ``pieces_at``, (mask,
    word), are those at every mask; () too where the word was not asked for.

    ``log_probability`` is float64 (mask, word), natural. One piece: the mask's own. Several: the
    mask becomes as many, and they are scored from left to right, each with the earlier ones filled
    in and the later ones masked, and summed. nan where the word has no pieces, or does not fit.
    ``rank`` is int64 (mask, word): 1 is the most probable row, equal ones in order of their ids;
    -1 where the word is not one piece. ``spelled`` gives, for each row in ``pieces_at``, readable
    text, and whether a space leads it.
    """

    request: AnalysisRequest
    model: ModelInfo
    words: tuple[str, ...]
    pieces: tuple[tuple[int, ...], ...]
    log_probability: NDArray[np.float64]
    rank: NDArray[np.int64]
    pieces_at: tuple[tuple[tuple[int, ...], ...], ...]
    spelled: Mapping[int, tuple[str, bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class TextRow(ShortRepr):
    """What is told of one of many texts; what was not asked for is None.

    ``n_tokens`` counts special tokens, ``dropped_tokens`` were cut off because the text was too
    long. ``bits`` is the surprisal of ``n_scored`` tokens together: of all but special ones and
    masks. ``guesses`` has one entry a mask.
    """

    text: str
    n_tokens: int
    dropped_tokens: int = 0
    bits: float | None = None
    n_scored: int | None = None
    guesses: tuple[FillMask, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TokenStates(ShortRepr):
    """What the text ``text_index`` (from 0) of several became inside the model.

    ``tokens`` are without the template's specials, which their ``index`` still counts;
    ``dropped_tokens`` were cut off because the text was too long. ``hidden`` is float32 (layer + 1,
    token, feature); ``[0]`` is the embedding output.
    """

    text_index: int
    tokens: tuple[Token, ...]
    hidden: FloatArray
    dropped_tokens: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WatchedWord(ShortRepr):
    """How one word of the vocabulary (``" cat"`` is not ``"cat"``) fares at every layer and token.

    ``ranks`` is int64 (layer + 1, token): 1 + the number of words with a greater logit.
    ``log_probabilities`` is float32 (layer + 1, token), natural. Not computed yet: -1 and nan.
    """

    id: int
    text: str
    leading_space: bool
    ranks: NDArray[np.int64]
    log_probabilities: FloatArray


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Lens(ShortRepr):
    """What every layer would guess at every token, if the masked-LM head read it.

    Earlier layers were never trained for this head: read their guesses with the entropy beside
    them. The last layer's are the model's own. Token columns arrive one after the other; what
    is not computed yet is -1 or nan.

    ``ids`` is int64 (layer + 1, token, k): the likeliest words, best first, equal ones by id;
    ``log_probabilities``, float32, theirs, natural, over the whole vocabulary. ``spelled`` gives
    each word's readable text, and whether a space leads it. ``entropy_bits`` and ``kl_bits`` are
    float32 (layer + 1, token): of the whole distribution, and KL(last layer ‖ this layer).
    """

    request: AnalysisRequest
    model: ModelInfo
    tokens: tuple[Token, ...]
    ids: NDArray[np.int64]
    log_probabilities: FloatArray
    entropy_bits: FloatArray
    kl_bits: FloatArray
    spelled: Mapping[int, tuple[str, bool]]
    watched: WatchedWord | None = None
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
class Sweep(ShortRepr):
    """How much a watched word at one mask depends on each head, as far as is known.

    ``request`` says by which ablation; ``word`` is literal, ``word_id`` its row of the vocabulary.
    ``baseline`` is its natural log-probability with no head switched off but the request's own.
    ``changes``, float64 (layer, head), is by how many nats that changes when this head is switched
    off too, below 0 where the guess depends on the head. nan is not known yet.
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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Prediction(ShortRepr):
    """What a fine-tuned model says of a text, or of each of its tokens.

    ``logits`` is float32 (label,), or (token, label) where the task labels tokens.
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
        """The likeliest label, or each token's; all above half of several; none of regressions."""
        names = self.task.labels
        if self.task.kind == "regression":
            return ()
        if self.task.kind == "multi_label":
            above = zip(names, self.logits.tolist(), strict=True)
            return tuple(name for name, logit in above if logit > 0)
        return tuple(names[int(place)] for place in np.atleast_1d(self.logits.argmax(axis=-1)))
