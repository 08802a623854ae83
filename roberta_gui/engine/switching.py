"""Switch attention heads off, to see what changes without them.

A head is switched off where its work joins the others': its slice of the context,
just before W_O mixes the heads (Michel et al. 2019, section 2.3). It becomes zeros, or its own mean
over the tokens, which takes away what it tells tokens apart by and keeps its constant offset.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import get_args

import torch
from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine.arguments import several, whole_number
from roberta_gui.engine.roberta import Configuration, Edit
from roberta_gui.records import Ablation

EditOf = Callable[[int], Edit | None]
"""Says what to do to the heads of a layer, as `Switching.edit` does."""


@dataclass(frozen=True, slots=True)
class Switching:
    """Which heads are off, as ``(layer, head)`` from 0, and what they give instead."""

    switched_off: frozenset[tuple[int, int]] = frozenset()
    ablation: Ablation = "zero"

    def edit(self, layer: int) -> Edit | None:
        """Say what to do to the heads of ``layer``; None where all of them are on."""
        heads = sorted(head for at, head in self.switched_off if at == layer)
        return partial(switch_off, heads=heads, ablation=self.ablation) if heads else None


ALL_ON = Switching()


def switch_off(context: Tensor, heads: list[int], ablation: Ablation) -> Tensor:
    """Replace what ``heads`` give, (batch, head, token, d_head), by zeros or by their means.

    The mean counts every token of the pass, ``<s>`` and ``</s>`` too; the head's attention stays
    as it was, because it is computed before.
    """
    edited = context.clone()  # (batch, head, token, d_head)
    if ablation == "zero":
        edited[:, heads] = 0
    else:
        mean = context[:, heads].mean(dim=2, keepdim=True, dtype=torch.float32)  # (…, 1, d_head)
        edited[:, heads] = mean.to(context.dtype)
    return edited


def switching_of(
    switched_off: Iterable[tuple[int, int]], ablation: str, configuration: Configuration
) -> Switching:
    """Check which heads to switch off.

    Raises `problems.BadArgument` for an unknown ``ablation`` or what is no head, and
    `problems.NoSuchHead` for a head that the model has not.
    """
    kinds = {kind: kind for kind in get_args(Ablation)}
    if not isinstance(ablation, str) or ablation not in kinds:
        raise problems.BadArgument(
            f"{ablation!r} is no way to switch a head off.", f"Choose {' or '.join(kinds)}."
        )
    off = frozenset(map(_head, several(switched_off, "heads")))
    c = configuration
    for layer, head in sorted(off):
        if not (0 <= layer < c.n_layers and 0 <= head < c.n_heads):
            raise problems.NoSuchHead(
                f"There is no head ({layer}, {head}).",
                f"Layers go from 0 to {c.n_layers - 1}, heads from 0 to {c.n_heads - 1}.",
            )
    return Switching(off, kinds[ablation])


def _head(pair: object) -> tuple[int, int]:
    if not isinstance(pair, tuple) or len(pair) != 2:
        raise problems.BadArgument(f"{pair!r} is no head.", "A head is (layer, head), from 0.")
    return whole_number(pair[0], "A head's layer"), whole_number(pair[1], "A head")
