"""Vectors of whole texts, against transformers pooled as sentence-transformers pools."""

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from roberta_gui import problems
from roberta_gui.engine.measures.reference import Pooling
from tests.engine.twins import Twins
from tests.tolerances import PASS, rounding

CUTTING = "Cutting the texts into tokens"
TEXTS = ["The cat sat on the mat, unbelievably.", "", "It rains.", "A <mask> of <pad> tokens.", "é"]


def expected(twins: Twins, layer: int, pooling: Pooling) -> NDArray[np.float32]:
    """Pool one padded batch of transformers' own making."""
    given: Any = twins.tokenizer(TEXTS, padding=True, return_tensors="pt")
    # A typed <pad> is a token like any other; only what fills the rows up is left out.
    with torch.inference_mode():
        states = twins.oracle(**given, output_hidden_states=True).hidden_states[layer]
    real = given["attention_mask"][:, :, None].bool()
    if pooling == "mean":
        pooled = (states * real).sum(dim=1) / real.sum(dim=1)
    elif pooling == "max":
        pooled = torch.where(real, states, -torch.inf).max(dim=1).values
    else:
        pooled = states[:, 0]
    found: NDArray[np.float32] = pooled.numpy()
    return found


@pytest.mark.parametrize("pooling", ["mean", "cls", "max"])
@pytest.mark.parametrize("layer", [-1, 0, 2, -2])
def test_texts_of_all_lengths_get_the_vectors_of_transformers(
    layer: int, pooling: Pooling, twins: Twins
) -> None:
    found = twins.engine.embed(TEXTS, layer, pooling)

    np.testing.assert_allclose(found, expected(twins, layer, pooling), atol=PASS)
    assert found.dtype == np.float32
    assert not found.flags.writeable


@pytest.mark.parametrize("batch_tokens", [1, 12, 20, 8192])
def test_the_size_of_a_batch_changes_no_value(batch_tokens: int, twins: Twins) -> None:
    found = twins.engine.embed(TEXTS, batch_tokens=batch_tokens)

    np.testing.assert_allclose(found, twins.engine.embed(TEXTS), rtol=0, atol=PASS)


def test_normalised_vectors_have_the_same_direction_and_length_one(twins: Twins) -> None:
    plain, unit = twins.engine.embed(TEXTS), twins.engine.embed(TEXTS, normalize=True)

    np.testing.assert_allclose(np.linalg.norm(unit, axis=1), 1, atol=rounding(unit.shape[1]))
    np.testing.assert_allclose(unit * np.linalg.norm(plain, axis=1)[:, None], plain, atol=PASS)


def test_no_texts_give_no_vectors_and_long_ones_are_cut(twins: Twins) -> None:
    assert twins.engine.embed([]).shape == (0, 32)
    words = " word" * 100
    kept = " word" * (twins.engine.info.max_tokens - 2)
    np.testing.assert_array_equal(twins.engine.embed([words]), twins.engine.embed([kept]))


@pytest.mark.parametrize("n", [3, 8])
def test_the_work_ends_when_told_to_be_it_while_texts_are_cut(n: int, twins: Twins) -> None:
    told: list[tuple[str, float | None]] = []
    asked = partial(twins.engine.embed, TEXTS, batch_tokens=1)

    with pytest.raises(problems.Stopped):
        asked(stop=lambda: len(told) == n, report=lambda *each: told.append(each))

    what, shares = zip(*told, strict=True)
    assert what == (*[CUTTING] * 5, *["Embedding the texts"] * 5)[:n]
    assert shares == pytest.approx([nth % 5 / 5 for nth in range(n)])


def test_states_of_many_texts_end_while_they_are_cut(twins: Twins) -> None:
    told: list[tuple[str, float | None]] = []
    states = twins.engine.token_states(
        TEXTS, stop=lambda: len(told) == 2, report=lambda *each: told.append(each)
    )

    with pytest.raises(problems.Stopped):
        next(states)

    assert told == [(CUTTING, 0.0), (CUTTING, pytest.approx(1 / 5))]


@pytest.mark.parametrize(
    "options", [{"layer": 4}, {"layer": -5}, {"pooling": "median"}, {"batch_tokens": 0}], ids=str
)
def test_what_cannot_be_had_is_refused(options: dict[str, Any], twins: Twins) -> None:
    with pytest.raises(problems.BadArgument):
        twins.engine.embed(TEXTS, **options)
