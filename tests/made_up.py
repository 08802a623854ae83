"""Made-up models, analyses and answers, seeded, for what needs a record and not a model."""

from collections.abc import Generator, Hashable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.axes.reference_fit import fit_reference_axes
from roberta_gui.analysis.heads.roles import HeadRoles, measure
from roberta_gui.analysis.heads.words import to_words
from roberta_gui.analysis.layer_maps.samples import Reading, Sample
from roberta_gui.analysis.stepped import result_of
from roberta_gui.records import (
    Ablation,
    Analysis,
    AnalysisRequest,
    Attribution,
    AttributionMethod,
    Candidate,
    Estimator,
    Fillings,
    FillMask,
    FloatArray,
    Lens,
    ModelInfo,
    Patching,
    Prediction,
    Replacement,
    Report,
    Run,
    Stop,
    Sweep,
    Task,
    Token,
    TokenStates,
    WatchedWord,
    WholeWord,
    WordOrRow,
    WordScores,
    read_only,
)
from tests.made_up_tokens import MASK_ID, MadeUpTokens, cut, text_of, tokens_of
from tests.made_up_words import (
    attributed,
    filled_together,
    patched,
    predicted,
    refuse,
    scored,
    whole_words,
)

MADE_UP = ModelInfo(
    name="made up", source="made up", n_layers=4, n_heads=6, d_model=16, vocab_size=100,
    max_tokens=512, n_parameters=0, device="cpu", dtype="float32", weights_sha256="0" * 64,
    can_fill_masks=True, task=Task("classification", ("bad", "good")),
)  # fmt: skip

SMALLER = replace(MADE_UP, name="smaller", source="smaller", n_layers=2, d_model=8)
"""A second model beside it."""

MADE_UP_TOKENS = 400
"""Most tokens of a made-up sample: enough for every statistic, and there at once."""

MADE_UP_SENTENCES = 24
"""Most sentences of made-up head roles."""

WORDS = ("floor", "table", "roof", "bed", "couch", "ground", "porch", "fence")
"""What is guessed at every mask, best first."""

FIRST_ROW = 11
"""Row of the first of them."""


def make_model(*, name: str = "made-up", n_layers: int = 3, n_heads: int = 4) -> ModelInfo:
    """Describe a model that does not exist; one of another name has other weights."""
    weights = MADE_UP.weights_sha256 if name == "made-up" else f"{name.encode().hex():0<64}"[:64]
    return replace(
        MADE_UP, name=name, source=name, n_layers=n_layers, n_heads=n_heads, d_model=8,
        vocab_size=50265, max_tokens=64, n_parameters=1000, weights_sha256=weights,
    )  # fmt: skip


def make_tokens(ids: Sequence[int]) -> tuple[Token, ...]:
    """Make a token ``t<id>`` for each id, between ``<s>`` and ``</s>``."""
    return tokens_of(text_of(ids), make_model(), ids)


def make_analysis(
    ids: Sequence[int] = (11, 12, MASK_ID, 14),
    *,
    text: str | None = None,
    model: ModelInfo | None = None,
) -> Analysis:
    """Make the analysis of a sentence of these token ids, said to be of ``text``."""
    tokens = make_tokens(ids)
    made = _analysis(text or text_of(ids), model or make_model(), tokens, len(tokens))
    guess = Candidate(1, 7, "dog", True, 0.25)
    masks = (token.index for token in tokens if token.is_mask)
    return replace(made, fills=tuple(FillMask(mask, (guess,), 5.0, 0.25) for mask in masks))


def made_up_analysis(text: str, model: ModelInfo = MADE_UP, seed: int = 0) -> Analysis:
    """Invent an analysis of ``text``, one token a word, that obeys all shapes and sums."""
    return _analysis(text, model, tokens_of(text, model), seed)


def _analysis(text: str, model: ModelInfo, tokens: tuple[Token, ...], seed: int) -> Analysis:
    random = np.random.default_rng(seed)
    n = len(tokens)
    scores = random.normal(size=(model.n_layers, model.n_heads, n, n)) * 2
    weights = np.exp(scores)
    attention = (weights / weights.sum(-1, keepdims=True)).astype(np.float32)
    hidden = random.normal(size=(model.n_layers + 1, n, model.d_model)).astype(np.float32)
    fills = tuple(_fill(token, random) for token in tokens if token.is_mask)
    return Analysis(
        AnalysisRequest(text), model, tokens, read_only(attention), read_only(hidden), fills
    )


