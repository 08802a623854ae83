"""Heads that are switched off and a second sentence, as the View keeps them."""

from dataclasses import replace

import pytest

from roberta_gui import view as transitions
from roberta_gui.records import Ablation, Analysis, Run
from roberta_gui.right_side import RightSide
from roberta_gui.view import View
from tests.made_up import make_analysis, make_model, make_tokens

HEAD, OTHER = (1, 2), (0, 0)


def passed(
    text: str = "a", off: frozenset[tuple[int, int]] = frozenset(), ablation: Ablation = "zero"
) -> Analysis:
    analysis = make_analysis([11, 12], text=text)
    request = replace(analysis.request, switched_off=off, ablation=ablation)
    return replace(analysis, request=request)


def shown(text: str = "a") -> View:
    analysis = passed(text)
    return View(Run.of(analysis))


def test_switching_a_head_off_leaves_a_stale_picture_until_the_pass_is_there() -> None:
    view = transitions.toggled_heads(shown(), [HEAD])
    assert view.switched_off == {HEAD}
    assert view.is_stale

    baseline = view.analysis
    view = transitions.with_analysis(view, passed(off=frozenset({HEAD})), baseline)

    assert not view.is_stale
    assert view.baseline is baseline


def test_switching_it_on_again_brings_the_very_same_analysis_back() -> None:
    before = shown()
    view = transitions.toggled_heads(before, [HEAD])
    view = transitions.with_analysis(view, passed(off=view.switched_off), before.analysis)

    view = transitions.toggled_heads(view, [HEAD])

    assert view.analysis is before.analysis
    assert (view.baseline, view.switched_off, view.is_stale) == (None, frozenset(), False)


def test_switching_back_before_the_pass_came_changes_nothing() -> None:
    before = shown()

    view = transitions.toggled_heads(transitions.toggled_heads(before, [HEAD]), [HEAD])

    assert view == before


def test_several_heads_are_toggled_at_once_each_by_its_own_state() -> None:
    view = transitions.toggled_heads(shown(), [HEAD])

    assert transitions.toggled_heads(view, [HEAD, OTHER]).switched_off == {OTHER}


def test_another_way_of_switching_off_asks_for_another_pass() -> None:
    view = transitions.toggled_heads(shown(), [HEAD])
    view = transitions.with_analysis(view, passed(off=view.switched_off), view.analysis)

    assert transitions.with_ablation(view, "mean").is_stale


def test_how_heads_are_switched_off_matters_only_while_one_is() -> None:
    assert not transitions.with_ablation(shown(), "mean").is_stale


def test_heads_and_what_they_give_are_put_back_together() -> None:
    view = transitions.with_switches(shown(), [(0, 1)], "mean")
    restored = transitions.with_switches(view, [], "zero")

    assert view.switched_off == {(0, 1)}
    assert view.ablation == "mean"
    assert restored.switched_off == frozenset()
    assert restored.ablation == "mean"  # nobody chose another way


def test_another_model_has_all_its_heads_on() -> None:
    view = transitions.toggled_heads(shown(), [HEAD])
    view = transitions.with_analysis(view, passed(off=view.switched_off), view.analysis)

    view = transitions.with_model(view, make_model(name="another"))

    assert (view.switched_off, view.baseline) == (frozenset(), None)


def test_the_same_model_elsewhere_keeps_its_heads_off() -> None:
    view = transitions.toggled_heads(shown(), [HEAD])
    assert view.model is not None

    elsewhere = transitions.with_model(view, replace(view.model, device="cuda", dtype="bfloat16"))
    smaller = transitions.with_model(view, replace(view.model, n_layers=2))

    assert elsewhere.switched_off == {HEAD}
    assert elsewhere.is_stale
    assert smaller.switched_off == frozenset()


@pytest.mark.parametrize(("text", "is_stale"), [("b", False), ("other", True)])
def test_a_second_sentence_is_stale_until_its_own_pass_is_there(text: str, is_stale: bool) -> None:
    view = transitions.with_second_typed(shown(), Run("b", make_tokens([11])))
    assert view.second is not None
    assert view.second.is_stale

    view = transitions.with_second_analysis(view, passed(text))

    assert view.second is not None
    assert view.second.is_stale is is_stale


def test_typing_on_keeps_the_second_sentences_old_pass() -> None:
    view = transitions.with_second_typed(shown(), Run("b", ()))
    view = transitions.with_second_analysis(view, analysis := passed("b"))

    view = transitions.with_second_typed(view, Run("bc", ()))

    assert view.second is not None
    assert view.second.analysis is analysis
    assert view.second.is_stale


def test_a_pass_that_comes_after_the_comparison_ended_is_dropped() -> None:
    view = transitions.with_second_typed(shown(), Run("b", ()))
    view = transitions.with_second_typed(view, None)

    assert transitions.with_second_analysis(view, passed("b")).second is None


def test_the_right_side_is_chosen_in_one_place_by_one_rule() -> None:
    off, none = frozenset({HEAD}), frozenset[tuple[int, int]]()
    other = make_model(name="other")
    a = replace(Run.of(passed(off=off)), ablation="mean")
    b = Run("b", make_tokens([11]))

    assert RightSide().of(replace(a, switched_off=none), b) is None
    same = RightSide().of(a, b)
    assert same is not None
    assert (same.text, same.tokens, same.model, same.switched_off) == (
        a.text, a.tokens, a.model, none,
    )  # fmt: skip
    for chosen in (RightSide(has_sentence=True), RightSide(model=other)):
        second = chosen.of(a, b)
        every = replace(chosen, every_head_on=True).of(a, b)
        assert second is not None
        assert every is not None
        assert (second.text, second.model) == ("b", chosen.model or a.model)
        assert (second.switched_off, second.ablation) == (off, "mean")
        assert every.switched_off == none


def test_two_passes_are_compared_once_and_only_where_they_belong_together() -> None:
    view = transitions.with_second(shown(), Run.of(passed("b")))
    known = view.comparison
    assert known is not None
    assert (known.a, known.b) == (view.analysis, view.against and view.against.analysis)
    assert transitions.with_layer(view, 1).comparison is known

    less = transitions.with_switched_off(view, [HEAD])
    less = transitions.with_analysis(less, passed(off=frozenset({HEAD})))
    assert less.comparison is None  # B's pass has that head on
    asked = transitions.with_right_side(less, every_head_on=True)
    assert asked.comparison is not None
    assert asked.comparison.b is known.b
    assert transitions.with_model(view, make_model(name="another")).comparison is None
    assert transitions.with_second_typed(view, None).comparison is None


def test_what_one_kind_of_right_side_had_computed_is_none_of_the_others() -> None:
    view = transitions.toggled_heads(shown(), [HEAD])
    view = transitions.with_analysis(view, passed(off=view.switched_off), view.analysis)

    view = transitions.with_second_typed(view, Run("b", make_tokens([11])))

    assert view.second is not None
    assert view.second.analysis is None
    assert view.baseline is None
