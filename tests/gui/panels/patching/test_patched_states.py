"""Where a guess comes from: what is told of states of A that are put into B."""

import math
from dataclasses import replace

import numpy as np
import pytest

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.engine import Engine
from roberta_gui.findings.notation.numbers import written_change
from roberta_gui.findings.words.patching import (
    PatchRequest,
    PatchState,
    arrays,
    caption,
    domain,
    map_of,
    patch,
    remark,
    table,
)
from roberta_gui.gui.work.loaded_model import LoadedModel
from roberta_gui.problems import SeveralPieces
from roberta_gui.records import AnalysisRequest, WordOrRow
from tests.gui.shown_panel import finished
from tests.tolerances import log_probability

A, B = "The keys to the cabinet <mask> here.", "The key to the cabinet <mask> here."


def compared(engine: Engine, a: AnalysisRequest, b: AnalysisRequest) -> Comparison:
    return Comparison(engine.analyse(a), engine.analyse(b))


def found_in(
    engine: Engine,
    comparison: Comparison,
    word: WordOrRow = " are",
    name: str = "␣are",
    against: str = "",
) -> PatchState:
    request = PatchRequest(comparison, 0, word, name, against)
    steps = patch(request, LoadedModel(engine), lambda: False, lambda *_: None)
    state: PatchState = finished(steps)
    return state


@pytest.fixture(scope="module")
def state(engine: Engine) -> PatchState:
    return found_in(engine, compared(engine, AnalysisRequest(A), AnalysisRequest(B)))


def test_the_embedding_of_the_one_word_that_differs_brings_everything_back(
    engine: Engine, state: PatchState
) -> None:
    assert state.known is not None
    tokens = [token.text for token in state.comparison.b.tokens]
    close = (
        4
        * log_probability(engine.info.vocab_size)
        / abs(state.known.clean_log_probability - state.known.corrupted_log_probability)
    )
    regained = state.known.regained

    # Then everything above it is computed from A's sentence.
    assert regained[0, tokens.index("key")] == pytest.approx(1, abs=close)
    others = np.delete(regained[0], tokens.index("key"))
    np.testing.assert_allclose(others, 0, rtol=0, atol=close)
    # At the top nothing but the mask's own state is read.
    assert regained[-1, state.known.token_index] == pytest.approx(1, abs=close)


def test_bits_are_those_of_both_runs_scored_by_themselves(
    engine: Engine, state: PatchState
) -> None:
    assert state.known is not None
    told = arrays(state.known)
    for text, name in ((A, "bits_a"), (B, "bits_b")):
        scores = engine.score_words(AnalysisRequest(text), ["are"]).log_probability
        assert told[name] == pytest.approx(
            -scores[0, 0] / math.log(2), abs=4 * log_probability(engine.info.vocab_size)
        )
    np.testing.assert_array_equal(told["regained"], state.known.regained)
    rows = list(table(state.known).rows)
    assert len(rows) == told["regained"].size
    assert rows[0][0] == "emb"
    np.testing.assert_array_equal([row[-1] for row in rows], told["bits"].ravel())
    assert state.table() is not None
    assert state.arrays() is not None


def test_the_caption_names_the_place_besides_the_mask_and_the_units(state: PatchState) -> None:
    assert state.known is not None
    told = caption(state.known)
    elsewhere = np.delete(state.known.regained, state.known.token_index, axis=1)[1:]

    assert told.startswith("Besides the mask, most comes back with ␣key at ")
    assert f"{np.nanmax(elsewhere) * 100:.0f} % of the " in told
    assert "“␣are” has " in told
    assert "bits in A and " in told
    assert f"from −{domain(state.known):.2f} to +{domain(state.known):.2f}." in told
    assert told.endswith(
        "Embeddings: what is put in there is the word itself, not yet what it means here."
    )
    assert remark(state, state.known) == "“␣are” · share regained"


def test_of_two_words_shares_are_of_how_much_likelier_the_first_is(engine: Engine) -> None:
    comparison = compared(engine, AnalysisRequest(A), AnalysisRequest(B))
    state = found_in(engine, comparison, against="is")
    found = state.known
    assert found is not None

    formula = "log₂ p(“␣are”) − log₂ p(“␣is”)"
    assert remark(state, found) == f"{formula} · share regained"
    bits_a, bits_b = (
        written_change(log / math.log(2), 2)
        for log in (found.clean_log_probability, found.corrupted_log_probability)
    )
    assert f"{formula}: {bits_a} bits in A and {bits_b} in B." in caption(found)
    assert "bits_word_likelier" in table(found).columns
    numbers = arrays(found)
    np.testing.assert_allclose(numbers["bits"], found.log_probability / math.log(2))
    assert numbers["words"].tolist() == [" are", " is"]
    assert map_of(state, found).tip(0, 2).splitlines()[-2].startswith("what is put in there is")


