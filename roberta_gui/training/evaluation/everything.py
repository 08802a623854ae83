"""Everything that can be measured about a checkpoint, and how it is written down."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from roberta_gui import problems
from roberta_gui.engine import devices
from roberta_gui.engine.checkpoints.checkpoint import Checkpoint, open_checkpoint
from roberta_gui.engine.roberta import Roberta
from roberta_gui.outside import read_bytes, reading, strict_json
from roberta_gui.records.finetuning import Interval
from roberta_gui.training.evaluation.cloze import FilledGap, Gap, fill_gap, read_gaps, share_within
from roberta_gui.training.evaluation.held_out import HeldOutScores, masked_loss, pseudo_perplexity
from roberta_gui.training.recipe import MASK_RATE
from roberta_gui.training.text.packing import Specials
from roberta_gui.training.text.text_files import Skipped, read_documents
from roberta_gui.training.text.tokenized_text import tokenize_documents
from roberta_gui.wording import counted

ALL = "all"
"""What the sum over all sources is called."""

_LARGEST = 100_000_000  # bytes of a list of sources


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """What to measure.

    Raises `problems.BadArgument` where the masking rate is no share.
    """

    documents: dict[str, tuple[str, ...]]  # of each source; joined they are the held-out text
    gaps: tuple[Gap, ...] = ()
    length: int = 128  # this and the next two as for `masked_loss`
    rate: float = MASK_RATE
    seed: int = 0
    n_sentences: int = 0  # how many sentences to draw for the pseudo-perplexity; 0: none

    def __post_init__(self) -> None:
        if not 0 < self.rate <= 1:
            raise problems.BadArgument(
                f"The masking rate {self.rate} is no share.", "Give a number from 0 to 1."
            )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured; ``pseudo_perplexity`` comes with the tokens that it is over."""

    model: str
    weights_sha256: str
    options: EvaluationOptions
    sources: dict[str, HeldOutScores]
    pseudo_perplexity: tuple[float, int] | None
    filled: tuple[FilledGap, ...]


def read_sources(text: Path, sources: Path | None) -> dict[str, tuple[str, ...]]:
    """Sort the documents of a held-out file by where they come from.

    ``sources`` is a JSON list with the source of each document, in the order of the file; with None
    all are of one. Raises `problems.BadArgument` where a file cannot be used, or the two don't fit.
    """
    documents = read_documents(text)
    if isinstance(documents, Skipped):
        raise problems.BadArgument(f"{text.name} cannot be used: {documents.reason}.")
    if sources is None:
        return {text.name.removesuffix(".xz").removesuffix(".txt"): documents}
    hint = "It needs a JSON list with one name a document."
    with reading(sources.name, hint, problems.BadArgument, "cannot be used"):
        names = json.loads(read_bytes(sources, _LARGEST))
    if not isinstance(names, list) or len(names) != len(documents):
        raise problems.BadArgument(
            f"{sources.name} does not fit {text.name}, which has {len(documents)} documents.", hint
        )
    of: dict[str, list[str]] = {name: [] for name in sorted(set(map(str, names)))}
    for name, document in zip(names, documents, strict=True):
        of[str(name)].append(document)
    return {name: tuple(some) for name, some in of.items()}


def options_for(
    text: Path | None, sources: Path | None, cloze: Path | None, **more: Any
) -> EvaluationOptions:
    """Read the files that say what to measure; the rest is as in `EvaluationOptions`."""
    documents = read_sources(text, sources) if text else {}
    return EvaluationOptions(documents, read_gaps(cloze) if cloze else (), **more)


