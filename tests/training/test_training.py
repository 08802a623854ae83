import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.modules.module import register_module_forward_pre_hook

from roberta_gui import problems
from roberta_gui.training.evaluation.curve import CSV, Point
from roberta_gui.training.objective import MaskedWords
from roberta_gui.training.recipe import Optimizer
from roberta_gui.training.run_state import STATE
from roberta_gui.training.starts.start import Shape
from roberta_gui.training.training import Training
from tests.tolerances import resumed_loss
from tests.training import toy
from tests.training.toy import RECIPE, VOCABULARY, training

ROOT = Path(__file__).parents[2]


class PowerCut(BaseException):
    """What no code expects and none may catch."""


def cut_at(step: int) -> Callable[[Point, float], None]:
    def watch(point: Point, done: float) -> None:
        if point.step == step:
            raise PowerCut

    return watch


@dataclass(frozen=True)
class Sitting:
    """One sitting of a run: its curve, and what each of its steps read."""

    curve: tuple[Point, ...]
    inputs: list[tuple[torch.Tensor, ...]]
    """Rows, places hidden, what stood there, shifts, padding, and the seed of dropout."""


def finish(run: Training) -> Sitting:
    """Run to the end."""
    inputs: list[tuple[torch.Tensor, ...]] = []

    def note(module: torch.nn.Module, given: tuple[torch.Tensor | None, ...]) -> None:
        if isinstance(module, MaskedWords):
            seed = torch.tensor(torch.initial_seed())
            inputs.append((*(each.clone() for each in given if each is not None), seed))

    hook = register_module_forward_pre_hook(note)
    try:
        return Sitting(run.run(), inputs)
    finally:
        hook.remove()


