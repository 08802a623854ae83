"""From a request to `Lens` records: tokens, a pass where there is none yet, and the reading."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from roberta_gui import problems
from roberta_gui.engine import forward
from roberta_gui.engine.interruption import end_if
from roberta_gui.engine.measures import fill_mask, lens
from roberta_gui.engine.measures.watching import row_watched
from roberta_gui.engine.prepared import as_request, prepare
from roberta_gui.engine.roberta import Roberta
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.records import (
    AnalysisRequest,
    FloatArray,
    Lens,
    ModelInfo,
    Report,
    Stop,
    Watched,
    WordOrRow,
    read_only,
)


@dataclass(frozen=True, slots=True, eq=False)
class LensQuestion:
    """What somebody wants to see through the lens.

    Attributes
    ----------
    top_k
        How many words each state lists.
    hidden
        float32 (layer + 1, token, feature) of this very request's `Analysis`; None runs a pass.
    first
        Token columns that are wanted before the others.
    watch
        A word as it would stand at the first mask, or a row, whose rank is wanted everywhere.
    """

    request: str | AnalysisRequest
    top_k: int = 10
    hidden: FloatArray | None = None
    first: tuple[int, ...] = ()
    watch: WordOrRow | None = None


class Spelled(Mapping[int, tuple[str, bool]]):
    """Readable texts of the words in ``ids``, each spelled when somebody looks it up.

    A long text has thousands of different words in its layers, and few of them are looked at.
    """

    def __init__(self, ids: NDArray[np.int64], spell: fill_mask.Spell) -> None:
        self._ids, self._spell = ids, spell

    @cached_property
    def _rows(self) -> frozenset[int]:
        return frozenset(np.unique(self._ids[self._ids >= 0]).tolist())

    def __getitem__(self, row: int) -> tuple[str, bool]:
        if row not in self._rows:
            raise KeyError(row)
        return self._spell(row)

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(self._rows))

    def __len__(self) -> int:
        return len(self._rows)


class LensReading:
    """One question to one model, looked through before any work is done for it.

    Raises
    ------
    problems.NoMaskHead
        The checkpoint came without the head.
    problems.BadArgument, problems.NoSuchHead
        No candidates are asked for, the hidden states are of another request, or a head is
        switched off that the model has not.
    problems.SeveralPieces
        The watched word is not one token.
    problems.UnencodableText
        The text or the word holds half a surrogate pair.
    """

    def __init__(
        self, network: Roberta, tokenizer: TextTokenizer, info: ModelInfo, question: LensQuestion
    ) -> None:
        if network.mask_head is None:
            raise problems.NoMaskHead(
                "This model has no masked-LM head, so no layer can guess words.",
                "Open a checkpoint saved as RobertaForMaskedLM.",
            )
        fill_mask.check_top_k(question.top_k)
        c, request = network.configuration, as_request(question.request)
        prepared = self._prepared = prepare(network, tokenizer, request, None)
        self._network, self._tokenizer, self._info = network, tokenizer, info
        self._question, self._request = question, request
        at = next(iter(prepared.masks), None)
        self._watch = (
            None
            if question.watch is None
            else row_watched(tokenizer, request, prepared, at, question.watch, info)
        )
        shape = (c.n_layers + 1, len(prepared.tokens), c.d_model)
        if question.hidden is not None and np.shape(question.hidden) != shape:
            raise problems.BadArgument(
                f"Hidden states of shape {np.shape(question.hidden)} are not this request's.",
                f"Its analysis has them as {shape}.",
            )

    def steps(self, stop: Stop | None = None, report: Report | None = None) -> Iterator[Lens]:
        """Read step by step; each record holds what has been read until then."""
        hidden, own = self._states(stop, report)
        n_tokens, k = len(self._prepared.tokens), min(self._question.top_k, self._info.vocab_size)
        reading = lens.Reading.empty(len(hidden), n_tokens, k)
        columns = lens.order(n_tokens, self._question.first)
        if not columns:
            yield self._record(reading)
            return
        for _ in lens.read(self._network, hidden, own, columns, reading, self._watch, stop, report):
            yield self._record(reading)

    def _states(
        self, stop: Stop | None, report: Report | None
    ) -> tuple[FloatArray, Mapping[int, FloatArray]]:
        """Give the hidden states, and by token the pass's own logits at the masks."""
        prepared, hidden = self._prepared, self._question.hidden
        masks = prepared.masks
        if hidden is None:
            done = forward.run(
                self._network, prepared.ids, masks, prepared.switching, stop, report, prepared.types
            )
            return done.hidden, dict(zip(masks, done.logits, strict=True))
        end_if(stop)
        return hidden, dict(zip(masks, self._logits_at(hidden, masks), strict=True))

    @torch.inference_mode()
    def _logits_at(self, hidden: FloatArray, masks: Sequence[int]) -> FloatArray:
        """Run the head on the last states of the masks, as the pass did: float32 (mask, word)."""
        network = self._network
        # A copy in torch's own memory, laid out as the pass had it: else the last bit may differ.
        dtype = network.embeddings.word.weight.dtype
        last = torch.tensor(hidden[-1], device=network.device, dtype=dtype)  # (token, feature)
        return forward.logits(network, last, masks)

    def _record(self, reading: lens.Reading) -> Lens:
        """Freeze what has been read so far."""
        ids = read_only(reading.ids.copy())
        watched = None
        if self._watch is not None:
            watched = Watched(
                self._watch,
                *self._tokenizer.spell(self._watch),
                read_only(reading.ranks.copy()),
                read_only(reading.watched.copy()),
            )
        return Lens(
            request=self._request,
            model=self._info,
            tokens=self._prepared.tokens,
            ids=ids,
            log_probabilities=read_only(reading.log_probabilities.copy()),
            entropy_bits=read_only(reading.entropy_bits.copy()),
            kl_bits=read_only(reading.kl_bits.copy()),
            spelled=Spelled(ids, self._tokenizer.spell),
            watched=watched,
            dropped_tokens=self._prepared.dropped,
        )
