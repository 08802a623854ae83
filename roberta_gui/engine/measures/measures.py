"""What an Engine measures on texts, beyond the pass that the window shows at once."""

from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray

from roberta_gui.analysis.heads.roles import HeadRoles
from roberta_gui.analysis.stepped import all_at_once, last_of, result_of
from roberta_gui.engine.arguments import several, whole_number
from roberta_gui.engine.climbing import climb_whole
from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.forward import need_finite
from roberta_gui.engine.interruption import go_on
from roberta_gui.engine.measures import (
    contributions,
    log_probabilities,
    nearest,
    reference,
    roles,
    surprisal,
    sweep,
    watching,
)
from roberta_gui.engine.measures.contributions import Words
from roberta_gui.engine.measures.reference import Pooling
from roberta_gui.engine.prepared import (
    Prepared,
    as_request,
    need_task_head,
    prepare,
)
from roberta_gui.engine.roberta import Roberta
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.engine.words import word_scores
from roberta_gui.problems import BadArgument, EngineClosed
from roberta_gui.records import (
    Ablation,
    AnalysisRequest,
    Estimator,
    FloatArray,
    ModelInfo,
    Prediction,
    Replacement,
    Report,
    Stop,
    Sweep,
    WordNeighbour,
    WordOrRow,
    WordScores,
    read_only,
)
from roberta_gui.wording import counted