def assert_same_run(resumed: Sitting, whole: Sitting) -> None:
    """Compare all but the clock: what was read to the bit, what was computed but for rounding."""
    assert resumed.inputs
    for theirs, ours in zip(reversed(whole.inputs), reversed(resumed.inputs), strict=False):
        assert all(torch.equal(one, other) for one, other in zip(theirs, ours, strict=True))

    def plan(sitting: Sitting) -> list[tuple[int, int, int, float]]:
        return [(p.step, p.tokens, p.length, p.learning_rate) for p in sitting.curve]

    assert plan(resumed) == plan(whole)
    np.testing.assert_allclose(
        [point.loss for point in resumed.curve],
        [point.loss for point in whole.curve],
        rtol=resumed_loss(RECIPE.steps, VOCABULARY),
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whole")


@pytest.fixture(scope="module")
def uninterrupted(tokenizer_folder: Path, whole: Path) -> Sitting:
    sitting = finish(training(tokenizer_folder, whole))
    assert len(sitting.inputs) == RECIPE.steps
    return sitting


@pytest.fixture
def finished(uninterrupted: Sitting, whole: Path, tmp_path: Path) -> Path:
    """Give the folder of that run, for the test to spoil."""
    return shutil.copytree(whole, tmp_path / "finished")


@pytest.mark.parametrize(("optimizer", "rate"), [("adamw", 2e-2), ("muon", 3e-2)])
def test_the_recipe_learns_a_toy_corpus_by_heart(
    tokenizer_folder: Path, tmp_path: Path, optimizer: Optimizer, rate: float
) -> None:
    recipe = replace(
        RECIPE,
        steps=300,
        batch_tokens=256,
        lengths=((32, 1.0),),
        learning_rate=rate,
        warmup_steps=20,
        dropout=0.0,
        shifted=0.0,
        optimizer=optimizer,
        checkpoint_steps=0,
        log_steps=50,
    )

    curve = training(tokenizer_folder, tmp_path, recipe).run()

    # Without training, every one of the 300 words is as likely: 5.7. What is left at the end is
    # what nobody can know, such as a name whose other mentions are hidden too.
    assert curve[0].loss < math.log(300)
    assert curve[-1].loss < 0.8


def test_a_run_ends_with_its_budget_and_the_rate_at_nearly_nothing(
    uninterrupted: Sitting,
) -> None:
    assert [point.step for point in uninterrupted.curve] == list(range(1, 13))
    assert [point.length for point in uninterrupted.curve] == 6 * [16] + 6 * [32]
    assert uninterrupted.curve[-1].learning_rate == pytest.approx(RECIPE.learning_rate / 12)


@pytest.mark.parametrize("step", [1, 4, 5, 11])
def test_a_run_killed_anywhere_goes_on_to_the_same_losses(
    uninterrupted: Sitting, tokenizer_folder: Path, tmp_path: Path, step: int
) -> None:
    with pytest.raises(PowerCut):
        training(tokenizer_folder, tmp_path).run(cut_at(step))

    resumed = training(tokenizer_folder, tmp_path)
    began_at = resumed.position.step
    sitting = finish(resumed)

    # Step 4 is told before its state is saved.
    assert began_at == (step - 1) // 4 * 4
    assert len(sitting.inputs) == RECIPE.steps - began_at
    assert_same_run(sitting, uninterrupted)


@pytest.mark.parametrize("last_act", ["fsync", "replace"])
def test_a_kill_while_the_state_is_written_leaves_the_state_before(
    uninterrupted: Sitting,
    tokenizer_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    last_act: str,
) -> None:
    with pytest.raises(PowerCut):
        training(tokenizer_folder, tmp_path).run(cut_at(6))

    def cut(*_: object) -> None:
        raise PowerCut

    again = training(tokenizer_folder, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, last_act, cut)
        with pytest.raises(PowerCut):
            again.run()
    resumed = training(tokenizer_folder, tmp_path)

    assert resumed.position.step == 4
    assert_same_run(finish(resumed), uninterrupted)


KILLED = """
import os, signal, sys
from pathlib import Path
import torch
from tests.training.toy import training
torch.set_num_threads(1)
def watch(point, done):
    if point.step == 10:
        os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
training(Path(sys.argv[1]), Path(sys.argv[2])).run(watch)
"""


def test_a_process_that_was_really_killed_goes_on_to_the_same_losses(
    uninterrupted: Sitting, tokenizer_folder: Path, tmp_path: Path
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tokenizer_folder), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert killed.returncode != 0
    resumed = training(tokenizer_folder, tmp_path)
    assert (resumed.position.step, killed.stderr) == (8, "")
    assert_same_run(finish(resumed), uninterrupted)


@pytest.mark.parametrize(("step", "what"), [(5, "loss"), (8, "weights")])
def test_a_run_that_is_no_longer_finite_ends_and_leaves_the_state_before(
    uninterrupted: Sitting, tokenizer_folder: Path, tmp_path: Path, step: int, what: str
) -> None:
    objectives: list[MaskedWords] = []

    def note(module: torch.nn.Module, given: tuple[torch.Tensor | None, ...]) -> None:
        if isinstance(module, MaskedWords):
            objectives.append(module)

    def spoil(point: Point, done: float) -> None:
        # After step 8 the state is saved without another loss.
        if point.step == step:
            objectives[0].network.embeddings.word.weight.data[7, 0] = math.nan

    hook = register_module_forward_pre_hook(note)
    try:
        with pytest.raises(problems.NotFinite, match=f"The {what} came to .* --learning-rate"):
            training(tokenizer_folder, tmp_path).run(spoil)
    finally:
        hook.remove()

    resumed = training(tokenizer_folder, tmp_path)
    assert resumed.position.step == 4
    assert_same_run(finish(resumed), uninterrupted)


def test_a_state_is_saved_when_it_is_due_however_seldom_points_are_logged(
    tokenizer_folder: Path, tmp_path: Path
) -> None:
    recipe = replace(RECIPE, log_steps=1000)
    whole = finish(training(tokenizer_folder, tmp_path / "whole", recipe))
    with pytest.raises(PowerCut):
        training(tokenizer_folder, tmp_path / "cut", recipe).run(cut_at(8))

    resumed = training(tokenizer_folder, tmp_path / "cut", recipe)

    assert [point.step for point in whole.curve] == [4, 8, 12]
    assert resumed.position.step == 4
    assert_same_run(finish(resumed), whole)


def test_the_loss_curve_is_drawn_and_written_whenever_the_state_is_saved(
    tokenizer_folder: Path, tmp_path: Path
) -> None:
    drawn: list[tuple[int, ...]] = []

    def draw(folder: Path, curve: Sequence[Point]) -> None:
        assert folder == tmp_path
        # A line of names, and one a point.
        assert len((folder / CSV).read_text(encoding="utf-8").splitlines()) == 1 + len(curve)
        drawn.append(tuple(point.step for point in curve))

    training(tokenizer_folder, tmp_path, draw=draw).run()

    assert drawn == [tuple(range(1, saved + 1)) for saved in (4, 8, 12)]


def test_a_finished_run_does_nothing_more(
    uninterrupted: Sitting, tokenizer_folder: Path, finished: Path
) -> None:
    again = finish(training(tokenizer_folder, finished))

    assert (again.curve, again.inputs) == (uninterrupted.curve, [])


def test_another_recipe_cannot_take_over_a_run(tokenizer_folder: Path, finished: Path) -> None:
    with pytest.raises(problems.BadArgument, match="run with another steps, mask_rate"):
        training(tokenizer_folder, finished, replace(RECIPE, steps=20, mask_rate=0.4))


@pytest.mark.parametrize(
    ("shape", "named"),
    [
        (replace(toy.SHAPE, heads=4), "n_heads"),
        (replace(toy.SHAPE, layers=3, feedforward=48), "n_layers, d_feedforward"),
    ],
)
def test_another_network_cannot_take_over_a_run(
    tokenizer_folder: Path, finished: Path, shape: Shape, named: str
) -> None:
    with pytest.raises(problems.BadArgument, match=rf"run with another {named}\."):
        training(tokenizer_folder, finished, shape=shape)


def test_a_state_of_before_shapes_were_kept_is_gone_on_with(
    tokenizer_folder: Path, finished: Path
) -> None:
    content = torch.load(finished / STATE, weights_only=True)
    del content["configuration"]
    torch.save(content, finished / STATE)

    assert training(tokenizer_folder, finished).position.step == RECIPE.steps


@pytest.mark.parametrize("damage", ["cut short", "garbage", "empty"])
def test_a_damaged_state_is_a_clear_problem(
    tokenizer_folder: Path, finished: Path, damage: str
) -> None:
    content = (finished / STATE).read_bytes()
    damaged = {"cut short": content[: len(content) // 2], "garbage": b"\x07" * 99, "empty": b""}
    (finished / STATE).write_bytes(damaged[damage])

    with pytest.raises(problems.BrokenCheckpoint, match=r"run\.pt .* is damaged"):
        training(tokenizer_folder, finished)


def longer_row(content: dict[str, Any]) -> None:
    content["recipe"]["lengths"] = [[1]]


def wrong_name(content: dict[str, Any]) -> None:
    content["network"]["\ud83d"] = content["network"].pop("mask_head.bias")


def no_moments(content: dict[str, Any]) -> None:
    content["optimizers"][0]["state"][0]["exp_avg"] = torch.zeros(1)


def no_place(content: dict[str, Any]) -> None:
    content["position"]["phase"] = 10**20


@pytest.mark.parametrize("spoil", [longer_row, wrong_name, no_moments, no_place])
def test_a_state_whose_content_is_damaged_is_a_clear_problem(
    tokenizer_folder: Path, finished: Path, spoil: Callable[[dict[str, Any]], None]
) -> None:
    content = torch.load(finished / STATE, weights_only=True)
    spoil(content)
    torch.save(content, finished / STATE)

    with pytest.raises(problems.BrokenCheckpoint, match=r"run\.pt .* is damaged"):
        training(tokenizer_folder, finished)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_state_that_is_a_pipe_is_never_waited_for(tokenizer_folder: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / STATE)

    with pytest.raises(problems.BrokenCheckpoint, match="not a regular file"):
        training(tokenizer_folder, tmp_path)


def test_rows_longer_than_the_network_are_refused(tokenizer_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(problems.BadArgument, match="longer than the network's 32"):
        training(tokenizer_folder, tmp_path, replace(RECIPE, lengths=((40, 1.0),)))


def test_what_the_budget_will_reach_is_told_after_two_steps(
    tokenizer_folder: Path, tmp_path: Path
) -> None:
    told: list[str] = []
    points: list[int] = []

    def tell(line: str) -> None:
        told.append(f"{len(points)} point: {line}")

    training(tokenizer_folder, tmp_path).run(lambda point, done: points.append(point.step), tell)

    (line,) = told
    assert re.fullmatch(
        r"1 point: [\d,]+ tokens/s: the budget ends in .*, at \d+ tokens read", line
    )


def test_full_rows_are_read_without_padding(tokenizer_folder: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, fill_rows=True)

    sitting = finish(training(tokenizer_folder, tmp_path, recipe))

    padding = toy.start_of(tokenizer_folder).network.configuration.padding_id
    assert all(not bool((one[0] == padding).any()) for one in sitting.inputs)
    assert [len(one) for one in sitting.inputs] == RECIPE.steps * [5]  # no mask among them
    assert sitting.curve[-1].tokens == RECIPE.steps * RECIPE.batch_tokens


@pytest.mark.parametrize("lengths", [((8, 0.9), (32, 0.1)), ((8, 1.0),)])
def test_short_rows_train_every_position(
    tokenizer_folder: Path, tmp_path: Path, lengths: tuple[tuple[int, float], ...]
) -> None:
    recipe = replace(RECIPE, steps=60, lengths=lengths, batch_tokens=128, shifted=0.5, dropout=0.0)
    fresh = toy.start_of(tokenizer_folder).network.embeddings.position.weight.detach().clone()
    trained = training(tokenizer_folder, tmp_path, recipe)
    # Up to the end of the short rows.
    with pytest.raises(PowerCut):
        trained.run(cut_at(53))

    resumed = toy.start_of(tokenizer_folder)
    moved = toy.weights_of(tmp_path)["embeddings.position.weight"] - fresh
    used = slice(resumed.network.configuration.padding_id + 1, None)
    assert bool((moved[used].abs().amax(dim=1) > 0).all())
    assert not moved[: resumed.network.configuration.padding_id + 1].any()
