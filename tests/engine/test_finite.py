"""A pass that comes to no numbers is told of by name, whatever was asked."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from roberta_gui import problems
from roberta_gui.choices import GuessesChoices
from roberta_gui.engine import Engine
from roberta_gui.engine.measures.fill_mask import entropy_bits
from roberta_gui.findings.guesses import hide, listed_at
from roberta_gui.records import AnalysisRequest
from tests.engine.changed_checkpoints import rewrite
from tests.models import make_checkpoint
from tests.tolerances import ROW_SUM

REQUEST = AnalysisRequest("The cat sat on the <mask>.")
LAYER = "roberta.encoder.layer.1.intermediate.dense.weight"

WORK: dict[str, Callable[[Engine], Any]] = {
    "analyse": lambda engine: engine.analyse(REQUEST),
    "analyse_without_a_mask": lambda engine: engine.analyse(AnalysisRequest("A cat.")),
    "lens": lambda engine: engine.lens(REQUEST),
    "log_probabilities": lambda engine: engine.log_probabilities(REQUEST, [" cat"]),
    "unmasked": lambda engine: engine.surprisal(REQUEST, "unmasked"),
    "pll": lambda engine: engine.surprisal(REQUEST, "pll"),
    "pll_word_l2r": lambda engine: engine.surprisal(REQUEST, "pll_word_l2r"),
    "sweep": lambda engine: list(engine.sweep(REQUEST, " mat")),
    "contributions": lambda engine: engine.contributions(REQUEST),
    "roles": lambda engine: list(engine.role_steps(["A cat."])),
    "embed": lambda engine: engine.embed(["A cat.", "Two cats sat."]),
    "token_states": lambda engine: list(engine.token_states(["A cat.", "Two cats sat."])),
}


def small(folder: Path) -> Path:
    """Make a checkpoint of two layers that knows a hundred words."""
    return make_checkpoint(folder, family="xlm-roberta")


def opened(
    folder: Path, change: Callable[[dict[str, torch.Tensor]], object], dtype: str = "float32"
) -> Engine:
    """Make a small checkpoint, damage its weights, and open it."""

    def changed(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        change(tensors)
        return tensors

    rewrite(small(folder), changed)
    return Engine.load(folder, device="cpu", dtype=dtype)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Give a model one of whose weights is undefined."""
    return opened(
        tmp_path_factory.mktemp("damaged"), lambda found: found[LAYER][0, 0].fill_(torch.nan)
    )


@pytest.mark.parametrize("name", WORK)
def test_one_undefined_weight_is_told_of_whatever_is_asked(damaged: Engine, name: str) -> None:
    with pytest.raises(problems.NotFinite, match=r"infinite or undefined.*weights .* damaged"):
        WORK[name](damaged)


