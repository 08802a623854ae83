"""What All heads shows, made on the worker: thumbnails, and on demand what heads look at."""

from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.attention import LOG_FLOOR, show_specials, thumbnails
from roberta_gui.analysis.axes.reference_sentences import reference_sentences
from roberta_gui.analysis.heads.roles import HeadRoles
from roberta_gui.gui.asked_model import AskedModel
from roberta_gui.gui.widgets.charts.colour_scale import ColourScale
from roberta_gui.records import Analysis, FloatArray, Report, Stop
from roberta_gui.resources import resource
from roberta_gui.view import Scale, Specials

THUMBNAIL = 44
"""Largest edge of a thumbnail in pixels."""

_SHOWN_EVERY = 1 / 12
"""Share of the sentences after which the roles so far are shown."""


@dataclass(frozen=True, eq=False)
class HeadPictures:
    """Thumbnails and what they were made from.

    Attributes
    ----------
    thumbnails
        float32 (layer, head, pixel, pixel): the largest weight under each pixel, or with ``full``
        the largest change against it, of either sign.
    full
        The same sentence with every head on, where the change against it is shown.
    roles
        What the heads look at over the reference sentences, as far as it is measured.
    is_measured
        The roles are over all of the sentences.
    """

    analysis: Analysis
    thumbnails: NDArray[np.float32]
    full: Analysis | None = None
    roles: HeadRoles | None = None
    is_measured: bool = False


def shrink(
    analysis: Analysis,
    full: Analysis | None,
    specials: Specials,
    roles: HeadRoles | None,
    stop: Stop,
    report: Report,
) -> Generator[None, None, HeadPictures]:
    """Make all thumbnails, a layer a step; known ``roles`` are handed on."""
    is_special = [token.is_special for token in analysis.tokens]
    layers = []
    for number, layer in enumerate(analysis.attention):
        shown = _without_specials(layer, is_special, specials)
        if full is None:
            layers.append(thumbnails(shown[None], THUMBNAIL)[0])
        else:
            other = _without_specials(full.attention[number], is_special, specials)
            layers.append(_signed_thumbnails(shown - other))
        yield None
    return HeadPictures(analysis, np.stack(layers), full, roles, is_measured=roles is not None)


def shrink_and_measure(
    analysis: Analysis,
    full: Analysis | None,
    specials: Specials,
    asked: AskedModel,
    stop: Stop,
    report: Report,
) -> Generator[HeadPictures | None, None, HeadPictures]:
    """Make all thumbnails, then measure what the heads look at, showing more and more of it."""
    pictures = yield from shrink(analysis, full, specials, None, stop, report)
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
    if pictures.full is not None:
        most = largest_change(pictures)
        return ColourScale(-most, most).places(small)
    axes: tuple[int, ...] | None = {"auto": (2, 3), "head": (2, 3), "layer": (1, 2, 3)}.get(scale)
    low = 0.0
    if scale == "log":
        small, low = np.log10(np.maximum(small, LOG_FLOOR)), float(np.log10(LOG_FLOOR))
    high = small.max(axis=axes, keepdims=True)
    share = (small - low) / np.maximum(high - low, 1e-12)
    found: NDArray[np.uint8] = np.clip(share * 255 + 0.5, 0, 255).astype(np.uint8)
    return found


def largest_change(pictures: HeadPictures) -> float:
    """Return how far any weight changed: the scale ends there, on both sides."""
    return float(np.abs(pictures.thumbnails).max(initial=0.0)) or 1.0


def told_scale(pictures: HeadPictures, scale: Scale) -> str:
    """Say what the colours mean."""
    most = float(pictures.thumbnails.max(initial=0.0))
    text = {
        "auto": "scale 0 to each head's largest weight",
        "head": "scale 0 to each head's largest weight",
        "layer": "scale 0 to each layer's largest weight",
        "all": f"scale 0 – {most:.2g} in all heads",
        "log": f"logarithmic, ≤ {LOG_FLOOR:g} – {most:.2g} in all heads",
    }[scale]
    what = "weight"
    if pictures.full is not None:
        most, what = largest_change(pictures), "change"
        text = f"change against every head on, scale −{most:.2g} to +{most:.2g} in all heads"
    pooled = f"; a pixel shows the strongest {what} it covers"
    return text + (pooled if len(pictures.analysis.tokens) > THUMBNAIL else "")
