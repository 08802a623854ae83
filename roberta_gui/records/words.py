"""What is found out about words at masks: fillings, whole words, attributions, patches, answers."""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from roberta_gui.records.notebook import ShortRepr
from roberta_gui.records.request import AnalysisRequest
from roberta_gui.records.sentence import Candidate, ModelInfo, Token

AttributionMethod = Literal["integrated_gradients", "gradient_x_input", "occlusion"]

PatchSites = Literal["layer_token", "layer"]
"""What is copied at once: one token's state at a layer, or all tokens' states at a layer."""

LEAST_GAP: Final = 1e-4
"""Nats between two runs below which there is only what float32 leaves: nothing to regain."""


@dataclass(frozen=True, slots=True, repr=False)
class Filling(ShortRepr):
    """One row of the vocabulary for every mask, and how probable they are together.

    Attributes
    ----------
    candidates
        One a mask; rank and probability are those at a mask while all the others are masks too.
    log_probability
        Natural; the mean over the two orders, each the sum of the conditional log-probabilities
        of one mask after the other.
    by_order
        The same from left to right, and from right to left: equal where order does not matter.
    independent_log_probability
        The sum of the candidates' own, as if no mask knew of another.
    independent_rank
        Place among all fillings by that sum, from 1; -1 beyond the first 10,000.
    """

    candidates: tuple[Candidate, ...]
    log_probability: float
    by_order: tuple[float, float]
    independent_log_probability: float
    independent_rank: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fillings(ShortRepr):
    """The best fillings of all masks together, beside those that simpler ways arrive at.

    Attributes
    ----------
    together
        Best first, as far as they are known: the best of all that either order's beams found.
    apart
        Every mask's own best guess; None where it is not scored yet.
    in_turn
        The best guess at the first mask, then the best at the second with it, and so on.
    complete
        Whether the search is over.
    """

    request: AnalysisRequest
    model: ModelInfo
    tokens: tuple[Token, ...]
    together: tuple[Filling, ...] = ()
    apart: Filling | None = None
    in_turn: Filling | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True)
