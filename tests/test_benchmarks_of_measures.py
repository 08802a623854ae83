"""The benchmarks of surprisal and sweep run to their end on a tiny model, and both sides agree."""

import pytest

from benchmarks import checkpoint, surprisal, sweep
from benchmarks.apart import BENCHMARKS, measure
from benchmarks.settings import TINY, Settings


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
