"""A few hundred spoiled folders, caches, axes, settings and runs; `tests.fuzz` tries thousands."""

import logging
from pathlib import Path

import pytest

from tests.fuzz import KINDS, WholeFiles, attempt

N_EACH = {"folder": 80, "cache": 20, "axes": 30, "settings": 100, "run": 150}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> WholeFiles:
    return WholeFiles(tmp_path_factory.mktemp("fuzz"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("default")
def test_whatever_is_read_only_problems_come_of_it(
    whole: WholeFiles, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    if kind == "settings":
        pytest.importorskip("PySide6")
    caplog.set_level(logging.CRITICAL)

    harm = [found for n in range(N_EACH[kind]) if (found := attempt(whole, kind, f"0:{n}"))]

    assert harm == []


def test_a_reader_that_lets_an_error_through_is_caught(
    whole: WholeFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def planted(path: Path) -> None:
        raise RecursionError

    monkeypatch.setattr("tests.fuzz.load_axes", planted)

    assert "RecursionError" in (attempt(whole, "axes", "0:0") or "")
