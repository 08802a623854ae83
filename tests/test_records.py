"""The values that flow: frozen, read-only, compared as their holders need it."""

import dataclasses
import pickle
from dataclasses import replace

import numpy as np
import pytest

import roberta_gui
from roberta_gui import records
from roberta_gui.records import Analysis, AnalysisRequest, Candidate, FillMask, Token, read_only
from tests.made_up import make_analysis, make_model, make_tokens


def test_read_only_locks_the_array_and_hands_back_the_same_one() -> None:
    array = np.zeros((2, 3), dtype=np.float32)

    assert read_only(array) is array
    with pytest.raises(ValueError, match="read-only"):
        array[0, 0] = 1


@pytest.mark.parametrize(
    "record",
    [
        make_tokens([11])[1],
        make_model(),
        AnalysisRequest("a"),
        Candidate(1, 5, "dog", True, 0.5),
        FillMask(1, (), 1.0, 0.0),
        make_analysis([11]),
    ],
    ids=lambda record: type(record).__name__,
)
def test_no_record_can_be_changed_or_extended(record: object) -> None:
    (first, *_) = dataclasses.fields(record)  # type: ignore[arg-type]

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(record, first.name, None)
    with pytest.raises((dataclasses.FrozenInstanceError, TypeError, AttributeError)):
        record.invented = 1  # type: ignore[attr-defined]


def test_a_request_asks_for_ten_guesses_and_no_head_switched_off() -> None:
    request = AnalysisRequest("a")

    assert (request.pair, request.top_k, request.ablation) == (None, 10, "zero")
    assert request.switched_off == frozenset()


def test_equal_requests_are_one_key() -> None:
    heads = frozenset({(0, 1), (2, 3)})
    requests = {AnalysisRequest("a", switched_off=heads), AnalysisRequest("a", switched_off=heads)}

    assert len(requests) == 1
    assert AnalysisRequest("a") not in requests


def test_a_fingerprint_is_of_one_text_or_pair_and_one_model() -> None:
    made = make_analysis([11])
    texts = [("a\nb", None), ("a", "b"), ("a", None), ("a", ""), ("\ud800", None), ("?", None)]
    analyses = [replace(made, request=AnalysisRequest(*each)) for each in texts]
    others = (
        replace(made.model, weights_sha256="other"),
        replace(made.model, configuration_sha256="other"),
        replace(made.model, tokenizer_sha256="other"),
    )
    analyses += [replace(made, model=other) for other in others]

    fingerprints = [analysis.fingerprint for analysis in [made, *analyses]]

    assert len(set(fingerprints)) == len(fingerprints)
    assert {len(one) for one in fingerprints} == {16}
    off = replace(made.request, switched_off=frozenset({(0, 0)}))
    assert replace(made, request=off).fingerprint == made.fingerprint


def test_analyses_compare_by_identity_because_they_hold_arrays() -> None:
    one, other = make_analysis([11]), make_analysis([11])

    assert one == one
    assert one != other
    assert len({one, other}) == 2


def test_the_times_of_an_analysis_cannot_be_written() -> None:
    analysis = make_analysis([11])

    assert dict(analysis.seconds) == {}
    with pytest.raises(TypeError):
        analysis.seconds["layers"] = 1.0  # type: ignore[index]


def test_a_token_is_no_control_token_unless_said() -> None:
    token = Token(1, 2, "</s>", 0, 4, False, False, 0, False, 0, b"</s>")

    assert not token.is_control


def test_every_value_that_the_engine_hands_out_is_a_public_name() -> None:
    values = {name for name, value in vars(records).items() if dataclasses.is_dataclass(value)}

    assert values
    assert values <= set(roberta_gui.__all__)
    for name in roberta_gui.__all__:
        assert getattr(roberta_gui, name) is not None


def test_a_request_survives_pickling() -> None:
    request = AnalysisRequest("a", "b", 3, frozenset({(0, 1)}), "mean")

    assert pickle.loads(pickle.dumps(request)) == request


def test_made_up_analyses_hold_what_the_contract_says() -> None:
    analysis: Analysis = make_analysis([11, 12], model=make_model(n_layers=2, n_heads=5))

    assert analysis.attention.shape == (2, 5, 4, 4)
    assert analysis.hidden.shape == (3, 4, 8)
    assert analysis.attention.dtype == analysis.hidden.dtype == np.float32
    np.testing.assert_allclose(analysis.attention.sum(-1), 1, atol=1e-5)
    assert not analysis.attention.flags.writeable
    assert not analysis.hidden.flags.writeable
