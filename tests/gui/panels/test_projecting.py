"""The words about a first axis, and how tokens are marked."""

import pytest

from roberta_gui.analysis.axes.first_axis import FirstAxis
from roberta_gui.gui.panels.projecting import (
    first_axis_note,
    first_axis_words,
    layer_name,
    point_of,
)
from roberta_gui.gui.preview import made_up_analysis
from roberta_gui.gui.theme import DARK, LIGHT, Theme


@pytest.mark.parametrize(
    ("first", "sentence", "note"),
    [
        (
            FirstAxis(0.12, -0.05, 77, 0.93, 512),
            "PC1 mostly goes with dimension 77 (r = 0.93; position: 0.12, norm: −0.05; n = 512).",
            "PC1: dimension 77, 0.93",
        ),
        (
            FirstAxis(-0.8, 0.1, 3, 0.7, 1512),
            "PC1 mostly goes with position (r = −0.80; dimension 3: 0.70, norm: 0.10; n = 1,512).",
            "PC1: position, −0.80",
        ),
        (
            FirstAxis(0.0, -0.99, 3, 0.7, 9),
            "PC1 mostly goes with norm (r = −0.99; dimension 3: 0.70, position: 0.00; n = 9).",
            "PC1: norm, −0.99",
        ),
        (
            FirstAxis(0.1, -0.2, 3, 0.49, 40),
            "PC1 goes with nothing closely, most with dimension 3 "
            "(r = 0.49; norm: −0.20, position: 0.10; n = 40).",
            "",
        ),
    ],
)
def test_what_goes_most_with_the_first_axis_comes_first(
    first: FirstAxis, sentence: str, note: str
) -> None:
    assert first_axis_words(first) == sentence
    assert first_axis_note(first) == note


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_masks_specials_and_words_are_told_apart_by_colour(theme: Theme) -> None:
    start, word, mask, *_ = (
        point_of(token, theme) for token in made_up_analysis("one <mask>").tokens
    )

    assert start.color == theme.color("muted")
    assert word.color == theme.categorical(1)
    assert mask.color == theme.color("mask")
    assert (start.matters, word.matters, mask.matters) == (False, False, True)
    assert word.tip == "one\ntoken 1, id 3"


def test_the_lowest_layer_has_a_name_and_the_others_a_number() -> None:
    assert [layer_name(layer) for layer in (0, 1, 12)] == ["the embeddings", "layer 1", "layer 12"]
