"""Where the time of steps goes, told also where steps only begin when a loss is asked for."""

import re
from typing import cast

import torch

from roberta_gui.training.evaluation.curve import Point
from roberta_gui.training.learning import Clock
from roberta_gui.training.profiling import profile
from roberta_gui.training.starts.start import Start
from roberta_gui.training.training import Training, Watch


class Queued:
    """A run as on a GPU: its points are of when steps were asked for, all in no time."""

    def __init__(self) -> None:
        self.clock = Clock(torch.device("cpu"))

    def run(self, watch: Watch) -> tuple[Point, ...]:
        curve = tuple(Point(step, 100 * step, 0.0, 16, 1.0, 1e-3) for step in (5, 8))
        for point, done in zip(curve, (5 / 8, 1.0), strict=True):
            watch(point, done)
            self.clock.mark("forward")
        return curve


def test_a_profile_goes_by_when_steps_have_ended_not_by_when_they_were_asked_for(
    start: Start,
) -> None:
    told = profile(cast("Training", Queued()), start.network, half=False)

    assert re.search(r"^[\d,]+ tokens/s", told, re.MULTILINE)
