"""Values that are no numbers: told of by name, before anything is ranked or drawn.

Infinite and undefined values never go away again on their way up through the layers: a token's
residual carries them, and every token that looks at it takes them over. So the end of a pass
tells of all of it.
"""

import numpy as np
import torch
from torch import Tensor

from roberta_gui.problems import NotFinite
from roberta_gui.records import FloatArray


def need_finite(hidden: Tensor) -> None:
    """Refuse hidden states of any shape, in the network's own precision, that are not all finite.

    Raises
    ------
    problems.NotFinite
        A value is infinite or undefined.
    """
    # A sum with one of them in it is none either, and quicker than asking value by value.
    if not torch.isfinite(hidden.sum(dtype=torch.float32)):
        raise _not_finite("hidden states", hidden.dtype)


def need_softmax(largest: FloatArray, dtype: torch.dtype) -> None:
    """Refuse logits that softmax makes no probabilities of.

    A logit of −infinity is a word that is never guessed; an infinite or undefined one is the
    largest of its row, and leaves no word a probability.

    Parameters
    ----------
    largest
        (row,): each row's largest logit, or another sum over it that goes wrong with that one.
    dtype
        The network's own precision.

    Raises
    ------
    problems.NotFinite
        A row's largest logit is infinite or undefined.
    """
    if not np.isfinite(largest).all():
        raise _not_finite("logits", dtype)


def _not_finite(where: str, dtype: torch.dtype) -> NotFinite:
    hint = "The model's weights are damaged: download or copy it again."
    if dtype is not torch.float32:
        name = str(dtype).removeprefix("torch.")
        hint = (
            f"{name} can overflow: load the model in float32. "
            "If that is no help, its weights are damaged."
        )
    return NotFinite(f"The {where} hold infinite or undefined values.", hint)
