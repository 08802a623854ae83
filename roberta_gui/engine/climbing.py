"""Through the blocks in short steps, so that a sentence in the window never waits long."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from torch import Tensor

from roberta_gui.engine.forward import looked_up, need_finite
from roberta_gui.engine.measures.reference import step_tokens
from roberta_gui.engine.prepared import Prepared
from roberta_gui.engine.roberta import Block, Configuration, Edit, fused_attend
from roberta_gui.engine.switching import EditOf

Partial = TypeVar("Partial")
Item = TypeVar("Item")


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


def portions(items: Sequence[Item], most: int) -> Iterator[Sequence[Item]]:
    """Share items out to portions of at most ``most``, and at least one."""
    for start in range(0, len(items), max(1, most)):
        yield items[start : start + max(1, most)]


def climb(
    prepared: Prepared,
    hidden: Tensor,
    layers: range,
    partial: Partial,
    edit_of: EditOf | None = None,
    entered: list[Tensor] | None = None,
) -> Generator[Partial, None, Tensor]:
    """Run ``layers`` one after the other, pausing before a step gets too long.

    Attention is not kept, so torch's fused kernel computes it. ``hidden`` (batch, token, feature)
    is what the first of the layers reads, and a pause yields ``partial``. ``edit_of`` None: heads
    are off as in ``prepared``. ``entered`` gets what each layer read appended. Gives (batch, token,
    feature) after the last; raises `problems.Stopped`.
    """
    network, edit_of = prepared.network, edit_of or prepared.edit_of
    room, used = step_room(network.configuration), 0
    for layer in layers:
        n_tokens = hidden.shape[0] * hidden.shape[1]
        if used and used + n_tokens > room:
            yield partial
            used = 0
        prepared.end_if_stopped()
        if entered is not None:
            entered.append(hidden)
        hidden, _ = network.blocks[layer](hidden, None, edit_of(layer), fused_attend)
        used += hidden.shape[0] * hidden.shape[1]  # an edit may have made more rows of one
    return hidden


def climb_whole(
    prepared: Prepared,
    partial: Partial,
    sequences: Sequence[Sequence[int]] | None = None,
    types: Sequence[int] | None = None,
    entered: list[Tensor] | None = None,
) -> Generator[Partial, None, Tensor]:
    """Run sentences of one length from embeddings to the last layer, as `climb` does.

    ``types`` are those of each of the ``sequences``; None, for either: ``prepared``'s own.
    """
    sequences, kinds = sequences or [prepared.ids], types or prepared.types
    hidden = looked_up(prepared.network, sequences, [kinds] * len(sequences) if kinds else None)
    layers = range(prepared.network.configuration.n_layers)
    return (yield from climb(prepared, hidden, layers, partial, entered=entered))


def layers_seen(prepared: Prepared) -> Iterator[LayerSeen]:
    """Run one sentence and show each layer as it is done, attention included.

    Raises `problems.Stopped`, and `problems.NotFinite` where a layer's values are not.
    """
    types = [prepared.types] if prepared.types else None
    hidden = looked_up(prepared.network, [prepared.ids], types)  # (1, token, feature)
    for layer, module in enumerate(prepared.network.blocks):
        block = cast("Block", module)
        prepared.end_if_stopped()
        edit = prepared.edit_of(layer)
        after, attention = block(hidden, None, edit)
        need_finite(after)
        yield LayerSeen(block, hidden[0], attention[0], edit)
        hidden = after
