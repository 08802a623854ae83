"""The benchmarks of single measures run to their end on a tiny model, and both sides agree."""

import re
import sys

import pytest

from benchmarks import checkpoint, finetuning, lens, suite, surprisal, sweep
from benchmarks.apart import BENCHMARKS, measure
from benchmarks.settings import TINY, Settings
from roberta_gui.resources import resource
from roberta_gui.training.finetuning.task_data import TaskData, read_task


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("benchmarks")
    made = Settings(folder, runs=1, shape=TINY)
    checkpoint.make(made)
    return made


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [("surprisal", surprisal.TOLERANCE), ("sweep", sweep.TOLERANCE)],
)
def test_together_and_one_by_one_give_the_same_numbers(
    name: str, tolerance: float, settings: Settings
) -> None:
    assert name in BENCHMARKS
    line, *others = measure(name, settings)
    assert line.ours is not None
    assert line.theirs is not None
    assert float(line.notes[0].split()[2]) <= tolerance
    assert all(other.ours is not None and min(other.ours.values) > 0 for other in others)


def test_the_lens_and_the_notebook_give_the_same_numbers(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lens, "LENGTH", 12)
    monkeypatch.setattr(lens, "LONG", 24)

    whole, notebook, *others = measure("lens", settings)

    assert whole.theirs is not None
    assert notebook.theirs is not None
    log_probabilities, entropy = re.findall(r"\de-\d\d", whole.notes[0])
    assert max(float(log_probabilities), float(entropy)) <= lens.TOLERANCE
    assert len(others) == 4
    assert all(other.ours is not None and min(other.ours.values) > 0 for other in others)


def test_words_are_measured_beyond_a_pass_together_and_between_runs(settings: Settings) -> None:
    beyond, together, patched = measure("words", settings)

    assert all(line.ours is not None and line.ours.n == 1 for line in (beyond, together, patched))
    assert patched.theirs is not None


def test_both_sides_fine_tune_to_about_the_same_loss(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_task(resource("examples/kinds.csv"), "classification")
    few = TaskData(whole.task, whole.train[:32], whole.held_out[:32], whole.test[:32])
    monkeypatch.setattr(finetuning, "read_task", lambda _file, _kind: few)

    (line,) = measure("fine-tuning", settings)

    assert line.theirs is not None
    ours, theirs = map(float, re.findall(r"\d\.\d{3}", line.notes[0])[:2])
    assert ours == pytest.approx(theirs, abs=0.1)  # nats; their heads and dropout are drawn apart


def test_the_heads_product_is_timed_beside_torchs_layer(settings: Settings) -> None:
    lines = measure("head-product", settings)

    assert [f"{n} masks" in line.what for n, line in zip((2, 4, 8), lines, strict=True)] == [
        True
    ] * 3
    assert all(line.ratio is not None and line.ratio > 0 for line in lines)


def test_the_test_command_is_timed_and_its_failing_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "COMMAND", (sys.executable, "-c", "print('5 passed')"))

    (line,) = suite.run(settings)

    assert line.holds
    assert line.notes[-1] == "5 passed"
    monkeypatch.setattr(suite, "COMMAND", (sys.executable, "-c", "print('1 failed'); exit(1)"))
    with pytest.raises(RuntimeError, match="1 failed"):
        suite.run(settings)
