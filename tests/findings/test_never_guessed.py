"""A word that a model can never guess, a logit of −infinity, is told of in words and numbers."""

import numpy as np
import pytest
import torch

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import GuessesChoices
from roberta_gui.engine import Engine
from roberta_gui.findings import guesses, lens
from roberta_gui.findings.words.scoring import ScoredWords
from tests.engine.changed_checkpoints import rewrite
from tests.models import make_checkpoint

A, B = "The cat sat on the <mask>.", "The dog slept on the <mask>."
WORD = " cat"


@pytest.fixture(scope="module")
def never(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Open a model that never guesses ``WORD``; every warning of numpy is an error here."""
    folder = make_checkpoint(tmp_path_factory.mktemp("never"), family="xlm-roberta")
    row = Engine.load(folder, device="cpu").tokenizer.row_of(WORD)

    def changed(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        tensors["lm_head.bias"][row] = -torch.inf
        return tensors

    rewrite(folder, changed)
    return Engine.load(folder, device="cpu")


def test_what_neither_side_guesses_has_no_difference_in_a_list(never: Engine) -> None:
    listed = guesses.listed(never, never.analyse(A), GuessesChoices(n=0))
    probabilities = np.array([[one.probability for one in listed.fills[0].candidates]])

    *_, last, _ = guesses.table(listed, probabilities).to_csv().split("\r\n")

    assert last.endswith("cat,True,0.0,0.0,")


def test_nor_has_it_one_in_the_lens_and_among_scored_words(never: Engine) -> None:
    compared = Comparison(never.analyse(A), never.analyse(B))
    read, of_b = (list(never.lens_steps(text, watch=WORD))[-1] for text in (A, B))
    change = lens.arrays(compared, read, of_b)["watched_bits_likelier_in_a"]
    a, b = (never.score_words(text, ["cat", "dog"]) for text in (A, B))

    assert np.isnan(change).all()
    assert "nan" not in ScoredWords(a, b).caption(0)