class Measures:
    """The part of `Engine` that asks more than one pass, or asks it more closely.

    Every method takes a text where it takes a request, and raises what `Engine.analyse` raises
    for it; methods named ``…_steps``, and `sweep`, do their work in steps of at most about 100 ms
    on two cores.
    """

    info: ModelInfo
    tokenizer: TextTokenizer
    _open_network: Roberta | None

    @property
    def _network(self) -> Roberta:
        """The network, as long as nobody has closed the engine."""
        if self._open_network is None:
            raise EngineClosed(f"The model {self.info.name} was closed.", "Load it again.")
        return self._open_network

    def log_probabilities(
        self,
        request: str | AnalysisRequest,
        words: Sequence[str],
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> NDArray[np.float64]:
        """Give each word's natural log-probability at each mask: float64 (mask, word).

        Raises what `mask_log_probability_steps` raises, and `problems.SeveralPieces` for a word
        that is not one token; words are literal (``" cat"`` is not ``"cat"``).
        """
        ids = [self.tokenizer.row_of(word) for word in several(words, "words")]
        found = self.mask_log_probabilities(request, stop, report)
        return read_only(found[:, ids].astype(np.float64))

    def score_words_steps(
        self,
        request: str | AnalysisRequest,
        words: Sequence[str],
        stop: Stop | None = None,
        report: Report | None = None,
        *,
        hidden: FloatArray | None = None,
        only: Collection[tuple[int, int]] | None = None,
    ) -> Generator[None, None, WordScores]:
        """Score words as they would stand at each mask, of however many pieces.

        ``hidden`` are the states of this request's `Analysis`: with them, words of one piece need
        no pass of their own. ``only`` these (mask, word), both from 0, are looked at: others are
        nan, without pieces.

        Raises `problems.NoMaskHead`, and `problems.BadArgument` for an empty word, or where there
        is no such mask or word.
        """
        prepared, wanted = self._prepare(request, stop, report), several(words, "words")
        asked = word_scores.check(prepared, wanted, only)
        return word_scores.steps(prepared, wanted, asked, hidden)

    score_words = all_at_once(score_words_steps)
    """Score words: all of `score_words_steps`."""

    def replacements(
        self,
        request: str | AnalysisRequest,
        rows: Sequence[int | Sequence[int]],
        mask: int = 0,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> tuple[Replacement | None, ...]:
        """Find what to write so that each of some rows, or words of several, stands at a mask.

        ``mask`` counts the masks from 0. None: no text gives these tokens there. Raises
        `problems.BadArgument` where there is no such mask or row.
        """
        prepared = self._prepare(request, stop, report)
        place = prepared.place(prepared.place_of_mask(mask))
        wanted = [
            tuple(one) if isinstance(one, Sequence) else (one,) for one in several(rows, "rows")
        ]
        for row in chain.from_iterable(wanted):
            watching.expect_row(row, self.info)

        def written() -> Iterator[Replacement | None]:
            for ids in wanted:
                prepared.end_if_stopped()
                yield place.replacement(ids)

        return tuple(written())

    def mask_log_probability_steps(
        self,
        request: str | AnalysisRequest,
        stop: Stop | None = None,
        report: Report | None = None,
        *,
        hidden: FloatArray | None = None,
    ) -> Generator[None, None, FloatArray]:
        """Give every word's natural log-probability at each mask, float32 (mask, vocabulary).

        ``hidden`` are the states of this request's `Analysis`, where that is there: only the head
        has to read them. Raises `problems.NoMaskHead`, `problems.BadArgument` for other states
        and, as do all methods here, what `analyse` raises.
        """
        return log_probabilities.mask_steps(self._prepare(request, stop, report), hidden)

    mask_log_probabilities = all_at_once(mask_log_probability_steps)
    """Give every word's: all of `mask_log_probability_steps`."""

    def token_log_probability_steps(
        self,
        request: str | AnalysisRequest,
        token: int,
        stop: Stop | None = None,
        report: Report | None = None,
        *,
        hidden: FloatArray | None = None,
    ) -> Generator[None, None, FloatArray]:
        """Give every word's natural log-probability at a token as it stands, unmasked.

        float32 (vocabulary,). A network that was trained to keep what it sees mostly copies it.
        ``hidden`` are the states of this request's `Analysis`, which save the pass.

        Raises `problems.NoMaskHead`, and `problems.BadArgument` where there is no such token.
        """
        prepared = self._prepare(request, stop, report)
        if not 0 <= whole_number(token, "token") < len(prepared.tokens):
            n_tokens = counted(len(prepared.tokens), "token")
            raise BadArgument(f"There is no token {token}.", f"The text has {n_tokens}, from 0.")
        found = yield from log_probabilities.mask_steps(prepared, hidden, [token])
        return read_only(found[0])

    token_log_probabilities = all_at_once(token_log_probability_steps)
    """Give every word's: all of `token_log_probability_steps`."""

    def surprisal_steps(
        self,
        request: str | AnalysisRequest,
        estimator: Estimator = "pll",
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> Iterator[NDArray[np.float64]]:
        """Measure surprisal from left to right: float64 (token,) bits, nan where not known yet.

        Special tokens and masks stay nan. ``pll`` masks the token alone, ``pll_word_l2r`` the
        token and the later pieces of its word, ``unmasked`` nothing. Raises `problems.NoMaskHead`,
        and `problems.BadArgument` for an unknown estimator.
        """
        return surprisal.steps(self._prepare(request, stop, report), estimator)

    surprisal = last_of(surprisal_steps, lambda bits: bits)
    """Give each token's surprisal in bits: the last of `surprisal_steps`."""

    def contributions(
        self,
        request: str | AnalysisRequest,
        words: Words | None = None,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> FloatArray:
        """Give all of `contribution_steps`: float32 (layer, head, query, key)."""
        layers = self.contribution_steps(request, words, stop, report)
        lowest = next(layers)
        found = np.empty((self.info.n_layers, *lowest.shape), np.float32)
        for layer, contributed in enumerate(chain([lowest], layers)):
            found[layer] = contributed
        return read_only(found)

    def contribution_steps(
        self,
        request: str | AnalysisRequest,
        words: Words | None = None,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> Iterator[FloatArray]:
        """Measure ‖α (x W_V + b_V) W_O‖, a layer a step: float32 (head, query, key).

        With ``words``, int (token,) as for `analysis.attention.to_words`: (head, from, to), the
        norm of the vectors summed over a word's keys and averaged over its queries.
        """
        return contributions.steps(self._prepare(request, stop, report), words)

    def sweep(
        self,
        request: str | AnalysisRequest,
        word: WordOrRow,
        ablation: Ablation = "zero",
        mask: int = 0,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> Iterator[Sweep]:
        """Switch each head off alone and watch ``word`` at a mask; each `Sweep` knows more.

        ``word`` is a word as it would stand at the mask, or a row of the vocabulary; ``mask``
        counts the masks from 0. Heads that the request switches off stay off, by ``ablation``
        too. Raises `problems.NoMaskHead`, `problems.SeveralPieces`, and `problems.BadArgument`
        where there is no such mask or row.
        """
        request = replace(as_request(request), ablation=ablation)
        prepared = self._prepare(request, stop, report)
        place = prepared.place_of_mask(mask)
        row = watching.row_watched(prepared, place, word)
        watched = prepared.written(row), row, place
        unknown = read_only(np.full((self.info.n_layers, self.info.n_heads), np.nan))
        return sweep.steps(
            prepared, Sweep(prepared.request, self.info, prepared.tokens, *watched, np.nan, unknown)
        )

    def nearest_words_steps(
        self, row: int, n: int = 10, stop: Stop | None = None, report: Report | None = None
    ) -> Generator[None, None, tuple[WordNeighbour, ...]]:
        """Find the words whose embeddings point most nearly where a row's does, nearest first.

        By true cosine, over the whole vocabulary, itself excluded.

        Raises `problems.BadArgument` where the vocabulary has no such row, or ``n`` is below 1.
        """
        found = yield from nearest.steps(self._network, row, n, stop, report)
        return tuple(
            WordNeighbour(one, *self.tokenizer.spell(one), cosine) for one, cosine in found
        )

    nearest_words = all_at_once(nearest_words_steps)
    """Find the nearest words: all of `nearest_words_steps`."""

    def positions(self, ids: Sequence[int]) -> tuple[int, ...]:
        """Give the row of the position table that each token of a text reads, by their ids.

        RoBERTa counts from its padding id + 1, which is 2. Raises `problems.BadArgument` for what
        is no row.
        """
        listed = several(ids, "ids")
        for row in listed:
            watching.expect_row(row, self.info)
        rows = torch.tensor([listed], dtype=torch.int64, device=self._network.device)
        return tuple(self._network.embeddings.positions(rows)[0].tolist())

    def predict(
        self,
        request: str | AnalysisRequest,
        stop: Stop | None = None,
        report: Report | None = None,
        *,
        hidden: FloatArray | None = None,
    ) -> Prediction:
        """Ask a fine-tuned model for the label of a text or a pair, or of each token.

        ``hidden`` are the states of this request's `Analysis`: with them, only the head runs. A
        text that is too long is cut. Raises `problems.NoTaskHead`, and `problems.BadArgument` for
        a text without any token, or other states.
        """
        prepared, network = self._prepare(request, stop, report), self._network
        task, head = need_task_head(network)
        if not prepared.tokens:
            raise BadArgument("There is no token to read a label from.", "Write something.")
        states = prepared.states_of(hidden)
        prepared.go_on("Reading the text", None)
        with torch.inference_mode(), batch_memory(network.device, 1, len(prepared.tokens)):
            if states is None:
                last = result_of(climb_whole(prepared, None))
            else:
                word = network.embeddings.word.weight
                last = torch.tensor(states[-1:], device=word.device, dtype=word.dtype)
            need_finite(last)
            logits = head(last)[0].float().cpu().numpy()  # (label,) or (token, label)
        asked = prepared.request, self.info, task, prepared.tokens
        return Prediction(*asked, read_only(logits))

    def embed(
        self,
        texts: Sequence[str],
        layer: int = -1,
        pooling: Pooling = "mean",
        normalize: bool = False,
        batch_tokens: int = 8192,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> FloatArray:
        """Give one vector a text: float32 (text, feature), as `reference.embed` describes."""
        options = layer, pooling, normalize, batch_tokens
        cut = self._cut(texts, stop, report)
        return reference.embed(self._network, cut, *options, stop, report)

    def role_steps(
        self, texts: Sequence[str], stop: Stop | None = None, report: Report | None = None
    ) -> Iterator[HeadRoles]:
        """Measure over ``texts`` what each head looks at; each `HeadRoles` is over more of them."""
        listed = several(texts, "texts")
        return roles.steps(self._network, self._prepare, listed, stop, report)

    def _cut(
        self, texts: Sequence[str], stop: Stop | None, report: Report | None
    ) -> list[reference.Cut]:
        most, cut = self._network.configuration.max_tokens, self.tokenizer.tokenize_cut
        listed, found = several(texts, "texts"), []
        for nth, text in enumerate(listed):
            go_on(stop, report, "Cutting the texts into tokens", nth / len(listed))
            found.append(cut(text, None, most, stop))
        return found

    def _prepare(
        self, request: str | AnalysisRequest, stop: Stop | None, report: Report | None = None
    ) -> Prepared:
        return prepare(self._network, self.tokenizer, self.info, request, stop, report)
