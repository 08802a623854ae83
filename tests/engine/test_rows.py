"""Literal pieces: each text finds the one row of the vocabulary that stands for it, or none."""

import pytest

from roberta_gui import problems
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from tests.models import ROBERTA_TOKENIZER, unigram_tokenizer


@pytest.fixture(scope="module")
def roberta() -> TextTokenizer:
    return TextTokenizer(ROBERTA_TOKENIZER.read_text(encoding="utf-8"))


def test_every_row_that_is_text_is_found_by_its_text(roberta: TextTokenizer) -> None:
    from tokenizers import Tokenizer

    oracle = Tokenizer.from_file(str(ROBERTA_TOKENIZER))
    checked = 0
    for row in range(oracle.get_vocab_size()):
        text = oracle.decode([row], skip_special_tokens=False)
        if "\ufffd" in text:  # part of a character, or that character itself
            continue
        assert roberta.row_of(text) == row
        checked += 1
    assert checked > 49_000


def test_a_leading_space_makes_another_row(roberta: TextTokenizer) -> None:
    with_space, without = roberta.row_of(" cat"), roberta.row_of("cat")

    assert with_space != without
    assert roberta.spell(with_space) == ("cat", True)
    assert roberta.spell(without) == ("cat", False)
    assert roberta.row_of("<mask>") == roberta.mask_id


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("unfathomably", "“un” + “f"),
        ("", "Type a word"),
        ("Ġcat", "pieces"),
        (" Antwerp.", "4 pieces: “Ant” + “wer”"),
        ("a whole sentence that nobody can watch", "7 pieces."),
    ],
)
def test_a_word_of_several_pieces_or_of_none_is_refused_with_a_hint(
    roberta: TextTokenizer, word: str, hint: str
) -> None:
    with pytest.raises(problems.SeveralPieces) as refused:
        roberta.row_of(word)

    assert word in refused.value.title
    assert hint in refused.value.hint


def test_where_only_the_space_is_wrong_the_hint_says_so() -> None:
    tokenizer = TextTokenizer(unigram_tokenizer("xlm-roberta").to_str())

    assert tokenizer.spell(tokenizer.row_of(" cat")) == ("cat", True)
    assert tokenizer.spell(tokenizer.row_of("ing")) == ("ing", False)
    with pytest.raises(problems.SeveralPieces, match="one token with a space in front"):
        tokenizer.row_of("cat")
    with pytest.raises(problems.SeveralPieces, match="one token without a space in front"):
        tokenizer.row_of(" ing")


def test_half_a_surrogate_pair_stands_for_no_row(roberta: TextTokenizer) -> None:
    with pytest.raises(problems.UnencodableText):
        roberta.row_of("\ud83d")
