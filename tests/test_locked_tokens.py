"""Locked tokens and the listed mask: by clicks, by lasso, and through an edit of the text."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roberta_gui import view as transitions
from roberta_gui.records import Run
from roberta_gui.selection import Selection, carried_values
from roberta_gui.view import View
from tests.made_up import make_analysis
from tests.made_up_tokens import MASK_ID


def shown(*ids: int, **selected: Any) -> View:
    """Make a View of a sentence, with this selection."""
    return View(Run.of(make_analysis(ids)), selection=Selection(**selected))


@pytest.mark.parametrize(
    ("before", "after", "locked", "carried"),
    [
        pytest.param([11, 12], [10, 11, 12], (1, 2), (2, 3), id="insert before"),
        pytest.param([11, 12], [11, 10, 12], (1, 2), (1, 3), id="insert between"),
        pytest.param([11, 12], [11, 12, 13], (2, 3), (2, 4), id="insert after, </s> moves"),
        pytest.param([11, 12, 13], [12, 13], (1, 3), (2,), id="delete before, and the token"),
        pytest.param([11, 12, 13], [11, 13], (2,), (), id="delete the token"),
        pytest.param([11, 12, 13], [11, MASK_ID, 13], (2, 3), (2, 3), id="replace in place"),
        pytest.param([11, 12, 13], [11, 21, 22, 13], (2, 3), (4,), id="one becomes two"),
        pytest.param([7, 7], [7, 7, 7], (1, 3), (1, 4), id="a word said again"),
        pytest.param([7, 7, 7], [7, 7], (4, 1), (3, 1), id="a repeated word goes, order kept"),
        pytest.param([7, 7, 7], [7, 7], (2, 3), (2,), id="never two locks on one token"),
        pytest.param([11, 12], [], (0, 1, 3), (0, 1), id="all deleted"),
    ],
)
def test_locked_tokens_are_carried_through_an_edit(
    before: list[int], after: list[int], locked: tuple[int, ...], carried: tuple[int, ...]
) -> None:
    view = transitions.with_analysis(shown(*before, tokens=locked), make_analysis(after))

    assert view.selection.tokens == carried


def test_tokens_locked_before_the_first_analysis_stay_locked() -> None:
    view = transitions.with_token(View(), 2)

    assert transitions.with_analysis(view, make_analysis([11, 12])).selection.tokens == (2,)


def test_the_same_sentence_again_keeps_every_token_locked() -> None:
    view = transitions.with_analysis(shown(11, 12, tokens=(0, 2, 3)), make_analysis([11, 12]))

    assert view.selection.tokens == (0, 2, 3)


@given(st.data())
def test_any_splice_moves_locked_tokens_as_it_moves_list_items(data: st.DataObject) -> None:
    n_old = data.draw(st.integers(0, 12))
    start = data.draw(st.integers(0, n_old))
    stop = data.draw(st.integers(start, n_old))
    fresh = list(range(500, 500 + data.draw(st.integers(0, 5))))
    old = list(range(100, 100 + n_old))
    new = [*old[:start], *fresh, *old[stop:]]
    locked = tuple(data.draw(st.permutations(range(1, n_old + 1))))

    carried = transitions.with_analysis(shown(*old, tokens=locked), make_analysis(new)).selection

    in_place = len(new) == len(old)
    expected = [
        index if in_place else new.index(old[index - 1]) + 1
        for index in locked
        if in_place or old[index - 1] in new
    ]
    assert carried.tokens == tuple(expected)


def test_a_click_locks_one_token_and_a_second_lets_it_go() -> None:
    view = transitions.with_token(shown(11, 12), 1)
    assert view.selection.tokens == (1,)

    view = transitions.with_token(view, 2)
    assert view.selection.tokens == (2,)

    assert transitions.with_token(view, 2).selection.tokens == ()


def test_extending_adds_removes_and_keeps_the_order_of_clicks() -> None:
    view = shown(11, 12, 13)
    for token in (3, 1, 2, 1):
        view = transitions.with_token(view, token, extend=True)

    assert view.selection.tokens == (3, 2)
    assert view.selection.token == 2


def test_a_plain_click_on_one_of_several_keeps_only_that_one() -> None:
    view = transitions.with_token(shown(11, 12, tokens=(1, 2)), 1)

    assert view.selection.tokens == (1,)


def test_no_token_lets_all_go() -> None:
    assert transitions.with_token(shown(11, 12, tokens=(1, 2)), None).selection.tokens == ()


def test_locking_a_mask_lists_its_guesses() -> None:
    view = shown(MASK_ID, 12, MASK_ID)

    view = transitions.with_token(view, 3)
    assert (view.selection.mask, view.selection.tokens) == (1, (3,))

    view = transitions.with_token(view, 2)
    assert view.selection.mask == 1


@pytest.mark.parametrize(("asked", "chosen"), [(-1, 0), (1, 1), (7, 1)])
def test_a_mask_is_chosen_among_those_there_are(asked: int, chosen: int) -> None:
    assert transitions.with_mask(shown(MASK_ID, MASK_ID), asked).selection.mask == chosen
    assert transitions.with_mask(shown(11), asked).selection.mask == 0


def test_clear_lets_go_of_what_is_locked_and_hovered_but_keeps_the_head() -> None:
    view = shown(11, layer=2, head=1, tokens=(1,), hovered_token=1, hovered_head=(0, 0))

    assert transitions.cleared(view).selection == Selection(layer=2, head=1)


def test_ids_of_another_vocabulary_are_not_followed() -> None:
    view = shown(11, 12, 13, tokens=(2,))
    other = make_analysis([11, 12, 13])
    other = replace(other, model=replace(other.model, tokenizer_sha256="another"))

    assert transitions.with_analysis(view, other).selection.tokens == ()


def test_choosing_a_mask_locks_its_token_so_that_every_panel_shows_which() -> None:
    view = transitions.with_mask(shown(MASK_ID, 11, MASK_ID, tokens=(2,)), 1)

    assert view.selection.tokens == (3,)


def test_a_locked_mask_is_the_listed_one_in_the_next_analysis() -> None:
    view = shown(MASK_ID, 11, MASK_ID, tokens=(3,), mask=0)

    view = transitions.with_analysis(view, make_analysis([MASK_ID, 11, MASK_ID]))

    assert (view.selection.tokens, view.selection.mask) == ((3,), 1)


def test_the_listed_mask_is_followed_by_its_place() -> None:
    view = shown(11, MASK_ID, 12)

    another_before = transitions.with_analysis(view, make_analysis([MASK_ID, 10, 11, MASK_ID, 12]))
    assert another_before.selection.mask == 1

    filled_in = transitions.with_analysis(another_before, make_analysis([MASK_ID, 10, 11, 9, 12]))
    assert filled_in.selection.mask == 0


def test_a_lasso_locks_its_tokens_and_no_others() -> None:
    view = transitions.with_tokens(shown(11, 12, 13, tokens=(0,)), (3, 1, 3, 99))

    assert view.selection.tokens == (3, 1)
    assert view.selection.token == 1


def test_a_lasso_around_nothing_lets_all_go() -> None:
    assert transitions.with_tokens(shown(11, 12, tokens=(1,)), ()).selection.tokens == ()


def test_values_of_tokens_stay_with_those_before_and_behind_an_edit() -> None:
    before, after = make_analysis([11, 12, 13]).tokens, make_analysis([11, 21, 22, 13]).tokens
    carried = carried_values(np.array([0.0, 1.0, 2.0, 3.0, 4.0]), before, after)

    np.testing.assert_array_equal(carried, [0.0, 1.0, np.nan, np.nan, 3.0, 4.0])


def test_values_of_a_text_that_has_changed_to_its_end_are_unknown_from_there() -> None:
    before = make_analysis([11, 12]).tokens
    after = (*before[:2], *make_analysis([13, 14]).tokens[1:3])

    moved = carried_values(np.array([0.5, 1.0, 2.0, 4.0]), before, after)

    np.testing.assert_array_equal(moved, [0.5, 1.0, np.nan, np.nan])
