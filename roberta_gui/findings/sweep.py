"""Which heads a guess depends on: asked of the model in short steps, and said."""

import math
from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from roberta_gui.findings.notation.names import head_names, place_name, spelled, what_is_watched
from roberta_gui.findings.notation.numbers import percentage, written_change
from roberta_gui.findings.steps.model import ModelHandle
from roberta_gui.findings.tables import Arrays, Table, as_mask, grid, layers_and_heads
from roberta_gui.findings.words.started import RequestState, followed
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
from roberta_gui.wording import figures

INSTEAD = {"zero": "zeros", "mean": "its mean over the tokens"}


@dataclass(frozen=True)
class SweepRequest:
    """What a sweep is asked for; it holds no pass, so that it may be kept.

    ``mask`` counts from 0; ``word`` is the watched word, or its row of the vocabulary: a guess is
    that row and no other, shown as ``name``. ``attempt`` tells a second try from the first.
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


class SweepState(RequestState[SweepRequest, Sweep]):
    """What came of a request so far: a sweep after the first step, or why the word is refused."""

    @property
    def known(self) -> Sweep | None:
        """The sweep, once a head was tried."""
        return self.found if self.found is not None and by_size(self.found) else None

    def table(self) -> Table | None:
        """Return what each head that was tried means to the word, see `table`."""
        return None if self.known is None else table(self.known)

    def arrays(self) -> Arrays | None:
        """Return the changes, see `arrays`."""
        return None if self.known is None else arrays(self.known)

    @property
    def watched(self) -> SweepRequest:
        """The request with the word that is watched, as it stands in the sentence."""
        return self.request if self.found is None else replace(self.request, word=self.found.word)

    @property
    def note(self) -> str:
        """Which word is watched, if it is not the one that was asked for."""
        return what_is_watched(self.request.spelled, self.watched.spelled)


def sweep_heads(
    question: SweepRequest, handle: ModelHandle, stop: Stop, report: Report
) -> Generator[SweepState, None, SweepState]:
    """Switch every head off in turn, showing more and more of what that changes."""
    work = partial(
        handle.engine.sweep, question.request, question.word, question.ablation, question.mask,
        stop, report,
    )  # fmt: skip
    return (yield from followed(SweepState(question), work))


def by_size(sweep: Sweep) -> tuple[Head, ...]:
    """Return the heads that were tried, the one that changes most first."""
    off = sweep.request.switched_off
    tried = [head for head in sweep.ranked if head not in off]
    return tuple(sorted(tried, key=lambda head: -abs(float(sweep.changes[head]))))


def changes(sweep: Sweep) -> NDArray[np.float64]:
    """Return the changes in nats, (layer, head); nan where a head was not tried or off anyway."""
    off = as_mask(sweep.request.switched_off, sweep.changes)
    return read_only(np.where(off, np.nan, sweep.changes))


def table(sweep: Sweep) -> Table:
    """Return what each head that was tried means to the word; nan where it was off already."""
    found = changes(sweep)
    columns = {
        "off_throughout": as_mask(sweep.request.switched_off, found),
        "probability_without": np.exp(sweep.baseline + found),
        "change_nats": found,
    }
    return grid(layers_and_heads(found), columns, ~np.isnan(sweep.changes))


def arrays(sweep: Sweep) -> Arrays:
    """Return the changes, (layer, head) in nats, and what they are changes of."""
    return {
        "changes_nats": changes(sweep),
        "baseline_log_probability": np.array(sweep.baseline),
        "word_id": np.array(sweep.word_id),
        "token_index": np.array(sweep.token_index),
    }


def bits(change: float) -> str:
    """Write a change of a log-probability, given in nats, in bits and with its sign."""
    return written_change(change / math.log(2), 2)


def probability(sweep: Sweep, head: Head | None = None) -> float:
    """Return the word's probability as it is, or with a head switched off too."""
    return float(np.exp(sweep.baseline + (0.0 if head is None else sweep.changes[head])))


