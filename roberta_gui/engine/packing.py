"""Lay the blocks' matrices out in memory as the CPU's matrix kernels read them.

A product of a few dozen rows with a large matrix takes about as long as the kernel's own
re-ordering of that matrix, done anew in every pass. Done once, at loading, a short sentence is
through the blocks in two thirds of the time or less, in float32 and in bfloat16.
"""

from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from roberta_gui.engine.devices import has_fast_bfloat16
from roberta_gui.engine.roberta import Roberta

if TYPE_CHECKING:
    from collections.abc import Callable

_ROWS_EXPECTED = 128
"""The layout depends a little on the number of rows; this one was good from 10 to 512."""


class PackedLinear(nn.Module):
    """A linear layer whose matrix is kept only in the kernel's own layout."""

    def __init__(self, plain: nn.Linear) -> None:
        super().__init__()
        self.bias = plain.bias
        # The operators that torch's own compiler plans for layers with fixed weights; the torch
        # that this project names has them, and a test would tell if another had not.
        self.packed = torch.ops.mkldnn._reorder_linear_weight(plain.weight.detach(), _ROWS_EXPECTED)

    @property
    def weight(self) -> Tensor:
        """The matrix as everybody knows it, (feature out, feature in), bit by bit the same."""
        return cast("Tensor", self.packed.to_dense())

    def forward(self, features: Tensor) -> Tensor:
        """Map (..., feature in) to (..., feature out)."""
        if features.requires_grad:  # the packed product cannot be differentiated
            return F.linear(features, self.weight, self.bias)
        product = torch.ops.mkldnn._linear_pointwise(
            features, self.packed, self.bias, "none", [], ""
        )  # (..., feature out)
        return cast("Tensor", product)


def pack(network: Roberta) -> None:
    """Pack the linear layers of the blocks, where this machine gains by it.

    One layer at a time, and the plain matrix goes as the packed one comes: no more memory than
    before. The network is then for looking at, no longer for training.
    """
    weight = network.embeddings.word.weight
    if not can_pack(weight.device, weight.dtype):
        return
    for module in list(network.blocks.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear):
                setattr(module, name, PackedLinear(child))


def can_pack(device: torch.device, dtype: torch.dtype) -> bool:
    """Tell whether packed layers run here: on an x86 CPU whose torch comes with oneDNN."""
    has = torch.cpu.get_capabilities()
    has_onednn: Callable[[], bool] = torch.backends.mkldnn.is_available
    if device.type != "cpu" or not has_onednn():
        return False
    if has.get("architecture") != "x86_64" or not has.get("avx2", False):
        return False
    if dtype is torch.bfloat16:
        # oneDNN can be told to use less than the processor has: ONEDNN_MAX_CPU_ISA.
        packs = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
        return packs and has_fast_bfloat16("cpu")
    return dtype is torch.float32
