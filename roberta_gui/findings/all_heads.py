"""All heads of a run: small pictures of them, what they look at, and how to read both."""

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.attention import LOG_FLOOR, show_specials, special_share, thumbnails
from roberta_gui.analysis.axes.reference_sentences import reference_sentences
from roberta_gui.analysis.heads.roles import ROLES, HeadRoles
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.stepped import converted, result_of
from roberta_gui.choices import HeadSort, Scale, Specials
from roberta_gui.findings import sweep
from roberta_gui.findings.comparison.against import describe_depth, names_of, sides_of
from roberta_gui.findings.comparison.attention import AttentionResult, find_apart
from roberta_gui.findings.notation.names import describe_switched_heads
from roberta_gui.findings.notation.numbers import written_change
from roberta_gui.findings.notation.scales import (
    UNREADABLE,
    ColourScale,
    faint_share,
    readable_scale,
    root_scale,
)
from roberta_gui.findings.steps.model import ModelHandle
from roberta_gui.findings.sweep import SweepRequest, SweepState, changes, sweep_heads
from roberta_gui.findings.tables import Arrays, Table, as_mask, grid, layers_and_heads
from roberta_gui.records import Analysis, FloatArray, Head, ModelInfo, Report, Stop
from roberta_gui.resources import resource
from roberta_gui.wording import counted

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

    ``thumbnails`` are float32 (layer, head, pixel, pixel): the largest weight under each pixel, or
    in a difference the largest one, of either sign; 0 where a token has no partner. ``faint``,
    float32 (layer, head), is how much of each head's weights is too faint to be seen on a linear
    scale up to its largest; 0 for differences, which share one scale. ``apart`` is how far the
    heads in A and in B are apart, where that is drawn or sorted by. ``roles`` are what the heads
    look at over the reference sentences, with ``is_measured`` over all of them. ``swept`` is what a
    watched word loses or gains without each head.
    """

    analysis: Analysis
    thumbnails: NDArray[np.float32]
    faint: NDArray[np.float32]
    apart: AttentionResult | None = None
    is_difference: bool = False
    roles: HeadRoles | None = None
    is_measured: bool = False
    swept: SweepState | None = None

    def is_settled(self, sort: HeadSort) -> bool:
        """Tell whether what heads are sorted by is known of all of them."""
        if sort == "word":
            return self.swept is not None and self.swept.is_done
        return self.is_measured or sort == "difference"

    @property
    def comparison(self) -> Comparison | None:
        """What A is held against, where it is."""
        return None if self.apart is None else self.apart.comparison

    def table(self) -> Table:
        """Return each head's largest weight, its attention to special tokens, and its roles."""
        special = np.array([token.is_special for token in self.analysis.tokens], bool)
        off, weights = self.analysis.request.switched_off, self.analysis.attention
        columns: dict[str, NDArray[Any]] = {"switched_off": as_mask(off, weights)}
        if (roles := self.roles) is not None:
            columns |= {f"reference_share_{r}": roles.shares[..., n] for n, r in enumerate(ROLES)}
            columns["reference_entropy_bits"] = roles.entropy_bits
            columns["reference_distance_tokens"] = roles.distance_tokens
        if self.apart is not None:
            columns["total_variation"] = self.apart.apart.variation
            columns["largest_difference"] = self.apart.apart.largest
        if (found := measure_of(self, "word")) is not None:
            columns["word_change_bits"] = found
        columns["largest_weight"] = weights.max(axis=(2, 3), initial=0)
        shares = [[special_share(head, special) for head in layer] for layer in weights]
        columns["mean_share_on_specials"] = np.array(shares)
        return grid(layers_and_heads(weights), columns)

    def arrays(self) -> Arrays:
        """Return every attention map, not the thumbnails of it, and what heads look at."""
        arrays: dict[str, FloatArray | NDArray[np.intp]] = {"attention": self.analysis.attention}
        if self.apart is not None:
            arrays["attention_b"] = self.apart.comparison.b.attention
            arrays |= self.apart.arrays()
        if self.roles is not None:
            arrays["reference_shares"] = self.roles.shares
            arrays["reference_entropy_bits"] = self.roles.entropy_bits
            arrays["reference_distance_tokens"] = self.roles.distance_tokens
        if (found := measure_of(self, "word")) is not None:
            arrays["word_change_bits"] = found
        return arrays


