"""How the made-up engine cuts words, and which words it calls near to each other."""

from collections.abc import Generator, Sequence

from roberta_gui.records import (
    CutStep,
    CutWord,
    Dissection,
    ModelInfo,
    Report,
    Stop,
    Token,
    WordNeighbour,
)

START_ID, END_ID, MASK_ID = 0, 2, 50264
_FIRST_ROW = 11


class MadeUpTokens:
    """The part of a made-up engine that knows tokens alone."""

    @property
    def tokenizer(self) -> "MadeUpTokens":
        """Cut words by itself."""
        return self

    def dissect(self, text: str, stop: Stop | None = None) -> Dissection:
        """Join the first two characters of each word."""
        words = tuple(
            CutWord(
                word, word.encode(), tuple(word),
                (CutStep(word[:2], 7, (word[:2], *word[2:])),) if len(word) > 1 else (),
                tuple(range(_FIRST_ROW, _FIRST_ROW + max(len(word) - 1, 1))),
            )
            for word in text.split()
        )  # fmt: skip
        return Dissection(text, "BPE", words, tuple(row for w in words for row in w.ids), True)

    def nearest_words_steps(
        self, row: int, n: int = 10, stop: Stop | None = None, report: Report | None = None
    ) -> Generator[None, None, tuple[WordNeighbour, ...]]:
        """Invent neighbours."""
        yield
        rows = range(_FIRST_ROW, _FIRST_ROW + n)
        return tuple(WordNeighbour(one, f"w{one}", True, 8 / one) for one in rows)

    def positions(self, ids: Sequence[int]) -> tuple[int, ...]:
        """Count from 2."""
        return tuple(range(2, len(ids) + 2))


def cut(text: str, most: int) -> tuple[str, int]:
    """Cut a text at so many words, and count those that are left out."""
    words = text.split()
    return (" ".join(words[:most]), len(words) - most) if len(words) > most else (text, 0)


def special(index: int, row: int, name: str) -> Token:
    """Make a token that a template puts around a text."""
    return Token(index, row, name, 0, 0, True, False, None, False, None, name.encode())


def text_of(ids: Sequence[int]) -> str:
    """Write a word for each id."""
    return " ".join("<mask>" if row == MASK_ID else f"t{row}" for row in ids)


def tokens_of(text: str, model: ModelInfo, ids: Sequence[int] = ()) -> tuple[Token, ...]:
    """Cut at blanks, and put the model's special tokens around, if it has any."""
    begin, end_of_text = model.special_tokens[:1], model.special_tokens[1:]
    tokens, start = [special(0, START_ID, name) for name in begin], 0
    for nth, word in enumerate(text.split()):
        start = text.index(word, start)
        end, mask, index = start + len(word), word == "<mask>", len(tokens)
        row = ids[nth] if ids else 99 if mask else 3 + nth % 90
        tokens.append(
            Token(
                index, row, word, start, end, False, mask, nth, nth > 0 or bool(ids), 0,
                word.encode(),
            )
        )  # fmt: skip
        start = end
    tokens += [special(len(tokens), END_ID, name) for name in end_of_text]
    return tuple(tokens)
