"""Which tokens of two sentences stand alone: none of one sentence, the same from either side."""

from dataclasses import replace

from roberta_gui.gui.sentence.token_alignment import TokenAlignment
from roberta_gui.records import Run
from roberta_gui.view import View, with_second, with_switched_off
from tests.made_up import made_up_analysis

A, B = "The cat sat there", "The cat and the dog sat there"


def typed(text: str) -> Run:
    """Make up tokens in which equal words have equal ids."""
    tokens = made_up_analysis(text).tokens
    ids = [3 + sum(map(ord, token.text)) for token in tokens]
    return Run(text, tuple(replace(t, id=i) for t, i in zip(tokens, ids, strict=True)))


def test_one_sentence_has_no_partners_and_no_token_without_one() -> None:
    partners, view = TokenAlignment(), View(typed(A))

    assert partners.of(view) is None
    assert partners.alone(view, 0) == ()


def test_what_only_one_of_two_has_stands_alone_in_it() -> None:
    partners = TokenAlignment()
    view = with_second(View(typed(A)), typed(B))

    assert partners.alone(view, 0) == ()
    assert partners.alone(view, 1) == (3, 4, 5)  # "and the dog"
    other = with_second(View(typed(B)), typed(A))
    assert (partners.alone(other, 0), partners.alone(other, 1)) == ((3, 4, 5), ())


def test_two_sentences_are_aligned_once_however_often_their_partners_are_asked_for() -> None:
    partners = TokenAlignment()
    view = with_second(View(typed(A)), typed(B))

    first = partners.second_of(view)

    assert first == {0: 0, 1: 1, 2: 2, 3: 6, 4: 7, 5: 8}
    assert partners.second_of(with_switched_off(view, [(0, 0)])) is first
    assert partners.second_of(with_second(view, typed(A))) == {n: n for n in range(6)}
    assert partners.second_of(View(typed(A))) == {}
