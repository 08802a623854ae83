"""How token text is made readable, how pieces find their character, and how chips flow."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roberta_gui.findings.notation.glyphs import (
    character_groups,
    describe,
    is_right_to_left,
    visible,
    why_unwritable,
)
from roberta_gui.gui.widgets.tokens.token_chips import flow
from tests.gui.widgets.made_tokens import pieces_of, token


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cat", "cat"),
        ("  ", "␣␣"),
        ("a\n\tb", "a↵⇥b"),
        ("\x00\x1b\x7f", "␀␛␡"),
        ("\u200d", "⟨ZWJ⟩"),
        ("\xa0", "⟨NBSP⟩"),
        ("\u202e", "⟨U+202E⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("\u0301", "◌\u0301"),
        ("é日😀ש", "é日😀ש"),
    ],
)
def test_every_character_can_be_seen(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(min_size=1))
def test_nothing_that_is_shown_is_blank_or_breaks_the_line(text: str) -> None:
    shown = visible(text)
    assert len(shown) >= len(text)
    assert not any(character.isspace() for character in shown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("cat", False), ("שלום", True), ("عرب", True), ("12 ש", True), ("a ש", False), ("…", False)],
)
def test_the_first_letter_gives_the_direction(text: str, expected: bool) -> None:
    assert is_right_to_left(text) is expected


def test_pieces_of_one_character_are_numbered_and_nothing_else_is() -> None:
    tokens = [
        token("a", 0),
        *pieces_of("😀", 1, (2, 2), leading_space=True),
        *pieces_of("語", 2, (1, 1, 1)),
        token("é", 3),
        token("<mask>", 4, is_mask=True, content=b""),
    ]
    assert character_groups(tokens) == [
        (1, 1), (1, 2), (2, 2), (1, 3), (2, 3), (3, 3), (1, 1), (1, 1),
    ]  # fmt: skip


def test_two_equal_characters_side_by_side_are_two_groups() -> None:
    tokens = [*pieces_of("😀", 0, (2, 2)), *pieces_of("😀", 1, (2, 2))]
    assert character_groups(tokens) == [(1, 2), (2, 2), (1, 2), (2, 2)]


def test_pieces_in_different_segments_never_belong_together() -> None:
    first, second = pieces_of("😀", 0, (2, 2))
    other = token("😀", 0, segment=1, content=second.bytes)
    assert character_groups([first, other]) == [(1, 1), (1, 1)]


def test_a_tool_tip_names_place_bytes_and_pieces() -> None:
    piece = pieces_of("😀", 7, (3, 1), leading_space=True, first_index=4)[0]
    tip = describe(piece, 9, (1, 2))
    for fact in ("5 of 9", "array index 4", "7–8", "20 F0 9F 98", "Piece 1 of 2 of 😀"):
        assert fact in tip


def test_a_tip_counts_words_as_tokens_from_one() -> None:
    tip = describe(token("cat", 4, index=2), 9)

    assert "position: 3 of 9 (array index 2)" in tip
    assert "word: 3" in tip.splitlines()


def test_a_tip_is_plain_text_in_which_markup_stays_as_it_was_written() -> None:
    tip = describe(token("<s>", 0, is_control=True), 3)
    assert tip.splitlines()[:2] == ["<s>", "id: 100"]
    assert "Typed" in tip


@given(st.lists(st.tuples(st.integers(1, 120), st.booleans())), st.integers(20, 300))
def test_rows_are_full_but_never_too_wide(chips: list[tuple[int, bool]], available: int) -> None:
    widths, joined = [width for width, _ in chips], [hangs for _, hangs in chips]
    result = flow(widths, joined, available, 5)
    assert [chip for row in range(result.n_rows) for chip in result.chips_of(row)] == list(
        range(len(chips))
    )
    for row in range(result.n_rows):
        numbers = result.chips_of(row)
        assert result.left[numbers.start] == 0
        last = numbers.stop - 1
        assert result.left[last] + widths[last] <= available or len(numbers) == 1
        for before, chip in pairwise(numbers):
            gap = 0 if joined[chip] else 5
            assert result.left[chip] == result.left[before] + widths[before] + gap
        if row + 1 < result.n_rows:
            _assert_no_room(widths, joined, available, result.left[last] + widths[last], last + 1)


def _assert_no_room(
    widths: list[int], joined: list[bool], available: int, used: int, following: int
) -> None:
    """Check that the next chip, with those that hang on it, would not have fitted."""
    end = following + 1
    while end < len(widths) and joined[end]:
        end += 1
    gap = 0 if joined[following] else 5
    assert used + gap + sum(widths[following:end]) > available


def test_a_group_moves_to_the_next_row_as_a_whole() -> None:
    result = flow([50, 20, 20], [False, False, True], 80, 5)
    assert [result.row_of(chip) for chip in range(3)] == [0, 1, 1]


def test_a_place_between_chips_belongs_to_none() -> None:
    result = flow([30, 30], [False, False], 100, 5)
    assert [result.chip_at(0, x) for x in (0, 29, 32, 35, 64, 65)] == [0, 0, None, 1, 1, None]
    assert result.chip_at(1, 0) is None


def test_up_and_down_go_to_the_nearest_chip_and_stay_where_there_is_no_row() -> None:
    result = flow([30, 30, 60], [False] * 3, 65, 5)
    assert [result.across(chip, 1) for chip in range(3)] == [2, 2, 2]
    assert [result.across(2, rows) for rows in (-1, 1)] == [0, 2]


@pytest.mark.parametrize(
    ("text", "is_part"), [("⟨F0 9F⟩", True), ("⟨row 50261⟩", True), ("⟨cat⟩", False), ("é", False)]
)
def test_bytes_that_make_no_character_are_called_so(text: str, is_part: bool) -> None:
    assert ("part of a character" in why_unwritable(text)) is is_part
