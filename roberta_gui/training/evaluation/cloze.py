"""Sentences with one word missing: whether the model finds a word that would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from roberta_gui import problems
from roberta_gui.engine.measures.fill_mask import best, log_softmax
from roberta_gui.engine.roberta import Roberta
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.outside import read_bytes, reading
from roberta_gui.records.finetuning import Interval
from roberta_gui.training.evaluation.intervals import wilson
from roberta_gui.wording import counted

_LARGEST = 100_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Gap:
    """A sentence with one ``<mask>``, and the words that count as right."""

    sentence: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class FilledGap:
    """What a model made of a gap: its first guesses, and where the best right word stands."""

    gap: Gap
    guesses: tuple[str, ...]  # the five most probable words, best first
    rank: int | None  # of the first right word, from 1; None where none is a row of the vocabulary


def read_gaps(path: Path) -> tuple[Gap, ...]:
    """Read lines of ``sentence with <mask>``, a tab, ``word, word, …``; ``#`` opens a remark.

    Raises `problems.BadArgument` where the file cannot be read, or a line, which the hint names, is
    not of that form.
    """
    hint = "Give a UTF-8 file of sentences and words."
    with reading(path.name, hint, problems.BadArgument, "cannot be used"):
        lines = read_bytes(path, _LARGEST).decode("utf-8-sig").splitlines()
    gaps: list[Gap] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        sentence, _, listed = line.partition("\t")
        words = {word.strip().casefold() for word in listed.replace("\t", ",").split(",")} - {""}
        if sentence.count("<mask>") != 1 or not words:
            raise problems.BadArgument(
                f"Line {number} of {path.name} is no cloze.",
                "It needs one <mask>, a tab, and the words that would do, with commas.",
            )
        gaps.append(Gap(sentence.strip(), frozenset(words)))
    return tuple(gaps)


@torch.inference_mode()
def fill_gap(network: Roberta, tokenizer: TextTokenizer, gap: Gap) -> FilledGap:
    """Let the model guess, over the whole vocabulary; upper and lower case count alike.

    Raises `problems.BadArgument` where the sentence is longer than the network, or has no one mask
    for its tokenizer.
    """
    tokens = tokenizer.tokenize(gap.sentence)
    if len(tokens) > network.configuration.max_tokens:
        raise problems.BadArgument(
            f"{gap.sentence[:40]!r}… has {counted(len(tokens), 'token')}.", "Use shorter sentences."
        )
    masks = [token.index for token in tokens if token.is_mask]
    if len(masks) != 1:
        raise problems.BadArgument(
            f"This model's tokenizer reads {gap.sentence[:40]!r}… "
            f"with {counted(len(masks), 'mask')}, not with one.",
            "Measure this model without --cloze.",
        )
    ids = torch.tensor([[token.id for token in tokens]], device=network.device)
    logits = network.logits(network(ids)[0, masks[0]]).float().cpu().numpy()  # (vocabulary,)
    # The network may have more rows than the tokenizer has words.
    ranked = best(log_softmax(logits), len(logits))
    words = [tokenizer.spell(row)[0] for row in ranked if row < tokenizer.vocab_size]
    rank = next((n for n, word in enumerate(words, start=1) if word.casefold() in gap.words), None)
    return FilledGap(gap, tuple(words[:5]), rank)


def share_within(filled: Sequence[FilledGap], k: int) -> Interval:
    """Give the share of gaps whose first right word stands among the first ``k`` guesses."""
    return wilson(sum(one.rank is not None and one.rank <= k for one in filled), len(filled))
