"""A layer, head, token or mask that a run has not is refused by name, and none is put in place."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from roberta_gui.analysis.axes.modes import STANDARDISED
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
N_LAYERS, N_HEADS, N_TOKENS = MADE_UP.n_layers, MADE_UP.n_heads, len(RUN.tokens)


@pytest.mark.parametrize("place", [(99, 0), (N_LAYERS, 0), (-1, 0), (0, N_HEADS), (0, -1)])
@pytest.mark.parametrize("told", ["table", "arrays", "caption"])
def test_a_head_that_there_is_not_is_refused(told: str, place: tuple[int, int]) -> None:
    with pytest.raises(NoSuchHead, match="There is no head"):
        getattr(attention, told)(RUN, *place)
    with pytest.raises(NoSuchHead, match="There is no head"):
        getattr(comparison, told)(RUN, OTHER, *place)


@pytest.mark.parametrize("layer", [N_LAYERS + 1, 99, -1])
@pytest.mark.parametrize("subject", [hidden_states.caption, path.caption])
def test_a_layer_that_there_is_not_is_refused(subject: Callable[..., str], layer: int) -> None:
    with pytest.raises(BadArgument, match=f"There is no layer {layer}."):
        subject(RUN, made_up_axes(MADE_UP), layer)
    with pytest.raises(BadArgument, match=f"There is no layer {layer}."):
        rogue.caption(made_up_axes(MADE_UP), layer)


@pytest.mark.parametrize("at", [N_TOKENS, 99, -1])
def test_a_token_that_there_is_not_is_refused(at: int) -> None:
    with pytest.raises(BadArgument, match=f"There is no token {at}."):
        path.caption(RUN, made_up_axes(MADE_UP), 1, at)
    with pytest.raises(BadArgument, match=f"There is no token {at}."):
        path.table(RUN, made_up_axes(MADE_UP), token=at)


def test_a_mask_that_there_is_not_is_refused(engine: Engine) -> None:
    bare = ScoredWords(engine.score_words("No mask.", ["cat"]))

    for mask in (1, -1):
        with pytest.raises(BadArgument, match=rf"There is no mask {mask}. They go from 0 to 0"):
            guesses.caption(RUN, mask)
    with pytest.raises(BadArgument, match=r"There is no mask 0. There is none"):
        bare.caption()


def test_the_lens_is_read_where_it_is(engine: Engine) -> None:
    text = "A <mask> sat."
    run, read = engine.analyse(text), engine.lens(text)

    for layer, at in ((99, 0), (-1, 0), (0, 99), (0, -1)):
        with pytest.raises(BadArgument, match=r"There is no (layer|token)"):
            lens.caption(run, read, layer, at)


@pytest.mark.parametrize("n_layers", [N_LAYERS + 2, N_LAYERS - 1])
def test_axes_of_a_model_of_other_layers_do_not_fit(n_layers: int, engine: Engine) -> None:
    axes = made_up_axes(replace(MADE_UP, n_layers=n_layers))
    preparations = axes.need_preparation(STANDARDISED)

    with pytest.raises(BadArgument, match="do not fit"):
        path.caption(RUN, axes, 1)
    with pytest.raises(BadArgument, match="do not fit"):
        hidden_states.caption(RUN, axes, 1)
    with pytest.raises(BadArgument, match="do not fit"):
        result_of(find_paths(RUN, axes, preparations, None, None))
    with pytest.raises(BadArgument, match="do not fit"):
        token.look(RUN, 1, engine, 0, preparations)


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
            need_places(layer=(place, 4))
