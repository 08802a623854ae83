"""Sweeping: which heads a guess depends on, asked of the model on the worker."""

from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from roberta_gui.findings.model import ModelHandle
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.findings.watched_word import spelled, what_is_watched
from roberta_gui.problems import Problem, SeveralPieces, UnencodableText
from roberta_gui.records import (
    Ablation,
    Analysis,
    AnalysisRequest,
    Head,
    ModelInfo,
    Report,
    Stop,
    Sweep,
    Token,
    WordOrRow,
    read_only,
)


@dataclass(frozen=True)
class SweepRequest:
    """What a sweep is asked for; it holds no pass, so that it may be kept.

    Attributes
    ----------
    request, model, tokens
        The sentence, with what is switched off in it anyway.
    mask
        Which mask, counted from 0.
    word
        The watched word, or its row of the vocabulary: a guess is that row and no other.
    ablation
        What a head gives instead, each in turn.
    attempt
        Tells a second try of the same from the first.
    name
        How the word of a row is shown.
    """

    request: AnalysisRequest
    model: ModelInfo
    tokens: tuple[Token, ...]
    mask: int
    word: WordOrRow
    ablation: Ablation
    attempt: int = 0
    name: str = ""

    @property
    def spelled(self) -> str:
        """The word as it is shown."""
        return spelled(self.word) if isinstance(self.word, str) else self.name

    def is_as(self, other: "SweepRequest | None") -> bool:
        """Whether another question would have the same answer."""
        return other is not None and replace(self, attempt=0) == replace(other, attempt=0)

    def bare(self) -> Analysis:
        """Return the sentence without its pass, to name it by."""
        shape = (self.model.n_layers, self.model.n_heads, 0, 0)
        hidden = np.zeros((self.model.n_layers + 1, 0, self.model.d_model), np.float32)
        attention = np.zeros(shape, np.float32)
        return Analysis(self.request, self.model, self.tokens, attention, hidden, ())


@dataclass(frozen=True, eq=False)
class SweepState:
    """What came of a question so far.

    Attributes
    ----------
    sweep
        None before the first step, and where the word was refused.
    refusal
        Why the word cannot be watched.
    is_done
        Nothing more comes: all heads were tried, or somebody stopped it.
    """

    question: SweepRequest
    sweep: Sweep | None = None
    refusal: Problem | None = None
    is_done: bool = False

    @property
    def known(self) -> Sweep | None:
        """The sweep, once a head was tried."""
        return self.sweep if self.sweep is not None and by_size(self.sweep) else None

    def table(self) -> Table | None:
        """Return what each head that was tried means to the word, see :func:`table`."""
        return None if self.known is None else table(self.known)

    def arrays(self) -> Arrays | None:
        """Return the changes, see :func:`arrays`."""
        return None if self.known is None else arrays(self.known)

    @property
    def watched(self) -> SweepRequest:
        """The question with the word that is watched, as it stands in the sentence."""
        if self.sweep is None:
            return self.question
        return replace(self.question, word=self.sweep.word)

    @property
    def note(self) -> str:
        """Which word is watched, if it is not the one that was asked for."""
        return what_is_watched(self.question.spelled, self.watched.spelled)


def sweep_heads(
    question: SweepRequest, asked: ModelHandle, stop: Stop, report: Report
) -> Generator[SweepState, None, SweepState]:
    """Switch every head off in turn, showing more and more of what that changes.

    A word that is not one token is no failure: the answer says why it cannot be watched.
    """
    swept = SweepState(question)
    try:
        for sweep in asked.engine.sweep(
            question.request, question.word, question.ablation, question.mask, stop, report
        ):
            swept = replace(swept, sweep=sweep)
            yield swept
    except (SeveralPieces, UnencodableText) as refusal:
        return SweepState(question, refusal=refusal, is_done=True)
    return replace(swept, is_done=True)


def by_size(sweep: Sweep) -> tuple[Head, ...]:
    """Return the heads that were tried, the one that changes most first."""
    off = sweep.request.switched_off
    tried = [head for head in sweep.ranked if head not in off]
    return tuple(sorted(tried, key=lambda head: -abs(float(sweep.changes[head]))))


def changes(sweep: Sweep) -> NDArray[np.float64]:
    """Return the changes in nats, (layer, head); nan where a head was not tried.

    That is so of heads that were off throughout, too: nobody knows what they mean to the word.
    """
    found = sweep.changes.copy()
    for head in sweep.request.switched_off:
        found[head] = np.nan
    return read_only(found)


def table(sweep: Sweep) -> Table:
    """Return what each head that was tried means to the word; nan where it was off already."""
    found, known = changes(sweep), np.exp(sweep.baseline + changes(sweep))
    return Table(
        ("layer", "head", "off_throughout", "probability_without", "change_nats"),
        (
            (
                *(layer + 1, head + 1, (layer, head) in sweep.request.switched_off),
                *(float(known[layer, head]), float(found[layer, head])),
            )
            for layer, head in np.argwhere(~np.isnan(sweep.changes)).tolist()
        ),
    )


def arrays(sweep: Sweep) -> Arrays:
    """Return the changes, (layer, head) in nats, and what they are changes of."""
    return {
        "changes_nats": changes(sweep),
        "baseline_log_probability": np.array(sweep.baseline),
        "word_id": np.array(sweep.word_id),
        "token_index": np.array(sweep.token_index),
    }
