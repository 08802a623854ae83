"""Start values from the text: words that stand together lie together, frequent ones come first."""

from pathlib import Path

import numpy as np
import pytest
import torch

from roberta_gui.engine.roberta import Roberta
from roberta_gui.training.starts.start import Shape, Start, fresh
from roberta_gui.training.starts.word_start import WINDOW, start_words
from tests.training.toy import write_corpus, write_tokenizer

ABSENT = 250


@pytest.fixture
def start(tmp_path: Path) -> Start:
    tokenizer = write_tokenizer(tmp_path / "vocabulary", write_corpus(tmp_path / "corpus"))
    return fresh(tokenizer, Shape(1, 2, 64, 64, 32), seed=0)


def two_topics(n: int = 4000) -> np.ndarray:
    """Draw runs of words of one of two topics: 10 to 29, and 30 to 49."""
    random = np.random.default_rng(0)
    runs = [random.integers(10, 30, 12) + 20 * (turn % 2) for turn in range(n // 12)]
    return np.concatenate(runs).astype(np.uint16)


def words(network: Roberta) -> torch.Tensor:
    return network.embeddings.word.weight.detach()


def test_words_of_one_topic_lie_nearer_each_other_than_those_of_two(start: Start) -> None:
    start_words(start.network, two_topics())

    unit = torch.nn.functional.normalize(words(start.network)[10:50], dim=1)
    cosines = unit @ unit.T
    within = (cosines[:20, :20].sum() - 20) / (20 * 19)
    assert within > cosines[:20, 20:].mean() + 0.2


def test_the_first_guess_without_any_context_is_the_words_frequency(start: Start) -> None:
    ids = two_topics()

    start_words(start.network, ids)

    assert start.network.mask_head is not None
    counts = np.bincount(ids, minlength=len(words(start.network))) + 1
    bias = start.network.mask_head.bias.detach().double()
    np.testing.assert_allclose(bias.exp(), counts / counts.sum(), rtol=1e-5)


def test_vectors_are_the_leading_part_of_the_mutual_information(start: Start) -> None:
    ids = two_topics(1200)
    size = len(words(start.network))
    start_words(start.network, ids)

    pairs = np.zeros((size, size))
    for place in range(len(ids)):
        for other in range(max(0, place - WINDOW), min(len(ids), place + WINDOW + 1)):
            pairs[ids[place], ids[other]] += place != other
    word = pairs.sum(1)
    smooth = word**0.75 / (word**0.75).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        information = np.log(pairs / (word[:, None] * smooth))
    information = np.where(np.isfinite(information) & (information > 0), information, 0)
    left, sizes, _ = np.linalg.svd(information)
    expected = left[:, :40] * np.sqrt(sizes[:40])  # 40 words have no more than 40 directions
    found = words(start.network)[10:50].double().numpy()
    scale = np.linalg.norm(found) / np.linalg.norm(expected[10:50])
    np.testing.assert_allclose(
        found @ found.T, scale**2 * expected[10:50] @ expected[10:50].T, atol=2e-4
    )


def test_words_that_the_text_has_not_and_the_spread_of_all_stay_as_drawn(start: Start) -> None:
    before = words(start.network).clone()

    start_words(start.network, two_topics())

    after = words(start.network)
    torch.testing.assert_close(after[ABSENT], before[ABSENT])
    assert float(after[10:50].std()) == pytest.approx(float(before[10:50].std()), rel=0.15)
    padding = start.network.configuration.padding_id
    assert not after[padding].any()


def test_the_same_text_gives_the_same_start(start: Start) -> None:
    start_words(start.network, two_topics())
    first = words(start.network).clone()
    start_words(start.network, two_topics())

    torch.testing.assert_close(words(start.network), first, rtol=0, atol=0)


def test_a_text_of_one_word_is_no_reason_to_fail(start: Start) -> None:
    start_words(start.network, np.array([12], dtype=np.uint16))

    assert torch.isfinite(words(start.network)).all()
