"""The network with a task's head, and the loss that it learns from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from roberta_gui.engine.prepared import need_task_head
from roberta_gui.engine.roberta import Roberta, fused_attend, key_mask
from roberta_gui.records import Task
from roberta_gui.training.finetuning.recipe import TuningRecipe
from roberta_gui.training.optimizers import adamw
from roberta_gui.training.starts.start import Start
from roberta_gui.training.text.batches import IGNORED


def with_task(start: Start, task: Task, dropout: float) -> Roberta:
    """Put a head on a copy of a network, its values still open; see `draw_head`."""
    network = _empty(start, task, dropout)
    known = start.network.state_dict()
    weights = {
        name: torch.empty(empty.shape) if name.startswith("task_head.") else known[name].clone()
        for name, empty in network.state_dict().items()
    }
    network.load_state_dict(weights, assign=True)
    return network.requires_grad_(True)


def shapes_with_task(start: Start, task: Task) -> dict[str, torch.Size]:
    """Give the shape of each of the weights that `with_task` has."""
    return {name: one.shape for name, one in _empty(start, task).state_dict().items()}


def _empty(start: Start, task: Task, dropout: float = 0.0) -> Roberta:
    configuration = replace(start.network.configuration, task=task, dropout=dropout)
    with torch.device("meta"):
        return Roberta(configuration)


@torch.no_grad()
def draw_head(network: Roberta, seed: int) -> None:
    """Draw the head's matrices as `Roberta.initialise` does; its biases begin at 0."""
    _, head = need_task_head(network)
    torch.manual_seed(seed)
    for parameter in head.parameters():
        if parameter.ndim == 2:
            parameter.normal_(0.0, 0.02)
        else:
            parameter.zero_()


def freeze(network: Roberta, layers: int | None) -> None:
    """Let only the task's head learn and so many of the top layers; None: the whole network.

    The masked-LM head's own weights stay as they are: it tells what is forgotten of guessing. The
    embeddings that a tied decoder compares with learn where the whole network does.
    """
    if network.mask_head is not None:
        network.mask_head.requires_grad_(False)
    if layers is None:
        return
    network.embeddings.requires_grad_(False)
    network.blocks[: max(0, len(network.blocks) - layers)].requires_grad_(False)


def make_optimizer(network: Roberta, recipe: TuningRecipe) -> torch.optim.AdamW:
    """AdamW for what learns; biases and LayerNorms do not decay."""
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    rate = recipe.rate(network.configuration.d_model)
    groups = [
        {
            "params": [parameter for parameter in learning if (parameter.ndim == 2) is decays],
            "weight_decay": recipe.weight_decay if decays else 0.0,
            "peak": rate,
        }
        for decays in (True, False)
    ]
    return adamw(groups, network.device)


@contextmanager
def without_dropout(network: nn.Module) -> Iterator[None]:
    """Let a network be asked, not taught, for a while."""
    was_training = network.training
    network.eval()
    try:
        yield
    finally:
        network.train(was_training)


class TaskLoss(nn.Module):
    """The network with its loss around it, in one call."""

    def __init__(self, network: Roberta) -> None:
        super().__init__()
        self.network = network
        self.task, self.head = need_task_head(network)

    def forward(
        self, ids: Tensor, types: Tensor, real: Tensor, targets: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Sum the loss over what is scored.

        The arguments are a `Batch`. Returns the sum of −ln p(label) in nats, or of squared errors,
        float32; and the logits, float32 (batch, label) or (batch, token, label).
        """
        embedded = self.network.embeddings(ids, types)  # (batch, token, feature)
        # A GPU would be waited for: how many tokens are real decides the shapes.
        encode = _encode_real if ids.device.type == "cpu" else Roberta.encode
        hidden = encode(self.network, embedded, real)  # (batch, token, feature)
        logits = self.head(hidden).float()
        if self.task.kind == "regression":
            return F.mse_loss(logits[:, 0], targets, reduction="sum"), logits
        flat = logits.flatten(0, -2)  # (text or token, label)
        loss = F.cross_entropy(flat, targets.flatten(), ignore_index=IGNORED, reduction="sum")
        return loss, logits


def _encode_real(network: Roberta, embedded: Tensor, real: Tensor) -> Tensor:
    """Do what `Roberta.encode` does without a product for padding: 0 stands there.

    All real tokens are one row; only attention sees the texts side by side. Texts of a task differ
    so much in length that half of a batch is padding.
    """
    places = real.flatten().nonzero()[:, 0]  # (token)
    mask = key_mask(real, embedded.dtype)  # (batch, 1, 1, key)
    dropout = network.configuration.dropout if network.training else 0.0

    def apart(tokens: Tensor) -> Tensor:
        """Put (token, …) where they stand in their texts: (batch, token, …)."""
        padded = tokens.new_zeros(real.numel(), *tokens.shape[1:])
        return padded.index_copy(0, places, tokens).view(*real.shape, *tokens.shape[1:])

    def by_text(row: Tensor) -> Tensor:
        """Turn (1, head, token, d_head) of all texts into (batch, head, token, d_head)."""
        return apart(row[0].transpose(0, 1)).transpose(1, 2)

    def attend(query: Tensor, key: Tensor, value: Tensor, _: Tensor | None) -> tuple[Tensor, None]:
        context, _ = fused_attend(by_text(query), by_text(key), by_text(value), mask, dropout)
        joined = context.transpose(1, 2).flatten(0, 1)[places]  # (token, head, d_head)
        return joined.transpose(0, 1)[None], None  # (1, head, token, d_head)

    hidden = embedded.flatten(0, 1)[places][None]  # (1, token, feature)
    for block in network.blocks:
        hidden, _ = block(hidden, attend=attend)
    return apart(hidden[0])
