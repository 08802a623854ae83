"""Which row of the vocabulary somebody means who wants to watch a word."""

from contextlib import suppress

from roberta_gui import problems
from roberta_gui.engine.arguments import whole_number
from roberta_gui.engine.prepared import Prepared
from roberta_gui.records import ModelInfo, WordOrRow


def row_watched(prepared: Prepared, at: int | None, word: WordOrRow) -> int:
    """Find the row of a word: the form that would stand in the sentence, where a row is not given.

    Where that is not one token, the word is taken as the vocabulary spells it, at last with a
    space in front. ``at`` is the mask's token; None where there is none, and most words stand after
    a space. Raises `problems.SeveralPieces` of the word as written, `problems.UnencodableText`, and
    `problems.BadArgument` where the model has no such row.
    """
    if not isinstance(word, str):
        expect_row(word, prepared.info)
        return word
    forms = [word] if word.startswith(" ") or not word else [word, f" {word}"]
    if at is None:
        forms = forms[::-1]
    elif len(pieces := prepared.place(at).pieces(word)) == 1:
        expect_row(pieces[0], prepared.info)
        return pieces[0]
    for form in forms:
        with suppress(problems.SeveralPieces):  # what is told is why the word itself cannot be
            return prepared.tokenizer.row_of(form)
    return prepared.tokenizer.row_of(word)


def expect_row(row: int, model: ModelInfo) -> None:
    """Raise `problems.BadArgument` for what is no row of the vocabulary."""
    row = whole_number(row, "The row of a word")
    if not 0 <= row < model.vocab_size:
        raise problems.BadArgument(
            f"The model has no row {row}.", f"Its vocabulary has rows 0 to {model.vocab_size - 1}."
        )