def evaluate(
    source: str,
    options: EvaluationOptions,
    device: str = "auto",
    report: Callable[[str], None] | None = None,
) -> Evaluation:
    """Measure any checkpoint that the explorer opens, in float32.

    Raises `problems.Problem` where the model cannot be opened, or has no masked-LM head.
    """
    opened = open_checkpoint(source)
    network = _network(opened, device)
    specials = Specials.of(opened.tokenizer)
    options = replace(options, length=min(options.length, opened.configuration.max_tokens))
    tell = report or (lambda line: None)
    measured: dict[str, HeldOutScores] = {}
    for name, documents in options.documents.items():
        tell(f"Measuring {name}")
        text = tokenize_documents(documents, opened.tokenizer, specials.end)
        measured[name] = masked_loss(
            network, text, specials, options.length, options.rate, options.seed
        )
    pseudo = None
    if options.n_sentences:
        tell(f"Hiding every token of {counted(options.n_sentences, 'sentence')}")
        joined = [one for some in options.documents.values() for one in some]
        text = tokenize_documents(joined, opened.tokenizer, specials.end)
        pseudo = pseudo_perplexity(network, text, specials, options.n_sentences, options.seed)
    mask_token = opened.tokenizer.mask_token
    gaps = [
        replace(gap, sentence=gap.sentence.replace("<mask>", mask_token)) for gap in options.gaps
    ]
    filled = tuple(fill_gap(network, opened.tokenizer, gap) for gap in gaps)
    return Evaluation(opened.name, opened.weights_sha256, options, measured, pseudo, filled)


def _network(opened: Checkpoint, device: str) -> Roberta:
    if not opened.configuration.has_mask_head:
        raise problems.NoMaskHead(
            "This model has no masked-LM head, so it cannot be measured.",
            "Evaluate a checkpoint saved as RobertaForMaskedLM.",
        )
    network = Roberta.holding(opened.configuration, opened.weights).eval().requires_grad_(False)
    devices.place(network, devices.candidates(device), torch.float32)
    return network


def as_table(evaluation: Evaluation) -> str:
    """Write an evaluation down as Markdown, ready for a model card."""
    options = evaluation.options
    lines = [f"{evaluation.model} (SHA-256 of the weights {evaluation.weights_sha256[:16]}…)", ""]
    if evaluation.sources:
        lines += [
            f"Held-out text, {options.rate:.0%} masked, rows of {options.length} tokens.",
            "",
            "| source | loss (nats) | perplexity | top 1 | top 5 | guesses |",
            "| --- | ---: | ---: | ---: | ---: | ---: |",
        ]
        total = sum(evaluation.sources.values(), HeldOutScores())
        rows = {**evaluation.sources, ALL: total} if len(evaluation.sources) > 1 else None
        lines += [_row(name, one) for name, one in (rows or evaluation.sources).items()]
    if evaluation.pseudo_perplexity is not None:
        value, count = evaluation.pseudo_perplexity
        lines += ["", f"Pseudo-perplexity {value:.2f} (each of {count:,} tokens hidden alone)."]
    if evaluation.filled:
        shares = [f"top {k} {_share(share_within(evaluation.filled, k))}" for k in (1, 5)]
        lines += ["", f"Cloze, {len(evaluation.filled)} sentences: {', '.join(shares)}.", ""]
        lines += ["| sentence | first five guesses | first right one |", "| --- | --- | ---: |"]
        lines += [
            f"| {one.gap.sentence} | {', '.join(one.guesses)} | {one.rank or '–'} |"
            for one in evaluation.filled
        ]
    return "\n".join(lines) + "\n"


def as_json(evaluation: Evaluation) -> str:
    """Write an evaluation down for programs: the same numbers, unrounded."""
    total = sum(evaluation.sources.values(), HeldOutScores())
    content: dict[str, Any] = {
        "model": evaluation.model,
        "weights_sha256": evaluation.weights_sha256,
        "length": evaluation.options.length,
        "mask_rate": evaluation.options.rate,
        "seed": evaluation.options.seed,
        "sources": {
            name: asdict(one) | {"mean_loss": one.mean_loss, "perplexity": one.perplexity}
            for name, one in {**evaluation.sources, ALL: total}.items()
            if one.guesses
        },
        "pseudo_perplexity": evaluation.pseudo_perplexity,
        "cloze_top": {k: share_within(evaluation.filled, k) for k in (1, 5) if evaluation.filled},
        "cloze": [
            {
                "sentence": one.gap.sentence,
                "words": sorted(one.gap.words),
                "guesses": one.guesses,
                "rank": one.rank,
            }
            for one in evaluation.filled
        ],
    }
    return strict_json(content, indent=1) + "\n"


def _share(found: Interval) -> str:
    return f"{found.value:.0%} (95 % interval {found.low:.0%} to {found.high:.0%})"


def _row(name: str, one: HeldOutScores) -> str:
    return (
        f"| {name} | {one.mean_loss:.3f} | {one.perplexity:.1f} | {one.accuracy(1):.1%} "
        f"| {one.accuracy(5):.1%} | {one.guesses:,} |"
    )
