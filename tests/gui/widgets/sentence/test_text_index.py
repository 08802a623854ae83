"""Positions and admission of text, against Python's own UTF-16 codec."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roberta_gui.gui.widgets.sentence.mask_chips import spaced
from roberta_gui.gui.widgets.sentence.text_index import LIMIT, TextIndex, admit


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(st.text())
def test_a_position_is_the_utf16_length_of_what_stands_before_it(text: str) -> None:
    index = TextIndex(text)
    for place in range(len(text) + 1):
        position = utf16_length(text[:place])
        assert index.to_utf16(place) == position
        assert index.to_python(position) == place


def test_a_position_inside_a_pair_belongs_to_the_pairs_character() -> None:
    assert TextIndex("a😀b").to_python(2) == 1


@given(st.text(), st.integers(0, 50))
def test_kept_and_rest_together_are_the_text(text: str, room: int) -> None:
    admitted = admit(text, room)
    assert text[: admitted.cut] + admitted.rest == text
    assert len(admitted.kept) <= room
    assert admitted.is_cut == bool(admitted.rest)


def test_a_line_break_of_two_characters_is_never_cut_in_half() -> None:
    admitted = admit("ab\r\ncd", 3)
    assert (admitted.kept, admitted.rest) == ("ab\n", "cd")


def test_the_tail_comes_after_what_was_cut() -> None:
    assert admit("abc", 2, "é…".encode()).rest == "cé…"


@pytest.mark.parametrize("bad", [chr(0xD800), chr(0xDFFF), "\ufdd0", "\ufdd1", "\ufffe"])
def test_what_qt_cannot_hold_is_replaced_and_counted(bad: str) -> None:
    admitted = admit(f"a{bad}b{bad}", LIMIT)
    assert (admitted.kept, admitted.replaced) == ("a\ufffdb\ufffd", 2)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", "<mask>"),
        ("The", "", "The <mask>"),
        ("The ", "sat", "The <mask> sat"),
        ("(", ")", "(<mask>)"),
        ("The ", ".", "The <mask>."),
        ('He said "', '".', 'He said "<mask>".'),
        ('the "cat"', "", 'the "cat" <mask>'),
        ("שלום", "עולם", "שלום <mask> עולם"),
        ("one\n", "\ntwo", "one\n<mask>\ntwo"),
    ],
)
def test_a_mask_gets_the_spaces_that_a_word_would_have(
    before: str, after: str, expected: str
) -> None:
    assert before + "".join(spaced("<mask>", before, after)) + after == expected
