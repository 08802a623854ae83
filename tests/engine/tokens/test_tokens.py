import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers

from roberta_gui import problems
from roberta_gui.engine.tokens import tokenizer_description
from roberta_gui.engine.tokens.long_text import LONG, longest_first
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.records import Token
from tests.engine.tokens.tokenizers_for_tests import BYTE_LEVEL, EVERY_KIND, Kind, any_text, both
from tests.models import ROBERTA_TOKENIZER, unigram_tokenizer

_PACKAGE = Path(__file__).parents[3] / "roberta_gui"


def _walk(text: str, tokens: tuple[Token, ...]) -> list[tuple[int, int]]:
    """Find spans without the library's offsets: lay the pieces' bytes along the text's bytes."""
    character_of_byte = [place for place, letter in enumerate(text) for _ in letter.encode()]
    spans, at = [], 0
    for token in tokens:
        content = token.bytes
        blank = not content.decode(errors="replace").strip()
        named = token.is_mask or token.is_control
        lead = content.find(b"<") if named else len(content) - len(content.lstrip(b" "))
        if blank:
            lead = 0
        first, last = at + lead, at + len(content) - 1
        spans.append((character_of_byte[first], character_of_byte[last] + 1))
        at += len(content)
    return spans


def _of_text(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    return tuple(token for token in tokens if not token.is_special)


@pytest.mark.parametrize("kind", EVERY_KIND)
@settings(max_examples=60, deadline=None)
@given(text=any_text, pair=st.none() | any_text)
def test_tokens_of_any_text_agree_with_the_library(kind: Kind, text: str, pair: str | None) -> None:
    ours, library = both(kind)
    tokens = ours.tokenize(text, pair)
    encoding = library.encode(text, pair)
    assert [token.id for token in tokens] == encoding.ids
    assert [token.index for token in tokens] == list(range(len(encoding)))
    assert [token.segment for token in tokens] == encoding.sequence_ids
    assert [token.is_special for token in tokens] == [
        segment is None for segment in encoding.sequence_ids
    ]
    mask_id = library.token_to_id("<mask>")
    assert [token.is_mask for token in tokens] == [row == mask_id for row in encoding.ids]
    first = [token.word for token in tokens if token.segment == 0]
    second = [token.word for token in tokens if token.segment == 1]
    words = [word for word in encoding.word_ids if word is not None]
    n_before = 1 + max(words[: len(first)], default=-1)
    assert first + second == words[: len(first)] + [word + n_before for word in words[len(first) :]]


@pytest.mark.parametrize("kind", EVERY_KIND)
@settings(max_examples=60, deadline=None)
@given(text=any_text)
def test_spans_of_any_text_lie_in_order_inside_it(kind: Kind, text: str) -> None:
    tokens = _of_text(both(kind).ours.tokenize(text))
    for token in tokens:
        assert 0 <= token.start <= token.end <= len(text)
        assert token.text == text[token.start : token.end]
        assert not token.leading_space or token.text == token.text.lstrip(" ")
    for before, after in pairwise(tokens):
        assert before.start <= after.start
        assert before.end <= after.end
        assert before.word is not None
        assert after.word is not None
        assert before.word <= after.word


@pytest.mark.parametrize("kind", BYTE_LEVEL)
@settings(max_examples=150, deadline=None)
@given(text=any_text)
def test_bytes_join_to_the_text_and_lead_to_the_same_spans(kind: Kind, text: str) -> None:
    tokens = _of_text(both(kind).ours.tokenize(text))
    assert b"".join(token.bytes for token in tokens) == text.encode()
    assert [(token.start, token.end) for token in tokens] == _walk(text, tokens)


@settings(max_examples=60, deadline=None)
@given(text=any_text)
def test_a_prefix_space_adds_to_the_bytes_but_not_to_the_spans(text: str) -> None:
    tokens = _of_text(both("prefix space").ours.tokenize(text))
    joined = b"".join(token.bytes for token in tokens)
    assert joined.replace(b" ", b"") == text.encode().replace(b" ", b"")
    covered = {place for token in tokens for place in range(token.start, token.end)}
    assert all(letter.isspace() for place, letter in enumerate(text) if place not in covered)


@pytest.mark.parametrize("kind", EVERY_KIND)
@given(before=any_text, surrogate=st.characters(categories=["Cs"]), after=any_text)
@settings(max_examples=20, deadline=None)
def test_half_a_surrogate_pair_is_refused_and_placed(
    kind: Kind, before: str, surrogate: str, after: str
) -> None:
    tokenizer = both(kind).ours
    with pytest.raises(problems.UnencodableText, match=f"^Character {len(before) + 1} of"):
        tokenizer.tokenize(before + surrogate + after)
    with pytest.raises(problems.UnencodableText):
        tokenizer.tokenize("fine", before + surrogate + after)


def _rows(tokens: tuple[Token, ...]) -> list[tuple[str, int, int, bool]]:
    return [(token.text, token.start, token.end, token.leading_space) for token in tokens]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" ", [(" ", 0, 1, False)]),
        ("a  b", [("a", 0, 1, False), (" ", 1, 2, False), ("b", 3, 4, True)]),
        ("a é", [("a", 0, 1, False), ("é", 2, 3, True)]),
        (" 😀", [("😀", 1, 2, True), ("😀", 1, 2, False)]),
        ("is  <mask>.", [("is", 0, 2, False), ("<mask>", 4, 10, True), (".", 10, 11, False)]),
        ("a\u00a0b", [("a", 0, 1, False), ("\u00a0", 1, 2, False), ("b", 2, 3, False)]),
        (
            "a\r\nb",
            [("a", 0, 1, False), ("\r", 1, 2, False), ("\n", 2, 3, False), ("b", 3, 4, False)],
        ),
        ("\x00", [("\x00", 0, 1, False)]),
    ],
)
def test_known_texts_read_as_a_person_would(
    text: str, expected: list[tuple[str, int, int, bool]]
) -> None:
    assert _rows(_of_text(both("roberta-base").ours.tokenize(text))) == expected


