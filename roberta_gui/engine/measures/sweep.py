"""Which heads a guess depends on: each is switched off alone, and a watched word looked at.

Switching a head off changes nothing below it (Michel et al. 2019, section 2.3, tried every head by
a whole pass each). So the pass as it is runs once, and each head's own pass begins at its layer;
the heads of one layer share its attention and run on from there as one batch.
"""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor

from roberta_gui.engine.climbing import climb, climb_whole, portions, step_room
from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.measures.log_probabilities import need_guessed, of_one_word_each
from roberta_gui.engine.prepared import Prepared, need_mask_head
from roberta_gui.engine.roberta import Edit
from roberta_gui.engine.switching import EditOf, switch_off
from roberta_gui.records import Ablation, Sweep, read_only


@torch.inference_mode()
def steps(prepared: Prepared, begun: Sweep) -> Iterator[Sweep]:
    """Switch every head off in turn; a step takes at most about 100 ms on two cores.

    What is already switched off in ``prepared`` stays off throughout, and counts as no change.
    Yields ``begun`` with what is known so far, the highest layer's heads first. Raises
    `problems.NoMaskHead`, `problems.BadArgument` where the model never guesses the word, `Stopped`,
    `TooLittleMemory` and `NotFinite`.
    """
    network = prepared.network
    need_mask_head(network)
    c = network.configuration
    entered: list[Tensor] = []
    shown = begun
    yield shown
    with batch_memory(network.device, c.n_heads, len(prepared.tokens)):
        hidden = yield from climb_whole(prepared, shown, entered=entered)  # (1, token, feature)
        (baseline,) = of_one_word_each(network, hidden[:, begun.token_index], [begun.word_id])
        need_guessed(baseline, begun.word)
        changes = np.full(begun.changes.shape, np.nan)
        for off in prepared.switching.switched_off:
            changes[off] = 0.0
        shown = begun.filled(float(baseline), read_only(changes.copy()))
        yield shown
        for layer in range(c.n_layers - 1, -1, -1):
            unknown = np.flatnonzero(np.isnan(changes[layer])).tolist()
            for heads in portions(unknown, step_room(c) // len(prepared.tokens)):
                prepared.go_on("Switching heads off, one at a time", shown.fraction)
                edit_of = _each_alone(prepared.edit_of, layer, heads, begun.request.ablation)
                hidden = yield from climb(
                    prepared, entered[layer], range(layer, c.n_layers), shown, edit_of
                )  # (copy, token, feature)
                rows = hidden[:, begun.token_index]  # (copy, feature)
                words = [begun.word_id] * len(heads)
                changes[layer, heads] = of_one_word_each(network, rows, words) - baseline
                shown = begun.filled(float(baseline), read_only(changes.copy()))
                yield shown


def _each_alone(base: EditOf, layer: int, heads: Sequence[int], ablation: Ablation) -> EditOf:
    """Switch each of ``heads`` off in a copy of its own at ``layer``, besides what is off."""

    def edit_of(at: int) -> Edit | None:
        kept = base(at)
        if at != layer:
            return kept
        return partial(_copies, kept=kept, heads=heads, ablation=ablation)

    return edit_of


def _copies(context: Tensor, kept: Edit | None, heads: Sequence[int], ablation: Ablation) -> Tensor:
    """Make of one sentence, (1, head, token, d_head), one copy for each head, that head off."""
    context = context if kept is None else kept(context)
    return torch.cat([switch_off(context, [head], ablation) for head in heads])
