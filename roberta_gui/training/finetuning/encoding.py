"""Labelled texts as the network reads them: ids, padding and what is to be said."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import torch
from torch import Tensor

from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.records import Task, Token
from roberta_gui.training.finetuning.task_data import Example
from roberta_gui.training.text.batches import IGNORED
from roberta_gui.wording import counted


@dataclass(frozen=True, slots=True)
class Encoded:
    """One example."""

    tokens: tuple[Token, ...]
    # A row of the labels, or a number; of a task for words, one for each token: that of its word at
    # a word's first piece, None at all others
    targets: tuple[float | None, ...]
    dropped: int

    @property
    def said(self) -> tuple[int, ...]:
        """Places of the targets that are scored."""
        return tuple(n for n, target in enumerate(self.targets) if target is not None)


class Batch(NamedTuple):
    """Texts that run together; tensors on any device."""

    # ids, types: int64 (batch, token), padded
    ids: Tensor
    types: Tensor
    real: Tensor  # bool (batch, token): False at padding
    # int64 or, of a regression, float32 (batch,); (batch, token) of a task for words
    targets: Tensor

    def to(self, device: torch.device) -> "Batch":
        """Move all of it."""
        return Batch(*(part.to(device) for part in self))


def encode(
    examples: Sequence[Example], tokenizer: TextTokenizer, task: Task, max_tokens: int
) -> tuple[Encoded, ...]:
    """Cut texts into tokens, a pair as ``<s> A </s></s> B </s>``; too long ones at the right."""
    rows = {label: float(row) for row, label in enumerate(task.labels)}
    found: list[Encoded] = []
    for example in examples:
        tokens, dropped = tokenizer.tokenize_cut(example.text, example.pair, max_tokens)
        targets: tuple[float | None, ...]
        if task.kind == "tokens":
            targets = _word_targets(example, tokens, rows)
        elif task.kind == "regression":
            targets = (float(example.labels[0]),)
        else:
            targets = (rows[example.labels[0]],)
        found.append(Encoded(tokens, targets, dropped))
    return tuple(found)


def _word_targets(
    example: Example, tokens: Sequence[Token], rows: dict[str, float]
) -> tuple[float | None, ...]:
    """Score the first piece of each word, as Devlin et al. (2019), section 5.3, do."""
    starts = list(accumulate((len(word) + 1 for word in example.text.split(" ")), initial=0))
    targets: list[float | None] = []
    last = -1
    for token in tokens:
        word = bisect_right(starts, token.start) - 1
        if token.is_special or word == last:
            targets.append(None)
        else:
            targets.append(rows[example.labels[word]])
            last = word
    return tuple(targets)


def batch_of(chosen: Sequence[Encoded], task: Task, padding_id: int) -> Batch:
    """Pad texts to the longest of them."""
    longest = max(len(one.tokens) for one in chosen)

    def padded(rows: list[list[int]], filler: int) -> Tensor:
        filled = [[*row, *[filler] * (longest - len(row))] for row in rows]
        return torch.tensor(filled, dtype=torch.int64)

    lengths = torch.tensor([len(one.tokens) for one in chosen])
    if task.kind == "tokens":
        rows = [[IGNORED if t is None else int(t) for t in one.targets] for one in chosen]
        targets = padded(rows, IGNORED)
    else:
        dtype = torch.float32 if task.kind == "regression" else torch.int64
        targets = torch.tensor([one.targets[0] for one in chosen], dtype=dtype)
    return Batch(
        padded([[token.id for token in one.tokens] for one in chosen], padding_id),
        padded([[token.type_id for token in one.tokens] for one in chosen], 0),
        torch.arange(longest) < lengths[:, None],
        targets,
    )


def lengths_told(encoded: Sequence[Encoded], task: Task, max_tokens: int) -> tuple[str, ...]:
    """Say which texts were cut, and what of them is scored."""
    told: list[str] = []
    cut = sum(one.dropped > 0 for one in encoded)
    if cut:
        most = counted(max_tokens, "token")
        told.append(f"{counted(cut, 'text')} longer than {most}: what is beyond is not read.")
    if task.kind == "tokens":
        said = sum(len(one.said) for one in encoded)
        of = sum(len(one.tokens) for one in encoded)
        told.append(
            f"A word is scored at its first token: {said:,} of {counted(of, 'token')}; "
            f"the others are ignored."
        )
    return tuple(told)
