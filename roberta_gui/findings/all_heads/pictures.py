"""What All heads shows, made on the worker: thumbnails, and on demand what heads look at."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.attention import LOG_FLOOR, show_specials, thumbnails
from roberta_gui.analysis.axes.reference_sentences import reference_sentences
from roberta_gui.analysis.heads.roles import ROLES, HeadRoles
from roberta_gui.choices import Scale, Specials
from roberta_gui.findings.model import ModelHandle
from roberta_gui.findings.scales import (
    UNREADABLE,
    ColourScale,
    faint_share,
    readable_scale,
    root_scale,
)
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis, FloatArray, Report, Stop
from roberta_gui.resources import resource

THUMBNAIL = 44
"""Largest edge of a thumbnail in pixels."""

_LEAST_CHANGE = 1e-6
"""A square-root scale of changes ends here at the nearest: below it there is but rounding."""

_ROWS = 128
"""So many rows of a head, evenly spread, tell what of it is faint."""

_SHOWN_EVERY = 1 / 12
"""Share of the sentences after which the roles so far are shown."""


@dataclass(frozen=True, eq=False)
class HeadPictures:
    """Thumbnails and what they were made from.

    Attributes
    ----------
    thumbnails
        float32 (layer, head, pixel, pixel): the largest weight under each pixel, or with
        ``baseline`` the largest change against it, of either sign.
    faint
        float32 (layer, head): how much of each head's weights is too faint to be seen on a linear
        scale up to its largest; 0 for changes, which share one scale.
    baseline
        The same sentence with every head on, where the change against it is shown.
    roles
        What the heads look at over the reference sentences, as far as it is measured.
    is_measured
        The roles are over all of the sentences.
    """

    analysis: Analysis
    thumbnails: NDArray[np.float32]
    faint: NDArray[np.float32]
    baseline: Analysis | None = None
    roles: HeadRoles | None = None
    is_measured: bool = False

    def table(self) -> Table:
        """Return each head's largest weight, its attention to special tokens, and its roles."""
        columns = ["layer", "head", "switched_off"]
        if self.roles is not None:
            columns += [f"reference_share_{role}" for role in ROLES]
            columns += ["reference_entropy_bits", "reference_distance_tokens"]
        return Table((*columns, "largest_weight", "mean_share_on_specials"), list(self._rows()))

    def _rows(self) -> Iterator[tuple[float, ...]]:
        special = np.array([token.is_special for token in self.analysis.tokens], bool)
        off, roles = self.analysis.request.switched_off, self.roles
        for layer, head in np.ndindex(self.analysis.attention.shape[:2]):
            weights, looks = self.analysis.attention[layer, head], []
            if roles is not None:
                looks = roles.shares[layer, head].tolist()
                looks += [float(roles.entropy_bits[layer, head])]
                looks += [float(roles.distance_tokens[layer, head])]
            share = float(weights[:, special].sum(-1).mean()) if len(weights) else 0.0
            is_off = (layer, head) in off
            yield layer + 1, head + 1, is_off, *looks, float(weights.max(initial=0)), share

    def arrays(self) -> Arrays:
        """Return every attention map, not the thumbnails of it, and what heads look at."""
        arrays = {"attention": self.analysis.attention}
        if self.baseline is not None:
            arrays["attention_every_head_on"] = self.baseline.attention
        if self.roles is not None:
            arrays["reference_shares"] = self.roles.shares
            arrays["reference_entropy_bits"] = self.roles.entropy_bits
            arrays["reference_distance_tokens"] = self.roles.distance_tokens
        return arrays


