"""Models that kept BERT's second type: the template says which tokens are of it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from roberta_gui.engine import Engine
from roberta_gui.records import AnalysisRequest
from tests.engine.small_folders import word_pieces
from tests.tolerances import bits, log_probability

REQUEST = AnalysisRequest("the [MASK] sat", "on the mat .", top_k=5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return word_pieces(tmp_path_factory.mktemp("two types"), n_types=2)


@pytest.fixture(scope="module")
def engine(folder: Path) -> Engine:
    return Engine.load(folder, device="cpu")


class Oracle:
    """What transformers makes of the same folder, types and all."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModelForMaskedLM, AutoTokenizer

        self.network: Any = AutoModelForMaskedLM.from_pretrained(folder).eval()
        self.given: Any = AutoTokenizer.from_pretrained(folder)(
            REQUEST.text, REQUEST.pair, return_tensors="pt"
        )

    def logs(self, **changed: Any) -> NDArray[np.float64]:
        with torch.inference_mode():
            logits = self.network(**{**self.given, **changed}).logits[0].double()
        found: NDArray[np.float64] = torch.log_softmax(logits, dim=-1).numpy()
        return found


@pytest.fixture(scope="module")
def oracle(folder: Path) -> Oracle:
    return Oracle(folder)


def test_tokens_have_the_types_of_the_template(engine: Engine, oracle: Oracle) -> None:
    tokens = engine.tokenize(REQUEST.text, REQUEST.pair)
    assert [token.id for token in tokens] == oracle.given["input_ids"][0].tolist()
    assert [token.type_id for token in tokens] == oracle.given["token_type_ids"][0].tolist()
    assert {token.type_id for token in tokens} == {0, 1}


def test_every_way_through_the_network_reads_them(engine: Engine, oracle: Oracle) -> None:
    logs = oracle.logs()
    (mask,) = (token.index for token in engine.tokenize(REQUEST.text) if token.is_mask)
    found, close = engine.mask_log_probabilities(REQUEST)[0], log_probability(logs.shape[-1])
    np.testing.assert_allclose(found, logs[mask], atol=close)
    (fill,) = engine.analyse(REQUEST).fills
    expected = np.exp(logs[mask][[candidate.id for candidate in fill.candidates]])
    np.testing.assert_allclose([one.probability for one in fill.candidates], expected, atol=close)
    lens = engine.lens(REQUEST)
    best = np.take_along_axis(logs, lens.ids[-1], axis=-1)
    np.testing.assert_allclose(lens.log_probabilities[-1], best, atol=close)
    *_, swept = engine.sweep(REQUEST, "cat")
    assert swept.baseline == pytest.approx(logs[mask, swept.word_id], abs=close)
    scores = engine.score_words(REQUEST, ["cat"])
    assert scores.log_probability[0, 0] == pytest.approx(logs[mask, 6], abs=close)


def test_surprisal_reads_them(engine: Engine, oracle: Oracle) -> None:
    ids, logs = oracle.given["input_ids"][0].tolist(), oracle.logs()
    masked_id = engine.tokenizer.mask_id
    for estimator in ("unmasked", "pll"):
        found = engine.surprisal(REQUEST, estimator)
        for place in np.flatnonzero(np.isfinite(found)):
            row = logs
            if estimator == "pll":
                hidden = torch.tensor([[*ids[:place], masked_id, *ids[place + 1 :]]])
                row = oracle.logs(input_ids=hidden)
            expected = -row[place, ids[place]] / np.log(2)
            assert found[place] == pytest.approx(expected, abs=bits(logs.shape[-1]))


def test_a_model_of_one_type_reads_the_same_template_without_them(tmp_path: Path) -> None:
    engine = Engine.load(word_pieces(tmp_path, n_types=1), device="cpu")
    assert {token.type_id for token in engine.tokenize(REQUEST.text, REQUEST.pair)} == {0}
    assert np.isfinite(engine.analyse(REQUEST).hidden).all()
