"""Spaces: what they are called, in controls and in files."""

import pytest

from roberta_gui.analysis.axes.modes import SPACES, Space
from roberta_gui.problems import BadArgument


def test_every_space_has_a_label_that_says_what_is_taken_away() -> None:
    assert [space.label for space in SPACES] == [
        *("Raw", "Centred", "Standardised"),
        *("Drop top 1", "Drop top 3", "Drop top 10"),
        *("All but the top 1", "All but the top 3", "All but the top 10"),
    ]


@pytest.mark.parametrize("space", SPACES, ids=str)
def test_a_space_is_found_by_its_own_text(space: Space) -> None:
    assert Space.named(str(space)) == space


@pytest.mark.parametrize("text", ["", "Raw", "raw 0", "drop_top", "drop_top 2", "drop_top three"])
def test_a_text_that_names_no_space_is_a_problem(text: str) -> None:
    with pytest.raises(BadArgument, match="No such space"):
        Space.named(text)
