"""What a click does to the sentence."""

import pytest

from roberta_gui.gui.sentence import edits
from roberta_gui.records import Candidate, Replacement
from tests.gui.widgets.made_tokens import token


def applied(text: str, edit: edits.Edit) -> str:
    return text[: edit.start] + edit.text + text[edit.end :]


def test_a_guess_goes_in_as_the_engine_found_it() -> None:
    assert edits.of(Replacement(3, 10, " cat")) == edits.Edit(3, 10, " cat")


def test_a_hidden_token_leaves_its_space_and_is_remembered() -> None:
    text = "The cat sat"
    edit = edits.hide_token(token("cat", 4, leading_space=True), "<mask>")

    assert applied(text, edit) == "The <mask> sat"
    assert edit.remember == "cat"


@pytest.mark.parametrize(
    ("text", "is_part"), [("⟨F0 9F⟩", True), ("⟨row 50261⟩", True), ("⟨cat⟩", False), ("é", False)]
)
def test_bytes_that_make_no_character_are_called_so(text: str, is_part: bool) -> None:
    why = edits.why_unwritable(Candidate(1, 7, text, False, 0.5))

    assert ("part of a character" in why) is is_part
