"""By what heads are sorted and labelled: their measured roles, as numbers and as words."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from roberta_gui.analysis.heads.roles import ROLES, HeadRoles
from roberta_gui.choices import HeadSort
from roberta_gui.findings.all_heads.pictures import HeadPictures
from roberta_gui.records import FloatArray, Head, ModelInfo
from roberta_gui.wording import counted

SORTS: Final[Mapping[HeadSort, str]] = {
    "layer": "Layer",
    "specials": "Special tokens",
    "previous": "Previous token",
    "next": "Next token",
    "self": "Token itself",
    "punctuation": "Punctuation",
    "entropy": "Entropy",
    "distance": "Distance",
    "difference": "Difference",
}

_TOLD: Final[Mapping[HeadSort, str]] = {
    "specials": "how much of their attention goes to special tokens, most first",
    "previous": "how much of their attention goes to the token before, most first",
    "next": "how much of their attention goes to the token after, most first",
    "self": "how much of their attention stays on the token itself, most first",
    "punctuation": "how much of their attention goes to punctuation, most first",
    "entropy": "the entropy of their attention, the sharpest first",
    "distance": "how far they look, the farthest first",
    "difference": "how far their attention in A is from that in B, the farthest first",
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
    if sort == "layer" or roles is None:
        return None
    if sort == "entropy":
        return roles.entropy_bits
    if sort == "distance":
        return roles.distance_tokens
    names = ("start", "end") if sort == "specials" else (sort,)
    share: FloatArray = roles.shares[..., [ROLES.index(name) for name in names]].sum(-1)
    return share


def ordered(measure: FloatArray, sort: HeadSort) -> tuple[Head, ...]:
    """Return the heads in order; equal ones by layer and head, unknown ones last."""
    rising = measure if sort == "entropy" else -measure
    order = np.argsort(rising, axis=None, kind="stable")
    layers, heads = np.unravel_index(order, measure.shape)
    return tuple(zip(layers.tolist(), heads.tolist(), strict=True))


def written(measure: FloatArray, sort: HeadSort) -> dict[Head, str]:
    """Write each head's value, short enough for under a thumbnail."""
    units = {"entropy": "{:.1f} bits", "distance": "{:.1f} tok.", "difference": "{:.3f}"}

    def write(value: float) -> str:
        return "–" if np.isnan(value) else units.get(sort, "{:.0%}").format(value)

    return {
        (layer, head): write(float(value)).replace("%", " %")
        for (layer, head), value in np.ndenumerate(measure)
    }


def describe_order(sort: HeadSort) -> str:
    """Say in the middle of a sentence what the order is."""
    return f"by {_TOLD[sort]}"


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
