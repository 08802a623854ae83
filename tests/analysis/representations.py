"""Made-up representations: pairs of (token, feature) tables whose likeness is known."""

import numpy as np
from numpy.typing import NDArray


def unrelated(
    n_tokens: int, n_features: int, seed: int = 0, other_features: int | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two tables of independent Gaussians."""
    random = np.random.default_rng(seed)
    shape = n_tokens, other_features or n_features
    first = random.standard_normal((n_tokens, n_features)).astype(np.float32)
    return first, random.standard_normal(shape).astype(np.float32)


def related(n_tokens: int, n_features: int, n_layers: int, seed: int = 0) -> NDArray[np.float32]:
    """A walk through layers, each the one before plus noise and a shift; float32 (layer, t, f)."""
    random = np.random.default_rng(seed)
    steps = random.standard_normal((n_layers, n_tokens, n_features))
    steps *= np.linspace(2, 0.4, n_features)
    shift = random.standard_normal((n_layers, 1, n_features))
    return (np.cumsum(steps, axis=0) + 3 * shift).astype(np.float32)


def rotation(n_features: int, seed: int = 0) -> NDArray[np.float64]:
    """Draw an orthogonal matrix."""
    drawn = np.random.default_rng(seed).standard_normal((n_features, n_features))
    return np.linalg.qr(drawn)[0]


def brute_force_cka(x: NDArray[np.float32], y: NDArray[np.float32]) -> float:
    """Debiased CKA from the kernels themselves, as sums over distinct tokens."""
    return hsic(x, y) / float(np.sqrt(hsic(x, x) * hsic(y, y)))


def hsic(x: NDArray[np.float32], y: NDArray[np.float32]) -> float:
    """Unbiased HSIC as the inner product of U-centred kernels (Székely & Rizzo 2014, def. 2).

    Another way to write Song et al.'s estimator, whose terms it never forms.
    """
    n = len(x)
    kernels = []
    for states in (x, y):
        kernel = states.astype(np.float64) @ states.T.astype(np.float64)
        np.fill_diagonal(kernel, 0)
        rows = kernel.sum(axis=1) / (n - 2)
        kernel = kernel - rows[:, None] - rows + kernel.sum() / ((n - 1) * (n - 2))
        np.fill_diagonal(kernel, 0)
        kernels.append(kernel)
    return float((kernels[0] * kernels[1]).sum() / (n * (n - 3)))
