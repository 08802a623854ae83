"""What attention really brings: the size of what each head adds to a token from another.

A head that looks hard at a token may take nearly nothing from it, because the token's value
vector is short (Kobayashi et al. 2020, section 3). So the vector α (x W_V + b_V) W_O is looked at
instead of the weight α alone.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from roberta_gui.analysis.heads.words import Groups, check_words, mean_from, word_groups
from roberta_gui.engine.arguments import several, whole_number
from roberta_gui.engine.climbing import layers_seen
from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.prepared import Prepared
from roberta_gui.engine.roberta import Attention
from roberta_gui.records import FloatArray, read_only

Words = Sequence[int] | NDArray[np.integer]


@torch.inference_mode()
def steps(prepared: Prepared, words: Words | None = None) -> Iterator[FloatArray]:
    """Measure ‖α (x W_V + b_V) W_O‖ of each head alone, without b_O and residual, layer by layer.

    A switched-off head brings what it gives instead: nothing, or its mean, which brings the same
    to every query. Yields float32 (head, query, key); with words (head, from word, to word).

    ``words``, int (token,): equal numbers are one word, −1 is a group of its own each time. The
    vectors of a word's pieces are summed over keys and averaged over queries, and then measured:
    pieces that pull apart cancel, as they do in the model. Raises `problems.BadArgument` where
    there are not as many numbers as tokens, `Stopped`, `TooLittleMemory` and `NotFinite`.
    """
    if words is not None:
        words = [whole_number(word, "The number of a word") for word in several(words, "numbers")]
        check_words(words, len(prepared.tokens))
    groups = None if words is None else word_groups(words)
    n_layers = prepared.network.configuration.n_layers
    with batch_memory(prepared.network.device, 1, len(prepared.tokens)):
        for layer, seen in enumerate(layers_seen(prepared)):
            prepared.go_on(f"Layer {layer + 1} of {n_layers}", layer / n_layers)
            # What a head gives is linear in its weights: switching one off is switching its
            # weights off, or averaging them over the queries.
            weights = seen.edit(seen.attention[None])[0] if seen.edit else seen.attention
            moved = _moved(seen.block.attention, seen.hidden)  # (head, key, d_head)
            if groups is None:
                reach = torch.linalg.vector_norm(moved, dim=-1)  # (head, key)
                brought: FloatArray = (weights.cpu() * reach[:, None]).numpy()
            else:
                brought = _between_words(weights.cpu().numpy(), moved.numpy(), groups)
            yield read_only(brought)


def _moved(attention: Attention, hidden: Tensor) -> Tensor:
    """Give vectors as long as (x W_V + b_V) W_O of each head, float32 (head, key, d_head).

    In an orthonormal basis of what a head's part of W_O reaches, the vectors have d_head
    coordinates: W_O = R Q with Q's rows orthonormal, and ‖v W_O‖ = ‖v R‖.
    """
    value = attention.split_heads(attention.value(hidden[None]))[0]  # (head, key, d_head)
    output = attention.output.weight.float().cpu()  # (feature, head · d_head)
    per_head = output.view(len(output), -1, attention.d_head).transpose(0, 1)  # (head, feature, …)
    upper: Tensor = torch.linalg.qr(per_head, mode="r").R  # (head, d_head, d_head)
    return value.float().cpu() @ upper.mT  # (head, key, d_head)


def _between_words(weights: FloatArray, moved: FloatArray, groups: Groups) -> FloatArray:
    """Measure summed vectors: (head, query, key) and (head, key, d_head) to (head, from, to).

    ‖Σ αᵢ vᵢ‖² = Σᵢⱼ αᵢ αⱼ vᵢ·vⱼ, in float64 because it may all cancel. Words of as many pieces are
    done together, and one head at a time, which fits the processor's cache.
    """
    alike = []
    for n_pieces in sorted({len(group) for group in groups}):
        words = [word for word, group in enumerate(groups) if len(group) == n_pieces]
        alike.append((words, np.array([groups[word] for word in words])))  # (to,), (to, piece)
    brought = np.empty((len(weights), len(groups), len(groups)), np.float32)
    for head, (alphas, values) in enumerate(zip(weights, moved, strict=True)):
        received = np.ascontiguousarray(mean_from(alphas, groups).T)  # (key, from)
        for words, pieces in alike:
            alpha = received[pieces].astype(np.float64)  # (to, piece, from)
            vectors = values[pieces].astype(np.float64)  # (to, piece, d_head)
            products = vectors @ vectors.mT  # (to, piece, piece)
            squares = (alpha * (products @ alpha)).sum(axis=1)  # (to, from)
            brought[head][:, words] = np.sqrt(np.maximum(squares, 0)).T
    return brought
