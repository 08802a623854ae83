"""What the tests of the work in the background share: a desk, and a runner, cranked by hand."""

import pytest

from tests.gui.cranked_runner import CrankedRunner
from tests.gui.desk import Desk


@pytest.fixture
def opened(desk: Desk) -> None:
    """Let the desk have a model, which came when something was typed already."""
    desk.begin()


@pytest.fixture
def cranked() -> CrankedRunner:
    """Give a runner and a record of what it tells."""
    return CrankedRunner()