def made_up_strangers() -> tuple[Analysis, Analysis]:
    """Invent two analyses that have no token in common, not even special ones."""
    sides = (made_up_analysis(text, seed=nth) for nth, text in enumerate(("one two", "three")))
    a, b = (replace(side, tokens=tuple(replace(token, index=token.index - 1)
                                       for token in side.tokens[1:-1]),
                    hidden=side.hidden[:, 1:-1], attention=side.attention[..., 1:-1, 1:-1])
            for side in sides)  # fmt: skip
    return a, replace(b, tokens=tuple(replace(token, id=77) for token in b.tokens))


def made_up_second(text: str, model: ModelInfo = MADE_UP) -> Run:
    """Invent a second sentence to compare ``text`` with: a word longer, other numbers."""
    return Run.of(made_up_analysis(f"{text} too", model, seed=1))


@cache
def made_up_axes(model: ModelInfo) -> ReferenceAxes:
    """Fit axes on invented reference states of ``model``'s shape, once: that takes a while."""
    random = np.random.default_rng(1)
    vocabulary = [f"{one}{other}" for one in "bcdfgklmnprst" for other in ("ana", "elo", "iru")]
    sentences = [" ".join(random.choice(vocabulary, 12)) for _ in range(40)]
    return result_of(fit_reference_axes(MadeUpEngine(model).token_states(sentences), sentences))


