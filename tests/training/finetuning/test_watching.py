from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from roberta_gui.records.finetuning import Snapshot
from roberta_gui.training.finetuning.run import FineTuning
from roberta_gui.training.finetuning.task_data import Kind, read_task
from roberta_gui.training.starts.start import Start
from tests.training.finetuning import small
from tests.training.finetuning.small import RECIPE, sit, tuning

WATCHED = replace(RECIPE, epochs=3, seeds=(0, 1), watch_steps=5, dropout=0.0)


@pytest.fixture(scope="module")
def snapshots(tokenizer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Snapshot]:
    folder = tmp_path_factory.mktemp("watched")
    told = sit(tuning(tokenizer_folder, small.data_of(folder), folder, WATCHED).steps()).steps
    return [step.snapshot for step in told if step.snapshot is not None]


def test_at_the_start_every_layer_is_where_it_began(snapshots: list[Snapshot]) -> None:
    first = snapshots[0]

    assert first.step == 0
    np.testing.assert_allclose(first.cka, 1.0)
    np.testing.assert_array_equal(first.distance, 0.0)
    assert len(first.points) == len(first.probe) == 3
    assert first.points.shape[1] == len(first.labels)


def test_only_the_first_seed_is_watched_every_so_many_steps(snapshots: list[Snapshot]) -> None:
    assert [one.step for one in snapshots] == list(range(0, snapshots[-1].step + 1, 5))
    assert len(snapshots) > 2


def test_layers_move_and_the_map_moves_with_them_on_the_same_axes(
    snapshots: list[Snapshot],
) -> None:
    first, *_, last = snapshots

    assert (last.distance > 0).all()
    assert last.cka[-1] < 1.0
    assert (last.probe > 0.9).all()
    assert np.abs(last.points - first.points).max() > 0
    assert np.isfinite(last.mask_loss)


def test_a_resumed_run_remembers_what_was_seen(
    snapshots: list[Snapshot], tokenizer_folder: Path, tmp_path: Path
) -> None:
    data, saved = small.data_of(tmp_path), replace(WATCHED, checkpoint_seconds=0.0)
    sit(tuning(tokenizer_folder, data, tmp_path, saved).steps(), 9)

    resumed = sit(tuning(tokenizer_folder, data, tmp_path, WATCHED).steps()).tuned

    assert resumed is not None
    assert [one.step for one in resumed.snapshots] == [one.step for one in snapshots]
    np.testing.assert_array_equal(resumed.snapshots[0].points, snapshots[0].points)


def test_a_probe_is_not_misled_by_the_other_half_of_a_minimal_pair(
    start: Start, tmp_path: Path
) -> None:
    pairs = [
        f"{who} has a {animal} {number}.,{label},{who}{number}"
        for who in small.PEOPLE
        for number in range(8)
        for animal, label in zip(small.ANIMALS, ("a", "b")[:: 1 if number % 2 else -1], strict=True)
    ]
    path = tmp_path / "pairs.csv"
    path.write_text("\n".join(["text,label,group", *pairs]), encoding="utf-8")
    data = read_task(path, "classification")

    steps = FineTuning(start, data, replace(WATCHED, epochs=1), tmp_path).steps()
    (first, *_) = sit(steps, 1).steps

    assert first.snapshot is not None
    assert (first.snapshot.probe > 0.2).all()


def test_a_handful_of_texts_is_learnt_and_its_layers_are_watched_as_far_as_can_be(
    tokenizer_folder: Path, tmp_path: Path
) -> None:
    data = small.data_of(tmp_path)
    few = replace(data, held_out=data.held_out[:1], test=data.test[:2])

    told = sit(tuning(tokenizer_folder, few, tmp_path, replace(WATCHED, epochs=1)).steps())

    assert told.tuned is not None
    last = told.tuned.snapshots[-1]
    assert np.isnan(last.cka).all()
    assert np.isnan(last.probe).all()
    assert (last.distance > 0).all()
    assert last.points.shape[1:] == (3, 2)


@pytest.mark.parametrize("kind", ["regression", "tokens"])
def test_other_tasks_are_watched_too_and_with_the_head_alone_no_layer_moves(
    tokenizer_folder: Path, tmp_path: Path, kind: Kind
) -> None:
    recipe = replace(WATCHED, layers=0, epochs=1, seeds=(0,))

    tuned = sit(tuning(tokenizer_folder, small.data_of(tmp_path, kind), tmp_path, recipe).steps())

    assert tuned.tuned is not None
    last = tuned.tuned.snapshots[-1]
    assert last.step > 0
    np.testing.assert_array_equal(last.distance, 0.0)


def test_without_a_masked_lm_head_there_is_no_loss_of_guessing(
    start: Start, tmp_path: Path
) -> None:
    start.network.mask_head = None
    start.network.configuration = replace(start.network.configuration, has_mask_head=False)

    recipe = replace(WATCHED, epochs=1)
    steps = FineTuning(start, small.data_of(tmp_path), recipe, tmp_path).steps()
    tuned = sit(steps).tuned

    assert tuned is not None
    assert np.isnan(tuned.snapshots[0].mask_loss)