def test_template_tokens_show_their_name_and_cover_nothing() -> None:
    tokens = both("roberta-base").ours.tokenize("A", "B")
    special = [token for token in tokens if token.is_special]
    assert [token.text for token in special] == ["<s>", "</s>", "</s>", "</s>"]
    assert {(token.start, token.end, token.bytes, token.word) for token in special} == {
        (0, 0, b"", None)
    }


@pytest.mark.parametrize("kind", ["roberta-base", "unigram"])
@pytest.mark.parametrize("name", ["<s>", "</s>", "<pad>", "<unk>"])
def test_a_typed_control_token_is_marked_and_not_special(kind: Kind, name: str) -> None:
    tokens = _of_text(both(kind).ours.tokenize(f"hello {name} hello"))
    marked = [token for token in tokens if token.is_control]
    assert [(token.text, token.start, token.end) for token in marked] == [(name, 6, 6 + len(name))]
    assert not any(token.is_special or token.is_mask for token in marked)


def test_an_unknown_character_is_no_control_token() -> None:
    tokens = _of_text(both("unigram").ours.tokenize("cat 漢"))
    unknown = tokens[-1]
    assert unknown.id == both("unigram").library.token_to_id("<unk>")
    assert (unknown.text, unknown.start, unknown.end) == ("漢", 4, 5)
    assert unknown.bytes == "漢".encode()
    assert not unknown.is_control


def test_words_of_the_sentencepiece_kind_lose_their_mark() -> None:
    tokens = _of_text(both("unigram").ours.tokenize("The cat"))
    assert _rows(tokens) == [("The", 0, 3, True), ("cat", 4, 7, True)]
    assert [token.bytes for token in tokens] == [b" The", b" cat"]


def test_a_space_that_the_tokenizer_dropped_is_covered_by_its_own_token() -> None:
    tokens = _of_text(both("whitespace split").ours.tokenize("漢  漢"))
    assert _rows(tokens) == [
        ("", 0, 0, True),
        ("漢", 0, 1, False),
        ("  ", 1, 3, False),
        ("漢", 3, 4, False),
    ]


def test_a_normalizer_does_not_move_the_spans() -> None:
    tokens = _of_text(both("unigram").ours.tokenize("ﬁ\u3000The cat"))
    assert [token.text for token in tokens][-2:] == ["The", "cat"]
    assert tokens[-1].start == len("ﬁ\u3000The ")


