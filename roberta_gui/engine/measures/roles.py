"""The roles of the heads of one model, measured sentence by sentence."""

from collections.abc import Callable, Iterator, Sequence

import torch

from roberta_gui.analysis.heads.roles import HeadRoles, Keys, no_roles
from roberta_gui.engine.climbing import layers_seen, step_room
from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.interruption import go_on
from roberta_gui.engine.prepared import Prepared
from roberta_gui.engine.roberta import Roberta
from roberta_gui.records import Report, Stop

_LEAST = 100
"""Fewer tokens than these take a layer hardly less time: it goes into calls, not arithmetic."""


@torch.inference_mode()
def steps(
    network: Roberta,
    prepare: Callable[[str, Stop | None], Prepared],
    texts: Sequence[str],
    stop: Stop | None = None,
    report: Report | None = None,
) -> Iterator[HeadRoles]:
    """Measure all sentences; a step takes at most about 100 ms on two cores.

    Yields the sums over the sentences so far; the last one is over all. Raises what
    `Engine.analyse` raises.
    """
    c = network.configuration
    roles, room, used = no_roles(c.n_layers, c.n_heads), step_room(c), 0
    for n_done, text in enumerate(texts):
        go_on(stop, report, "Measuring what heads look at", n_done / len(texts))
        prepared = prepare(text, stop)
        keys, n_tokens = Keys.of(prepared.tokens), len(prepared.tokens)
        measured = []
        with batch_memory(network.device, 1, n_tokens):
            for seen in layers_seen(prepared):
                measured.append(keys.measure(seen.attention.cpu().numpy()))
                used += max(n_tokens, _LEAST)
                if used + max(n_tokens, _LEAST) > room:
                    yield roles
                    used = 0
        roles = roles + keys.roles(measured)
    yield roles
