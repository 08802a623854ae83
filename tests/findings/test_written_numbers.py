"""Numbers as people read them."""

import pytest

from roberta_gui.findings.notation.numbers import true_minus, whole_percent, written, written_change


@pytest.mark.parametrize("value", [-0.0, -0.0049, 0.0049, 0.0])
def test_what_rounds_to_nothing_has_no_sign(value: float) -> None:
    assert written(value, 2) == "0.00"
    assert written_change(value, 2) == "0.00"


def test_a_change_says_which_way_it_goes() -> None:
    assert written_change(0.005001, 2) == "+0.01"
    assert written_change(-1.25, 1) == "−1.2"
    assert written_change(3, 0) == "+3"


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (0.0001, "under 1 %"), (0.005, "under 1 %"), (0.006, "1 %")]
)
def test_little_is_not_called_nothing(share: float, text: str) -> None:
    assert whole_percent(share) == text


def test_negative_numbers_have_a_minus_and_not_a_hyphen() -> None:
    assert written(-3.14159, 3) == "−3.142"
    assert true_minus("-1e-05 to 2") == "−1e−05 to 2"
