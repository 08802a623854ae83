"""Layers that torch has too, where its own take longer than they need."""

from collections.abc import Callable
from time import perf_counter
from typing import Final, TypeAlias, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from roberta_gui.engine.devices import has_fast_bfloat16

_ROWS_EXPECTED = 128
"""The layout depends a little on the number of rows; this one was good from 10 to 512."""

Product: TypeAlias = Callable[[Tensor, Tensor, Tensor], Tensor]

_FASTER: Final[dict[tuple[int, ...], Product]] = {}
"""The faster product by rows, the matrix's shape and threads; kept, so that a text that comes
again has the same digits."""


class Embedding(nn.Embedding):
    """A table whose values are still open; its padding row is never trained."""

    def reset_parameters(self) -> None:
        """Draw nothing.

        WORKAROUND: https://docs.pytorch.org/docs/stable/meta.html
        On the meta device torch draws nothing and yet imports its compiler (`torch._dynamo`) for
        it: over a second before the first sentence.
        """


def linear(rows: Tensor, matrix: Tensor, bias: Tensor) -> Tensor:
    """Multiply (..., feature) with (vocabulary, feature) and add the bias: (..., vocabulary).

    For a few rows either of two products may take a third of the other's time, which depends on
    the processor and its kernels: both are timed at the first such number of rows.
    """
    if not _is_few(rows):
        return F.linear(rows, matrix, bias)
    kind = (len(rows), *matrix.shape, torch.get_num_threads())
    if kind not in _FASTER:
        ways: tuple[Product, ...] = (F.linear, across)
        _FASTER[kind] = min(ways, key=lambda way: _seconds(way, rows, matrix, bias))
    return _FASTER[kind](rows, matrix, bias)


def across(rows: Tensor, matrix: Tensor, bias: Tensor) -> Tensor:
    """Give (W xᵀ)ᵀ instead of x Wᵀ: the kernels then walk along the long side."""
    return torch.addmm(bias[:, None], matrix, rows.T).T.contiguous()  # (row, vocabulary)


def _is_few(rows: Tensor) -> bool:
    """Whether exchanging the sides may be worth it: from 12 rows on it lost on every machine."""
    return (
        rows.ndim == 2
        and 2 <= len(rows) <= 8
        and rows.dtype is torch.float32
        and rows.device.type == "cpu"
        and not torch.is_grad_enabled()
    )


def _seconds(way: Product, rows: Tensor, matrix: Tensor, bias: Tensor) -> float:
    """Return the least of three times: the first one fills the caches."""
    times = []
    for _ in range(3):
        began = perf_counter()
        way(rows, matrix, bias)
        times.append(perf_counter() - began)
    return min(times)


class PackedLinear(nn.Module):
    """A linear layer whose matrix is kept only in the layout that the CPU's kernels read.

    A product of a few dozen rows with a large matrix takes about as long as the kernel's own
    re-ordering of that matrix. Done once, at loading, a short sentence is through the blocks in two
    thirds of the time or less, in float32 and in bfloat16.
    """

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


def pack(blocks: nn.Module) -> None:
    """Pack the linear layers of the blocks, where this machine gains by it.

    The plain matrix goes as the packed one comes: no more memory than before. They are then for
    looking at, no longer for training.
    """
    weight = next(blocks.parameters())
    if not can_pack(weight.device, weight.dtype):
        return
    for module in list(blocks.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear):
                setattr(module, name, PackedLinear(child))


def can_pack(device: torch.device, dtype: torch.dtype) -> bool:
    """Tell whether packed layers run here: on an x86 CPU whose torch comes with oneDNN."""
    has = torch.cpu.get_capabilities()
    has_onednn = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    if device.type != "cpu" or not has_onednn:
        return False
    if has.get("architecture") != "x86_64" or not has.get("avx2", False):
        return False
    if dtype is torch.bfloat16:
        # oneDNN can be told to use less than the processor has: ONEDNN_MAX_CPU_ISA.
        packs = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
        return packs and has_fast_bfloat16("cpu")
    return dtype is torch.float32
