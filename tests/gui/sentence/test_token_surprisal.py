"""What surprisal is asked for, how it streams, and what is said about it."""

import csv
import math
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import Choices
from roberta_gui.findings.surprisal import TokenSurprisal, chance_bits
from roberta_gui.gui.sentence.sentence_tint import (
    describe_cost,
    passes_to_allow,
    surprisal_of,
)
from roberta_gui.records import Estimator, Run
from roberta_gui.right_side import RightSide
from roberta_gui.view import Derived, View
from tests.made_up import MADE_UP, MadeUpEngine, MadeUpModel, made_up_analysis

TEXT = "The <mask> sat on the mat"  # tokens 1 and 3 to 6 are scored
BITS = np.array([math.nan, 1.0, math.nan, 2.0, 3.0, 0.5, 3.5, math.nan])


def known(estimator: Estimator = "pll", bits: NDArray[np.float64] = BITS) -> TokenSurprisal:
    return TokenSurprisal(made_up_analysis(TEXT), estimator, bits)


def measured(view: View) -> tuple[list[TokenSurprisal], TokenSurprisal]:
    """Do the work that a View asks for; return what was shown on the way, and the result."""
    wanted = surprisal_of(view)
    assert wanted is not None
    work = wanted.work(MadeUpModel(), lambda: False, lambda _text, _fraction: None)
    shown = []
    while True:
        try:
            if (partial := next(work)) is not None:
                shown.append(partial)
        except StopIteration as end:
            return shown, end.value


def test_what_streams_knows_more_and_more_and_never_nothing() -> None:
    shown, result = measured(View(Run.of(made_up_analysis(TEXT))))

    counts = [partial.n_known for partial in shown]
    assert 0 not in counts
    assert counts == sorted(set(counts))
    assert len(counts) > 1
    assert result.n_known == result.n_scored == 5


def test_one_sentence_is_asked_about_once_by_each_estimator_and_anew_with_heads_off() -> None:
    analysis = made_up_analysis(TEXT)
    view = View(Run.of(analysis))
    other = replace(view, choices=Choices().chosen("surprisal", estimator="unmasked"))
    request = replace(analysis.request, switched_off=frozenset({(0, 1)}))
    switched = View(Run.of(replace(analysis, request=request)))

    keys = [w.key for w in map(surprisal_of, (view, replace(view), other, switched)) if w]

    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    assert not np.array_equal(measured(view)[1].bits, measured(switched)[1].bits)


def switched_view(known: TokenSurprisal | None = None) -> View:
    """Make a View with a head off, in which something may be known already."""
    baseline = known.analysis if known is not None else made_up_analysis(TEXT)
    request = replace(baseline.request, switched_off=frozenset({(0, 1)}))
    derived = {} if known is None else {"surprisal": Derived("before", known)}
    less = replace(baseline, request=request)
    return View(Run.of(less), Run.of(baseline), derived=MappingProxyType(derived))


def test_with_heads_off_the_bits_of_every_head_on_follow() -> None:
    view = switched_view()
    shown, result = measured(view)
    assert view.baseline is not None

    *_, expected = MadeUpEngine().surprisal_steps(view.baseline.request, "pll")
    assert result.b is not None
    np.testing.assert_array_equal(result.b.bits, expected)
    np.testing.assert_array_equal(result.difference, expected - result.bits)
    assert result.b.analysis is view.baseline
    first = next(nth for nth, one in enumerate(shown) if one.b is not None)
    assert not any(one.is_complete for one in shown[: first - 1])
    assert all(one.is_complete for one in shown[first:])


def test_what_was_measured_with_every_head_on_is_not_measured_again() -> None:
    _, every = measured(View(Run.of(made_up_analysis(TEXT))))
    shown, result = measured(switched_view(every))

    assert all(one.b is not None and one.b.is_complete for one in shown)
    assert result.b is not None
    np.testing.assert_array_equal(result.b.bits, every.bits)
    back = replace(
        View(Run.of(every.analysis)),
        derived=MappingProxyType({"surprisal": Derived("off", result)}),
    )
    assert measured(back)[0] == []
    np.testing.assert_array_equal(measured(back)[1].bits, every.bits)
    assert measured(back)[1].b is None


def held_against(bits: NDArray[np.float64]) -> TokenSurprisal:
    """Hold a sentence with a head off against itself with every head on."""
    view, b = switched_view(known()), known(bits=bits)
    assert view.analysis is not None
    comparison = Comparison(view.analysis, b.analysis)
    return replace(known(), analysis=view.analysis, comparison=comparison, b=b)


def test_what_switching_heads_off_changes_is_said_and_handed_out() -> None:
    one = held_against(BITS - np.array([0, 0.5, 0, -2.0, 0, 0, 0, 0]))

    ending = "with every head on; most apart is ␣sat, 2.00 bits likelier with 1 head off."
    assert f"2.30 a token, pseudo-perplexity 4.92 {ending}" in one.describe()
    there = "bits with every head on:"
    assert one.tip(3).endswith(f"4.000 {there} 2.000 bits likelier with 1 head off")
    assert one.tip(4).endswith(f"3.000 {there} as likely with 1 head off as with every head on")
    rows = list(csv.DictReader(one.table().to_csv().splitlines()))
    assert [float(row["bits_likelier_in_a"]) for row in rows] == [-0.5, 2.0, 0.0, 0.0, 0.0]
    assert one.b is not None
    np.testing.assert_array_equal(one.arrays()["bits_b"], one.b.bits)
    assert "bits_b" not in known().arrays()


