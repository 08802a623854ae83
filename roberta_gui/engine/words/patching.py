"""Where a guess comes from: states of one run put into another (Meng et al. 2022, section 2).

A clean run and a corrupted one differ in a word or two. One state of the clean run, a token's at
a layer, is copied into the corrupted run, which goes on from there; how much of the watched
word's log-probability comes back tells what that state carries. Nothing below it changes, so each
run begins at its layer, and the tokens of one layer run on as one batch: that is half the work of
whole passes.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from roberta_gui.analysis.stepped import showing
from roberta_gui.engine.climbing import climb, climb_whole, portions, step_room
from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.measures.log_probabilities import need_guessed, of_target
from roberta_gui.engine.prepared import Prepared
from roberta_gui.records import Patching, read_only


@torch.inference_mode()
def steps(
    runs: tuple[Prepared, Prepared],
    pairs: NDArray[np.intp],
    rows: tuple[int, int | None],
    masks: tuple[int, int],
    begun: Patching,
) -> Iterator[Patching]:
    """Copy every aligned state, the highest layer first; a step takes at most about 100 ms.

    ``runs`` and ``masks`` are the clean run and the corrupted one, and which token of each is the
    mask; ``pairs``, (pair, 2), tokens of the clean run and those of the corrupted one that they
    stand for; ``rows`` are those of the watched word and of the one that it is held against, None
    for none. ``begun`` is the record to fill, its
    ``log_probability`` of the shape that the sites have. Raises `problems.BadArgument`
    where the model never guesses a word, `Stopped`, `TooLittleMemory` and `NotFinite`.
    """
    yield begun
    network, n_tokens = runs[1].network, len(runs[1].ids)
    c = network.configuration
    states: list[list[Tensor]] = []
    ends: list[float] = []
    for prepared, mask in zip(runs, masks, strict=True):
        entered: list[Tensor] = []
        with batch_memory(network.device, 1, len(prepared.ids)):
            whole = climb_whole(prepared, None, entered=entered)
            top = yield from showing(begun, whole)  # (1, token, feature)
            ends += of_target(network, top[:, mask], *rows).tolist()
        need_guessed(ends[-1], begun.word, *filter(None, [begun.against]))
        states.append([*entered, top])
    clean, corrupted = states
    found = begun.log_probability.copy()
    shown = replace(begun, clean_log_probability=ends[0], corrupted_log_probability=ends[1])
    together = found.ndim == 1
    table = found.reshape(len(found), -1)  # the same memory
    alone = portions(range(len(pairs)), step_room(c) // n_tokens)
    batches = [pairs] if together else [pairs[some] for some in alone]
    for layer in range(c.n_layers, -1, -1):
        for some in batches:
            runs[1].end_if_stopped()
            copies = _patched(clean[layer][0], corrupted[layer], some, together)
            with batch_memory(network.device, len(copies), n_tokens):
                on = range(layer, c.n_layers)
                top = yield from showing(shown, climb(runs[1], copies, on, None))
                scores = of_target(network, top[:, masks[1]], *rows)
            table[layer, [0] if together else some[:, 1]] = scores
            fraction = (c.n_layers - layer + 1) / (c.n_layers + 1)
            runs[1].go_on("Copying states from one run into the other", fraction)
            shown = replace(shown, log_probability=read_only(found.copy()), fraction=fraction)
            yield shown


def _patched(clean: Tensor, corrupted: Tensor, pairs: NDArray[np.intp], together: bool) -> Tensor:
    """Copy states of ``clean`` (token, feature) into copies of ``corrupted`` (1, token, feature).

    Each pair has a copy of its own, unless all go in ``together``.
    """
    from_tokens, to_tokens = (torch.from_numpy(side.copy()) for side in pairs.T)
    n_copies = 1 if together else len(pairs)
    copies = corrupted.repeat(n_copies, 1, 1)  # (copy, token, feature)
    copies[0 if together else torch.arange(n_copies), to_tokens] = clean[from_tokens]
    return copies
