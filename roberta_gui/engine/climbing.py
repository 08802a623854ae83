"""Through the blocks in short steps, so that a sentence in the window never waits long."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from torch import Tensor

from roberta_gui.engine.forward import looked_up, need_finite
from roberta_gui.engine.interruption import end_if
from roberta_gui.engine.measures.reference import step_tokens
from roberta_gui.engine.prepared import Prepared
from roberta_gui.engine.roberta import Block, Configuration, Edit, Roberta, fused_attend
from roberta_gui.engine.switching import ALL_ON, EditOf
from roberta_gui.records import Stop

Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True, eq=False)
class LayerSeen:
    """One layer of a pass over one sentence.

    ``hidden`` (token, feature) is what ``block`` read; ``attention`` is float32 (head, query, key),
    as it was before ``edit``.
    """

    block: Block
    hidden: Tensor
    attention: Tensor
    edit: Edit | None


def step_room(configuration: Configuration) -> int:
    """Count the tokens, each counted once a layer, that one step of about 100 ms can run."""
    return step_tokens(configuration) * configuration.n_layers


def climb(
    network: Roberta,
    hidden: Tensor,
    layers: range,
    shown: Shown,
    edit_of: EditOf = ALL_ON.edit,
    stop: Stop | None = None,
    entered: list[Tensor] | None = None,
) -> Generator[Shown, None, Tensor]:
    """Run ``layers`` one after the other, pausing before a step gets too long.

    Attention is not kept, so torch's fused kernel computes it. ``hidden`` (batch, token, feature)
    is what the first of the layers reads, and a pause yields ``shown``. ``entered`` gets what each
    layer read appended. Gives (batch, token, feature) after the last; raises `problems.Stopped`.
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
        hidden, _ = network.blocks[layer](hidden, None, edit_of(layer), fused_attend)
        used += hidden.shape[0] * hidden.shape[1]  # an edit may have made more rows of one
    return hidden


def climb_whole(
    network: Roberta,
    sequences: Sequence[Sequence[int]],
    prepared: Prepared,
    shown: Shown,
    stop: Stop | None = None,
    types: Sequence[int] | None = None,
    entered: list[Tensor] | None = None,
) -> Generator[Shown, None, Tensor]:
    """Run sentences of one length from embeddings to the last layer, as `climb` does.

    Heads are off as in ``prepared``; ``types`` are those of each sentence, None: ``prepared``'s.
    """
    kinds = types or prepared.types
    hidden = looked_up(network, sequences, [kinds] * len(sequences) if kinds else None)
    layers = range(network.configuration.n_layers)
    return (yield from climb(network, hidden, layers, shown, prepared.edit_of, stop, entered))


def layers_seen(
    network: Roberta, prepared: Prepared, stop: Stop | None = None
) -> Iterator[LayerSeen]:
    """Run one sentence and show each layer as it is done, attention included.

    Raises `problems.Stopped`, and `problems.NotFinite` where a layer's values are not.
    """
    types = [prepared.types] if prepared.types else None
    hidden = looked_up(network, [prepared.ids], types)  # (1, token, feature)
    for layer, module in enumerate(network.blocks):
        block = cast("Block", module)
        end_if(stop)
        edit = prepared.edit_of(layer)
        after, attention = block(hidden, None, edit)
        need_finite(after)
        yield LayerSeen(block, hidden[0], attention[0], edit)
        hidden = after