def n_to_try(sweep: Sweep) -> int:
    """Count the heads that are switched off in turn: those that were on."""
    return sweep.changes.size - len(sweep.request.switched_off)


def domain(sweep: Sweep) -> float:
    """Return where the colours end, on both sides of 0, in bits."""
    known = sweep.changes[~np.isnan(sweep.changes)]
    return float(np.abs(known).max(initial=0.0)) / math.log(2) or 1.0


def caption(sweep: Sweep) -> str:
    """Say what the word depends on most, that first, and how it was found."""
    order = by_size(sweep)
    if not order:
        return ""
    most, n_heads, off = order[0], n_to_try(sweep), sweep.request.switched_off
    of = f"of all {n_heads}" if len(order) == n_heads else f"of the {len(order)} tried so far"
    then, now = percentage(probability(sweep)), percentage(probability(sweep, most))
    others = f"without {head_names(off, 6)}" if off else "with every head on"
    masks = [token.index for token in sweep.tokens if token.is_mask]
    at = "the mask" if len(masks) == 1 else f"mask {masks.index(sweep.token_index) + 1}"
    told = [
        f"Without {head_names([most])}: {then} → {now}, the largest change {of} "
        f"({bits(float(sweep.changes[most]))} bits).",
        f"“{spelled(sweep.word)}” has {then} at {at} {others}.",
    ]
    helped = [head for head in order if sweep.changes[head] > 0]
    if helped and helped[0] != most:
        gain = bits(float(sweep.changes[helped[0]]))
        told.append(f"It gains most without {head_names(helped[:1])} ({gain} bits).")
    end = figures(domain(sweep), 2)
    told.append(
        f"Each head alone gives {INSTEAD[sweep.request.ablation]} instead; "
        f"colours from −{end} (it needs the head) to +{end} bits."
    )
    return " ".join(told)


def tip(question: SweepRequest, sweep: Sweep | None, head: Head, *, is_off: bool) -> str:
    """Say what one head means to the word."""
    lines = [place_name(*head), *what_it_means(question, sweep, head)]
    lines.append(f"Shift-click switches it {'on again' if is_off else 'off'}")
    return "\n".join(lines)


def what_it_means(question: SweepRequest, sweep: Sweep | None, head: Head) -> list[str]:
    """Say in some lines what the word has without a head."""
    if sweep is not None and head in sweep.request.switched_off:
        return ["off throughout the sweep"]
    if sweep is None or np.isnan(sweep.changes[head]):
        return ["not tried yet"]
    now, then = percentage(probability(sweep, head)), percentage(probability(sweep))
    return [
        f"without it “{question.spelled}” has {now} instead of {then}",
        f"log-probability {bits(float(sweep.changes[head]))} bits",
    ]


def what_changed(
    asked: SweepRequest, now: SweepRequest | None, text: str, lacking: str = ""
) -> str:
    """Say whose sweep is shown, if it is not the one that Start would make; "" if it is.

    ``now`` is what Start would ask, None where it can ask nothing: ``lacking`` says why, or is ""
    where the pass of ``text``, the sentence in the window, is still to come.
    """
    off = asked.request.switched_off
    if asked.request.text != text:
        said = asked.request.text
        said = said if len(said) <= 40 else f"{said[:40].rstrip()}…"
        told = f"This is the sweep of another sentence, “{said}”."
    elif now is None or asked.is_as(now):
        return ""
    elif off != now.request.switched_off:
        heads = f"head{'s' * (len(off) > 1)} {head_names(off, 3)} off" if off else "every head on"
        told = f"This sweep was made with {heads}."
    elif asked.mask != now.mask:
        told = f"This is the sweep of mask {asked.mask + 1}."
    elif asked.spelled != now.spelled:
        told = f"This is the sweep of “{asked.spelled}”."
    else:
        told = f"This is the sweep of heads that give {INSTEAD[asked.ablation]}."
    if lacking:
        return f"{told} {lacking}"
    return told if now is None else f"{told} Start sweeps again."