def test_truncation_and_padding_in_the_file_are_ignored() -> None:
    content = json.loads(ROBERTA_TOKENIZER.read_text(encoding="utf-8"))
    library = Tokenizer.from_str(json.dumps(content))
    library.enable_truncation(8)
    library.enable_padding(length=64)
    tokens = TextTokenizer(library.to_str()).tokenize("one two three four five six seven eight")
    assert len(tokens) == 10


@cache
def _cutting(kind: Kind) -> Tokenizer:
    return Tokenizer.from_str(both(kind).library.to_str())


@pytest.mark.parametrize("kind", ["roberta-base", "unigram"])
@settings(max_examples=80, deadline=None)
@given(
    text=any_text,
    pair=st.none() | any_text,
    repeats=st.tuples(st.integers(0, 4), st.integers(0, 4)),
    max_tokens=st.integers(4, 40),
)
def test_the_cut_is_that_of_the_library(
    kind: Kind, text: str, pair: str | None, repeats: tuple[int, int], max_tokens: int
) -> None:
    ours, _ = both(kind)
    text *= repeats[0]
    pair = None if pair is None else pair * repeats[1]
    expect_cut_of_library(kind, ours, text, pair, max_tokens)


def expect_cut_of_library(
    kind: Kind, ours: TextTokenizer, text: str, pair: str | None, max_tokens: int
) -> None:
    """Compare with the library's own truncation, and with our tokens of the whole text."""
    cutting = _cutting(kind)
    cutting.enable_truncation(max_tokens, strategy="longest_first")
    whole = ours.tokenize(text, pair)
    kept, dropped = ours.tokenize_cut(text, pair, max_tokens)
    assert [token.id for token in kept] == cutting.encode(text, pair).ids
    assert [token.index for token in kept] == list(range(len(kept)))
    assert dropped == len(whole) - len(kept)
    expect_beginnings(whole, kept)


def expect_beginnings(whole: tuple[Token, ...], kept: tuple[Token, ...]) -> None:
    """Expect that of each segment the first tokens are kept, as they were but for their index."""
    for segment in (0, 1, None):
        of_whole = (token for token in whole if token.segment == segment)
        for one in kept:
            if one.segment == segment:
                assert one == replace(next(of_whole), index=one.index)


def test_a_cut_without_room_for_special_tokens_is_refused() -> None:
    tokenizer = both("mini").ours
    with pytest.raises(problems.BadArgument, match="no room for the 2 special"):
        tokenizer.tokenize_cut("A cat", None, 1)


