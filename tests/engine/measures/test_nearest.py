"""The words nearest to a row of the vocabulary are those that brute force finds."""

import numpy as np
import pytest
from safetensors.numpy import load_file
from sklearn.metrics.pairwise import cosine_similarity

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.records import AnalysisRequest, FloatArray
from roberta_gui.resources import resource
from tests.tolerances import rounding

WORDS = "roberta.embeddings.word_embeddings.weight"


def word_embeddings() -> FloatArray:
    return load_file(resource("models/mini/model.safetensors"))[WORDS].astype(np.float32)


@pytest.mark.parametrize("word", [" cat", "The", ","])
def test_the_nearest_words_are_those_of_brute_force(mini: Engine, word: str) -> None:
    row, table = mini.tokenizer.row_of(word), word_embeddings()
    cosines = cosine_similarity(table[[row]].astype(np.float64), table.astype(np.float64))[0]
    cosines[row] = -np.inf

    found = mini.nearest_words(row, n=8)

    off = rounding(table.shape[1])
    assert row not in [one.id for one in found]
    assert [one.cosine for one in found] == pytest.approx(np.sort(cosines)[::-1][:8], abs=off)
    assert [one.cosine for one in found] == pytest.approx(cosines[[o.id for o in found]], abs=off)
    assert [(one.text, one.leading_space) for one in found] == [
        mini.tokenizer.spell(one.id) for one in found
    ]


def test_all_words_can_be_listed_each_once(mini: Engine) -> None:
    n_words = len(word_embeddings())

    found = mini.nearest_words(5, n=n_words + 3)

    assert sorted(one.id for one in found) == [row for row in range(n_words) if row != 5]


@pytest.mark.parametrize(("row", "n"), [(-1, 3), (10**6, 3), (5, 0), (True, 3)])
def test_what_is_no_row_or_number_is_told(mini: Engine, row: int, n: int) -> None:
    with pytest.raises(problems.BadArgument):
        mini.nearest_words(row, n)


def test_positions_are_counted_as_the_network_counts_them(mini: Engine) -> None:
    tokens = mini.analyse(AnalysisRequest("The cat sat.")).tokens

    assert mini.positions([one.id for one in tokens]) == tuple(range(2, len(tokens) + 2))
