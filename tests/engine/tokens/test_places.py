"""A guess put in becomes exactly the token that was guessed, or is said to be impossible."""

import random
from collections.abc import Iterator
from functools import cache
from itertools import count, product

import pytest
from tokenizers import Tokenizer

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.engine.tokens.places import Place, place_of
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.findings.steps.model import written_forms
from roberta_gui.records import AnalysisRequest, Replacement, Token
from tests.engine.tokens.kinds_of_tokenizers import KINDS, description, tokenizer

TEXTS = (
    "The cat sat on the <mask>.",
    "The <mask> sat on the mat.",
    "<mask> cat sat",
    "The cat<mask> sat, un<mask>",
    "One\n<mask> two",
)
N_GUESSES = 60


@cache
def library(kind: str) -> Tokenizer:
    """Give the library's own tokenizer, which knows nothing of ours."""
    return Tokenizer.from_str(description(kind))


def rows_of(kind: str) -> list[int]:
    """Draw some rows of a vocabulary, or take all where there are no more."""
    n_rows = library(kind).get_vocab_size()
    return sorted(random.Random(5).sample(range(n_rows), min(N_GUESSES, n_rows)))


BLANKS = {"Ġ", "▁", "Ċ"}


def without_blanks(kind: str, ids: list[int]) -> list[int]:
    return [row for row in ids if library(kind).id_to_token(row) not in BLANKS]


def read(kind: str, text: str) -> list[int]:
    """Cut a text, and leave out the tokens that cover nothing but blanks."""
    encoding = library(kind).encode(text)
    covered = [text[start:end] for start, end in encoding.offsets]
    ids = zip(encoding.ids, covered, strict=True)
    return without_blanks(kind, [row for row, part in ids if not part.isspace()])


def masks_of(kind: str, text: str) -> list[int]:
    return [token.index for token in tokenizer(kind).tokenize(text) if token.is_mask]


def put(kind: str, text: str, mask: int, row: int) -> Replacement | None:
    ours = tokenizer(kind)
    return stand(ours, AnalysisRequest(text), ours.tokenize(text), mask, row)


def stand(
    ours: TextTokenizer, request: AnalysisRequest, tokens: tuple[Token, ...], mask: int, row: int
) -> Replacement | None:
    place = place_of(ours, request, tokens, mask)
    return place.replacement((row,))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_guess_becomes_its_token_or_is_said_to_be_impossible(kind: str, text: str) -> None:
    before = library(kind).encode(text).ids
    possible = 0
    for mask, row in product(masks_of(kind, text), rows_of(kind)):
        wanted = [*before[:mask], row, *before[mask + 1 :]]
        found = put(kind, text, mask, row)
        if found is None:
            assert all(
                library(kind).encode(form).ids != wanted for form in naive(kind, text, mask, row)
            )
            continue
        possible += 1
        filled = found.applied(text)
        assert found.start <= text.index("<mask>", found.start) < found.end
        if library(kind).encode(filled).ids != wanted:
            # Only blanks beside the mask may have come or gone, and the text keeps its line ends.
            assert read(kind, filled) == without_blanks(kind, wanted)
            assert filled.count("\n") == text.count("\n")
    assert possible > 0


def naive(kind: str, text: str, mask: int, row: int) -> list[str]:
    """Write a row in the ways that come to mind, without the product's rule."""
    token = tokenizer(kind).tokenize(text)[mask]
    name = library(kind).id_to_token(row)
    assert name is not None
    core = name.removeprefix("##").removesuffix("</w>").lstrip("Ġ▁")
    before, after = text[: token.start], text[token.end :]
    lefts = (before, before.rstrip(" "), f"{before.rstrip(' ')} ", f"{before} ")
    return [left + core + right for left, right in product(lefts, (after, f" {after}"))]