_AWKWARD = "It's <mask> 😀 naïve…  <s>\n\n x\x1c\u00a0y שלום\t 1,000,000 "
_MANY = _AWKWARD * (LONG // len(_AWKWARD) + 100)


@pytest.mark.parametrize(
    ("kind", "text", "pair"),
    [
        ("roberta-base", _MANY, None),
        ("roberta-base", _MANY, "A short pair."),
        ("roberta-base", _MANY, _MANY + "and more"),
        ("roberta-base", "Short.", _MANY),
        ("roberta-base", "x" * (LONG + 1), None),
        ("prefix space", _MANY, None),
        ("unigram", _MANY, "A short pair."),
    ],
    ids=["alone", "before", "both", "after", "one word", "prefix space", "unigram"],
)
def test_a_very_long_text_is_counted_as_if_it_were_cut_whole(
    kind: Kind, text: str, pair: str | None
) -> None:
    ours = both(kind).ours
    whole = ours.tokenize(text, pair)
    kept, dropped = ours.tokenize_cut(text, pair, 101)
    n_special, *sizes = (
        sum(token.segment == segment for token in whole) for segment in (None, 0, 1)
    )
    shares = longest_first(sizes, 101 - n_special)
    assert (len(kept), dropped) == (101, len(whole) - 101)
    expect_beginnings(whole, kept)
    assert tuple(sum(token.segment == one for token in kept) for one in (0, 1)) == shares


def test_counting_a_very_long_text_can_be_stopped() -> None:
    with pytest.raises(problems.Stopped):
        both("mini").ours.tokenize_cut(_MANY, None, 512, stop=lambda: True)


@pytest.mark.parametrize("kind", BYTE_LEVEL)
def test_every_row_is_spelled_as_the_library_decodes_it(kind: Kind) -> None:
    ours, library = both(kind)
    for row in range(ours.vocab_size):
        text, leading_space = ours.spell(row)
        decoded = library.decode([row], skip_special_tokens=False)
        whole = (" " if leading_space else "") + text
        if whole != decoded:  # part of a character, which the library cannot decode
            assert "\ufffd" in decoded
            assert "⟨" in text
            assert text.isprintable()


@pytest.mark.parametrize(
    ("kind", "row", "expected"),
    [
        ("roberta-base", "ĠðŁĺ", ("⟨F0 9F 98⟩", True)),
        ("roberta-base", "Ġ", (" ", False)),
        ("roberta-base", "Ċ", ("\n", False)),
        ("roberta-base", "<mask>", ("<mask>", False)),
        ("unigram", "▁cat", ("cat", True)),
        ("unigram", "<s>", ("<s>", False)),
    ],
)
def test_rows_that_are_hard_to_read_are_spelled_out(
    kind: Kind, row: str, expected: tuple[str, bool]
) -> None:
    ours, library = both(kind)
    token_id = library.token_to_id(row)
    assert token_id is not None
    assert ours.spell(token_id) == expected


def test_a_row_that_only_the_model_has_is_spelled_by_its_number() -> None:
    assert both("roberta-base").ours.spell(60000) == ("⟨row 60000⟩", False)


def test_special_tokens_are_found_by_the_names_that_the_checkpoint_gives() -> None:
    renamed = unigram_tokenizer("xlm-roberta").to_str().replace("<mask>", "[hidden]")
    tokenizer = TextTokenizer(renamed, {"mask_token": "[hidden]"})
    assert tokenizer.mask_token == "[hidden]"
    assert [token.text for token in tokenizer.tokenize("a [hidden]") if token.is_mask] == [
        "[hidden]"
    ]
    assert TextTokenizer(renamed).mask_id is None


def test_many_threads_may_share_one_tokenizer() -> None:
    tokenizer = TextTokenizer(ROBERTA_TOKENIZER.read_text(encoding="utf-8"))
    texts = [f"Sentence {number} é 😀 <mask>" for number in range(200)]
    expected = [tokenizer.tokenize(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(tokenizer.tokenize, texts)) == expected


@pytest.mark.parametrize("content", ["", "[]", '{"version": "1.0"}', '{"model": {"type": "?"}}'])
def test_a_damaged_description_is_a_problem(content: str) -> None:
    with pytest.raises(problems.BrokenCheckpoint, match="does not describe a tokenizer"):
        TextTokenizer(content)


def test_tokenizing_and_listing_cached_models_load_no_torch() -> None:
    script = f"""
import sys
from pathlib import Path
from roberta_gui.engine.checkpoints import hub
from roberta_gui.engine.tokens import text_tokenizer as tokens
description = Path({str(ROBERTA_TOKENIZER)!r}).read_text(encoding="utf-8")
tokens.TextTokenizer(description).tokenize("A cat.")
hub.cached_models()
print(sorted({{"torch", "transformers", "PySide6"}} & set(sys.modules)))
"""
    finished = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=_PACKAGE.parent,
    )
    assert finished.stdout.strip() == "[]"


@pytest.fixture
def doubling() -> TextTokenizer:
    """Build a tokenizer whose rules make a million letters of an x: half a second of work.

    The mask, which every tokenizer is asked for as it is made, has none in it.
    """
    library = Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>"))
    library.normalizer = normalizers.Sequence([normalizers.Replace("x", "xx")] * 20)
    return TextTokenizer(library.to_str())


def test_rules_that_take_too_long_are_given_up(
    doubling: TextTokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokenizer_description, "PATIENCE_S", 0.0)

    with pytest.raises(problems.BrokenCheckpoint, match="takes too long"):
        doubling.tokenize("x")
    with pytest.raises(problems.BrokenCheckpoint, match="takes too long"):
        doubling.row_of("x")
    assert len(doubling.tokenize("quick")) == 1


def test_rules_that_take_long_can_be_stopped(doubling: TextTokenizer) -> None:
    asked = iter([False, True])

    with pytest.raises(problems.Stopped):
        doubling.tokenize_cut("x", None, 9, lambda: next(asked))
