"""Memory that runs out after the layers, where numpy asks for it, is told as in a pass itself."""

from typing import Any

import pytest

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.engine.measures import fill_mask, lens
from tests.engine.twins import Twins

TEXT = "The cat sat on the <mask>."


def full(*_asked: Any) -> Any:
    raise MemoryError


@pytest.fixture
def engine(twins: Twins) -> Engine:
    return twins.engine


def test_no_room_for_what_the_lens_reads(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lens.Reading, "empty", full)

    with pytest.raises(problems.TooLittleMemory, match="The lens on 9 tokens does not fit"):
        engine.lens(TEXT)


def test_no_room_for_a_copy_of_what_was_read(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lens, "read_only", full)

    with pytest.raises(problems.TooLittleMemory, match="The lens on"):
        engine.lens(TEXT)


def test_no_room_for_the_guesses(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fill_mask, "fill", full)

    with pytest.raises(problems.TooLittleMemory, match="A pass over 9 tokens does not fit"):
        engine.analyse(TEXT)