def test_all_of_the_built_in_models_best_guesses_can_be_put_in(engine: Engine) -> None:
    request = AnalysisRequest(TEXTS[0], top_k=N_GUESSES)
    (fill,) = engine.analyse(request).fills
    before = [token.id for token in engine.tokenize(request.text)]

    every = engine.replacements(request, [candidate.id for candidate in fill.candidates])
    for candidate, found in zip(fill.candidates, every, strict=True):
        assert found is not None
        filled = [token.id for token in engine.tokenize(found.applied(request.text))]
        assert filled == [
            *before[: fill.token_index], candidate.id, *before[fill.token_index + 1 :]
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "name", "filled"),
    [
        ("roberta-base", "The cat sat on the <mask>.", "Ġfloor", "The cat sat on the floor."),
        ("roberta-base", "The cat sat on the<mask>.", "Ġfloor", "The cat sat on the floor."),
        ("roberta-base", "The cats <mask>", "!", "The cats!"),
        ("roberta-base", "The cat   <mask> end", "Ġsat", "The cat sat end"),
        ("roberta-base", "<mask> is here", "Who", "Who is here"),
        ("roberta-base", "<mask> is here", "ĠWho", " Who is here"),
        ("roberta-base", "One\n<mask> two", "Ġword", "One\n word two"),
        ("roberta-base", "One\u00a0<mask> two", "word", "One\u00a0word two"),
        ("roberta-base", "😀 <mask>", "Ġé", None),
        ("roberta-base", "<mask><mask>", "a", "a<mask>"),
        ("roberta-base", "The cat <mask>.", "s", None),  # "cats" is one token
        ("roberta-base", "The cat sat <mask>.", "<s>", "The cat sat<s>."),
        ("mask that keeps its space", "The <mask> sat", "Ġcat", "The  cat sat"),
        ("WordPiece", "The <mask> sat", "cat", "The cat sat"),
        ("WordPiece", "The mat <mask> sat", "##s", "The mats sat"),
        ("WordLevel", "The <mask> sat", "crew", "The crew sat"),
        ("BPE with word ends", "<mask> cat ", "y", "ycat "),  # with a space, "y</w>" would stand
        ("BPE with word ends", "The <mask> sat", "cat</w>", "The cat sat"),
        ("WordLevel", "The<mask>.", "crew", "The crew."),
        (
            "BPE with ▁ of a normalizer",
            "The cat sat on the <mask>.",
            "▁cat",
            "The cat sat on the  cat.",
        ),
        ("Unigram", "The <mask> sat", "▁cat", "The cat sat"),
        ("Unigram", "The <mask>.", "▁mat", "The mat."),
        ("Unigram", "The cat <mask>.", "ing", "The cating."),
    ],
)
def test_a_guess_goes_in_as_it_would_be_written(
    kind: str, text: str, name: str, filled: str | None
) -> None:
    row = library(kind).token_to_id(name)
    if row is None:
        row = library(kind).encode(name.replace("Ġ", " "), add_special_tokens=False).ids[0]

    found = put(kind, text, masks_of(kind, text)[0], row)

    assert (None if found is None else found.applied(text)) == filled


def test_part_of_a_character_and_a_row_without_text_stand_nowhere() -> None:
    first_byte = library("roberta-base").encode("😀", add_special_tokens=False).ids[0]

    for row in (first_byte, 50_300):
        assert put("roberta-base", TEXTS[0], 6, row) is None


def test_the_piece_that_was_masked_can_be_put_back() -> None:
    text = "The cats sat on mats, unhappily!"
    for kind in KINDS:
        ours = tokenizer(kind)
        tokens = ours.tokenize(text)
        for token in tokens:
            if token.is_special or token.start == token.end:
                continue
            hidden = f"{text[: token.start]}<mask>{text[token.end :]}"
            masked = ours.tokenize(hidden)
            (mask,) = (each.index for each in masked if each.is_mask)
            others = [each.id for each in masked if not each.is_mask]
            found = stand(ours, AnalysisRequest(hidden), masked, mask, token.id)
            expected = [*others[:mask], token.id, *others[mask:]]
            if [each.id for each in tokens] == expected:
                assert found is not None, (kind, hidden)


def test_the_second_of_a_pair_is_its_own_text() -> None:
    ours = tokenizer("roberta-base")
    request = AnalysisRequest("One cat.", pair="Two <mask> here.")
    tokens = ours.tokenize(request.text, request.pair)
    (mask,) = (token.index for token in tokens if token.is_mask)

    found = stand(ours, request, tokens, mask, ours.row_of(" dogs"))

    assert found is not None
    assert found.applied("Two <mask> here.") == "Two dogs here."


