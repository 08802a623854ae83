"""Every subject gives a table, arrays and a caption in a notebook: no window, no states."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from roberta_gui.analysis.axes.modes import STANDARDISED, Space
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.axes.reference_fit import fit_reference_axes
from roberta_gui.analysis.axes.reference_sentences import reference_sentences
from roberta_gui.analysis.layer_maps.layer_map import layer_map
from roberta_gui.analysis.layer_maps.samples import Reading
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.stepped import result_of
from roberta_gui.engine import Engine
from roberta_gui.findings import (
    all_heads,
    attention,
    comparison,
    guesses,
    hidden_states,
    lens,
    path,
    rogue,
    similarity,
    surprisal,
    sweep,
)
from roberta_gui.findings.tables import Table
from roberta_gui.findings.words import cut, patching, token
from roberta_gui.findings.words.scoring import ScoredWords
from roberta_gui.findings.words.together import FilledTogether, GuessedWords
from roberta_gui.findings.words.why import Why
from roberta_gui.problems import BadArgument
from roberta_gui.records import AnalysisRequest
from roberta_gui.resources import resource
from tests.made_up import MADE_UP, made_up_analysis

REQUEST = AnalysisRequest("The cat sat on the <mask>.")
SENTENCES = reference_sentences(resource("reference_sentences.txt"))[:60]

Finding = tuple[Table | None, Mapping[str, Any] | None, str]


@pytest.fixture(scope="module")
def axes(engine: Engine) -> ReferenceAxes:
    return result_of(fit_reference_axes(engine.token_states(SENTENCES), SENTENCES))


def of_guesses(engine: Engine, axes: ReferenceAxes) -> Finding:
    run = engine.analyse(REQUEST)
    return guesses.table(run), guesses.arrays(run), guesses.caption(run)


def of_attention(engine: Engine, axes: ReferenceAxes) -> Finding:
    run = engine.analyse(REQUEST)
    return attention.table(run, 2, 3), attention.arrays(run, 2, 3), attention.caption(run, 2, 3)


def of_all_heads(engine: Engine, axes: ReferenceAxes) -> Finding:
    run = engine.analyse(REQUEST)
    return all_heads.table(run), all_heads.arrays(run), all_heads.caption(run)


def of_hidden_states(engine: Engine, axes: ReferenceAxes) -> Finding:
    run = engine.analyse(REQUEST)
    return (
        hidden_states.table(run, axes), hidden_states.arrays(run, axes),
        hidden_states.caption(run, axes, 3),
    )  # fmt: skip


def of_lens(engine: Engine, axes: ReferenceAxes) -> Finding:
    run, read = engine.analyse(REQUEST), engine.lens(REQUEST)
    return lens.table(run, read), lens.arrays(run, read), lens.caption(run, read, 3, 2)


def of_path(engine: Engine, axes: ReferenceAxes) -> Finding:
    run = engine.analyse(REQUEST)
    return path.table(run, axes), path.arrays(run, axes), path.caption(run, axes, 3, 2)


def of_rogue(engine: Engine, axes: ReferenceAxes) -> Finding:
    return rogue.table(axes), rogue.arrays(axes), rogue.caption(axes, 3)


def of_similarity(engine: Engine, axes: ReferenceAxes) -> Finding:
    sample = result_of(Reading(SENTENCES, engine.token_states).grow(400))
    found = result_of(layer_map("cka", sample.hidden, None, sample.sentence))
    return similarity.table(found), similarity.arrays(found), similarity.caption(found, engine.info)


def of_surprisal(engine: Engine, axes: ReferenceAxes) -> Finding:
    run, bits = engine.analyse(REQUEST), engine.surprisal(REQUEST)
    return surprisal.table(run, bits), surprisal.arrays(run, bits), surprisal.caption(run, bits)


def of_comparison(engine: Engine, axes: ReferenceAxes) -> Finding:
    pair = engine.analyse(REQUEST), engine.analyse("The old cat sat on a <mask>.")
    return (
        comparison.table(*pair, 2, 3), comparison.arrays(*pair, 2, 3),
        comparison.caption(*pair, 2, 3, specials="hide"),
    )  # fmt: skip


def of_sweep(engine: Engine, axes: ReferenceAxes) -> Finding:
    *_, found = engine.sweep(REQUEST, " floor")
    return sweep.table(found), sweep.arrays(found), sweep.caption(found)


def of_patching(engine: Engine, axes: ReferenceAxes) -> Finding:
    *_, found = engine.patch_steps(REQUEST, "The old cat sat on a <mask>.", "floor")
    return patching.table(found), patching.arrays(found), patching.caption(found)


def of_words(engine: Engine, axes: ReferenceAxes) -> Finding:
    found = ScoredWords(engine.score_words(REQUEST, ["floor", "trampoline"]))
    return found.table(), found.arrays(), found.caption()


def of_why(engine: Engine, axes: ReferenceAxes) -> Finding:
    found = Why(attribution=engine.attribute(REQUEST, "floor", "bed", steps=4))
    return found.table(), found.arrays(), found.caption()


def of_token(engine: Engine, axes: ReferenceAxes) -> Finding:
    preparations = axes.preparations[STANDARDISED]
    found = token.look(engine.analyse(REQUEST), 2, engine, 3, preparations)
    return found.table(), found.arrays(), found.caption()


def of_cut(engine: Engine, axes: ReferenceAxes) -> Finding:
    cuts = cut.cuts_of(engine.tokenizer, "unbelievably")
    return cut.table_of(cuts), cut.arrays_of(cuts), cut.caption_of(cuts)


def of_together(engine: Engine, axes: ReferenceAxes) -> Finding:
    *_, fillings = engine.fill_together_steps("The <mask> sat on the <mask>.", n=3)
    found = FilledTogether(fillings)
    return found.table(), found.arrays(), found.caption()


def of_whole_words(engine: Engine, axes: ReferenceAxes) -> Finding:
    found = GuessedWords(engine.whole_words(REQUEST, max_pieces=2))
    return found.table(), found.arrays(), found.caption()


SUBJECTS = [
    of_guesses, of_attention, of_all_heads, of_hidden_states, of_lens, of_path, of_rogue,
    of_similarity, of_surprisal, of_comparison, of_sweep, of_patching,
    of_words, of_why, of_token, of_cut, of_together, of_whole_words,
]  # fmt: skip


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.__name__[3:])
def test_every_subject_gives_a_table_arrays_and_whole_sentences(
    subject: Callable[[Engine, ReferenceAxes], Finding], engine: Engine, axes: ReferenceAxes
) -> None:
    table, arrays, caption = subject(engine, axes)

    assert table is not None
    frame = table.to_frame()
    assert len(frame) > 0
    assert len(frame.columns) >= 4
    assert table.to_csv().count("\n") > len(frame)  # walked again: nothing is used up
    assert arrays
    assert all(isinstance(array, np.ndarray) for array in arrays.values())
    assert caption[0].isupper() or caption[0] in "“␣nl"  # names of words, nats and log₂ begin so
    assert caption.endswith(".")


def test_a_run_that_is_held_against_another_tells_the_difference(
    engine: Engine, axes: ReferenceAxes
) -> None:
    run = Comparison(engine.analyse(REQUEST), engine.analyse("The old cat sat on a <mask>."))
    read, of_b = (engine.lens(side.request) for side in (run.a, run.b))
    told: dict[str, tuple[Mapping[str, Any], Table]] = {
        "difference": (attention.arrays(run, 2, 3), attention.table(run, 2, 3)),
        "total_variation": (all_heads.arrays(run), all_heads.table(run)),
        "coordinates_a_minus_b": (hidden_states.arrays(run, axes), hidden_states.table(run, axes)),
        "with_partner_in_b": (path.arrays(run, axes), path.table(run, axes)),
        "top_differs_from_b": (lens.arrays(run, read, of_b), lens.table(run, read, of_b)),
    }

    for name, (arrays, table) in told.items():
        assert name in arrays
        assert table.to_csv()
    np.testing.assert_array_equal(
        told["difference"][0]["difference"], run.difference(
            run.a.attention[2, 3], run.b.attention[2, 3], "token", "token"
        ),
    )  # fmt: skip
    assert "the largest difference" in attention.caption(run, 2, 3)
    assert "difference to B" in all_heads.caption(run)
    assert "partners in B" in hidden_states.caption(run, axes, 3)
    assert "partners in B" in path.caption(run, axes, 3)
    assert "top guesses are others in B" in lens.caption(run, read, 3, 2, of_b=of_b)


def test_heads_without_a_counterpart_are_a_problem() -> None:
    other = replace(MADE_UP, name="other", n_heads=8)
    run = Comparison(made_up_analysis("A cat"), made_up_analysis("A cat", other))

    for ask in (
        partial(attention.table, run, 0, 0),
        partial(all_heads.table, run),
        partial(comparison.table, run.a, run.b, 0, 0),
    ):
        with pytest.raises(BadArgument, match="cannot be compared") as problem:
            ask()
        assert "8 heads instead of" in problem.value.hint


def test_attention_of_another_number_of_layers_is_compared_by_depth() -> None:
    other = replace(MADE_UP, name="other", n_layers=8)
    run = Comparison(made_up_analysis("A cat"), made_up_analysis("A cat", other, seed=1))
    expected = run.a.attention[3, 2] - run.b.attention[7, 2]

    np.testing.assert_array_equal(attention.arrays(run, 3, 2)["difference"], expected)
    found = comparison.arrays(run.a, run.b, 3, 2)
    np.testing.assert_array_equal(found["difference"], expected)
    assert found["layer_of_b"].tolist() == [1, 3, 5, 7]
    told = "Layer 4, head 3 beside layer 8 in other"
    assert told in attention.caption(run, 3, 2)
    assert told in comparison.caption(run.a, run.b, 3, 2)


def test_a_space_that_is_not_fitted_is_a_problem(engine: Engine, axes: ReferenceAxes) -> None:
    run = engine.analyse(REQUEST)

    for ask in (hidden_states.table, path.table):
        with pytest.raises(BadArgument, match="No axes are fitted for “drop_top 2”"):
            ask(run, axes, Space("drop_top", 2))
