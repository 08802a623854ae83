import math
from dataclasses import replace

import pytest

from roberta_gui import problems
from roberta_gui.training.recipe import Position, Recipe, phase_of, rate_factor, share_done

BY_STEPS = Recipe(steps=100, warmup_steps=10, lengths=((16, 0.75), (32, 0.25)))


def test_the_rate_grows_by_steps_and_falls_to_zero_with_the_budget() -> None:
    factors = [rate_factor(BY_STEPS, Position(step=step)) for step in range(101)]

    assert factors[:9] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    assert factors[20:] == pytest.approx([1 - step / 100 for step in range(20, 101)])
    assert max(factors) == pytest.approx(0.91)


def test_a_time_budget_ends_with_the_clock_whatever_the_speed() -> None:
    recipe = Recipe(minutes=2, warmup_steps=0)

    assert share_done(recipe, Position(step=3, seconds=30)) == 0.25
    assert rate_factor(recipe, Position(step=9000, seconds=90)) == pytest.approx(0.25)
    assert share_done(recipe, Position(seconds=500)) == 1.0


def test_of_several_limits_the_nearest_one_counts() -> None:
    recipe = Recipe(minutes=1, tokens=1000, steps=10)

    assert share_done(recipe, Position(step=1, tokens=900, seconds=6)) == 0.9
    assert share_done(recipe, Position(step=1, tokens=100, seconds=30)) == 0.5
    assert share_done(recipe, Position(step=10, tokens=100, seconds=6)) == 1.0


def test_row_lengths_follow_one_another_by_their_shares() -> None:
    phases = [phase_of(BY_STEPS, Position(step=step)) for step in (0, 74, 75, 99, 100)]

    assert phases == [0, 0, 1, 1, 1]


def test_a_phase_never_comes_back() -> None:
    assert phase_of(BY_STEPS, Position(step=5, phase=1)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": 0},
        {"lengths": ()},
        {"lengths": ((16, 0.0),)},
        {"mask_rate": 1.0},
        {"dropout": -0.1},
        {"learning_rate": 0.0},
        {"learning_rate": math.nan},
        {"vector_rate": math.nan},
        {"clip": math.nan},
        {"weight_decay": -0.1},
        {"weight_decay": math.nan},
        {"minutes": math.inf},
        {"minutes": 1e300},
        {"steps": -1, "tokens": 5},
        {"checkpoint_seconds": math.nan},
        {"warmup_steps": -3},
        {"mask_rate": math.nan},
        {"lengths": ((16, math.inf),)},
        {"batch_tokens": 16},
    ],
)
def test_numbers_that_mean_nothing_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(problems.BadArgument):
        replace(BY_STEPS, **wrong)  # type: ignore[arg-type]


def test_a_step_of_no_points_and_one_without_room_for_a_row_are_told_apart() -> None:
    with pytest.raises(problems.BadArgument, match="log_steps"):
        replace(BY_STEPS, log_steps=0)
    with pytest.raises(problems.BadArgument, match="16 tokens holds no row of 32"):
        replace(BY_STEPS, batch_tokens=16)