def test_of_two_texts_without_a_common_token_nothing_is_subtracted() -> None:
    a, b = known(), made_up_analysis("Quite another one")
    others = tuple(replace(token, id=token.id + 40) for token in b.tokens[1:-1])
    b = replace(b, tokens=(b.tokens[0], *others, b.tokens[-1]))
    bits = np.where(np.isin(np.arange(5), (0, 4)), math.nan, 2.0)
    one = replace(a, comparison=Comparison(a.analysis, b), b=TokenSurprisal(b, a.estimator, bits))

    assert "no token that is scored has a partner there" in one.describe()
    assert one.compared_mean == ", as in B"


def test_a_second_model_that_gives_no_bits_is_not_asked() -> None:
    headless = made_up_analysis(TEXT, replace(MADE_UP, name="headless", can_fill_masks=False))
    view = View(Run.of(made_up_analysis(TEXT)), Run.of(headless), RightSide(model=headless.model))

    assert view.comparison is not None
    assert measured(view)[1].comparison is None


def test_while_the_full_state_comes_in_no_difference_of_means_is_said() -> None:
    said = held_against(np.where(np.arange(8) < 4, BITS, math.nan)).describe()

    assert "2 of 5 are measured with every head on so far." in said
    assert "every head on" not in held_against(np.full(8, math.nan)).tip(4)


def test_without_a_mask_head_nothing_is_asked() -> None:
    headless = replace(MADE_UP, can_fill_masks=False)

    assert surprisal_of(View()) is None
    assert surprisal_of(View(Run.of(made_up_analysis(TEXT, headless)))) is None


def test_sums_mean_and_pseudo_perplexity_are_said_with_the_estimator() -> None:
    said = known().describe()

    assert said.startswith("Pseudo-log-likelihood: ")
    assert "5 tokens, 10.0 bits, 2.00 a token, pseudo-perplexity 4." in said
    assert "no probability" in said


def test_unmasked_bits_are_called_copying_and_give_no_perplexity() -> None:
    said = known("unmasked").describe()

    assert "copying" in said
    assert "pseudo-perplexity" not in said


def test_while_values_come_in_no_sum_is_said() -> None:
    said = known(bits=np.where(np.arange(8) < 4, BITS, math.nan)).describe()

    assert "2 of 5 tokens are measured so far." in said
    assert "perplexity" not in said


def test_switched_off_heads_are_told() -> None:
    analysis = made_up_analysis(TEXT)
    request = replace(analysis.request, switched_off=frozenset({(1, 2)}))
    said = TokenSurprisal(replace(analysis, request=request), "pll", BITS).describe()

    assert said.endswith("Head 2.3 is switched off, its output replaced by zeros.")


def test_a_tip_gives_bits_and_probability_or_why_there_are_none() -> None:
    one = known()

    assert "3.000 bits, probability 0.125 over the whole vocabulary" in one.tip(4)
    assert one.tip(2).endswith("not scored, it is a mask")
    assert "no part of the text" in one.tip(0)
    assert known(bits=np.full(8, math.nan)).tip(4).endswith("not measured yet")


def test_the_words_of_several_pieces_are_summed_only_where_words_are_scored() -> None:
    analysis = made_up_analysis(TEXT)
    tokens = tuple(replace(t, word=4) if t.index in (5, 6) else t for t in analysis.tokens)
    cut = replace(analysis, tokens=tokens)

    assert TokenSurprisal(cut, "pll", BITS).words == ()
    assert TokenSurprisal(cut, "pll_word_l2r", BITS).words == ((5, 6, 4.0),)


def test_the_table_has_a_row_for_each_scored_token_with_every_digit() -> None:
    bits = BITS / 3
    rows = list(csv.DictReader(known(bits=bits).table().to_csv().splitlines()))

    assert [int(row["token_index"]) for row in rows] == [1, 3, 4, 5, 6]
    assert [float(row["bits"]) for row in rows] == bits[~np.isnan(bits)].tolist()
    assert {row["estimator"] for row in rows} == {"pll"}


def test_chance_is_what_a_guess_among_all_entries_costs() -> None:
    assert 2 ** chance_bits(MADE_UP) == pytest.approx(MADE_UP.vocab_size)


def test_the_passes_of_every_head_on_count_too_unless_they_were_made() -> None:
    few = "word " * 60
    request = replace(made_up_analysis(few).request, switched_off=frozenset({(0, 1)}))
    baseline = made_up_analysis(few)
    less = replace(baseline, request=request)
    view = View(Run.of(less), Run.of(baseline))
    bits = np.where([t.is_special for t in baseline.tokens], math.nan, 1.0)
    made = {"surprisal": Derived("before", TokenSurprisal(baseline, "pll", bits))}

    assert passes_to_allow(view) == 120
    assert describe_cost(view) == "Measure: 120 passes"  # nothing tells how long one takes
    assert surprisal_of(view) is None
    assert passes_to_allow(replace(view, derived=made)) == 0
    assert surprisal_of(replace(view, derived=made)) is not None
