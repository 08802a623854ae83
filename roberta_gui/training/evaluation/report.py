"""How an evaluation is written down: a table for people, JSON for programs."""

import json
from dataclasses import asdict
from typing import Any

from roberta_gui.training.evaluation.cloze import share_within
from roberta_gui.training.evaluation.everything import Evaluation
from roberta_gui.training.evaluation.held_out import HeldOutScores

ALL = "all"
"""What the sum over all sources is called."""


def as_table(evaluation: Evaluation) -> str:
    """Write an evaluation down as Markdown, ready for a model card."""
    wishes = evaluation.wishes
    lines = [f"{evaluation.model} (SHA-256 of the weights {evaluation.weights_sha256[:16]}…)", ""]
    if evaluation.sources:
        lines += [
            f"Held-out text, {wishes.rate:.0%} masked, rows of {wishes.length} tokens.",
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
        shares = [f"{share_within(evaluation.filled, k):.0%} among the first {k}" for k in (1, 5)]
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
        "length": evaluation.wishes.length,
        "mask_rate": evaluation.wishes.rate,
        "seed": evaluation.wishes.seed,
        "sources": {
            name: asdict(one) | {"mean_loss": one.mean_loss, "perplexity": one.perplexity}
            for name, one in {**evaluation.sources, ALL: total}.items()
            if one.guesses
        },
        "pseudo_perplexity": evaluation.pseudo_perplexity,
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
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _row(name: str, one: HeldOutScores) -> str:
    return (
        f"| {name} | {one.mean_loss:.3f} | {one.perplexity:.1f} | {one.accuracy(1):.1%} "
        f"| {one.accuracy(5):.1%} | {one.guesses:,} |"
    )
