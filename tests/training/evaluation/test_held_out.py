import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from roberta_gui.training.evaluation.held_out import (
    HeldOutScores,
    masked_loss,
    pseudo_log_likelihoods,
    pseudo_perplexity,
)
from roberta_gui.training.text.masking import mask
from roberta_gui.training.text.packing import Specials, frame, pack
from roberta_gui.training.text.tokenized_text import TokenizedText
from tests.models import make_oracle, network_of
from tests.tolerances import PASS, log_probability

SPECIALS = Specials(start=0, padding=1, end=2, mask=100, vocab_size=101)
LOSS = log_probability(101)  # a mean of logarithms; relative where they become a perplexity


def made_up_text(n_sentences: int = 40) -> TokenizedText:
    random = np.random.default_rng(2)
    lengths = random.integers(1, 12, n_sentences)
    stops = np.cumsum(lengths)
    return TokenizedText(
        random.integers(3, 100, stops[-1]).astype(np.uint16), stops - lengths, stops
    )


def test_loss_and_accuracy_are_those_that_transformers_gives_on_the_same_masks() -> None:
    oracle = make_oracle(n_layers=2, vocab_size=101)
    text = made_up_text()
    ids = torch.from_numpy(frame(text.ids, pack(text, 20), 20, SPECIALS))
    masked = mask(ids, SPECIALS, 0.3, torch.Generator().manual_seed(4))

    found = masked_loss(network_of(oracle), text, SPECIALS, length=20, rate=0.3, seed=4)

    with torch.no_grad():
        logits = oracle(masked.ids, attention_mask=(masked.ids != 1).long()).logits
    at_masks = masked.chosen & (masked.ids == SPECIALS.mask)
    ranks = (logits[at_masks] > logits[at_masks].gather(1, ids[at_masks][:, None])).sum(dim=1)
    theirs = F.cross_entropy(logits[masked.chosen], masked.targets)
    assert found.mean_loss == pytest.approx(theirs.item(), abs=LOSS)
    assert found.perplexity == pytest.approx(math.exp(theirs.item()), rel=LOSS)
    assert (found.guesses, found.hidden) == (len(masked.targets), int(at_masks.sum()))
    assert found.accuracy(1) == pytest.approx((ranks < 1).float().mean().item())
    assert found.accuracy(5) == pytest.approx((ranks < 5).float().mean().item())


def test_two_sources_join_to_what_they_are_together() -> None:
    joined = HeldOutScores(10, 20.0, 8, 2, 4) + HeldOutScores(30, 120.0, 24, 4, 12)

    assert (joined.mean_loss, joined.accuracy(1), joined.accuracy(5)) == (3.5, 6 / 32, 0.5)


def test_a_loss_beyond_every_perplexity_makes_it_infinite() -> None:
    assert HeldOutScores(guesses=2, loss=2000.0).perplexity == math.inf


def test_nothing_measured_has_no_mean() -> None:
    assert math.isnan(HeldOutScores().mean_loss)
    assert math.isnan(HeldOutScores().accuracy(1))


def test_each_token_is_hidden_alone_for_the_pseudo_log_likelihood() -> None:
    oracle = make_oracle(n_layers=2, vocab_size=101)
    sentence = [7, 50, 9, 9, 31]

    (found,) = pseudo_log_likelihoods(network_of(oracle), [sentence], SPECIALS)

    expected = []
    for place, word in enumerate(sentence, start=1):
        ids = torch.tensor([[0, *sentence, 2]])
        ids[0, place] = SPECIALS.mask
        with torch.no_grad():
            expected.append(oracle(ids).logits[0, place].log_softmax(dim=-1)[word])
    torch.testing.assert_close(found, torch.stack(expected), atol=PASS, rtol=0)


def test_a_sentence_that_is_too_long_is_measured_as_far_as_it_fits() -> None:
    network = network_of(make_oracle(n_layers=2, vocab_size=101, max_positions=22))

    (found,) = pseudo_log_likelihoods(network, [[5] * 50], SPECIALS)

    assert len(found) == 18


def test_pseudo_perplexity_is_the_exponential_of_the_mean_over_drawn_sentences() -> None:
    network = network_of(make_oracle(n_layers=2, vocab_size=101))
    text = made_up_text()
    sentences = [text.ids[a:b].tolist() for a, b in zip(text.starts, text.stops, strict=True)]

    whole, count = pseudo_perplexity(network, text, SPECIALS, n_sentences=1000)
    part, fewer = pseudo_perplexity(network, text, SPECIALS, n_sentences=5)

    likely = torch.cat(list(pseudo_log_likelihoods(network, sentences, SPECIALS)))
    assert count == len(text.ids)
    assert whole == pytest.approx(math.exp(-likely.mean().item()), rel=LOSS)
    assert 5 <= fewer < count
    assert part != pytest.approx(whole, rel=1e-3)
