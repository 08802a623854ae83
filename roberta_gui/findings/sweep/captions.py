"""What the sweep says: whole sentences about which heads a guess depends on."""

import math

import numpy as np

from roberta_gui.findings.heads import head_names, place_name
from roberta_gui.findings.numbers import percentage, written_change
from roberta_gui.findings.sweep.sweeping import SweepRequest, by_size
from roberta_gui.findings.watched_word import spelled
from roberta_gui.records import Head, Sweep

INSTEAD = {"zero": "zeros", "mean": "its mean over the tokens"}


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
    told = [
        f"Without {head_names([most])}: {then} → {now}, the largest change {of} "
        f"({bits(float(sweep.changes[most]))} bits).",
        f"“{spelled(sweep.word)}” has {then} at {_mask(sweep)} {others}.",
    ]
    helped = [head for head in order if sweep.changes[head] > 0]
    if helped and helped[0] != most:
        gain = bits(float(sweep.changes[helped[0]]))
        told.append(f"It gains most without {head_names(helped[:1])} ({gain} bits).")
    end = f"{domain(sweep):.2g}"
    told.append(
        f"Each head alone gives {INSTEAD[sweep.request.ablation]} instead; "
        f"colours from −{end} (it needs the head) to +{end} bits."
    )
    return " ".join(told)


def tip(question: SweepRequest, sweep: Sweep | None, head: Head, *, is_off: bool) -> str:
    """Say what one head means to the word."""
    lines = [place_name(*head)]
    if sweep is not None and head in sweep.request.switched_off:
        lines.append("off throughout the sweep")
    elif sweep is not None and not np.isnan(sweep.changes[head]):
        now, then = percentage(probability(sweep, head)), percentage(probability(sweep))
        lines.append(f"without it “{question.spelled}” has {now} instead of {then}")
        lines.append(f"log-probability {bits(float(sweep.changes[head]))} bits")
    else:
        lines.append("not tried yet")
    lines.append(f"Shift-click switches it {'on again' if is_off else 'off'}")
    return "\n".join(lines)


def what_changed(
    asked: SweepRequest, now: SweepRequest | None, text: str, lacking: str = ""
) -> str:
    """Say whose sweep is shown, if it is not the one that Start would make; "" if it is.

    Parameters
    ----------
    now
        What Start would ask; None where it can ask nothing.
    text
        The sentence in the window, which may have no pass yet.
    lacking
        What it lacks where that is why nothing can be asked, in a sentence; "" where its pass is
        still to come.
    """
    if asked.request.text != text:
        what = f"another sentence, “{_short(asked.request.text)}”"
    elif now is None or asked.is_as(now):
        return ""
    elif asked.request.switched_off != now.request.switched_off:
        what = ""
    elif asked.mask != now.mask:
        what = f"mask {asked.mask + 1}"
    elif asked.spelled != now.spelled:
        what = f"“{asked.spelled}”"
    else:
        what = f"heads that give {INSTEAD[asked.ablation]}"
    told = f"This is the sweep of {what}." if what else f"This sweep was made{_with(asked)}."
    if lacking:
        return f"{told} {lacking}"
    return told if now is None else f"{told} Start sweeps again."


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40].rstrip()}…"


def _mask(sweep: Sweep) -> str:
    masks = [token.index for token in sweep.tokens if token.is_mask]
    return "the mask" if len(masks) == 1 else f"mask {masks.index(sweep.token_index) + 1}"


def _with(question: SweepRequest) -> str:
    off = question.request.switched_off
    if not off:
        return " with every head on"
    return f" with head{'s' * (len(off) > 1)} {head_names(off, 3)} off"
