"""Pure transitions: every index fits the analysis, and nothing is shown that is not there."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roberta_gui import lanes
from roberta_gui import view as transitions
from roberta_gui.choices import Choices
from roberta_gui.problems import NoNetwork
from roberta_gui.records import AnalysisRequest, Run
from roberta_gui.selection import Selection
from roberta_gui.view import Derived, Progress, View
from tests.made_up import make_analysis, make_model, make_tokens
from tests.made_up_tokens import MASK_ID

Transition = Callable[[View], View]

OFFLINE = NoNetwork("The hub cannot be reached.", "Look at the network.")


def shown(*ids: int, **selected: Any) -> View:
    """Make a View of a sentence, with this selection."""
    return View(Run.of(make_analysis(ids)), selection=Selection(**selected))


def typed(text: str) -> Run:
    return Run(text, make_tokens([]))


def test_a_view_of_nothing_is_legal_and_fresh() -> None:
    view = View()

    assert (view.analysis, view.model, dict(view.problems)) == (None, None, {})
    assert view == View()
    assert not view.is_stale
    assert view.selection.token is None


@pytest.mark.parametrize(("layer", "attention_layer"), [(0, 0), (1, 0), (3, 2)])
def test_the_embedding_output_shows_the_first_layers_attention(
    layer: int, attention_layer: int
) -> None:
    assert Selection(layer=layer, head=2).attention_layer == attention_layer
    assert Selection(layer=layer, head=2).shown_head == (attention_layer, 2)


def test_a_hovered_head_is_previewed_until_the_pointer_leaves() -> None:
    view = transitions.with_hovered_head(shown(11, layer=2, head=3), (0, 1))
    assert view.selection.shown_head == (0, 1)

    view = transitions.with_hovered_head(view, None)
    assert view.selection.shown_head == (1, 3)


def test_the_first_head_of_all_can_be_hovered() -> None:
    view = transitions.with_hovered_head(shown(11, layer=2, head=3), (0, 0))

    assert view.selection.shown_head == (0, 0)


def test_there_is_one_pointer() -> None:
    view = transitions.with_hovered_head(shown(11, 12), (0, 1))
    view = transitions.with_hovered_token(view, 2)
    assert (view.selection.hovered_token, view.selection.hovered_head) == (2, None)

    view = transitions.with_hovered_head(view, (0, 1))
    assert (view.selection.hovered_token, view.selection.hovered_head) == (None, (0, 1))


@pytest.mark.parametrize(
    "choose", [lambda v: transitions.with_layer(v, 2), lambda v: transitions.with_head(v, 1, 2)]
)
def test_choosing_a_layer_or_head_ends_the_preview(choose: Transition) -> None:
    view = choose(transitions.with_hovered_head(shown(11), (0, 1)))

    assert view.selection.hovered_head is None
    assert view.selection.layer == 2


@pytest.mark.parametrize(
    ("layers", "heads", "arrived"),
    [
        (1, 0, (2, 1)),
        (0, 1, (1, 2)),
        (1, -1, (2, 0)),
        (-1, 0, (0, 1)),
        (9, 9, (3, 3)),
        (-9, 0, (0, 1)),
    ],
)
def test_travelling_goes_as_far_as_there_are_layers_and_heads(
    layers: int, heads: int, arrived: tuple[int, int]
) -> None:
    view = transitions.travelled(shown(11, layer=1, head=1, hovered_head=(2, 2)), layers, heads)

    assert view.selection == Selection(layer=arrived[0], head=arrived[1])


def test_another_head_at_the_embedding_output_leaves_the_layer_alone() -> None:
    view = transitions.travelled(shown(11, layer=0, head=1), 0, 1)

    assert view.selection == Selection(layer=0, head=2)


def test_fewer_layers_heads_and_tokens_clamp_the_selection() -> None:
    view = shown(11, 12, 13, layer=3, head=3, tokens=(1, 4), hovered_head=(2, 3))
    smaller = make_analysis([21], model=make_model(n_layers=1, n_heads=2))

    selection = transitions.with_analysis(view, smaller).selection

    assert (selection.layer, selection.head) == (1, 1)
    assert selection.hovered_head is None
    assert selection.tokens == (2,)  # </s> stayed, the first word did not


@pytest.mark.parametrize(
    ("asked", "chosen"), [(-1, 0), (0, 0), (3, 3), (4, 3)], ids=["below", "emb", "last", "above"]
)
def test_layers_count_from_the_embedding_output(asked: int, chosen: int) -> None:
    assert transitions.with_layer(shown(11), asked).selection.layer == chosen


@pytest.mark.parametrize("head", [(-1, 0), (0, -1), (3, 0), (0, 4)])
def test_a_head_that_is_not_there_is_not_previewed(head: tuple[int, int]) -> None:
    assert transitions.with_hovered_head(shown(11), head).selection.hovered_head is None


@pytest.mark.parametrize("token", [-1, 3])
def test_a_token_that_is_not_there_is_neither_hovered_nor_locked(token: int) -> None:
    view = transitions.with_hovered_token(shown(11), token)
    view = transitions.with_token(view, token)

    assert view.selection == Selection()


def test_a_new_analysis_ends_the_hover_of_a_token_and_the_problem_of_its_lane() -> None:
    view = shown(11, hovered_token=1)
    for lane in (lanes.SENTENCE, lanes.MODEL):
        view = transitions.with_problem(view, lane, OFFLINE)

    view = transitions.with_analysis(view, make_analysis([11]))

    assert view.selection.hovered_token is None
    assert dict(view.problems) == {lanes.MODEL: OFFLINE}


def test_problems_stand_by_lane_newest_last_until_they_are_put_right() -> None:
    view = View()
    for lane in (lanes.MODEL, lanes.SENTENCE, lanes.MODEL):
        view = transitions.with_problem(view, lane, OFFLINE)
    assert list(view.problems) == [lanes.SENTENCE, lanes.MODEL]

    for lane in (lanes.MODEL, lanes.SENTENCE):
        view = transitions.with_problem(view, lane, None)
    assert view == View()


def test_of_several_lanes_the_first_with_a_problem_is_told() -> None:
    view = transitions.with_problem(View(), lanes.SENTENCE, OFFLINE)

    assert view.problem_of(lanes.MODEL, lanes.SENTENCE) is OFFLINE
    assert view.problem_of(lanes.MODEL, lanes.AXES) is None


def test_pictures_are_stale_while_text_or_model_differ() -> None:
    model, analysis = make_model(), make_analysis([11], text="here")
    view = View(Run.of(replace(analysis, model=model)))
    assert not view.is_stale

    assert transitions.with_typed(view, typed("there")).is_stale
    assert transitions.with_model(view, make_model(name="another")).is_stale
    assert not View(replace(typed("there"), model=model)).is_stale


def test_the_second_text_of_a_pair_is_run_and_makes_a_pass_stale_as_the_first_does() -> None:
    analysis = make_analysis([11], text="here")
    analysis = replace(analysis, request=AnalysisRequest("here", "there"))
    run = Run.of(analysis)

    assert run.request == analysis.request
    assert not run.is_stale
    assert replace(run, pair="elsewhere").is_stale
    assert transitions.with_typed(View(run), typed("here")).is_stale
    shown = transitions.with_analysis(View(Run(model=analysis.model)), analysis)
    assert shown.run.request == analysis.request
    twice = transitions.with_right_side(View(run), model=make_model(name="another"))
    twice = transitions.with_second_tokens(twice, run)
    assert twice.against is not None
    assert twice.against.request == analysis.request
    assert analysis.fingerprint != make_analysis([11], text="here").fingerprint


def test_another_model_forgets_axes_and_its_problem_and_keeps_the_old_picture() -> None:
    view = transitions.with_problem(shown(11), lanes.MODEL, OFFLINE)
    axes = cast("Any", object())
    view = replace(view, axes=axes)
    assert view.axes is axes

    changed = transitions.with_model(view, make_model(name="another"))

    assert (changed.axes, dict(changed.problems)) == (None, {})
    assert changed.analysis is view.analysis
    assert changed.model is not None
    assert changed.model.name == "another"


def test_progress_is_kept_by_lane_until_it_ends() -> None:
    view = transitions.with_progress(View(), lanes.MODEL, Progress("Reading"))
    view = transitions.with_progress(view, lanes.AXES, Progress("Fitting", 0.5))
    view = transitions.with_progress(view, lanes.MODEL, None)

    assert dict(view.progress) == {lanes.AXES: Progress("Fitting", 0.5)}
    assert transitions.with_progress(view, lanes.AXES, None) == View()


def test_derived_values_are_kept_by_panel() -> None:
    first, second, newer = Derived("k", 1), Derived("k", 2), Derived("k", 3)
    view = transitions.with_derived(View(), "heads", first)
    view = transitions.with_derived(view, "states", second)
    view = transitions.with_derived(view, "heads", newer)

    assert dict(view.derived) == {"heads": newer, "states": second}


def test_a_view_cannot_be_written_through_its_mappings() -> None:
    view = transitions.with_derived(View(), "heads", Derived("k", 1))

    with pytest.raises(TypeError):
        view.derived["heads"] = Derived("k", 2)  # type: ignore[index]


def test_display_changes_one_thing_and_refuses_unknown_ones() -> None:
    view = transitions.with_chosen(View(), "attention", scale="log")

    assert view.choices == Choices().chosen("attention", scale="log")
    with pytest.raises(TypeError):
        transitions.with_chosen(view, "attention", colour="red")


indexes = st.integers(-2, 9)
maybe_index = st.none() | indexes
heads = st.tuples(indexes, indexes)
actions: st.SearchStrategy[Transition] = st.one_of(
    st.builds(
        lambda ids, layers, n_heads: (
            lambda view: transitions.with_analysis(
                view, make_analysis(ids, model=make_model(n_layers=layers, n_heads=n_heads))
            )
        ),
        st.lists(st.sampled_from([11, 12, 13, MASK_ID]), max_size=7),
        st.integers(1, 4),
        st.integers(1, 4),
    ),
    indexes.map(lambda layer: lambda view: transitions.with_layer(view, layer)),
    heads.map(lambda head: lambda view: transitions.with_head(view, *head)),
    heads.map(lambda way: lambda view: transitions.travelled(view, *way)),
    st.tuples(maybe_index, st.booleans()).map(
        lambda click: lambda view: transitions.with_token(view, click[0], extend=click[1])
    ),
    indexes.map(lambda mask: lambda view: transitions.with_mask(view, mask)),
    maybe_index.map(lambda token: lambda view: transitions.with_hovered_token(view, token)),
    (st.none() | heads).map(lambda head: lambda view: transitions.with_hovered_head(view, head)),
    st.just(transitions.cleared),
)


@given(st.lists(actions, max_size=20))
def test_no_sequence_of_transitions_leaves_an_index_outside_the_analysis(
    sequence: list[Transition],
) -> None:
    view = View()
    for action in sequence:
        view = action(view)
        if view.analysis is None:
            continue
        selection, analysis = view.selection, view.analysis
        layer, head = selection.shown_head
        n_layers, n_heads, n_tokens = analysis.attention.shape[:3]
        assert 0 <= selection.layer < len(analysis.hidden)
        assert 0 <= layer < n_layers
        assert 0 <= head < n_heads
        assert 0 <= selection.head < n_heads
        assert 0 <= selection.mask < max(len(analysis.fills), 1)
        assert set(selection.tokens) <= set(range(n_tokens))
        assert len(set(selection.tokens)) == len(selection.tokens)
        assert selection.hovered_token in (None, *range(n_tokens))


def test_what_a_hidden_panel_computed_is_let_go() -> None:
    view = transitions.with_derived(View(), "heads", Derived("key", "value"))
    view = transitions.with_derived(view, "hidden", Derived("key", "value"))

    assert list(transitions.with_derived(view, "heads", None).derived) == ["hidden"]


def test_a_second_sentence_is_stale_until_its_pass_fits_text_model_and_heads() -> None:
    first = make_analysis([11], text="a")
    view = transitions.with_model(View(), first.model)
    view = transitions.with_analysis(transitions.with_typed(view, Run("a", first.tokens)), first)
    assert not view.is_second_stale  # there is none

    view = transitions.with_second_typed(view, Run("b", first.tokens))
    assert view.is_second_stale
    view = transitions.with_second_analysis(view, make_analysis([12], text="b"))
    assert not view.is_second_stale
    assert transitions.with_second_typed(view, Run("c", first.tokens)).is_second_stale
    assert transitions.toggled_heads(view, [(0, 0)]).is_second_stale
    assert transitions.with_model(view, make_model(name="other")).is_second_stale
    assert not view.is_stale