@pytest.fixture(scope="module", params=[torch.nan, torch.inf])
def damaged_head(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Engine:
    """Give a model one of whose words has a logit that is no number."""
    value: float = request.param
    folder = tmp_path_factory.mktemp("damaged-head")
    return opened(folder, lambda found: found["lm_head.bias"][7].fill_(value))


@pytest.mark.parametrize("name", ["analyse", "lens", "log_probabilities", "pll", "sweep"])
def test_an_undefined_logit_is_told_of_though_all_hidden_states_are_numbers(
    damaged_head: Engine, name: str
) -> None:
    damaged_head.analyse(AnalysisRequest("A cat."))

    with pytest.raises(problems.NotFinite, match=r"logits hold infinite or undefined"):
        WORK[name](damaged_head)


def test_states_that_are_no_numbers_are_not_read_through_the_lens(damaged: Engine) -> None:
    shape = (3, len(damaged.tokenize("A <mask>.")), 32)
    states = np.full(shape, np.nan, np.float32)

    with pytest.raises(problems.NotFinite):
        list(damaged.lens_steps(AnalysisRequest("A <mask>."), hidden=states))


def test_a_word_that_can_never_be_guessed_is_no_damage(tmp_path: Path) -> None:
    engine = opened(tmp_path, lambda found: found["lm_head.bias"][7].fill_(-torch.inf))
    every = AnalysisRequest(REQUEST.text, top_k=engine.info.vocab_size)

    (fill,) = engine.analyse(every).fills

    assert fill.candidates[-1].id == 7
    assert fill.candidates[-1].probability == 0.0
    assert fill.covered == pytest.approx(1.0, abs=ROW_SUM)


def test_a_word_that_can_never_be_guessed_leaves_every_sum_over_all_words_a_number(
    tmp_path: Path,
) -> None:
    exact = Engine.load(small(tmp_path / "whole"), device="cpu")
    never = opened(tmp_path / "never", lambda found: found["lm_head.bias"][7].fill_(-torch.inf))
    lenses = [engine.lens(REQUEST) for engine in (exact, never)]
    run = never.analyse(REQUEST)

    listed = listed_at(never, run, 2, GuessesChoices())

    for name in ("entropy_bits", "kl_bits"):
        with_it, without = (getattr(lens, name) for lens in lenses)
        # Among hundreds of words of a network that has learnt nothing, one is hardly missed.
        np.testing.assert_allclose(without, with_it, atol=0.05)
    hidden, mask = hide(run, 2)
    logs = never.mask_log_probabilities(hidden)[mask]
    assert listed.analysis.fills[0].entropy_bits == pytest.approx(entropy_bits(logs), rel=1e-6)


@pytest.fixture(scope="module")
def never(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Give a model that never guesses the word of row 7."""
    never = tmp_path_factory.mktemp("never")
    return opened(never, lambda found: found["lm_head.bias"][7].fill_(-torch.inf))


OTHER = "The dog sat on the <mask>."

FOLLOWED: dict[str, Callable[[Engine], Any]] = {
    "sweep": lambda engine: list(engine.sweep(REQUEST, 7)),
    "integrated gradients": lambda engine: engine.attribute(REQUEST, 7, steps=2),
    "occlusion": lambda engine: engine.attribute(REQUEST, 7, method="occlusion"),
    "against": lambda engine: engine.attribute(REQUEST, 8, against=7, method="occlusion"),
    "patch": lambda engine: engine.patch(REQUEST, "The dog sat on the <mask>.", 7),
    "patch against": lambda engine: engine.patch(
        REQUEST, "The dog sat on the <mask>.", 8, against=7
    ),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_what_makes_a_word_likelier_is_not_asked_of_one_that_is_never_guessed(
    never: Engine, name: str
) -> None:
    never_guessed = re.escape(never.spell([7])[0][0])

    with pytest.raises(problems.BadArgument, match=f"never guesses .*{never_guessed}”"):
        FOLLOWED[name](never)


def test_a_token_that_is_never_guessed_is_scored_all_the_same(never: Engine) -> None:
    text = f"A {never.spell([7])[0][0]}"
    assert 7 in [token.id for token in never.tokenize(text)]

    (row,) = never.table([text], ["bits"])

    assert row.n_scored == len(never.tokenize(text)) - 2
    assert row.bits == np.inf


def test_an_undefined_logit_is_told_of_where_a_guess_is_followed_back(tmp_path: Path) -> None:
    engine = opened(tmp_path, lambda found: found["lm_head.bias"][7].fill_(torch.nan))

    with pytest.raises(problems.NotFinite, match="logits hold infinite or undefined"):
        engine.attribute(REQUEST, 8, method="occlusion")


def test_a_model_that_half_precision_is_too_narrow_for_is_sent_to_float32(tmp_path: Path) -> None:
    def enlarge(found: dict[str, torch.Tensor]) -> None:
        found[LAYER] *= 1e6  # float16 ends at 65504

    exact = opened(tmp_path, enlarge)
    rough = Engine.load(tmp_path, device="cpu", dtype="float16")

    assert np.isfinite(exact.analyse(REQUEST).hidden).all()
    with pytest.raises(problems.NotFinite, match=r"float16 can overflow: .* in float32"):
        rough.analyse(REQUEST)
