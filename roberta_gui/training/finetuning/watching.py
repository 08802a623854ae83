"""Watch the layers move: what the network makes of fixed texts, every so many steps."""

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.projection import Axes
from roberta_gui.analysis.through_layers.learning import kept_shape, moved, probe
from roberta_gui.engine.measures import reference
from roberta_gui.engine.roberta import Roberta
from roberta_gui.records import FloatArray, Task, Token, read_only
from roberta_gui.records.finetuning import Snapshot
from roberta_gui.training.evaluation.held_out import HeldOutScores, masked_loss
from roberta_gui.training.finetuning.objective import without_dropout
from roberta_gui.training.finetuning.task_data import Example, TaskData
from roberta_gui.training.starts.start import Start
from roberta_gui.training.text.packing import Specials
from roberta_gui.training.text.tokenized_text import tokenize_documents

MOST_TEXTS = 160
"""Texts that are watched: enough for a map and a probe, and read in about a second."""

_TEXTS_AT_ONCE = 16
_ROW = 64  # tokens


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """Held-out texts, with their vectors at the start and the axes that were fitted there.

    A text's vector is the mean of its tokens' states, ``<s>`` and ``</s>`` left out. Of a task for
    words, it is labelled by the commonest label of its words.
    """

    start: Start
    task: Task
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    groups: tuple[str, ...]  # texts of one group are never on both sides of a probe
    cut: tuple[tuple[tuple[Token, ...], int], ...]
    vectors: FloatArray
    axes: Axes

    @classmethod
    def begin(cls, start: Start, data: TaskData) -> Generator[None, None, "Watch"]:
        """Choose texts and read them with the network as it is before the first step."""
        chosen = (*data.held_out, *data.test)[:MOST_TEXTS]
        most = start.network.configuration.max_tokens
        cut = tuple(start.tokenizer.tokenize_cut(one.text, one.pair, most) for one in chosen)
        with without_dropout(start.network):
            vectors = yield from _vectors(start.network, cut)
        axes = Axes.fit(vectors, n=2)
        texts = tuple(" ".join((one.text, one.pair or "")).strip() for one in chosen)
        labels = tuple(_label(one) for one in chosen)
        groups = tuple(one.group for one in chosen)
        return cls(start, data.task, texts, labels, groups, cut, vectors, axes)

    def measure(self, network: Roberta, step: int) -> Generator[None, None, Snapshot]:
        """Read the texts again; in short steps, the snapshot is the return value."""
        with without_dropout(network):
            now = yield from _vectors(network, self.cut)
            yield
            numbers = self.task.kind == "regression"
            targets = list(map(float, self.labels)) if numbers else _rows(self.labels)
            probed = probe(now, np.array(targets), numbers=numbers, groups=self.groups)
            yield
            mask_loss = yield from self._mask_loss(network)
        return Snapshot(
            step,
            read_only(kept_shape(self.vectors, now)),
            read_only(moved(self.vectors, now)),
            read_only(probed),
            self.axes.transform(now),
            self.labels,
            mask_loss,
        )

    def _mask_loss(self, network: Roberta) -> Generator[None, None, float]:
        if network.mask_head is None:
            return float("nan")
        specials = Specials.of(self.start.tokenizer)
        length = min(_ROW, network.configuration.max_tokens)
        found = HeldOutScores()
        for first in range(0, len(self.texts), _TEXTS_AT_ONCE):
            some = self.texts[first : first + _TEXTS_AT_ONCE]
            text = tokenize_documents(some, self.start.tokenizer, specials.end)
            found += masked_loss(network, text, specials, length)
            yield
        return found.mean_loss


def _label(example: Example) -> str:
    return Counter(example.labels).most_common(1)[0][0]


def _rows(labels: Sequence[str]) -> list[int]:
    in_order = sorted(set(labels))
    return [in_order.index(label) for label in labels]


def _vectors(
    network: Roberta, cut: Sequence[tuple[tuple[Token, ...], int]]
) -> Generator[None, None, NDArray[np.float32]]:
    """Give a vector for each layer and text: float32 (layer + 1, text, feature)."""
    c = network.configuration
    vectors = np.zeros((c.n_layers + 1, len(cut), c.d_model), np.float32)
    for states in reference.states(network, cut):
        vectors[:, states.text_index] = states.hidden.mean(axis=1)
        yield
    return read_only(vectors)
