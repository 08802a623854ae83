"""Through the blocks in short steps, so that a sentence in the window never waits long."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import torch
from torch import Tensor

from roberta_gui.engine.finite import need_finite
from roberta_gui.engine.forward import end_if
from roberta_gui.engine.measures.reference import step_tokens
from roberta_gui.engine.prepared import Prepared
from roberta_gui.engine.roberta import Block, Configuration, Edit, Roberta, fused_attend
from roberta_gui.records import Stop

EditOf = Callable[[int], Edit | None]
"""Says what to do to the heads of a layer, as `Switching.edit` does."""

Shown = TypeVar("Shown")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class LayerSeen:
    """One layer of a pass over one sentence.

    Attributes
    ----------
    block
        The layer itself.
    hidden
        (token, feature): what the layer read.
    attention
        float32 (head, query, key), rows sum to 1 over key.
    """

    block: Block
    hidden: Tensor
    attention: Tensor


def embed_ids(
    network: Roberta, sequences: list[list[int]], types: Sequence[int] | None = None
) -> Tensor:
    """Look up sentences of one length, of the same types: (batch, token, feature)."""
    device = network.embeddings.word.weight.device
    ids = torch.tensor(sequences, dtype=torch.int64, device=device)  # (batch, token)
    kinds = None if types is None else torch.tensor(types, device=device)  # (token,)
    hidden: Tensor = network.embeddings(ids, kinds)
    return hidden


def step_room(configuration: Configuration) -> int:
    """Count the tokens, each counted once a layer, that one step of about 100 ms can run."""
    return step_tokens(configuration) * configuration.n_layers


def edits_of(prepared: Prepared) -> EditOf | None:
    """Say what a request switches off, layer by layer; None where all heads are on."""
    return None if prepared.switching is None else prepared.switching.edit


def finish(steps: Generator[object, None, Result]) -> Result:
    """Take all steps at once and give what comes out in the end."""
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            result: Result = ended.value
            return result


def climb(
    network: Roberta,
    hidden: Tensor,
    layers: range,
    shown: Shown,
    edit_of: EditOf | None = None,
    stop: Stop | None = None,
    entered: list[Tensor] | None = None,
) -> Generator[Shown, None, Tensor]:
    """Run ``layers`` one after the other, pausing before a step gets too long.

    Attention is not kept, so torch's fused kernel computes it.

    Parameters
    ----------
    hidden
        (batch, token, feature), what the first of the layers reads.
    shown
        What a pause yields: whatever the caller has to show so far.
    entered
        Gets what each layer read appended, where somebody wants to begin there again.

    Returns
    -------
    Tensor
        (batch, token, feature), after the last of the layers.

    Raises
    ------
    problems.Stopped
        ``stop()`` said so between two layers.
    """
    room, used = step_room(network.configuration), 0
    for layer in layers:
        n_tokens = hidden.shape[0] * hidden.shape[1]
        if used and used + n_tokens > room:
            yield shown
            used = 0
        end_if(stop)
        if entered is not None:
            entered.append(hidden)
        edit = None if edit_of is None else edit_of(layer)
        hidden, _ = network.blocks[layer](hidden, None, edit, fused_attend)
        used += hidden.shape[0] * hidden.shape[1]  # an edit may have made more rows of one
    return hidden


def layers_seen(
    network: Roberta, prepared: Prepared, stop: Stop | None = None
) -> Iterator[LayerSeen]:
    """Run one sentence and show each layer as it is done, attention included.

    Raises
    ------
    problems.Stopped
        ``stop()`` said so between two layers.
    problems.NotFinite
        A layer came to infinite or undefined values.
    """
    edit_of = edits_of(prepared)
    hidden = embed_ids(network, [prepared.ids], prepared.types)  # (1, token, feature)
    for layer, module in enumerate(network.blocks):
        block = cast("Block", module)
        end_if(stop)
        edit = None if edit_of is None else edit_of(layer)
        after, attention = block(hidden, None, edit)
        need_finite(after)
        yield LayerSeen(block, hidden[0], attention[0])
        hidden = after