def test_what_was_cut_off_is_not_tokenized_again() -> None:
    ours = tokenizer("roberta-base")
    text = "The <mask> sat. " + "unbelievably long " * 800
    tokens, dropped = ours.tokenize_cut(text, None, 64)
    seen: list[str] = []

    class Noting(TextTokenizer):
        def tokenize(self, text: str, pair: str | None = None) -> tuple[object, ...]:  # type: ignore[override]
            seen.append(text)
            return super().tokenize(text, pair)

    noting = Noting(description("roberta-base"))
    found = stand(noting, AnalysisRequest(text), tokens, 2, ours.row_of(" cat"))

    assert dropped > 1000
    assert found == Replacement(3, 10, " cat")
    assert max(map(len, seen)) < len(text) / 20


@pytest.mark.parametrize(
    ("kind", "text", "word", "names"),
    [
        ("roberta-base", "The <mask> sat", "cat", ["Ġcat"]),
        ("roberta-base", "The <mask> sat", " cat", ["Ġcat"]),
        ("roberta-base", "The<mask> sat", " cat", ["Ġcat"]),
        ("roberta-base", "<mask> sat", "cat", ["cat"]),
        ("roberta-base", "<mask> sat", " cat", ["Ġcat"]),
        ("roberta-base", "The   <mask> sat", "cat", ["Ġcat"]),
        ("roberta-base", "The <mask> sat", "cat and dog", ["Ġcat", "Ġand", "Ġdog"]),
        ("roberta-base", "The <mask> sat", "", []),
        ("roberta-base", "The <mask> sat", "   ", []),
        ("roberta-base", "A cat<mask>", "s", []),  # "cats" is one token
        ("mask that keeps its space", "The <mask> sat", "cat", ["Ġcat"]),
        ("WordPiece", "The <mask> sat", "cats", ["cats"]),
        ("WordPiece", "The mat<mask> sat", "s", ["##s"]),
        ("WordPiece", "The <mask> sat", "mating", ["mat", "##ing"]),
        ("WordLevel", "The <mask> sat", "crew", ["crew"]),
        ("WordLevel", "The <mask> sat", "zebra", ["<unk>"]),
        ("Unigram", "The <mask> sat", "cat", ["▁cat"]),
        ("Unigram", "The <mask>.", "mat", ["▁mat"]),
    ],
)
def test_the_pieces_of_a_word_are_what_stands_in_the_sentence(
    kind: str, text: str, word: str, names: list[str]
) -> None:
    ours = tokenizer(kind)
    (mask,) = (token for token in ours.tokenize(text) if token.is_mask)

    pieces = Place(ours, text, mask).pieces(word)

    assert [library(kind).id_to_token(row) for row in pieces] == names


def test_a_piece_that_goes_on_with_a_word_is_spelled_and_found_by_its_mark() -> None:
    pieces, bytes_of = tokenizer("WordPiece"), tokenizer("roberta-base")
    row = library("WordPiece").token_to_id("##s")
    assert row is not None

    assert pieces.spell(row) == ("##s", False)
    assert pieces.row_of("##s") == row
    assert bytes_of.spell(bytes_of.row_of("##")) == ("##", False)


@pytest.mark.parametrize(("mask", "row"), [(1, 100), (-1, 100), (0, -1), (0, 10**6)])
def test_a_mask_or_a_row_that_is_not_there_is_refused(engine: Engine, mask: int, row: int) -> None:
    with pytest.raises(problems.BadArgument):
        engine.replacements(AnalysisRequest(TEXTS[0]), [row], mask)


def test_trying_many_rows_ends_as_soon_as_it_is_asked_to(engine: Engine) -> None:
    asked = count()

    with pytest.raises(problems.Stopped):
        engine.replacements(AnalysisRequest(TEXTS[0]), range(500), 0, lambda: next(asked) >= 5)

    assert next(asked) == 6


def test_many_rows_are_tried_in_short_steps_that_come_to_the_same(engine: Engine) -> None:
    request, rows = AnalysisRequest(TEXTS[0]), range(400, 440)
    forms: list[Replacement | None] = []

    def found() -> Iterator[None]:
        forms.extend((yield from written_forms(engine, request, rows, 0, lambda: False)))

    assert len([*found()]) == 2
    assert tuple(forms) == engine.replacements(request, rows)