class WholeWord:
    """A word of one or several pieces at a mask.

    Attributes
    ----------
    text
        The word, without a space before it.
    ids
        Rows of the vocabulary; of its likelier form where it has two.
    log_probability
        Natural: the pieces' sum, each with the earlier ones filled in and the later ones masked;
        where the word stands in the vocabulary with and without a space, of both together.
    per_piece
        The form's own sum divided by its number of pieces: shown, never sorted by.
    forms
        Each form's ids and sum.
    """

    text: str
    ids: tuple[int, ...]
    log_probability: float
    per_piece: float
    forms: tuple[tuple[tuple[int, ...], float], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Attribution(ShortRepr):
    """What each token adds to the log-probability of a word at a mask.

    Attributes
    ----------
    word, against
        The words as they would be written there; the target is log p(word), less
        log p(against) where there is one. Natural logarithms.
    token_index
        Which token the mask is.
    values
        float64 (token,); nan at tokens that the method leaves alone, or does not know yet.
    score, baseline_score
        The target as the sentence is, and with masks in place of all its words.
    fraction
        How much of the work is done, 0 to 1.
    """

    request: AnalysisRequest
    model: ModelInfo
    tokens: tuple[Token, ...]
    word: str
    against: str | None
    method: AttributionMethod
    token_index: int
    values: NDArray[np.float64]
    score: float
    baseline_score: float
    fraction: float

    @property
    def total(self) -> float:
        """What all tokens add together."""
        return float(np.nansum(self.values))

    @property
    def completeness_error(self) -> float:
        """How far that is from what the target gained over the baseline (should be 0)."""
        return abs(self.total - (self.score - self.baseline_score))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Patching(ShortRepr):
    """How much of a word's log-probability comes back with one state of the clean run.

    Attributes
    ----------
    clean, corrupted
        The runs that states are taken from, and put into.
    word
        As it would be written at the corrupted run's mask.
    log_probability
        float64 (layer + 1, token of the corrupted run), or (layer + 1,) where all tokens of a
        layer are copied at once: natural, with the copied state. nan where a token has no partner
        in the clean run, or is not known yet.
    clean_log_probability, corrupted_log_probability
        The word's in the two runs as they are.
    against
        A second word, whose log-probability is taken from all of these; None for none.
    """

    clean: AnalysisRequest
    corrupted: AnalysisRequest
    model: ModelInfo
    tokens: tuple[Token, ...]
    word: str
    token_index: int
    log_probability: NDArray[np.float64]
    clean_log_probability: float
    corrupted_log_probability: float
    fraction: float
    against: str | None = None

    @property
    def gap(self) -> float:
        """What there is to regain, in nats; nan as long as the runs are not made."""
        return self.clean_log_probability - self.corrupted_log_probability

    @property
    def has_no_gap(self) -> bool:
        """Whether the word is as probable in both runs, up to what float32 leaves."""
        return abs(self.gap) < LEAST_GAP

    @property
    def regained(self) -> NDArray[np.float64]:
        """The share that comes back: 0 as in the corrupted run, 1 as in the clean one.

        Of nothing no share comes back: it is 0 at all states that were copied.
        """
        more = self.log_probability - self.corrupted_log_probability
        return abs(more) * 0 if self.has_no_gap else more / self.gap


@dataclass(frozen=True, slots=True)
class WordNeighbour:
    """A row of the vocabulary near to another: its text, and the cosine of their embeddings."""

    id: int
    text: str
    leading_space: bool
    cosine: float


@dataclass(frozen=True, slots=True)
class CutStep:
    """One step of cutting a word.

    Attributes
    ----------
    found
        The piece that was made (BPE) or taken (WordPiece, Unigram), readable.
    number
        BPE: the rank of the merge, from 0, those learned first lowest. WordPiece: how many longer
        pieces were tried in vain. Unigram: the piece's natural log-probability. nan for what the
        vocabulary does not hold.
    pieces
        All pieces after this step.
    """

    found: str
    number: float
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class CutWord(ShortRepr):
    """How one stretch of a text, which the tokenizer never cuts across, becomes pieces.

    Attributes
    ----------
    text, bytes
        The stretch, readable and as UTF-8, its leading space included.
    start
        What the steps begin with: characters or bytes (BPE), or the whole of it.
    ids
        Rows of the vocabulary that come out in the end.
    """

    text: str
    bytes: bytes
    start: tuple[str, ...]
    steps: tuple[CutStep, ...]
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Dissection(ShortRepr):
    """A text under the microscope: how its tokenizer cuts it.

    Attributes
    ----------
    kind
        ``"BPE"``, ``"WordPiece"``, ``"Unigram"`` or ``"WordLevel"``.
    ids
        The tokenizer's own.
    agrees
        Whether the replayed steps end with these ids.
    """

    text: str
    kind: str
    words: tuple[CutWord, ...]
    ids: tuple[int, ...]
    agrees: bool


MOST_ANSWERS: Final = 1_000
"""So many are kept, the newest ones."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody guessed at a mask before the model's own guesses were shown; bits are −log₂ p.

    Attributes
    ----------
    fingerprint, mask
        Of the text and the model, as of their `Analysis`; and which of its masks, from 0.
    context
        What stands around the mask, which is a gap in it.
    guess, rank, bits
        As it was typed, "" where somebody only looked; its place among the words of one piece,
        -1 where it has several pieces; nan bits where it has no number.
    stood, stood_rank, stood_bits
        The same of what the mask hides; "" where nobody knows.
    best, best_bits
        The model's first guess.
    heads
        Which heads were off in the pass that all of these numbers are of, and what they gave
        instead; "" where none was.
    """

    fingerprint: str
    mask: int
    context: str
    guess: str
    rank: int
    bits: float
    stood: str
    stood_rank: int
    stood_bits: float
    best: str
    best_bits: float
    heads: str = ""

    @property
    def is_first(self) -> bool:
        """Whether the guess is the model's first."""
        return self.rank == 1

    @property
    def is_among_five(self) -> bool:
        """Whether the guess is among the model's first five."""
        return 1 <= self.rank <= 5

    @property
    def is_exact(self) -> bool:
        """Whether the guess is what stood there; capitals do not matter."""
        return bool(self.guess) and self.guess.casefold() == self.stood.casefold()

    @property
    def has_number(self) -> bool:
        """Whether there is a guess, and it has bits."""
        return bool(self.guess) and not math.isnan(self.bits)
