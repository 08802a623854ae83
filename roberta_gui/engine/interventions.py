"""Change what heads give by a function of one's own, to see what follows from it.

The place is where heads are switched off, too: each head's context, just before W_O mixes the
heads (a pre-hook on ``attention.output.dense`` in transformers).
"""

from collections.abc import Callable
from copy import deepcopy
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from roberta_gui.engine.roberta import Attention, Block, Roberta
from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray

HeadEdit = Callable[[int, FloatArray], FloatArray]
"""Gets the layer, from 0, and float32 (head, token, d_head); gives what goes on instead."""


class EditedOutput(nn.Module):
    """A layer's W_O, which reads what edits, one after the other, made of the heads' outputs."""

    def __init__(
        self, plain: nn.Module, layer: int, d_head: int, edits: tuple[HeadEdit, ...]
    ) -> None:
        super().__init__()
        self.plain = plain
        self.edits: tuple[HeadEdit, ...] = edits
        self.layer, self.d_head = layer, d_head

    @property
    def weight(self) -> Tensor:
        """W_O itself, (feature out, feature in)."""
        return cast("Tensor", self.plain.weight)

    def forward(self, joined: Tensor) -> Tensor:
        """Edit and then map (batch, token, head · d_head) to (batch, token, feature)."""
        edited = np.stack([self._edited(row) for row in joined.float().cpu().numpy()])
        return cast("Tensor", self.plain(torch.from_numpy(edited).to(joined)))

    def _edited(self, joined: FloatArray) -> FloatArray:
        """Give one sentence, (token, head · d_head), to the edits, and check what comes back."""
        n_heads = joined.shape[1] // self.d_head
        per_head = joined.reshape(len(joined), n_heads, self.d_head)  # (token, head, d_head)
        context = per_head.swapaxes(0, 1).copy()  # (head, token, d_head)
        shape = context.shape
        for edit in self.edits:
            changed = np.asarray(edit(self.layer, context))
            if changed.shape != shape or changed.dtype.kind not in "fiub":
                raise BadArgument(
                    f"The edit of layer {self.layer} returned {changed.dtype} {changed.shape}.",
                    f"It must return numbers of shape {shape}: (head, token, d_head).",
                )
            with np.errstate(over="ignore"):  # told below
                context = changed.astype(np.float32)
        if np.isfinite(joined).all() and not np.isfinite(context).all():
            raise BadArgument(
                f"The edit of layer {self.layer} returned infinite or undefined values.",
                "Look for a division by zero in it: it must return numbers of float32.",
            )
        return context.swapaxes(0, 1).reshape(joined.shape)


def with_edit(network: Roberta, edit: HeadEdit) -> Roberta:
    """Make the same network with ``edit`` before each W_O; they share all weights."""
    made_anew = (Roberta, nn.ModuleList, Block, Attention)
    shared = [module for module in network.modules() if not isinstance(module, made_anew)]
    edited = deepcopy(network, {id(module): module for module in shared})
    for layer, block in enumerate(edited.blocks):
        attention = cast("Block", block).attention
        output: nn.Module = attention.output
        edits: tuple[HeadEdit, ...] = (edit,)
        if isinstance(output, EditedOutput):
            edits = (*output.edits, edit)
            output = output.plain
        attention._modules["output"] = EditedOutput(output, layer, attention.d_head, edits)
    return edited


def is_edited(network: Roberta) -> bool:
    """Whether somebody's function changes what heads give."""
    return any(isinstance(module, EditedOutput) for module in network.modules())