def test_a_token_without_a_partner_is_hatched_and_said(engine: Engine) -> None:
    longer = "The key to the old cabinet <mask> here."
    state = found_in(engine, compared(engine, AnalysisRequest(A), AnalysisRequest(longer)))
    assert state.known is not None
    shown = map_of(state, state.known)
    (hatched,) = shown.hatched

    assert state.comparison.b.tokens[hatched].text == "old"
    assert np.isnan(shown.values[:, hatched]).all()
    assert "no partner in A" in shown.tip(1, hatched)
    assert "1 token of B without a partner in A: hatched." in caption(state.known)
    assert len(list(table(state.known).rows)) == shown.values.size - len(shown.values)


def test_a_tip_tells_share_bits_and_array_index(state: PatchState) -> None:
    assert state.known is not None
    told = map_of(state, state.known).tip(2, 2).splitlines()

    assert told[0] == "Layer 2, ␣key: token 3 of B"
    assert told[1] == f"share regained {state.known.regained[2, 2]:.2f}".replace("-", "−")
    assert told[2].endswith("bits with the state in A put in here")
    assert told[3].endswith("bits in B")
    assert told[4] == "array index: regained[2, 2]"


@pytest.mark.parametrize(("done", "said"), [(0.5, "not copied yet"), (1.0, "no state in A")])
def test_a_tip_tells_what_is_still_to_come_from_what_cannot(
    state: PatchState, done: float, said: str
) -> None:
    assert state.known is not None
    unknown = np.full_like(state.known.log_probability, np.nan)
    found = replace(state.known, log_probability=unknown, fraction=done)

    assert said in map_of(state, found).tip(2, 2)


def test_heads_that_are_off_in_a_are_patched_into_every_head_on(engine: Engine) -> None:
    on = AnalysisRequest(B)
    off = replace(on, switched_off=frozenset({(1, 2), (3, 4)}))
    state = found_in(engine, compared(engine, off, on))
    assert state.known is not None

    assert "with every head on" in map_of(state, state.known).tip(1, 1)
    np.testing.assert_allclose(state.known.regained[0], 0, atol=0.01)


def test_what_grows_is_said_to_grow(engine: Engine, state: PatchState) -> None:
    steps = patch(state.request, LoadedModel(engine), lambda: False, lambda *_: None)
    begun, first = next(steps), next(steps)
    steps.close()

    assert begun.known is None
    assert begun.table() is None
    assert begun.arrays() is None
    assert first.known is not None
    assert remark(first, first.known).endswith(f"1 of {engine.info.n_layers + 1} layers")
    assert map_of(first, first.known).tip(0, 0).splitlines()[1] == "not copied yet"


def test_two_masks_are_told_apart_in_the_remark(engine: Engine) -> None:
    two = "The key <mask> here and <mask> there."
    other = two.replace("key", "keys")
    state = found_in(engine, compared(engine, AnalysisRequest(other), AnalysisRequest(two)))
    assert state.known is not None

    assert remark(state, state.known) == "“␣are” · mask 1/2 · share regained"


def test_where_a_and_b_give_the_same_nothing_can_come_back(engine: Engine) -> None:
    state = found_in(engine, compared(engine, AnalysisRequest(B), AnalysisRequest(B)))

    assert state.has_no_gap
    assert state.is_done
    assert state.known is None


def test_where_nothing_but_the_mask_is_known_no_other_place_is_named(state: PatchState) -> None:
    assert state.known is not None
    only = np.full_like(state.known.log_probability, np.nan)
    only[-1, state.known.token_index] = state.known.clean_log_probability

    assert caption(replace(state.known, log_probability=only, fraction=0.2)).startswith("“␣are”")


def test_a_word_of_several_pieces_is_refused_quietly(engine: Engine, state: PatchState) -> None:
    refused = found_in(engine, state.comparison, "unbelievably", "unbelievably")

    assert isinstance(refused.refusal, SeveralPieces)
    assert refused.is_done
    assert refused.note == ""


def test_another_form_of_the_word_is_said(engine: Engine, state: PatchState) -> None:
    assert "the form of “are”" in found_in(engine, state.comparison, "are", "are").note
