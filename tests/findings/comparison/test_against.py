"""What A is held against has one name and one sentence, whatever it is."""

from dataclasses import replace

import pytest

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.comparison.against import (
    describe_b,
    describe_not_comparable,
    name_of_b,
    where_b_is,
)
from roberta_gui.records import Analysis
from tests.made_up import make_analysis, make_model


def passed(text: str = "one", model: str = "tiny", *, off: bool = False) -> Analysis:
    analysis = make_analysis([11, 12], text=text, model=make_model(name=model))
    heads = frozenset({(0, 1)}) if off else frozenset()
    return replace(analysis, request=replace(analysis.request, switched_off=heads))


A, OFF = passed(), passed(off=True)


@pytest.mark.parametrize(
    ("a", "b", "name", "said"),
    [
        (OFF, A, "every head on", "A is the sentence below, B the same with every head on."),
        (A, passed("two."), "B", "A is the sentence below, B: “two.”"),
        (A, A, "B", "A is the sentence below, B: “one”."),
        (OFF, passed("two"), "B, every head on",
         "A is the sentence below, B with every head on: “two”."),
        (A, passed(model="large"), "large", "A is the sentence below, B the same in large."),
        (OFF, passed(model="large"), "large, every head on",
         "A is the sentence below, B the same in large with every head on."),
        (A, passed("two", "large"), "B in large", "A is the sentence below, B in large: “two”."),
    ],
)  # fmt: skip
def test_every_mixture_is_named_and_said(a: Analysis, b: Analysis, name: str, said: str) -> None:
    comparison = Comparison(a, b)

    assert name_of_b(comparison) == name
    where = f"in {name}".replace("in every", "with every").replace(", every", " with every")
    assert where_b_is(comparison) == where
    assert describe_b(comparison) == said


def test_what_two_models_do_not_share_is_said_in_one_sentence() -> None:
    other = replace(make_model(name="large"), n_heads=12, n_layers=6, d_model=96)
    other = replace(other, tokenizer_sha256="another")
    wide = make_analysis([11, 12], text="one", model=other)

    assert describe_not_comparable(Comparison(A, A)) == ""
    a = A.model
    assert describe_not_comparable(Comparison(A, wide)) == (
        f"large has 6 × 12 heads instead of {a.n_layers} × {a.n_heads}, hidden states of 96 "
        f"dimensions instead of {a.d_model} and another tokenizer: what has no counterpart is "
        "not compared."
    )
