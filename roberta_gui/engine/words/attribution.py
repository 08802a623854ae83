"""Which tokens a guess comes from: what each adds to a word's log-probability at a mask.

The baseline is the sentence with a mask in place of every word, each at its true position, as
embeddings: integrated gradients (Sundararajan et al. 2017, equation 3) walk from there to the
sentence in a straight line, of the embedding output. Gradient × input (Shrikumar et al. 2016)
looks at the sentence alone, and occlusion (Zeiler & Fergus 2014) masks one token after the other.

Gradients go back layer by layer, each computed again on the way: a step stays short, and no more
than one layer's memory is held.
"""

from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import torch
from torch import Tensor

from roberta_gui import problems
from roberta_gui.analysis.stepped import showing
from roberta_gui.engine.arguments import count_of
from roberta_gui.engine.climbing import climb, portions, step_room
from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.forward import need_finite
from roberta_gui.engine.interventions import is_edited
from roberta_gui.engine.measures.log_probabilities import logarithms, need_guessed
from roberta_gui.engine.prepared import Prepared, need_mask_head
from roberta_gui.engine.roberta import Roberta, fused_attend
from roberta_gui.records import Attribution, AttributionMethod, read_only

MOST_STEPS = 1_000
"""Where to look takes a matrix of this size to find out, and a few hundred are exact enough."""

_BACK = 3
"""A layer forwards with a graph and back takes about this many times as long as forwards only."""


def check(network: Roberta, method: str, steps: int) -> AttributionMethod:
    """Refuse what no attribution can be made of.

    Raises
    ------
    problems.NoMaskHead
        The model cannot guess.
    problems.BadArgument
        There is no such method, no such number of steps, or no gradient because somebody's
        function edits heads.
    """
    need_mask_head(network)
    methods: dict[str, AttributionMethod] = {name: name for name in get_args(AttributionMethod)}
    if not isinstance(method, str) or method not in methods:
        listed = ", ".join(methods)
        raise problems.BadArgument(f"{method!r} is no attribution.", f"Choose one of {listed}.")
    count_of(steps, "steps", MOST_STEPS)
    if method != "occlusion" and is_edited(network):
        raise problems.BadArgument(
            "An edited engine has no gradients.", "Use occlusion, or the engine without the edit."
        )
    return methods[method]


@dataclass(frozen=True, slots=True)
class Target:
    """What is explained: a row's log-probability at a token, less another row's if there is one."""

    prepared: Prepared
    at: int
    row: int
    against: int | None = None

    @property
    def network(self) -> Roberta:
        """The network that made the guess."""
        return self.prepared.network

    def embedded(self, masked: Sequence[Collection[int]]) -> Tensor:
        """Look the sentence up with masks in some places: (batch, token, feature).

        Every token keeps the position that it has in the sentence.
        """
        device, ids, types = self.network.device, self.prepared.ids, self.prepared.types
        mask_id = ids[self.at]
        rows = [[mask_id if at in some else row for at, row in enumerate(ids)] for some in masked]
        positions = self.network.embeddings.positions(torch.tensor([ids], device=device))
        hidden: Tensor = self.network.embeddings(
            torch.tensor(rows, device=device),
            None if types is None else torch.tensor([types], device=device).expand(len(rows), -1),
            positions.expand(len(rows), -1),
        )
        return hidden

    def scores(self, hidden: Tensor) -> Tensor:
        """Score sentences by (batch, token, feature) of the last layer: (batch,), natural."""
        found = logarithms(self.network, hidden[:, self.at])  # (batch, vocabulary)
        return found[:, self.row] - (0 if self.against is None else found[:, self.against])

    def climbed(
        self, embedded: Tensor, entered: list[Tensor] | None = None
    ) -> Generator[None, None, Tensor]:
        """Run all layers as the request wants them: (batch, token, feature)."""
        layers = range(self.network.configuration.n_layers)
        with batch_memory(self.network.device, *embedded.shape[:2]):
            hidden = yield from climb(self.prepared, embedded, layers, None, entered=entered)
            need_finite(hidden)
        return hidden

    def gradients(self, embedded: Tensor) -> Generator[None, None, Tensor]:
        """Differentiate each sentence's score by its embeddings: (batch, token, feature)."""
        entered: list[Tensor] = []
        top = yield from self.climbed(embedded, entered)
        with batch_memory(self.network.device, *embedded.shape[:2]), torch.enable_grad():
            top.requires_grad_()
            (back,) = torch.autograd.grad(self.scores(top).sum(), top)
        while entered:
            yield
            self.prepared.end_if_stopped()
            below, layer = entered.pop().requires_grad_(), len(entered)
            block, edit = self.network.blocks[layer], self.prepared.edit_of(layer)
            with batch_memory(self.network.device, *below.shape[:2]), torch.enable_grad():
                above, _ = block(below, None, edit, fused_attend)
                (back,) = torch.autograd.grad(above, below, back)
        return back


