"""A layer, head, token or mask that a run has not is refused by name, and none is put in place."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from roberta_gui.analysis.stepped import result_of
from roberta_gui.engine import Engine
from roberta_gui.findings import attention, comparison, guesses, hidden_states, lens, path, rogue
from roberta_gui.findings.notation.places import need_head, need_places
from roberta_gui.findings.path import find_paths
from roberta_gui.findings.words import patching, token
from roberta_gui.findings.words.scoring import ScoredWords
from roberta_gui.problems import BadArgument, NoSuchHead
from tests.made_up import MADE_UP, made_up_analysis, made_up_axes

RUN, OTHER = made_up_analysis("A <mask> sat"), made_up_analysis("A <mask> lay", seed=1)
AXES = made_up_axes()
N_LAYERS, N_HEADS, N_TOKENS = MADE_UP.n_layers, MADE_UP.n_heads, len(RUN.tokens)


@pytest.mark.parametrize("place", [(99, 0), (N_LAYERS, 0), (-1, 0), (0, N_HEADS), (0, -1)])
@pytest.mark.parametrize("told", ["table", "arrays", "caption"])
def test_a_head_that_there_is_not_is_refused(told: str, place: tuple[int, int]) -> None:
    for ask in (
        lambda: getattr(attention, told)(RUN, *place),
        lambda: getattr(comparison, told)(RUN, OTHER, *place),
    ):
        with pytest.raises(NoSuchHead, match="There is no head"):
            ask()


@pytest.mark.parametrize("layer", [N_LAYERS + 1, 99, -1])
@pytest.mark.parametrize("subject", [hidden_states.caption, path.caption])
def test_a_layer_that_there_is_not_is_refused(subject: Callable[..., str], layer: int) -> None:
    with pytest.raises(BadArgument, match=f"There is no layer {layer}."):
        subject(RUN, AXES, layer)
    with pytest.raises(BadArgument, match=f"There is no layer {layer}."):
        rogue.caption(AXES, layer)


def test_a_token_that_there_is_not_is_refused() -> None:
    for ask in (path.caption, lambda *told: path.table(*told[:2], token=told[3])):
        for at in (N_TOKENS, 99, -1):
            with pytest.raises(BadArgument, match=f"There is no token {at}."):
                ask(RUN, AXES, 1, at)


def test_a_mask_that_there_is_not_is_refused(engine: Engine) -> None:
    bare = ScoredWords(engine.score_words("No mask.", ["cat"]))

    for ask in (lambda: guesses.caption(RUN, 1), lambda: guesses.caption(RUN, -1)):
        with pytest.raises(BadArgument, match=r"There is no mask -?1. They go from 0 to 0"):
            ask()
    with pytest.raises(BadArgument, match=r"There is no mask 0. There is none"):
        bare.caption()


def test_the_lens_is_read_where_it_is(engine: Engine) -> None:
    text = "A <mask> sat."
    run, read = engine.analyse(text), engine.lens(text)

    for layer, at in ((99, 0), (-1, 0), (0, 99), (0, -1)):
        with pytest.raises(BadArgument, match=r"There is no (layer|token)"):
            lens.caption(run, read, layer, at)


def test_axes_of_a_model_of_other_layers_do_not_fit(engine: Engine) -> None:
    for n_layers in (N_LAYERS + 2, N_LAYERS - 1):
        axes = made_up_axes(replace(MADE_UP, n_layers=n_layers))
        asked: list[Callable[[], Any]] = [
            lambda axes=axes: path.caption(RUN, axes, 1),
            lambda axes=axes: hidden_states.caption(RUN, axes, 1),
            lambda axes=axes: result_of(
                find_paths(RUN, axes, next(iter(axes.preparations.values())), None, None)
            ),
            lambda axes=axes: token.look(RUN, 1, engine, 0, next(iter(axes.preparations.values()))),
        ]
        for ask in asked:
            with pytest.raises(BadArgument, match="do not fit"):
                ask()


def test_of_whole_layers_that_were_copied_each_has_a_row_and_no_token_is_told(
    engine: Engine,
) -> None:
    *_, found = engine.patch_steps("A <mask> sat.", "The <mask> sat.", " cat", sites="layer")

    frame = patching.table(found).to_frame()
    assert frame.columns.tolist() == ["layer", "share_regained", "bits"]
    assert len(frame) == engine.info.n_layers + 1
    with pytest.raises(BadArgument, match="Whole layers have no tokens"):
        patching.caption(found)


def test_places_count_as_any_whole_number_does_and_nothing_else_is_one() -> None:
    need_places(layer=(np.int64(3), 4), token=(None, 0))
    need_head(RUN.attention, 0, 0)
    for place in (1.0, True, "1"):
        with pytest.raises(BadArgument, match="There is no layer"):
            need_places(layer=(place, 4))  # type: ignore[dict-item]
