"""What a click does to the sentence: words go in as the model meant them."""

import pytest

from roberta_gui.gui.sentence.edits import Edit, fill_mask, hide_token, is_part_of_character
from roberta_gui.records import Candidate, Token
from tests.gui.widgets.made_tokens import token


def applied(text: str, edit: Edit) -> str:
    return text[: edit.start] + edit.text + text[edit.end :]


def mask_in(text: str) -> Token:
    start = text.index("<mask>")
    return token("<mask>", start, is_mask=True)


@pytest.mark.parametrize(
    ("text", "word", "leading_space", "expected"),
    [
        ("The cat sat on the <mask>.", "floor", True, "The cat sat on the floor."),
        ("The cat sat on the<mask>.", "floor", True, "The cat sat on the floor."),
        ("The cats<mask>", "!", False, "The cats!"),
        ("The cats <mask>", "!", False, "The cats!"),
        ("The cats   <mask> end", "s", False, "The catss end"),
        ("The cat   <mask> end", "sat", True, "The cat sat end"),
        ("<mask> is here", "Who", False, "Who is here"),
        ("<mask> is here", "Who", True, "Who is here"),
        ("  <mask> is here", "Who", True, "Who is here"),
        ("One\n<mask> two", "word", True, "One\nword two"),
        ("One\n <mask> two", "word", True, "One\nword two"),
        ("One\u00a0<mask> two", "word", True, "One\u00a0word two"),
        ("😀 <mask>", "é", True, "😀 é"),
        ("<mask><mask>", "a", True, "a<mask>"),
    ],
)
def test_a_guess_goes_in_with_one_space_before_it_exactly_if_it_begins_a_word(
    text: str, word: str, leading_space: bool, expected: str
) -> None:
    guess = Candidate(1, 7, word, leading_space, 0.5)

    assert applied(text, fill_mask(text, mask_in(text), guess)) == expected


def test_a_hidden_token_leaves_its_space_and_is_remembered() -> None:
    text = "The cat sat"
    edit = hide_token(token("cat", 4, leading_space=True), "<mask>")

    assert applied(text, edit) == "The <mask> sat"
    assert edit.remember == "cat"


def test_hiding_and_filling_with_the_same_word_gives_the_text_back() -> None:
    text = "The cat sat"
    cat = token("cat", 4, leading_space=True)
    hidden = applied(text, hide_token(cat, "<mask>"))

    filled = fill_mask(hidden, mask_in(hidden), Candidate(1, cat.id, "cat", True, 0.5))

    assert applied(hidden, filled) == text


@pytest.mark.parametrize(
    ("text", "is_part"), [("⟨F0 9F⟩", True), ("⟨row 50261⟩", True), ("⟨cat⟩", False), ("é", False)]
)
def test_bytes_that_make_no_character_are_known(text: str, is_part: bool) -> None:
    assert is_part_of_character(Candidate(1, 7, text, False, 0.5)) is is_part
