"""What the tests of checkpoints share: a small, whole one, and copies of it to spoil."""

import shutil
from pathlib import Path

import pytest

from tests.models import make_checkpoint


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a small, whole checkpoint that stays as it is."""
    return make_checkpoint(tmp_path_factory.mktemp("made") / "model", family="xlm-roberta")


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """Give one that the test may spoil."""
    return shutil.copytree(made, tmp_path / "made")