class MadeUpEngine(MadeUpTokens):
    """Answers what panels ask of an Engine with invented numbers of the right shapes."""

    def __init__(self, info: ModelInfo = MADE_UP) -> None:
        self.info = info

    def token_states(
        self, texts: Sequence[str], *_told: Any, **_more: Any
    ) -> Iterator[TokenStates]:
        """Invent the states of each text's words."""
        for index, text in enumerate(texts):
            text, dropped = cut(text, self.info.max_tokens - 2)
            analysis = made_up_analysis(text, self.info, seed=index)
            words = [token for token in analysis.tokens if not token.is_special]
            hidden = analysis.hidden[:, [token.index for token in words]]
            yield TokenStates(index, tuple(words), read_only(hidden), dropped)

    def lens_steps(
        self, request: AnalysisRequest, top_k: int = 10, watch: WordOrRow | None = None,
        *_told: Any, **_more: Any,
    ) -> Iterator[Lens]:  # fmt: skip
        """Invent guesses for every layer, half of the tokens a step; one word can be watched.

        With heads switched off some of them are others.
        """
        refuse(watch)
        return self._lens(request, top_k, watch)

    def _lens(
        self, request: AnalysisRequest, top_k: int, watch: WordOrRow | None
    ) -> Iterator[Lens]:
        random = np.random.default_rng(len(request.text) + len(request.switched_off))
        tokens = made_up_analysis(request.text, self.info).tokens
        shape = (self.info.n_layers + 1, len(tokens))
        ids = np.sort(random.integers(10, 90, size=(*shape, top_k)), axis=-1)
        shares = -np.sort(random.exponential(2.0, size=(*shape, top_k)).cumsum(axis=-1))
        shares = shares.astype(np.float32) - 0.1
        entropy, kl = random.gamma(2.0, size=(2, *shape)).astype(np.float32)
        kl[-1] = 0.0
        ranks = random.integers(1, 100, size=shape)
        watched = None
        if watch is not None:
            word = watch.strip() if isinstance(watch, str) else f"word{watch}"
            chance = np.log(1 / (1.0 + ranks)).astype(np.float32)
            watched = WatchedWord(11, word, True, read_only(ranks), read_only(chance))
        half = len(tokens) // 2
        for end in (half, len(tokens)) if half else (len(tokens),):
            unread = np.arange(len(tokens)) >= end
            known = ids.copy()
            known[:, unread] = -1
            yield Lens(
                request, self.info, tokens, read_only(known), read_only(shares),
                read_only(np.where(unread, np.float32(np.nan), entropy)),
                read_only(np.where(unread, np.float32(np.nan), kl)),
                {row: (f"word{row}", True) for row in range(10, 90)}, watched,
            )  # fmt: skip

    def contribution_steps(
        self, request: AnalysisRequest, words: Sequence[int] | None = None,
        stop: Stop | None = None, report: Report | None = None,
    ) -> Iterator[FloatArray]:  # fmt: skip
        """Invent a length for each token's value vector, other ones with heads switched off."""
        random = np.random.default_rng(len(request.switched_off))
        for weights in made_up_analysis(request.text, self.info).attention:
            lengths = random.gamma(2.0, size=(weights.shape[0], 1, weights.shape[-1]))
            brought = (weights * lengths).astype(np.float32)
            yield read_only(brought) if words is None else to_words(brought, words).matrix

    def mask_log_probability_steps(
        self, request: AnalysisRequest, stop: Stop | None = None, report: Report | None = None,
        *, hidden: FloatArray | None = None,
    ) -> Generator[None, None, FloatArray]:  # fmt: skip
        """Invent what fits the guesses of the made-up analysis; the other words share the rest."""
        fills = made_up_analysis(request.text, self.info, len(request.switched_off)).fills
        shares = np.empty((len(fills), self.info.vocab_size), dtype=np.float32)
        for row, fill in zip(shares, fills, strict=True):
            row[:] = (1 - fill.covered) / (len(row) - len(fill.candidates))
            row[[c.id for c in fill.candidates]] = [c.probability for c in fill.candidates]
        yield
        return read_only(np.log(shares))

    def token_log_probability_steps(
        self, request: AnalysisRequest, token: int, *_told: Any, **_more: Any
    ) -> Generator[None, None, FloatArray]:
        """Invent that the token is copied: it has most, the other words share the rest."""
        tokens = made_up_analysis(request.text, self.info).tokens
        shares = np.full(self.info.vocab_size, 0.1 / (self.info.vocab_size - 1), np.float32)
        shares[tokens[token].id] = 0.9
        yield
        return read_only(np.log(shares))

    def score_words_steps(
        self, request: AnalysisRequest, words: Sequence[str], *_told: Any, **_more: Any
    ) -> Generator[None, None, WordScores]:
        """Score guesses as the made-up analysis has them; other words are two pieces."""
        analysis = made_up_analysis(request.text, self.info, len(request.switched_off))
        yield
        pieces = FIRST_ROW, FIRST_ROW + 1
        return scored(replace(analysis, request=request), words, pieces, self.spell)

    def attribute_steps(
        self,
        request: AnalysisRequest,
        word: WordOrRow,
        against: WordOrRow | None = None,
        method: AttributionMethod = "integrated_gradients",
        steps: int = 32,
        mask: int = 0,
        *_told: Any,
        **_more: Any,
    ) -> Iterator[Attribution]:
        """Invent what each token adds, half of the tokens at first."""
        analysis = replace(made_up_analysis(request.text, self.info), request=request)
        other = None if against is None else _spelled(against)
        return attributed(analysis, _spelled(word), other, method, mask)

    def fill_together_steps(
        self, request: AnalysisRequest, n: int = 10, **_told: Any
    ) -> Iterator[Fillings]:
        """Invent fillings, better and better known."""
        return filled_together(
            replace(made_up_analysis(request.text, self.info), request=request), n
        )

    def whole_words_steps(
        self, request: AnalysisRequest, mask: int = 0, **_told: Any
    ) -> Iterator[tuple[WholeWord, ...]]:
        """Invent words of one piece, then of several."""
        return whole_words(made_up_analysis(request.text, self.info), mask)

    def patch_steps(
        self, clean: AnalysisRequest, corrupted: AnalysisRequest, word: WordOrRow, mask: int = 0,
        *_told: Any, against: str | None = None, **_more: Any,
    ) -> Iterator[Patching]:  # fmt: skip
        """Invent what comes back; words are written with a space."""
        runs = made_up_analysis(clean.text, self.info), made_up_analysis(corrupted.text, self.info)
        written = word.strip() if isinstance(word, str) else WORDS[word - FIRST_ROW]
        for found in patched(runs, (clean, corrupted), f" {written}", mask):
            yield replace(found, against=None if against is None else f" {against.strip()}")

    def surprisal_steps(
        self, request: AnalysisRequest, estimator: Estimator = "pll",
        stop: Stop | None = None, report: Report | None = None,
    ) -> Iterator[NDArray[np.float64]]:  # fmt: skip
        """Invent bits, half of the tokens a step; other ones with heads switched off."""
        tokens = made_up_analysis(request.text, self.info).tokens
        random = np.random.default_rng([len(estimator), len(request.switched_off)])
        invented = random.gamma(1.5, 0.4 if estimator == "unmasked" else 3.0, size=len(tokens))
        invented[[token.index for token in tokens if token.is_special or token.is_mask]] = np.nan
        for end in (0, len(tokens) // 2, len(tokens)):
            known = np.full(len(tokens), np.nan)
            known[:end] = invented[:end]
            yield read_only(known)

    def replacements(
        self,
        request: AnalysisRequest,
        rows: Sequence[int | Sequence[int]],
        mask: int = 0,
        *_told: Any,
        **_more: Any,
    ) -> tuple[Replacement | None, ...]:
        """Let every word but the last of the list be written, by its last row."""
        lasts = [row if isinstance(row, int) else row[-1] for row in rows]
        masks = [token for token in tokens_of(request.text, self.info) if token.is_mask]
        return tuple(
            None
            if row == FIRST_ROW + len(WORDS) - 1
            else Replacement(masks[mask].start, masks[mask].end, f"w{row}")
            for row in lasts
        )

    def spell(self, ids: Sequence[int]) -> tuple[tuple[str, bool], ...]:
        """Name each row by its number."""
        return tuple((f"w{row}", True) for row in ids)

    def predict(
        self, request: AnalysisRequest, *_told: Any, hidden: FloatArray, **_more: Any
    ) -> Prediction:
        """Invent logits from the first token's last state, or from each token's."""
        return predicted(made_up_analysis(request.text, self.info), hidden)

    def sweep(
        self, request: AnalysisRequest, word: WordOrRow, ablation: Ablation = "zero",
        mask: int = 0, *_told: Any, **_more: Any,
    ) -> Iterator[Sweep]:  # fmt: skip
        """Invent a change for each head, a layer a step, the highest first."""
        refuse(word)
        random = np.random.default_rng(len(request.text))
        analysis = made_up_analysis(request.text, self.info)
        invented = random.normal(size=(self.info.n_layers, self.info.n_heads)) ** 3 / 4
        for off in request.switched_off:
            invented[off] = 0.0
        known = np.full_like(invented, np.nan)
        begun = Sweep(
            replace(request, ablation=ablation), self.info, analysis.tokens, _spelled(word), 11,
            analysis.fills[mask].token_index, float("nan"), read_only(known.copy()),
        )  # fmt: skip
        yield begun
        for layer in range(self.info.n_layers - 1, -1, -1):
            known[layer] = invented[layer]
            yield begun.filled(-1.5, read_only(known.copy()))


class MadeUpModel:
    """Stands in for the model in use, where there is none."""

    def __init__(self, info: ModelInfo = MADE_UP) -> None:
        self.engine = MadeUpEngine(info)
        self.known: dict[Hashable, Any] = {}

    def handle_of(self, model: ModelInfo) -> "MadeUpModel":
        """Invent the answers of any model."""
        return self if model == self.engine.info else MadeUpModel(model)

    def engine_of(self, model: ModelInfo) -> MadeUpEngine:
        """Invent the answers of any model."""
        return self.handle_of(model).engine

    def sample(self, sentences: Sequence[str], n_tokens: int) -> Generator[None, None, Sample]:
        """Read some sentences with the made-up engine: what is invented, more would not better."""
        n_tokens = min(n_tokens, MADE_UP_TOKENS)
        return (yield from Reading(sentences, self.engine.token_states).grow(n_tokens))

    def roles(self, sentences: Sequence[str]) -> Generator[HeadRoles, None, HeadRoles]:
        """Measure some sentences of the made-up engine."""
        sentences = sentences[:MADE_UP_SENTENCES]
        made = (made_up_analysis(text, self.engine.info, n) for n, text in enumerate(sentences))
        first, *others = (measure(analysis.attention, analysis.tokens) for analysis in made)
        roles = first
        for other in others:
            yield roles
            roles = roles + other
        return roles


def _fill(mask: Token, random: np.random.Generator) -> FillMask:
    shares = np.sort(random.dirichlet(np.ones(len(WORDS) + 4)))[::-1]
    candidates = tuple(
        Candidate(rank, FIRST_ROW + rank - 1, word, True, float(share))
        for rank, (word, share) in enumerate(zip(WORDS, shares, strict=False), start=1)
    )
    return FillMask(mask.index, candidates, 3.2, float(shares[: len(WORDS)].sum()))


def _spelled(word: WordOrRow) -> str:
    """Write a word as it stands behind another one, or a row of the vocabulary."""
    return f" {word.strip() if isinstance(word, str) else WORDS[word - FIRST_ROW]}"
