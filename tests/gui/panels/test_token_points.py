"""How tokens are marked: words told apart while they are few, by their place when many."""

from dataclasses import replace
from itertools import pairwise

from PySide6.QtGui import QColor

from roberta_gui.gui.look.theme import Theme
from roberta_gui.gui.panels.token_points import (
    TINTED_FROM,
    are_tinted,
    points_of,
    tint_words,
)
from roberta_gui.records import Token
from tests.made_up import made_up_analysis


def sentence(n_words: int) -> tuple[Token, ...]:
    return made_up_analysis(" ".join("w" * n_words)).tokens


def test_masks_and_specials_are_told_apart_from_words_by_colour_and_shape(theme: Theme) -> None:
    start, word, mask, end = points_of(made_up_analysis("one <mask>").tokens)

    assert start.color == end.color == theme.color("muted")
    assert word.color == theme.categorical(0)
    assert mask.color == theme.color("mask")
    assert [point.matters for point in (start, word, mask, end)] == [False, False, True, False]
    assert word.tip == "one\ntoken 2, id 3"


def test_fifteen_words_have_fifteen_colours_that_specials_and_masks_do_not_shift(
    theme: Theme,
) -> None:
    tokens = sentence(15)
    with_mask = (*tokens[:4], replace(tokens[4], is_mask=True), *tokens[4:])

    words = [p.color.name() for p in points_of(tokens)[1:-1]]
    around = [p.color.name() for p in points_of(with_mask)[1:-1] if not p.matters]

    assert len(set(words)) == 15
    assert around == words
    assert theme.color("mask").name() not in words


def difference(one: QColor, other: QColor) -> int:
    pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]
    return sum(abs(a - b) for a, b in pairs)


def test_no_word_has_nearly_the_colour_of_masks(theme: Theme) -> None:
    colors = [point.color for point in points_of(sentence(TINTED_FROM - 1))[1:-1]]

    assert min(difference(color, theme.color("mask")) for color in colors) > 60


def test_a_long_sentence_goes_from_one_end_of_the_map_to_the_other(theme: Theme) -> None:
    colors = [point.color for point in points_of(sentence(250))[1:-1]]

    first, last = QColor(theme.early), QColor(theme.late)
    assert difference(colors[0], first) <= 3
    assert difference(colors[-1], last) <= 3
    away = [difference(color, first) for color in colors]
    assert all(b >= a - 2 for a, b in pairwise(away))


def test_tints_begin_where_colours_no_longer_tell_words_apart() -> None:
    assert not are_tinted(sentence(TINTED_FROM - 1))
    assert are_tinted(sentence(TINTED_FROM))


def test_the_tint_is_explained_in_the_colours_that_are_drawn(theme: Theme) -> None:
    first, last = (QColor(code).hsvHue() for code in (theme.early, theme.late))
    hues = {"green": range(90, 190), "blue": range(200, 245), "violet": range(245, 300)}
    text = tint_words()
    said = text.removesuffix(".").split(" from ")[1].split(" to ")

    assert first in hues[said[0].split()[-1]]
    assert last in hues[said[1].split()[-1]]
