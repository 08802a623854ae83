"""Why a word is guessed: what is told of an attribution, in bits."""

import math
from collections.abc import Generator

import numpy as np
import pytest

from roberta_gui.engine import Engine
from roberta_gui.findings.words.why import METHODS, Why, WhyRequest, explain
from roberta_gui.records import AttributionMethod
from tests.made_up import MadeUpModel, made_up_analysis
from tests.tolerances import bits as of_bits

TEXT = "The keys to the cabinet <mask> here."


def why(engine: Engine, method: AttributionMethod, against: str | None = None) -> Why:
    return Why(attribution=engine.attribute(TEXT, "are", against, method))


@pytest.mark.parametrize("method", METHODS)
def test_the_numbers_are_the_engines_in_bits(engine: Engine, method: AttributionMethod) -> None:
    found = engine.attribute(TEXT, "are", "is", method)
    told = Why(attribution=found)

    np.testing.assert_array_equal(told.bits(), found.values / math.log(2))
    arrays = told.arrays()
    np.testing.assert_array_equal(arrays["bits"], told.bits())
    assert arrays["score_bits"] == found.score / math.log(2)
    rows = list(told.table().rows)
    assert len(rows) == int((~np.isnan(found.values)).sum())
    assert sum(row[-1] for row in rows) == pytest.approx(found.total / math.log(2))  # type: ignore[misc]


def test_occlusion_is_what_another_run_of_the_sentence_loses(engine: Engine) -> None:
    told = why(engine, "occlusion", "is")

    def target(text: str, mask: int) -> float:
        first, second = engine.log_probabilities(text, [" are", " is"])[mask]
        return float(first - second) / math.log(2)

    keys = next(token.index for token in engine.tokenize(TEXT) if token.text == "keys")
    lost = target(TEXT, 0) - target(TEXT.replace("keys", "<mask>"), 1)
    size = of_bits(engine.info.vocab_size) * 4  # four log-probabilities
    assert told.bits()[keys] == pytest.approx(lost, abs=size)


def test_the_caption_says_target_baseline_and_what_is_not_accounted_for(engine: Engine) -> None:
    told = why(engine, "integrated_gradients", "is")
    found = told.attribution
    assert found is not None

    here, there = (f"{score / math.log(2):.2f}" for score in (found.score, found.baseline_score))
    said = told.caption().replace("−", "-")
    assert said.startswith("log₂ p(“␣are”) - log₂ p(“␣is”): ")
    assert f": {here} bits in the sentence, {there} with every word masked; " in said
    error = found.completeness_error / math.log(2)
    assert told.unaccounted == error
    assert said.endswith(f"{error:.2f} bits are not accounted for.")


def test_other_methods_do_not_promise_to_add_up(engine: Engine) -> None:
    said = why(engine, "occlusion").caption()

    assert said.startswith("log₂ p(“␣are”): ")
    assert said.endswith("bits are not accounted for (occlusion need not add up).")


def test_a_tip_tells_bits_and_the_array_index_or_that_there_is_no_value(engine: Engine) -> None:
    told = why(engine, "occlusion")

    first, second = told.tip(0), told.tip(1)
    assert first == "<s> (token 1): Occlusion gives it no value"
    assert " bits of log₂ p(“␣are”)\narray index: bits[1]" in second


def asked(word: str) -> list[Why]:
    """Explain a word, and give all that is told on the way and in the end."""
    analysis = made_up_analysis(TEXT)
    question = WhyRequest(word, "", "integrated_gradients", 0)

    def work() -> Generator[Why, None, None]:
        end = yield from explain(
            question, analysis, MadeUpModel(), lambda: False, lambda _text, _fraction: None
        )
        yield end

    told = list(work())
    assert all(each.analysis is analysis for each in told)
    return told


def test_what_is_known_comes_bit_by_bit_until_it_is_whole() -> None:
    nothing, half, whole, end = asked("floor")

    assert nothing.known is None
    assert half.caption().endswith("50 % of the work is done.")
    assert whole.caption().endswith("0.00 bits are not accounted for.")
    assert end.attribution is whole.attribution


def test_a_word_of_several_pieces_is_told_instead() -> None:
    (told,) = asked("two-pieces")

    assert told.known is None
    assert told.refusal is not None
    with pytest.raises(ValueError, match="Nothing is known"):
        told.bits()
