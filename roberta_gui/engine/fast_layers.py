"""Layers that torch has too, where its own take longer than they need."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Embedding(nn.Embedding):
    """A table whose values are still open; its padding row is never trained."""

    def reset_parameters(self) -> None:
        """Draw nothing.

        WORKAROUND: torch draws values at once, which on the meta device draws nothing and yet
        makes it import its compiler: over a second before the first sentence.
        """


def linear(rows: Tensor, matrix: Tensor, bias: Tensor) -> Tensor:
    """Multiply (..., feature) with (vocabulary, feature) and add the bias: (..., vocabulary)."""
    if _is_few(rows):
        # (W xᵀ)ᵀ instead of x Wᵀ: the kernels then walk along the long side.
        across = torch.addmm(bias[:, None], matrix, rows.T)  # (vocabulary, row)
        return across.T.contiguous()  # (row, vocabulary)
    return F.linear(rows, matrix, bias)  # (..., vocabulary)


def _is_few(rows: Tensor) -> bool:
    """Whether a product with a whole vocabulary takes less time with its sides exchanged.

    So it is for 2 to 6 rows of float32 on CPUs with and without AVX-512 (50,265 × 768: 1.3 to
    3.0 times as fast), and on more than one thread up to 8; from 12 on it loses.
    """
    if rows.ndim != 2 or rows.dtype is not torch.float32 or rows.device.type != "cpu":
        return False
    most = 8 if torch.get_num_threads() > 1 else 6
    return 2 <= len(rows) <= most and not torch.is_grad_enabled()
