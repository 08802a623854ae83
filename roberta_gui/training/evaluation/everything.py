"""Everything that can be measured about a checkpoint."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from roberta_gui import problems
from roberta_gui.engine import devices
from roberta_gui.engine.checkpoints.checkpoint import Checkpoint, open_checkpoint
from roberta_gui.engine.roberta import Roberta
from roberta_gui.training.evaluation.cloze import Filled, Gap, fill_gap
from roberta_gui.training.evaluation.held_out import HeldOutScores, masked_loss, pseudo_perplexity
from roberta_gui.training.text.packing import Specials
from roberta_gui.training.text.text_files import Skipped, read_documents
from roberta_gui.training.text.tokenized_text import tokenize_documents
from roberta_gui.wording import counted


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """What to measure."""

    # Held-out documents of each source; joined they are the held-out text
    documents: dict[str, tuple[str, ...]]
    gaps: tuple[Gap, ...] = ()
    # length, rate, seed: as for `masked_loss`
    length: int = 128
    rate: float = 0.15
    seed: int = 0
    n_sentences: int = 0  # how many sentences to draw for the pseudo-perplexity; 0: none


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured; ``pseudo_perplexity`` comes with the tokens that it is over."""

    model: str
    weights_sha256: str
    wishes: EvaluationOptions
    sources: dict[str, HeldOutScores]
    pseudo_perplexity: tuple[float, int] | None
    filled: tuple[Filled, ...]


def read_sources(text: Path, sources: Path | None) -> dict[str, tuple[str, ...]]:
    """Sort the documents of a held-out file by where they come from.

    ``sources``: a JSON list with the source of each document, in the order of the file; None: all
    are of one source. Raises `problems.BadArgument`: a file cannot be used, or the two do not fit
    together.
    """
    documents = read_documents(text)
    if isinstance(documents, Skipped):
        raise problems.BadArgument(f"{text.name} cannot be used: {documents.reason}.")
    if sources is None:
        return {text.name.removesuffix(".xz").removesuffix(".txt"): documents}
    try:
        names = json.loads(sources.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise problems.BadArgument(f"{sources.name} cannot be read.") from error
    if not isinstance(names, list) or len(names) != len(documents):
        raise problems.BadArgument(
            f"{sources.name} does not fit {text.name}, which has {len(documents)} documents.",
            "It needs a JSON list with one name a document.",
        )
    of: dict[str, list[str]] = {str(name): [] for name in sorted(set(names))}
    for name, document in zip(names, documents, strict=True):
        of[str(name)].append(document)
    return {name: tuple(some) for name, some in of.items()}


def evaluate(
    source: str,
    wishes: EvaluationOptions,
    device: str = "auto",
    report: Callable[[str], None] | None = None,
) -> Evaluation:
    """Measure any checkpoint that the explorer opens, in float32.

    Raises `problems.Problem`: the model cannot be opened, or has no masked-LM head.
    """
    opened = open_checkpoint(source)
    network = _network(opened, device)
    specials = Specials.of(opened.tokenizer)
    wishes = replace(wishes, length=min(wishes.length, opened.configuration.max_tokens))
    tell = report or (lambda line: None)
    measured: dict[str, HeldOutScores] = {}
    for name, documents in wishes.documents.items():
        tell(f"Measuring {name}")
        text = tokenize_documents(documents, opened.tokenizer, specials.end)
        measured[name] = masked_loss(
            network, text, specials, wishes.length, wishes.rate, wishes.seed
        )
    pseudo = None
    if wishes.n_sentences:
        tell(f"Hiding every token of {counted(wishes.n_sentences, 'sentence')}")
        joined = [one for some in wishes.documents.values() for one in some]
        text = tokenize_documents(joined, opened.tokenizer, specials.end)
        pseudo = pseudo_perplexity(network, text, specials, wishes.n_sentences, wishes.seed)
    mask_token = opened.tokenizer.mask_token
    gaps = [
        replace(gap, sentence=gap.sentence.replace("<mask>", mask_token)) for gap in wishes.gaps
    ]
    filled = tuple(fill_gap(network, opened.tokenizer, gap) for gap in gaps)
    return Evaluation(opened.name, opened.weights_sha256, wishes, measured, pseudo, filled)


def _network(opened: Checkpoint, device: str) -> Roberta:
    if not opened.configuration.has_mask_head:
        raise problems.NoMaskHead(
            "This model has no masked-LM head, so it cannot be measured.",
            "Evaluate a checkpoint saved as RobertaForMaskedLM.",
        )
    with torch.device("meta"):
        network = Roberta(opened.configuration)
    network.load_state_dict(opened.weights, assign=True)
    network.eval().requires_grad_(False)
    devices.place(network, devices.candidates(device), torch.float32)
    return network
