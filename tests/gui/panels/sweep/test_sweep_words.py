"""What the sweep says is what its numbers are."""

from dataclasses import replace

import numpy as np
import pytest

from roberta_gui.findings import sweep as words
from roberta_gui.findings.sweep import SweepRequest, by_size
from roberta_gui.records import AnalysisRequest, Sweep
from tests.made_up import MADE_UP, made_up_analysis

ANALYSIS = made_up_analysis("The cat sat on the <mask>")
QUESTION = SweepRequest(ANALYSIS.request, MADE_UP, ANALYSIS.tokens, 0, " floor", "zero")


def sweep(changes: dict[tuple[int, int], float], off: frozenset[tuple[int, int]]) -> Sweep:
    """Make a sweep in which only these heads were tried; the word had one half."""
    known = np.full((MADE_UP.n_layers, MADE_UP.n_heads), np.nan)
    for head, change in changes.items():
        known[head] = change
    request = AnalysisRequest("The cat sat on the <mask>", switched_off=off)
    return Sweep(request, MADE_UP, ANALYSIS.tokens, " floor", 7, 6, float(np.log(0.5)), known)


CHANGES = {(0, 0): 0.1, (2, 3): -float(np.log(2)), (1, 1): 0.4, (3, 0): 0.0}


def test_heads_are_ranked_by_the_size_of_the_change_of_either_sign() -> None:
    assert by_size(sweep(CHANGES, frozenset())) == ((2, 3), (1, 1), (0, 0), (3, 0))


def test_heads_that_are_off_anyway_are_not_ranked() -> None:
    off = frozenset({(3, 0)})

    assert (3, 0) not in by_size(sweep(CHANGES, off))
    assert "at the mask without 4.1." in words.caption(sweep(CHANGES, off))


def test_the_caption_tells_the_probabilities_before_and_after() -> None:
    told = words.caption(sweep(CHANGES, frozenset()))

    assert "“␣floor” has 50.0 % at the mask with every head on." in told
    assert told.startswith(
        "Without 3.4: 50.0 % → 25.0 %, the largest change of the 4 tried so far (−1.00 bits)."
    )
    assert "It gains most without 2.2 (+0.58 bits)." in told
    assert "gives zeros instead" in told
    assert "from −1 (" in told


def test_a_tip_tells_one_head_and_whether_it_is_known() -> None:
    found = sweep(CHANGES, frozenset({(3, 0)}))

    known = words.tip(QUESTION, found, (2, 3), is_off=False)
    assert "without it “␣floor” has 25.0 % instead of 50.0 %" in known
    assert "Shift-click switches it off" in known
    assert "not tried yet" in words.tip(QUESTION, found, (2, 2), is_off=False)
    assert "off throughout" in words.tip(QUESTION, found, (3, 0), is_off=True)
    assert "switches it on again" in words.tip(QUESTION, found, (3, 0), is_off=True)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (QUESTION, ""),
        (None, ""),
        (replace(QUESTION, attempt=3), ""),
        (replace(QUESTION, request=replace(QUESTION.request, switched_off=frozenset({(0, 0)}))),
         "This sweep was made with every head on. Start sweeps again."),
        (replace(QUESTION, mask=1), "mask 1"),
        (replace(QUESTION, word=" roof"), "“␣floor”"),
        (replace(QUESTION, ablation="mean"), "heads that give zeros"),
    ],
)  # fmt: skip
def test_a_sweep_of_something_else_says_of_what(now: SweepRequest | None, told: str) -> None:
    said = words.what_changed(QUESTION, now, QUESTION.request.text)

    assert told in said
    assert bool(said) is bool(told)


@pytest.mark.parametrize(
    ("heads", "told"),
    [
        ({(0, 1)}, "with head 1.2 off. "),
        ({(0, 1), (1, 2)}, "with heads 1.2 and 2.3 off. "),
        ({(0, nth) for nth in range(5)}, "with heads 1.1, 1.2, 1.3 and 2 more off. "),
    ],
)
def test_a_sweep_with_heads_off_names_them_once_they_are_on_again(
    heads: set[tuple[int, int]], told: str
) -> None:
    request = replace(QUESTION.request, switched_off=frozenset(heads))

    said = words.what_changed(replace(QUESTION, request=request), QUESTION, request.text)

    assert said == f"This sweep was made {told}Start sweeps again."


@pytest.mark.parametrize(
    ("now", "lacking", "then"),
    [
        (replace(QUESTION, request=AnalysisRequest("Other")), "", " Start sweeps again."),
        (QUESTION, "", " Start sweeps again."),  # the new sentence has no pass yet
        (None, "The present one has no mask.", " The present one has no mask."),
        (None, "", ""),  # it may have one: nobody knows before its pass
    ],
)
def test_a_sweep_of_another_sentence_names_it(
    now: SweepRequest | None, lacking: str, then: str
) -> None:
    said = words.what_changed(QUESTION, now, "Other", lacking)

    whose = "another sentence, “The cat sat on the <mask>”"
    assert said == f"This is the sweep of {whose}.{then}"


@pytest.mark.parametrize(
    ("change", "told"), [(-1.234, "−1.78"), (0.5, "+0.72"), (0.001, "0.00"), (-0.001, "0.00")]
)
def test_bits_have_a_sign_unless_they_are_none(change: float, told: str) -> None:
    assert words.bits(change) == told


def test_the_colours_end_at_the_largest_change_on_both_sides() -> None:
    assert words.domain(sweep(CHANGES, frozenset())) == pytest.approx(1)
    assert words.domain(sweep({}, frozenset())) == 1.0
