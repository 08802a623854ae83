"""The head that fine-tuning puts on the network."""

import torch
from torch import Tensor, nn

from roberta_gui.engine.configuration import Configuration
from roberta_gui.records import Task


class TaskHead(nn.Module):
    """From hidden states to the labels of a task (Liu et al. 2019, section 5).

    A text is judged by the state of ``<s>``, which has attended to all of it, through a layer
    with tanh as in BERT's pooler; a token by its own state, directly.
    """

    def __init__(self, configuration: Configuration, task: Task) -> None:
        super().__init__()
        c = configuration
        self.dropout = nn.Dropout(c.dropout)
        self.dense = None if task.kind == "tokens" else nn.Linear(c.d_model, c.d_model)
        self.output = nn.Linear(c.d_model, len(task.labels))

    def forward(self, hidden: Tensor) -> Tensor:
        """Map (batch, token, feature) to (batch, label), or to (batch, token, label)."""
        if self.dense is not None:
            hidden = torch.tanh(self.dense(self.dropout(hidden[:, 0])))  # (batch, feature)
        scored: Tensor = self.output(self.dropout(hidden))  # (batch[, token], label)
        return scored