def shrink(
    analysis: Analysis,
    baseline: Analysis | None,
    specials: Specials,
    roles: HeadRoles | None,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Generator[None, None, HeadPictures]:
    """Make all thumbnails, a layer a step; known ``roles`` are handed on."""
    is_special = [token.is_special for token in analysis.tokens]
    layers, faint = [], []
    for number, layer in enumerate(analysis.attention):
        shown = _without_specials(layer, is_special, specials)
        if baseline is None:
            layers.append(thumbnails(shown[None], THUMBNAIL)[0])
        else:
            shown = shown - _without_specials(baseline.attention[number], is_special, specials)
            layers.append(_signed_thumbnails(shown))
        faint.append([_faint(head) if baseline is None else 0.0 for head in shown])
        yield None
    small, shares = np.stack(layers), np.array(faint, dtype=np.float32)
    return HeadPictures(analysis, small, shares, baseline, roles, is_measured=roles is not None)


def shrink_and_measure(
    analysis: Analysis,
    baseline: Analysis | None,
    specials: Specials,
    asked: ModelHandle,
    stop: Stop,
    report: Report,
) -> Generator[HeadPictures | None, None, HeadPictures]:
    """Make all thumbnails, then measure what the heads look at, showing more and more of it."""
    pictures = yield from shrink(analysis, baseline, specials, None)
    yield pictures
    sentences = reference_sentences(resource("reference_sentences.txt"))
    shown = 0.0
    steps = asked.roles(sentences)
    while True:
        try:
            roles = next(steps)
        except StopIteration as ended:
            complete: HeadRoles = ended.value
            return replace(pictures, roles=complete, is_measured=True)
        fraction = roles.n_sentences / len(sentences)
        report("Measuring what heads look at", fraction)
        is_new = roles.n_queries > 0 and (shown == 0 or fraction >= shown + _SHOWN_EVERY)
        shown = fraction if is_new else shown
        yield replace(pictures, roles=roles) if is_new else None


def _without_specials(layer: FloatArray, is_special: list[bool], specials: Specials) -> FloatArray:
    if specials == "show":
        return layer
    return np.stack([show_specials(head, is_special, specials).matrix for head in layer])


def _faint(head: FloatArray) -> float:
    """Estimate what of a head's map is too faint to see, of a long text from some of its rows."""
    linear = ColourScale(0.0, float(max(head.max(initial=0.0), -head.min(initial=0.0))))
    return faint_share(head[:: max(1, len(head) // _ROWS)], linear)


def _signed_thumbnails(change: FloatArray) -> NDArray[np.float32]:
    """Keep under each pixel what is farthest from zero: float32 (head, pixel, pixel)."""
    more = thumbnails(np.maximum(change, 0)[None], THUMBNAIL)[0]
    less = thumbnails(np.maximum(-change, 0)[None], THUMBNAIL)[0]
    signed: NDArray[np.float32] = np.where(more >= less, more, -less)
    return signed


def places(pictures: HeadPictures, scale: Scale) -> NDArray[np.uint8]:
    """Turn weights, or changes, into rows of the colour map: by the chosen scale."""
    small = pictures.thumbnails
    if not small.size:
        return np.zeros((*small.shape[:2], 1, 1), dtype=np.uint8)
    if pictures.baseline is not None:
        return change_scale(pictures, scale).places(small)
    axes: tuple[int, ...] | None = {"auto": (2, 3), "head": (2, 3), "layer": (1, 2, 3)}.get(scale)
    low = 0.0
    if scale == "log":
        small, low = np.log10(np.maximum(small, LOG_FLOOR)), float(np.log10(LOG_FLOOR))
    high = small.max(axis=axes, keepdims=True)
    share = (small - low) / np.maximum(high - low, 1e-12)
    if scale == "auto":
        share = np.where(in_roots(pictures)[..., None, None], np.sqrt(share), share)
    found: NDArray[np.uint8] = np.clip(share * 255 + 0.5, 0, 255).astype(np.uint8)
    return found


def in_roots(pictures: HeadPictures) -> NDArray[np.bool_]:
    """Tell which heads the automatic scale draws in square roots: bool (layer, head)."""
    found: NDArray[np.bool_] = pictures.faint > UNREADABLE
    return found


def change_scale(pictures: HeadPictures, scale: Scale) -> ColourScale:
    """Choose a scale for changes, the same for all heads and to both sides of zero."""
    most = float(np.abs(pictures.thumbnails).max(initial=0.0)) or 1.0
    linear = ColourScale(-most, most)
    if scale == "log":
        return root_scale(pictures.thumbnails, _LEAST_CHANGE, signed=True)
    if scale == "auto":
        return readable_scale(pictures.thumbnails, linear, _LEAST_CHANGE)
    return linear
