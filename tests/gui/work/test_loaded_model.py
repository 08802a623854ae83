"""The loaded model as panels' work meets it: what one panel asked for is there for the next."""

import gc
import weakref
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import numpy as np
import pytest

from roberta_gui.analysis.heads.roles import HeadRoles, measure
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.stepped import result_of
from roberta_gui.engine import Engine
from roberta_gui.findings.comparison.guesses import find_contrast
from roberta_gui.findings.guesses import compare_guesses
from roberta_gui.gui.work.loaded_model import MOST, MOST_BYTES, LoadedModel, Memory
from roberta_gui.problems import UnencodableText
from roberta_gui.records import AnalysisRequest
from tests.made_up import MadeUpEngine, made_up_analysis
from tests.tolerances import PASS, SUMMED, information_bits

SENTENCES = ("The cat sleeps.", "It rains.", "Nobody came to the party.")


class Counting(MadeUpEngine):
    """Notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        for name in ("mask_log_probability_steps", "contribution_steps"):
            setattr(self, name, self._noted(getattr(self, name)))

    def _noted(self, ask: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(ask)
        def asking(*args: Any, **more: Any) -> Any:
            self.asked.append(ask.__name__)
            return ask(*args, **more)

        return asking


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def counted(counting: Counting) -> LoadedModel:
    return LoadedModel(cast("Engine", counting))


def never() -> bool:
    return False


def silent(text: str, fraction: float | None) -> None:
    """Hear and forget."""


def test_a_sample_is_what_the_engine_gives(engine: Engine) -> None:
    sample = result_of(LoadedModel(engine).sample(SENTENCES, 1000))

    for index, text in enumerate(SENTENCES):
        (states,) = engine.token_states([text])
        np.testing.assert_allclose(
            sample.hidden[:, sample.sentence == index], states.hidden, atol=PASS
        )
    assert not sample.hidden.flags.writeable


def test_sentences_are_read_once_however_often_they_are_asked_for(engine: Engine) -> None:
    loaded = LoadedModel(engine)
    steps = len(list(loaded.sample(SENTENCES, 1000)))

    assert steps > 0
    assert len(list(loaded.sample(SENTENCES, 1000))) == 0


def test_a_second_panel_asks_for_no_second_pass(counted: LoadedModel, counting: Counting) -> None:
    a, b = (made_up_analysis(text) for text in ("A <mask>", "the <mask> too"))

    result_of(find_contrast(Comparison(a, b), None, counted, never, silent))
    changes = result_of(compare_guesses(Comparison(b, a), counted, never, silent))

    assert counting.asked == ["mask_log_probability_steps"] * 2
    alone = result_of(Counting().mask_log_probability_steps(a.request))
    ids = [candidate.id for candidate in b.fills[0].candidates]
    np.testing.assert_array_equal(changes.in_b[0], np.exp(alone[0, ids].astype(np.float64)))


def test_every_layer_is_given_to_whoever_asks_later(
    counted: LoadedModel, counting: Counting
) -> None:
    request, words = AnalysisRequest("one two"), np.array([0, 1, 2, 3])
    first = counted.engine.contribution_steps(request, words)
    begun = [next(first), next(first)]

    whole = list(counted.engine.contribution_steps(request, words, stop=never))

    assert len(whole) == counting.info.n_layers
    assert all(one is other for one, other in zip([*begun, *first], whole, strict=True))
    assert counting.asked == ["contribution_steps"]
    list(counted.engine.contribution_steps(request))  # between tokens is something else
    assert counting.asked == ["contribution_steps"] * 2


def test_whoever_goes_on_with_a_measure_hears_how_far_it_is(engine: Engine) -> None:
    request, loaded = AnalysisRequest("one two three " * 20), LoadedModel(engine)
    said: list[str] = []
    steps = loaded.engine.surprisal_steps(request, "pll", never, lambda *_: said.append("first"))
    begun = [next(steps), next(steps)]
    del steps
    n_said = len(said)

    *rest, bits = loaded.engine.surprisal_steps(request, report=lambda *_: said.append("second"))

    assert 0 < n_said < len(said)
    assert set(said[:n_said]) == {"first"}
    assert set(said[n_said:]) == {"second"}
    assert rest[0] is begun[-1]
    np.testing.assert_array_equal(bits, list(engine.surprisal_steps(request))[-1])


def test_what_is_kept_is_bounded_by_number_and_by_bytes() -> None:
    known = Memory()
    for number in range(MOST + 1):
        known[number] = np.zeros(8)
        known.get(0)  # what is asked for stays
    assert (len(known), known.n_bytes) == (MOST, MOST * 64)
    assert known.get(1) is None
    assert known.get(0) is not None

    half = np.broadcast_to(np.float32(0), MOST_BYTES // 8 + 1)  # takes no memory itself
    for number in range(2):
        known["large", number] = {"held": [half]}

    assert known.n_bytes <= MOST_BYTES
    assert known.get(("large", 0)) is None
    assert known.get(("large", 1)) is not None


def test_what_was_found_goes_with_its_model() -> None:
    made_up = MadeUpEngine()
    model = LoadedModel(cast("Engine", made_up))
    steps = model.engine.surprisal_steps(AnalysisRequest("half of it"))
    next(steps)
    engine = weakref.ref(made_up)
    gc.disable()  # in a circle it would stay until the collector comes by

    del model, steps, made_up
    is_gone = engine() is None

    gc.enable()
    assert is_gone


def test_roles_are_those_of_every_sentence_passed_by_itself(engine: Engine) -> None:
    roles = result_of(LoadedModel(engine).roles(SENTENCES))

    alone = [engine.analyse(AnalysisRequest(text)) for text in SENTENCES]
    parts = [measure(analysis.attention, analysis.tokens) for analysis in alone]
    expected = parts[0] + parts[1] + parts[2]
    assert roles.n_sentences == len(SENTENCES)
    np.testing.assert_allclose(roles.shares, expected.shares, atol=SUMMED)
    np.testing.assert_allclose(roles.entropy_bits, expected.entropy_bits, atol=information_bits(16))


def test_roles_are_gone_on_with_where_somebody_left(engine: Engine) -> None:
    loaded, texts = LoadedModel(engine), SENTENCES * 8
    whole: HeadRoles = result_of(LoadedModel(engine).roles(texts))
    steps = loaded.roles(texts)
    while (known := next(steps)).n_sentences == 0:
        pass
    steps.close()

    again = loaded.roles(texts)

    assert next(again) is known
    roles = result_of(again)
    assert roles.n_sentences == len(texts)
    np.testing.assert_array_equal(roles.shares, whole.shares)


def test_roles_that_are_known_take_one_step(engine: Engine) -> None:
    loaded = LoadedModel(engine)
    roles = result_of(loaded.roles(SENTENCES))

    assert list(loaded.roles(SENTENCES)) == [roles]


def test_a_sentence_that_cannot_be_read_is_a_problem_every_time(engine: Engine) -> None:
    loaded = LoadedModel(engine)
    for _ in range(2):
        with pytest.raises(UnencodableText):
            result_of(loaded.roles(["It rains.", "half \ud800"]))
