"""The words about a first axis."""

import pytest

from roberta_gui.analysis.axes.reference_axes import FirstAxis
from roberta_gui.findings.hidden_states import (
    first_axis_notes,
    first_axis_phrase,
    first_axis_words,
)
from roberta_gui.findings.notation.names import the_layer


@pytest.mark.parametrize(
    ("first", "sentence", "notes"),
    [
        (
            FirstAxis(0.12, -0.05, 77, 0.93, 512),
            "PC1 mostly goes with dimension 77 (r = 0.93; position: 0.12, norm: −0.05; n = 512)",
            ("PC1: dimension 77, 0.93", "dim 77 .93"),
        ),
        (
            FirstAxis(-0.8, 0.1, 3, 0.7, 1512),
            "PC1 mostly goes with position (r = −0.80; dimension 3: 0.70, norm: 0.10; n = 1,512)",
            ("PC1: position, −0.80", "position −.80"),
        ),
        (
            FirstAxis(0.0, -0.99, 3, 0.7, 9),
            "PC1 mostly goes with norm (r = −0.99; dimension 3: 0.70, position: 0.00; n = 9)",
            ("PC1: norm, −0.99", "norm −.99"),
        ),
        (
            FirstAxis(0.1, -0.2, 3, 0.49, 40),
            "PC1 goes closely with nothing; most with dimension 3 "
            "(r = 0.49; norm: −0.20, position: 0.10; n = 40)",
            ("", ""),
        ),
    ],
)
def test_what_goes_most_with_the_first_axis_comes_first(
    first: FirstAxis, sentence: str, notes: tuple[str, str]
) -> None:
    assert first_axis_words(first) == sentence
    assert first_axis_notes(first) == notes
    assert sentence.startswith(first_axis_phrase(first).split(" with ")[0])


def test_the_lowest_layer_has_a_name_and_the_others_a_number() -> None:
    assert [the_layer(layer) for layer in (0, 1, 12)] == ["the embeddings", "layer 1", "layer 12"]
