"""What the tests of the work in the background share: a desk, and a runner, cranked by hand."""

from collections.abc import Iterator

import pytest

from tests.gui.cranked_runner import CrankedRunner
from tests.gui.desk import Desk


@pytest.fixture
def desk(qapp: object) -> Iterator[Desk]:
    """Give a controller that has no model yet."""
    made = Desk()
    yield made
    made.controller.rest()
    made.jobs.shutdown()
    vars(made).clear()  # pytest keeps fixture values until the leaks have been counted


@pytest.fixture
def opened(desk: Desk) -> None:
    """Let the desk have a model, which came when something was typed already."""
    desk.begin()


@pytest.fixture
def cranked() -> CrankedRunner:
    """Give a runner and a record of what it tells."""
    return CrankedRunner()
