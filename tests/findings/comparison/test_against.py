"""What A is held against has one name and one sentence, whatever it is."""

from dataclasses import replace

import pytest

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.comparison.against import (
    Sides,
    beside_layer,
    describe_b,
    describe_depth,
    describe_likelier,
    describe_not_comparable,
    layer_of_b,
    names_of,
)
from roberta_gui.records import Analysis
from tests.made_up import make_analysis, make_model


def passed(text: str = "one", model: str = "tiny", *, off: bool = False) -> Analysis:
    analysis = make_analysis([11, 12], text=text, model=make_model(name=model))
    heads = frozenset({(0, 1)}) if off else frozenset()
    return replace(analysis, request=replace(analysis.request, switched_off=heads))


A, OFF, LARGE = passed(), passed(off=True), passed(model="large")
NAMESAKE = replace(A, model=replace(A.model, weights_sha256="another"))


@pytest.mark.parametrize(
    ("a", "b", "sides", "said"),
    [
        (OFF, A, Sides("1 head off", "every head on", "with 1 head off", "with every head on"),
         "Held against the same sentence with every head on (B)."),
        (A, passed("two."), Sides(), "B: “two.”"),
        (A, A, Sides(), "B: “one”."),
        (OFF, passed("two"), Sides("A", "B, every head on", "in A", "in B with every head on"),
         "B with every head on: “two”."),
        (A, LARGE, Sides("tiny", "large", "in tiny", "in large"),
         "Held against the same sentence in large (B)."),
        (OFF, LARGE,
         Sides("tiny", "large, every head on", "in tiny", "in large with every head on"),
         "Held against the same sentence in large with every head on (B)."),
        (A, passed("two", "large"), Sides("A", "B (large)", "in A", "in B (large)"),
         "B in large: “two”."),
        (A, NAMESAKE, Sides("tiny (A)", "tiny (B)", "in tiny (A)", "in tiny (B)"),
         "Held against the same sentence in tiny (B)."),
    ],
)  # fmt: skip
def test_both_sides_of_every_mixture_are_named_and_said(
    a: Analysis, b: Analysis, sides: Sides, said: str
) -> None:
    comparison = Comparison(a, b)

    assert names_of(comparison) == sides
    assert describe_b(comparison) == said


def test_without_a_comparison_the_sides_are_a_and_b() -> None:
    assert names_of(None) == Sides()


def test_a_word_is_likelier_on_the_side_that_is_named() -> None:
    sides = names_of(Comparison(A, LARGE))

    assert describe_likelier(1.25, sides, 1) == "1.2 bits likelier in tiny"
    assert describe_likelier(-1.26, sides, 1) == "1.3 bits likelier in large"
    assert describe_likelier(0.001, sides) == "as likely in tiny as in large"


def test_of_models_of_other_depth_it_is_said_which_layer_stands_against_which() -> None:
    deep = make_analysis([11, 12], text="one", model=replace(make_model(name="large"), n_layers=4))
    comparison = Comparison(A, deep)

    n_layers = len(A.hidden) - 1
    pairs = [f"{layer}–{comparison.layers[layer]}" for layer in range(1, n_layers + 1)]
    assert pairs[-1] == f"{n_layers}–4"
    told = f"Layers in tiny stand against those as deep in large: {', '.join(pairs)}."
    assert describe_depth(comparison) == told
    assert layer_of_b(comparison, n_layers) == "layer 4 in large"
    assert describe_depth(Comparison(A, LARGE)) == ""
    assert beside_layer(comparison, n_layers - 1) == " beside layer 4 in large"
    assert beside_layer(comparison, n_layers - 1, first=0) == " beside layers 1 to 4 in large"
    assert beside_layer(Comparison(A, LARGE), 0) == ""
    assert layer_of_b(Comparison(A, LARGE), 1) == "in large"


def test_what_two_models_do_not_share_is_said_in_one_sentence() -> None:
    other = replace(make_model(name="large"), n_heads=12, n_layers=6, d_model=96)
    other = replace(other, tokenizer_sha256="another")
    wide = make_analysis([11, 12], text="one", model=other)

    assert describe_not_comparable(Comparison(A, A)) == ""
    a = A.model
    assert describe_not_comparable(Comparison(A, wide)) == (
        f"large has 12 heads instead of {a.n_heads} in each layer, hidden states of 96 "
        f"dimensions instead of {a.d_model} and another tokenizer: what has no counterpart is "
        "not compared."
    )
