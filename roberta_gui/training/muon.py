"""Muon, for all matrices of one shape at once."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

_MOMENTUM = 0.95
_ITERATIONS = 5
_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
_SMALLEST = 1e-7


class Muon(torch.optim.Optimizer):
    """Follows the momentum with all its directions made equally long (Jordan et al. 2024).

    Steps are scaled to the size of AdamW's (Liu, Su et al. 2025), so that both take the same
    learning rate. torch's own takes one matrix after the other, in bfloat16 on every device;
    ``dtype`` is that of the products here.
    """

    def __init__(
        self, params: Iterable[nn.Parameter], lr: float, weight_decay: float, dtype: torch.dtype
    ) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay})
        self._dtype = dtype

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """Learn from the gradients that are there; they are not computed anew."""
        for group in self.param_groups:
            alike: defaultdict[torch.Size, list[Tensor]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    alike[parameter.shape].append(parameter)
            for shape, some in alike.items():
                steps = orthogonal(torch.stack([*map(self._direction, some)]), self._dtype)
                size = group["lr"] * 0.2 * max(shape) ** 0.5
                torch._foreach_mul_(some, 1 - group["lr"] * group["weight_decay"])
                torch._foreach_add_(some, [*steps.to(some[0].dtype)], alpha=-size)

    def _direction(self, parameter: Tensor) -> Tensor:
        """Bring the momentum up to date, and look ahead by it (Nesterov)."""
        state, grad = self.state[parameter], parameter.grad
        assert grad is not None
        if not state:
            state["momentum_buffer"] = torch.zeros_like(parameter)
        momentum: Tensor = state["momentum_buffer"]
        momentum.lerp_(grad, 1 - _MOMENTUM)
        return grad.lerp(momentum, _MOMENTUM)


def orthogonal(matrices: Tensor, dtype: torch.dtype) -> Tensor:
    """Bring all singular values of each of (matrix, row, column) near 1, by Newton and Schulz."""
    x = matrices.to(dtype)
    wide = x.shape[1] <= x.shape[2]
    x = x if wide else x.mT
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp(min=_SMALLEST)
    a, b, c = _COEFFICIENTS
    for _ in range(_ITERATIONS):
        gram = x @ x.mT  # (matrix, row, row)
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x if wide else x.mT
