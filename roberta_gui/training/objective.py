"""What training makes smaller: the loss of guessing the chosen words."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from roberta_gui.engine.roberta import Roberta
from roberta_gui.training.text.batches import IGNORED


class MaskedWords(nn.Module):
    """The network with its loss around it: one forward call, as distributed training needs."""

    def __init__(self, network: Roberta) -> None:
        super().__init__()
        self.network = network

    def forward(
        self,
        ids: Tensor,
        places: Tensor,
        targets: Tensor,
        shift: Tensor,
        real: Tensor | None = None,
    ) -> Tensor:
        """Sum the loss over the words to guess; the arguments are those of `batches.Batch`.

        Returns the sum of −ln p(word) in nats, float32. The head runs only on the chosen rows, a
        few times less work than on all.
        """
        hidden = self.hidden(ids, shift, real)  # (batch, token, feature)
        logits = self.network.logits(hidden.flatten(0, 1)[places])  # (guess, vocabulary)
        return F.cross_entropy(logits.float(), targets, ignore_index=IGNORED, reduction="sum")

    def hidden(self, ids: Tensor, shift: Tensor, real: Tensor | None = None) -> Tensor:
        """Run rows that begin ``shift`` positions later: states (batch, token, feature).

        Trained on short rows, the network reaches every position that way.
        """
        embeddings = self.network.embeddings
        positions = embeddings.positions(ids)  # (batch, token)
        moved = positions + shift[:, None] * (positions != embeddings.padding_id)  # (batch, token)
        return self.network.encode(embeddings(ids, positions=moved), real)


@torch.no_grad()
def count_right(logits: Tensor, targets: Tensor, k: int) -> int:
    """Count the words that stand among the ``k`` best of their row of (guess, vocabulary)."""
    best = logits.topk(min(k, logits.shape[-1]), dim=-1).indices  # (guess, k)
    return int((best == targets[:, None]).any(dim=-1).sum())
