"""What training makes smaller: the loss of guessing the chosen words."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from roberta_gui.engine.roberta import Roberta

_GUESSES_AT_ONCE = 64
_IGNORED = -100


class MaskedWords(nn.Module):
    """The network with its loss around it: one forward call, as distributed training needs."""

    def __init__(self, network: Roberta) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, chosen: Tensor, targets: Tensor, shift: Tensor) -> Tensor:
        """Sum the loss over the words to guess.

        The first three are those of `masking.Masked`; ``shift``, int64 (batch,), is how many
        positions later than usual a row begins. Returns the sum of −ln p(word) in nats, float32.
        The head runs only on the chosen rows, a few times less work than on all.
        """
        hidden = self.hidden(ids, shift)  # (batch, token, feature)
        guessed = chosen.flatten().nonzero()[:, 0]  # (guess,)
        # A product of yet another size in every step makes a CPU's library keep yet another
        # kernel: hundreds of megabytes a minute. Filled up, there are only a few sizes.
        n_filled = -len(guessed) % _GUESSES_AT_ONCE
        guessed = F.pad(guessed, (0, n_filled))  # (guess,)
        targets = F.pad(targets, (0, n_filled), value=_IGNORED)  # (guess,)
        logits = self.network.logits(hidden.flatten(0, 1)[guessed])  # (guess, vocabulary)
        return F.cross_entropy(logits.float(), targets, ignore_index=_IGNORED, reduction="sum")

    def hidden(self, ids: Tensor, shift: Tensor) -> Tensor:
        """Run rows that begin ``shift`` positions later: states (batch, token, feature).

        Trained on short rows, the network reaches every position that way.
        """
        embeddings = self.network.embeddings
        real = ids != self.network.configuration.padding_id  # (batch, token)
        positions = embeddings.positions(ids) + shift[:, None] * real  # (batch, token)
        return self.network.encode(embeddings(ids, positions=positions), real)


@torch.no_grad()
def count_right(logits: Tensor, targets: Tensor, k: int) -> int:
    """Count the words that stand among the ``k`` best of their row of (guess, vocabulary)."""
    best = logits.topk(min(k, logits.shape[-1]), dim=-1).indices  # (guess, k)
    return int((best == targets[:, None]).any(dim=-1).sum())
