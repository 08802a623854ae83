"""Measure a model on text that it has never read: masked-LM loss, accuracy, pseudo-perplexity."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from operator import add

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from roberta_gui.engine.roberta import Roberta
from roberta_gui.training.objective import count_right
from roberta_gui.training.recipe import MASK_RATE
from roberta_gui.training.text.masking import mask
from roberta_gui.training.text.packing import Specials, frame, pack
from roberta_gui.training.text.tokenized_text import TokenizedText

_TOKENS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class HeldOutScores:
    """Sums over held-out words, from which the means follow; ``+`` joins two sources."""

    guesses: int = 0  # words to guess, shown as ``<mask>``, as a random word or as they are
    loss: float = 0.0  # the sum of their −ln p, in nats
    hidden: int = 0  # words shown as ``<mask>``
    top_1: int = 0  # how many of these stood first, and among the first five
    top_5: int = 0

    def __add__(self, other: "HeldOutScores") -> "HeldOutScores":
        return HeldOutScores(*map(add, astuple(self), astuple(other)))

    @property
    def mean_loss(self) -> float:
        """Mean −ln p of a word to guess, in nats; nan where there was none."""
        return self.loss / self.guesses if self.guesses else math.nan

    @property
    def perplexity(self) -> float:
        """Among how many equally likely words the model wavers: e to the mean loss."""
        return _perplexity(self.mean_loss)

    def accuracy(self, k: int) -> float:
        """Share of the hidden words among the first 1 or 5 guesses."""
        right = {1: self.top_1, 5: self.top_5}[k]
        return right / self.hidden if self.hidden else math.nan


@torch.inference_mode()
def masked_loss(
    network: Roberta,
    text: TokenizedText,
    specials: Specials,
    length: int = 128,
    rate: float = MASK_RATE,
    seed: int = 0,
) -> HeldOutScores:
    """Mask each row once, as in training, and measure the guesses.

    Rows of ``length`` tokens are packed as for training. The draw of a ``seed`` is the same for
    every model with this tokenizer, so their losses compare.
    """
    device = network.device
    generator = torch.Generator().manual_seed(seed)
    rows = pack(text, length)
    at_once = max(1, _TOKENS_AT_ONCE // length)
    measured = HeldOutScores()
    for first in range(0, len(rows), at_once):
        framed = frame(text.ids, rows[first : first + at_once], length, specials)
        masked = mask(torch.from_numpy(framed), specials, rate, generator)
        ids = masked.ids.to(device)
        hidden = network(ids, ids != specials.padding)  # (batch, token, feature)
        logits = network.logits(hidden[masked.chosen.to(device)]).float()  # (guess, vocabulary)
        targets = masked.targets.to(device)
        shown = masked.ids[masked.chosen].to(device) == specials.mask  # (guess,)
        measured += HeldOutScores(
            guesses=len(targets),
            loss=float(F.cross_entropy(logits, targets, reduction="sum")),
            hidden=int(shown.sum()),
            top_1=count_right(logits[shown], targets[shown], 1),
            top_5=count_right(logits[shown], targets[shown], 5),
        )
    return measured


@torch.inference_mode()
def pseudo_log_likelihoods(
    network: Roberta, sentences: Sequence[Sequence[int]], specials: Specials
) -> Iterator[Tensor]:
    """Give ln p of each token of each sentence, float32 (token,), itself hidden, all others seen.

    The pseudo-log-likelihood of Salazar et al. (2020), section 2.1. Sentences are ids without
    ``<s>`` and ``</s>``; what does not fit the network is cut off.
    """
    device = network.device
    room = network.configuration.max_tokens - 2
    for sentence in sentences:
        ids = torch.tensor([specials.start, *sentence[:room], specials.end])
        n_tokens = len(ids) - 2
        at_once = max(1, _TOKENS_AT_ONCE // len(ids))
        found = []
        for first in range(0, n_tokens, at_once):
            places = torch.arange(first, min(first + at_once, n_tokens)) + 1
            lines = torch.arange(len(places))
            copies = ids.repeat(len(places), 1)  # (place, token)
            copies[lines, places] = specials.mask
            hidden = network(copies.to(device))[lines, places]  # (place, feature)
            likely = F.log_softmax(network.logits(hidden).float(), dim=-1)  # (place, vocabulary)
            found.append(likely.cpu()[lines, ids[places]])
        yield torch.cat(found) if found else torch.empty(0)


def pseudo_perplexity(
    network: Roberta, text: TokenizedText, specials: Specials, n_sentences: int, seed: int = 0
) -> tuple[float, int]:
    """Give exp of the mean −ln p of a token, and over how many tokens, from drawn sentences.

    Sentences are drawn without replacement from all of the text. The number compares models
    with the same tokenizer; it is no probability of the text (Salazar et al. 2020, section 2.3).
    """
    random = np.random.default_rng(seed)
    drawn = random.permutation(len(text.starts))[:n_sentences]
    sentences = [text.ids[text.starts[n] : text.stops[n]].tolist() for n in np.sort(drawn)]
    total, count = 0.0, 0
    for likely in pseudo_log_likelihoods(network, sentences, specials):
        total -= float(likely.cpu().double().sum())
        count += len(likely)
    return _perplexity(total / count if count else math.nan), count


def _perplexity(mean: float) -> float:
    """Give e to a mean −ln p; infinity where that is larger than any float."""
    try:
        return math.exp(mean)
    except OverflowError:
        return math.inf