@torch.no_grad()  # a tensor of inference mode could not be differentiated
def attribute(target: Target, begun: Attribution, steps: int) -> Iterator[Attribution]:
    """Attribute step by step; a step takes at most about 100 ms on two cores for short texts.

    Raises
    ------
    problems.BadArgument
        The model never guesses a word.
    problems.Stopped
        ``stop()`` said so between two layers.
    problems.TooLittleMemory, problems.NotFinite
        A batch does not fit the device, or comes to infinite or undefined values.
    """
    yield begun
    words = [token.index for token in begun.tokens if not token.is_special]
    embedded = target.embedded([(), words])  # (2, token, feature)
    top = yield from showing(begun, target.climbed(embedded))
    score, baseline_score = target.scores(top).tolist()
    for one in (score, baseline_score):
        need_guessed(one, begun.word, *filter(None, [begun.against]))
    shown = replace(begun, score=score, baseline_score=baseline_score)
    if begun.method == "occlusion":
        work = _occluded(target, shown)
    else:
        work = _differentiated(target, shown, embedded, steps)
    for shown in work:
        target.prepared.go_on("Following the guess back to its words", shown.fraction)
        yield shown


def _occluded(target: Target, shown: Attribution) -> Iterator[Attribution]:
    """Mask every word alone: what the target loses by it is what the word adds."""
    values = np.array([0.0 if token.is_mask else np.nan for token in shown.tokens])
    words = [token.index for token in shown.tokens if not (token.is_special or token.is_mask)]
    for some in portions(words, step_room(target.network.configuration) // len(values)):
        embedded = target.embedded([(word,) for word in some])
        top = yield from showing(shown, target.climbed(embedded))
        values[some] = shown.score - target.scores(top).cpu().double().numpy()
        fraction = (words.index(some[-1]) + 1) / len(words)
        shown = replace(shown, values=read_only(values.copy()), fraction=fraction)
        yield shown
    yield replace(shown, values=read_only(values), fraction=1.0)


def _differentiated(
    target: Target, shown: Attribution, embedded: Tensor, steps: int
) -> Iterator[Attribution]:
    """Multiply gradients with what they are gradients of, on the way or at its end."""
    here, baseline = embedded  # (token, feature) each
    if shown.method == "gradient_x_input":
        factor, places, weights = here, np.ones(1), np.ones(1)
    else:
        factor = here - baseline
        nodes, areas = np.polynomial.legendre.leggauss(steps)  # of Gauss and Legendre
        # Far apart first, so that what is shown on the way is of the whole of it.
        order = np.argsort(np.arange(steps) * 0.618 % 1)
        places, weights = (nodes[order] + 1) / 2, areas[order] / 2
    summed, area = np.zeros(len(here)), 0.0
    room = step_room(target.network.configuration) // (_BACK * len(here))
    for some in portions(range(len(places)), room):
        along = torch.tensor(places[some], dtype=here.dtype, device=here.device)[:, None, None]
        points = baseline + along * (here - baseline)  # (step, token, feature)
        gradients = yield from showing(shown, target.gradients(points))
        products = (gradients * factor).cpu().double().sum(dim=-1).numpy()
        summed += weights[some] @ products  # (token,)
        area += float(weights[some].sum())
        fraction = (some[-1] + 1) / len(places)
        shown = replace(shown, values=read_only(summed / area), fraction=fraction)
        yield shown