def shrink(
    analysis: Analysis,
    comparison: Comparison | None,
    specials: Specials,
    is_difference: bool,
    roles: HeadRoles | None,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Generator[None, None, HeadPictures]:
    """Make all thumbnails, a layer a step; known ``roles`` are handed on."""
    apart = None if comparison is None else (yield from find_apart(comparison, specials))
    layers, faint = [], []
    is_special = [token.is_special for token in analysis.tokens]
    for layer, weights in enumerate(analysis.attention):
        if apart is not None and is_difference:
            layers.append(_signed_thumbnails(apart.layer(layer)))
            faint.append([0.0] * len(weights))
        else:
            shown = weights
            if specials != "show":
                heads = [show_specials(head, is_special, specials).matrix for head in weights]
                shown = np.stack(heads)
            layers.append(thumbnails(shown[None], THUMBNAIL)[0])
            faint.append([_faint(head) for head in shown])
        yield None
    return HeadPictures(
        analysis, np.stack(layers), np.array(faint, dtype=np.float32), apart,
        is_difference and apart is not None, roles, is_measured=roles is not None,
    )  # fmt: skip


def shrink_and_measure(
    analysis: Analysis,
    comparison: Comparison | None,
    specials: Specials,
    is_difference: bool,
    roles: HeadRoles | None,
    wanted: SweepRequest | None,
    wants_roles: bool,
    handle: ModelHandle,
    stop: Stop,
    report: Report,
) -> Generator[HeadPictures | None, None, HeadPictures]:
    """Make all thumbnails, then measure what the heads do, showing more and more of it.

    That is what they mean to the ``wanted`` word, and what they look at, unless ``roles`` tell.
    """
    pictures = yield from shrink(analysis, comparison, specials, is_difference, roles)
    yield pictures
    if wanted is not None:
        trying, drawn = sweep_heads(wanted, handle, stop, report), pictures
        swept = yield from converted(trying, lambda state: replace(drawn, swept=state))
        pictures = replace(pictures, swept=swept)
        yield pictures
    if roles is not None or not wants_roles:
        return pictures
    sentences, shown = reference_sentences(resource("reference_sentences.txt")), 0.0

    def show(roles: HeadRoles) -> HeadPictures | None:
        nonlocal shown
        fraction = roles.n_sentences / len(sentences)
        report("Measuring what heads look at", fraction)
        is_new = roles.n_queries > 0 and (shown == 0 or fraction >= shown + _SHOWN_EVERY)
        shown = fraction if is_new else shown
        return replace(pictures, roles=roles) if is_new else None

    complete = yield from converted(handle.roles(sentences), show)
    return replace(pictures, roles=complete, is_measured=True)


def _faint(head: FloatArray) -> float:
    """Estimate what of a head's map is too faint to see, of a long text from some of its rows."""
    linear = ColourScale(0.0, float(head.max(initial=0.0)))
    return faint_share(head[:: max(1, len(head) // _ROWS)], linear)


def _signed_thumbnails(change: FloatArray) -> NDArray[np.float32]:
    """Keep under each pixel what is farthest from zero: float32 (head, pixel, pixel)."""
    more = thumbnails(np.maximum(change, 0)[None], THUMBNAIL)[0]
    less = thumbnails(np.maximum(-change, 0)[None], THUMBNAIL)[0]
    return np.asarray(np.where(more >= less, more, -less))


def colour_rows(pictures: HeadPictures, scale: Scale) -> NDArray[np.uint8]:
    """Turn weights, or changes, into rows of the colour map: by the chosen scale."""
    small = pictures.thumbnails
    if not small.size:
        return np.zeros((*small.shape[:2], 1, 1), dtype=np.uint8)
    if pictures.is_difference:
        return change_scale(pictures, scale).colour_rows(small)
    axes: tuple[int, ...] | None = {"auto": (2, 3), "head": (2, 3), "layer": (1, 2, 3)}.get(scale)
    low = 0.0
    if scale == "log":
        small, low = np.log10(np.maximum(small, LOG_FLOOR)), float(np.log10(LOG_FLOOR))
    high = small.max(axis=axes, keepdims=True)
    share = (small - low) / np.maximum(high - low, 1e-12)
    if scale == "auto":
        share = np.where(pictures.faint[..., None, None] > UNREADABLE, np.sqrt(share), share)
    return np.asarray(np.clip(share * 255 + 0.5, 0, 255).astype(np.uint8))


def change_scale(pictures: HeadPictures, scale: Scale) -> ColourScale:
    """Choose a scale for differences, the same for all heads and to both sides of zero."""
    most = float(np.abs(pictures.thumbnails).max(initial=0.0)) or 1.0
    linear = ColourScale(-most, most)
    if scale == "log":
        return root_scale(pictures.thumbnails, _LEAST_CHANGE, signed=True)
    if scale == "auto":
        return readable_scale(pictures.thumbnails, linear, _LEAST_CHANGE)
    return linear


SORTS: Final[Mapping[HeadSort, tuple[str, str]]] = {
    "layer": ("Layer", "By layer"),
    "specials": ("Special tokens", "By special tokens"),
    "previous": ("Previous token", "By previous token"),
    "next": ("Next token", "By next token"),
    "self": ("Token itself", "By token itself"),
    "punctuation": ("Punctuation", "By punctuation"),
    "entropy": ("Entropy", "By entropy"),
    "distance": ("Distance", "By distance"),
    "difference": ("Difference", "By difference"),
    "word": ("Watched word", "By watched word"),
}
"""What each order is called in a list, and on a button."""

_ORDERS: Final[Mapping[HeadSort, str]] = {
    "specials": "by how much of their attention goes to special tokens, most first",
    "previous": "by how much of their attention goes to the token before, most first",
    "next": "by how much of their attention goes to the token after, most first",
    "self": "by how much of their attention stays on the token itself, most first",
    "punctuation": "by how much of their attention goes to punctuation, most first",
    "entropy": "by the entropy of their attention, the sharpest first",
    "distance": "by how far they look, the farthest first",
    "difference": "by how far their attention is from that on the other side, the farthest first",
    "word": "by what {word} gains or loses without them, the largest change first",
}


def role_names(model: ModelInfo | None) -> tuple[str, ...]:
    """Name the roles in the order of `ROLES`, its special tokens as the model calls them."""
    specials = () if model is None else model.special_tokens
    first, *others = specials or ("first special",)
    return (
        first, "/".join(others) or "other specials",
        "itself", "previous", "next", "punctuation", "rest",
    )  # fmt: skip


def measure_of(pictures: HeadPictures, sort: HeadSort) -> FloatArray | None:
    """Return what heads are sorted by: (layer, head), nan where unknown; None by their places."""
    roles = pictures.roles
    if sort == "difference":
        return None if pictures.apart is None else pictures.apart.apart.variation
    if sort == "word":
        known = None if pictures.swept is None else pictures.swept.known
        return None if known is None else changes(known) / math.log(2)
    if sort == "layer" or roles is None:
        return None
    if sort == "entropy":
        return roles.entropy_bits
    if sort == "distance":
        return roles.distance_tokens
    names = ("start", "end") if sort == "specials" else (sort,)
    return np.asarray(roles.shares[..., [ROLES.index(name) for name in names]].sum(-1))


def ordered(measure: FloatArray, sort: HeadSort) -> tuple[Head, ...]:
    """Return the heads in order; equal ones by layer and head, unknown ones last."""
    sizes = {"entropy": measure, "word": -np.abs(measure)}.get(sort, -measure)
    order = np.argsort(sizes, axis=None, kind="stable")
    layers, heads = np.unravel_index(order, measure.shape)
    return tuple(zip(layers.tolist(), heads.tolist(), strict=True))


def written(measure: FloatArray, sort: HeadSort) -> dict[Head, str]:
    """Write each head's value, short enough for under a thumbnail."""
    write: Mapping[str, Callable[[float], str]] = {
        "entropy": "{:.1f} bits".format, "distance": "{:.1f} tok.".format,
        "difference": "{:.3f}".format, "word": lambda bits: f"{written_change(bits, 2)} bits",
        "share": lambda share: f"{share * 100:.0f} %",
    }  # fmt: skip
    written_as = write[sort if sort in write else "share"]
    return {
        (layer, head): "–" if np.isnan(value) else written_as(float(value))
        for (layer, head), value in np.ndenumerate(measure)
    }


def describe_order(sort: HeadSort, pictures: HeadPictures) -> str:
    """Say in the middle of a sentence what the order is."""
    swept = pictures.swept
    return _ORDERS[sort].format(word="" if swept is None else f"“{swept.watched.spelled}”")


def describe_basis(roles: HeadRoles) -> str:
    """Say what roles were measured on."""
    return (
        f"measured on {counted(roles.n_queries, 'token')} of "
        f"{counted(roles.n_sentences, 'reference sentence')}, every head on"
    )


def describe_head(roles: HeadRoles, head: Head, names: Sequence[str]) -> str:
    """Say in some lines what one head looks at."""
    shares = [
        f"{name} {share * 100:.0f} %"
        for name, share in zip(names, roles.shares[head].tolist(), strict=True)
    ]
    return (
        f"{' · '.join(shares[:4])}\n{' · '.join(shares[4:])}\n"
        f"entropy {roles.entropy_bits[head]:.2f} bits, "
        f"distance {roles.distance_tokens[head]:.1f} tokens"
    )


def table(run: Analysis | Comparison, roles: HeadRoles | None = None) -> Table:
    """Return each head's largest weight, its attention to special tokens, and its roles."""
    return _pictures(run, roles).table()


def arrays(run: Analysis | Comparison, roles: HeadRoles | None = None) -> Arrays:
    """Return every attention map, and what heads look at where ``roles`` tell."""
    return _pictures(run, roles).arrays()


def caption(run: Analysis | Comparison, scale: Scale = "auto") -> str:
    """Say how the thumbnails of all heads are to be read."""
    return describe(_pictures(run), scale)


def _pictures(run: Analysis | Comparison, roles: HeadRoles | None = None) -> HeadPictures:
    a, comparison = sides_of(run, "can_compare_heads")
    return result_of(shrink(a, comparison, "show", True, roles))


def describe(
    pictures: HeadPictures,
    scale: Scale,
    sort: HeadSort = "layer",
    n_pixels: int = THUMBNAIL,
    *,
    has_roles: bool = False,
) -> str:
    """Say all that is said of a picture of all heads; ``has_roles`` is whether it tells them."""
    request, roles = pictures.analysis.request, pictures.roles
    order = "Layers up, heads across"
    if measure_of(pictures, sort) is not None:
        order = f"Heads {describe_order(sort, pictures)}"
    said = [f"{order}; {describe_scale(pictures, scale, n_pixels)}."]
    if pictures.apart is not None:
        said.append(f"{pictures.apart.most_apart}.")
        said.append(describe_depth(pictures.apart.comparison, of_attention=True))
    if has_roles and roles is not None:
        said.append(f"What heads look at is {describe_basis(roles)}.")
    if sort == "word" and pictures.swept is not None and pictures.swept.known is not None:
        said.append(sweep.caption(pictures.swept.known))
    said.append(describe_switched_heads(request.switched_off, request.ablation))
    return " ".join(part for part in said if part)


def describe_scale(pictures: HeadPictures, scale: Scale, n_pixels: int = THUMBNAIL) -> str:
    """Say what the colours mean, where each head is drawn with ``n_pixels`` a side."""
    most = float(pictures.thumbnails.max(initial=0.0))
    n, of = int((pictures.faint > UNREADABLE).sum()), pictures.faint.size
    roots = f", {'all' if n == of else f'{n} of {of}'} in square roots" if n else ""
    text = {
        "auto": f"scale 0 to each head's largest weight{roots}",
        "head": "scale 0 to each head's largest weight",
        "layer": "scale 0 to each layer's largest weight",
        "all": f"scale 0 – {most:.2g} in all heads",
        "log": f"logarithmic, ≤ {LOG_FLOOR:g} – {most:.2g} in all heads",
    }[scale]
    if pictures.is_difference and pictures.comparison is not None:
        drawn = change_scale(pictures, scale).describe()
        text = f"difference to {names_of(pictures.comparison).b}, {drawn} in all heads"
        if n_alone := int((pictures.comparison.tokens < 0).sum()):
            text += f"; {counted(n_alone, 'token')} without a partner left blank"
    what = "difference" if pictures.is_difference else "weight"
    pooled = f"; a pixel shows the strongest {what} it covers"
    side = pictures.thumbnails.shape[-1]
    return text + (pooled if side > n_pixels or side == THUMBNAIL else "")
