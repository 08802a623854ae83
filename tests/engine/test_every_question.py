"""No question is forgotten: all that an Engine is asked has numbers, or a reason, for any text."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args

import numpy as np
import pytest

from roberta_gui import problems
from roberta_gui.analysis.stepped import result_of
from roberta_gui.engine import Engine
from roberta_gui.records import AnalysisRequest, AttributionMethod, Estimator

TEXTS = ("", "cat", "[MASK]", "the cat", "[MASK] [MASK]")
OTHER = AnalysisRequest("the [MASK]")

Ask = Callable[[Engine, AnalysisRequest], Any]


def last(steps: Iterable[Any]) -> Any:
    *_, found = steps
    return found


def ids(engine: Engine, request: AnalysisRequest) -> list[int]:
    return [token.id for token in engine.tokenize(request.text)]


QUESTIONS: dict[str, Ask] = {
    "analyse": lambda e, r: e.analyse(r),
    "attribute": lambda e, r: [
        e.attribute(r, "cat", "mat", method, steps=2) for method in get_args(AttributionMethod)
    ],
    "attribute_steps": lambda e, r: last(e.attribute_steps(r, "cat", steps=2)),
    "contribution_steps": lambda e, r: list(e.contribution_steps(r)),
    "contributions": lambda e, r: e.contributions(r),
    "edited": lambda e, r: e.edited(lambda _layer, context: 2 * context).analyse(r),
    "embed": lambda e, r: e.embed([r.text]),
    "fill_together": lambda e, r: e.fill_together(r, 3, 3),
    "fill_together_steps": lambda e, r: last(e.fill_together_steps(r, 3, 3)),
    "lens": lambda e, r: e.lens(r, watch="cat"),
    "lens_steps": lambda e, r: last(e.lens_steps(r, watch="cat")),
    "log_probabilities": lambda e, r: e.log_probabilities(r, ["cat"]),
    "mask_log_probabilities": lambda e, r: e.mask_log_probabilities(r),
    "mask_log_probability_steps": lambda e, r: result_of(e.mask_log_probability_steps(r)),
    "nearest_words": lambda e, r: [e.nearest_words(row) for row in ids(e, r)],
    "nearest_words_steps": lambda e, r: [
        result_of(e.nearest_words_steps(row)) for row in ids(e, r)
    ],
    "patch": lambda e, r: e.patch(r, OTHER, "cat"),
    "patch_steps": lambda e, r: last(e.patch_steps(r, OTHER, "cat")),
    "positions": lambda e, r: e.positions(ids(e, r)),
    "predict": lambda e, r: e.predict(r),
    "replacements": lambda e, r: e.replacements(r, range(e.info.vocab_size)),
    "role_steps": lambda e, r: last(e.role_steps([r.text])),
    "score_words": lambda e, r: e.score_words(r, ["cat", "the cat"]),
    "score_words_steps": lambda e, r: result_of(e.score_words_steps(r, ["cat", "the cat"])),
    "spell": lambda e, r: e.spell(ids(e, r)),
    "surprisal": lambda e, r: [e.surprisal(r, estimator) for estimator in get_args(Estimator)],
    "surprisal_steps": lambda e, r: last(e.surprisal_steps(r)),
    "sweep": lambda e, r: last(e.sweep(r, "cat")),
    "table": lambda e, r: list(e.table([r])),
    "token_log_probabilities": lambda e, r: e.token_log_probabilities(r, 0),
    "token_log_probability_steps": lambda e, r: result_of(e.token_log_probability_steps(r, 0)),
    "token_states": lambda e, r: list(e.token_states([r.text])),
    "tokenize": lambda e, r: e.tokenize(r.text),
    "whole_words": lambda e, r: e.whole_words(r, max_pieces=2),
    "whole_words_steps": lambda e, r: last(e.whole_words_steps(r, max_pieces=2)),
}

AT_A_MASK = ("attribute", "patch", "replacements", "sweep", "whole_words")

MAY_LACK_NUMBERS = ("attribute", "patch", "surprisal")
"""Their nan is documented: what a method leaves alone, a token without partner, what is special."""


@pytest.fixture(params=["with specials", "without"])
def engine(request: pytest.FixtureRequest, with_specials: Engine, bare: Engine) -> Engine:
    return with_specials if request.param == "with specials" else bare


def reason(name: str, engine: Engine, text: str) -> type[problems.Problem] | None:
    """Say what a question about a text is refused for; None where there is no reason to."""
    if name == "predict":
        return problems.NoTaskHead
    lacks_mask = name.removesuffix("_steps") in AT_A_MASK and "[MASK]" not in text
    lacks_token = name.startswith("token_log_prob") and not engine.tokenize(text)
    return problems.BadArgument if lacks_mask or lacks_token else None


def numbers(found: Any) -> Iterator[float]:
    """Take every number out of records, arrays and lists of them."""
    if isinstance(found, np.ndarray):
        yield from found.ravel().tolist()
    elif isinstance(found, int | float):
        yield found
    elif is_dataclass(found):
        yield from numbers([getattr(found, field.name) for field in fields(found)])
    elif isinstance(found, Mapping):
        yield from numbers(list(found.values()))
    elif isinstance(found, list | tuple):
        for one in found:
            yield from numbers(one)


def test_every_public_method_is_asked_here() -> None:
    public = {name for name in dir(Engine) if not name.startswith("_")}

    assert public - {"load", "close"} == QUESTIONS.keys()


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_about_a_short_text_has_numbers_or_a_reason(
    engine: Engine, name: str
) -> None:
    for text in TEXTS:
        if (problem := reason(name, engine, text)) is not None:
            with pytest.raises(problem) as told:
                QUESTIONS[name](engine, AnalysisRequest(text))
            assert told.value.hint, text
            continue
        found = list(numbers(QUESTIONS[name](engine, AnalysisRequest(text))))
        assert not any(map(math.isinf, found)), text
        if name.removesuffix("_steps") not in MAY_LACK_NUMBERS:
            assert not any(map(math.isnan, found)), text
