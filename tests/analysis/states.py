"""Made-up hidden states with the traits that make real ones hard."""

import numpy as np
from numpy.typing import NDArray

N_LAYERS, N_TOKENS, N_FEATURES = 4, 300, 12
CONSTANT, ROGUE = 5, 8


def made_up_states(seed: int = 0, n_tokens: int = N_TOKENS) -> NDArray[np.float32]:
    """Correlated features, a constant one, a rogue one far from zero, layers of unlike norm.

    float32 (layer + 1, token, feature).
    """
    random = np.random.default_rng(seed)
    # The population is the same for every seed; only the tokens differ.
    population = np.random.default_rng(99)
    mixing = population.standard_normal((N_LAYERS, N_FEATURES, N_FEATURES))
    states = random.standard_normal((N_LAYERS, n_tokens, N_FEATURES)) @ mixing
    states += population.standard_normal((N_LAYERS, 1, N_FEATURES))
    states[..., ROGUE] = 30 + 6 * states[..., ROGUE]
    states[..., CONSTANT] = 0.7
    states *= np.array([1, 4, 0.2, 10])[:, np.newaxis, np.newaxis]
    return states.astype(np.float32)
