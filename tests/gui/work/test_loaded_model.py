"""The loaded model as panels' work meets it: samples are kept, a second model is opened once."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from roberta_gui.analysis.heads.roles import HeadRoles, measure
from roberta_gui.engine import Engine
from roberta_gui.engine.checkpoints import hub
from roberta_gui.findings.model import Turn
from roberta_gui.gui.work.loaded_model import READINGS_KEPT, LoadedModel
from roberta_gui.problems import ModelNotFound, NoNetwork, UnencodableText
from roberta_gui.records import AnalysisRequest

SENTENCES = ("The cat sleeps.", "It rains.", "Nobody came to the party.")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load("mini", device="cpu")


def finished(steps: Generator[Any, None, Any]) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def never() -> bool:
    return False


def silent(text: str, fraction: float | None) -> None:
    """Hear and forget."""


def test_a_sample_is_what_the_engine_gives(engine: Engine) -> None:
    sample = finished(LoadedModel(engine).sample(SENTENCES, 1000))

    for index, text in enumerate(SENTENCES):
        (states,) = engine.token_states([text])
        np.testing.assert_allclose(
            sample.hidden[:, sample.sentence == index], states.hidden, atol=2e-5
        )
    assert not sample.hidden.flags.writeable


def test_sentences_are_read_once_however_often_they_are_asked_for(engine: Engine) -> None:
    bench = LoadedModel(engine)
    steps = len(list(bench.sample(SENTENCES, 1000)))

    assert steps > 0
    assert len(list(bench.sample(SENTENCES, 1000))) == 0


def test_only_the_sentences_asked_for_last_are_kept(engine: Engine) -> None:
    bench = LoadedModel(engine)
    list(bench.sample(SENTENCES, 1000))
    for number in range(READINGS_KEPT):
        list(bench.sample([f"Another text, number {number}."], 1000))

    assert len(list(bench.sample(SENTENCES, 1000))) > 0


def test_a_second_model_is_opened_once_and_reads_for_itself(engine: Engine) -> None:
    bench = LoadedModel(engine)

    other = finished(bench.other("mini", never, silent))

    assert other is finished(bench.other("mini", never, silent))
    assert other.engine is not engine
    assert other.engine.info.weights_sha256 == engine.info.weights_sha256


def test_a_second_model_that_is_nowhere_is_a_problem(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(ModelNotFound):
        finished(LoadedModel(engine).other(str(tmp_path / "nothing"), never, silent))


def test_others_go_first_while_a_second_model_is_downloaded(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def arrives(*asked: object) -> Generator[None, None, Path]:
        yield
        yield
        raise NoNetwork("The hub is gone.", "Try again.")

    monkeypatch.setattr(hub, "fetch_steps", arrives)
    steps = LoadedModel(engine).other("somebody/far-away", never, silent)

    assert [next(steps), next(steps)] == [Turn.OTHERS] * 2
    with pytest.raises(NoNetwork):
        next(steps)


def test_roles_are_those_of_every_sentence_passed_by_itself(engine: Engine) -> None:
    roles = finished(LoadedModel(engine).roles(SENTENCES))

    alone = [engine.analyse(AnalysisRequest(text)) for text in SENTENCES]
    parts = [measure(analysis.attention, analysis.tokens) for analysis in alone]
    expected = parts[0] + parts[1] + parts[2]
    assert roles.n_sentences == len(SENTENCES)
    np.testing.assert_allclose(roles.shares, expected.shares, atol=1e-5)
    np.testing.assert_allclose(roles.entropy_bits, expected.entropy_bits, atol=1e-4)


def test_roles_are_gone_on_with_where_somebody_left(engine: Engine) -> None:
    bench, texts = LoadedModel(engine), SENTENCES * 8
    whole: HeadRoles = finished(LoadedModel(engine).roles(texts))
    steps = bench.roles(texts)
    while (known := next(steps)).n_sentences == 0:
        pass
    steps.close()

    again = bench.roles(texts)

    assert next(again) is known
    roles = finished(again)
    assert roles.n_sentences == len(texts)
    np.testing.assert_array_equal(roles.shares, whole.shares)


def test_roles_that_are_known_take_one_step(engine: Engine) -> None:
    bench = LoadedModel(engine)
    roles = finished(bench.roles(SENTENCES))

    assert list(bench.roles(SENTENCES)) == [roles]


def test_a_sentence_that_cannot_be_read_is_a_problem_every_time(engine: Engine) -> None:
    bench = LoadedModel(engine)
    for _ in range(2):
        with pytest.raises(UnencodableText):
            finished(bench.roles(["It rains.", "half \ud800"]))
