"""Two sides without one common token: it is said that there is nothing to compare."""

import numpy as np

from roberta_gui.analysis.axes.modes import STANDARDISED
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.stepped import result_of
from roberta_gui.findings import all_heads, comparison, hidden_states
from roberta_gui.findings.comparison.attention import find_apart
from roberta_gui.findings.comparison.layers import caption_of, find_cosines
from tests.made_up import MADE_UP, made_up_axes, made_up_strangers


def test_heads_are_not_said_to_look_at_the_same() -> None:
    a, b = made_up_strangers()
    run = Comparison(a, b)

    assert np.isnan(comparison.arrays(a, b, 0, 0)["total_variation"]).all()
    assert comparison.caption(a, b, 0, 0) == (
        "No token has a partner in B: there is nothing to compare."
    )
    assert "No token has a partner in B." in all_heads.caption(run)
    assert "nan" not in all_heads.caption(run)
    tip = result_of(find_apart(run, "show")).head_tip(1, 2)
    assert tip.endswith("No token has a partner in B")


def test_layers_have_no_mean_of_nothing() -> None:
    run = Comparison(*made_up_strangers())
    preparations = made_up_axes(MADE_UP).need_preparation(STANDARDISED)

    found = result_of(find_cosines(run, preparations, lambda: False, lambda *_: None))

    assert caption_of(found).startswith("No token has a partner in B: there is nothing to compare.")
    assert "nan" not in caption_of(found)


def test_no_lines_lead_from_partners_that_there_are_not() -> None:
    told = hidden_states.caption(Comparison(*made_up_strangers()), made_up_axes(MADE_UP), 1)

    assert told.count("No token has a partner in B.") == 1
    assert "lines lead" not in told
