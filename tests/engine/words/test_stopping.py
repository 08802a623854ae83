"""How soon costly work ends: it looks for the stop after every portion of a layer.

How long that takes depends on the machine; how much is computed until then does not.
"""

from collections.abc import Callable
from typing import Any, Final

import pytest
import torch
from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine import Engine, climbing
from roberta_gui.engine.measures import sweep
from roberta_gui.engine.roberta import Block
from roberta_gui.engine.words import attribution, patching, queries
from tests.engine.twins import Twins

TEXT: Final = "a <mask> c" + " d e f g" * 15
ROOM: Final = 200
"""Tokens, each counted once a layer, that a step runs; a sentence has 65."""
BACK: Final = 3
"""A layer forwards with a graph and back costs about as much as so many times forwards."""

WORK: dict[str, Callable[[Engine, Callable[[], bool]], object]] = {
    "integrated gradients": lambda engine, stop: engine.attribute(TEXT, "b", stop=stop),
    "occlusion": lambda engine, stop: engine.attribute(TEXT, "b", method="occlusion", stop=stop),
    "patching": lambda engine, stop: engine.patch(TEXT, f"b{TEXT[1:]}", "b", stop=stop),
    "filling": lambda engine, stop: engine.fill_together(f"<mask> {TEXT}", stop=stop),
    "whole words": lambda engine, stop: engine.whole_words(TEXT, stop=stop),
    "sweep": lambda engine, stop: engine.sweep(TEXT, "b", stop=stop),
}


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the tokens that go through a layer, anew after each look at the stop."""
    work, forward = [0], Block.forward

    def counted(self: Block, hidden: Tensor, *rest: Any) -> Any:
        after = forward(self, hidden, *rest)
        cost = BACK if torch.is_grad_enabled() else 1
        work[-1] += after[0].shape[0] * after[0].shape[1] * cost
        return after

    monkeypatch.setattr(Block, "forward", counted)
    for module in (attribution, climbing, patching, queries, sweep):
        monkeypatch.setattr(module, "step_room", lambda _configuration: ROOM)
    return work


@pytest.mark.parametrize("run", WORK.values(), ids=WORK)
def test_work_that_is_told_to_stop_computes_no_more_than_a_step(
    letters: Twins, work: list[int], run: Callable[[Engine, Callable[[], bool]], Any]
) -> None:
    def stop() -> bool:
        work.append(0)
        return sum(some > ROOM / 2 for some in work) == 2

    with pytest.raises(problems.Stopped):
        list(run(letters.engine, stop))

    assert max(work) <= ROOM
    assert work[-1] == 0
