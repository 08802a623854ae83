"""What a run begins with: a network, fresh or of a checkpoint, and the tokenizer it reads by."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint import open_checkpoint
from roberta_gui.engine.roberta import Configuration, Roberta
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.engine.tokens.tokenizer_files import open_tokenizer
from roberta_gui.training.export import require_copies
from roberta_gui.training.text.packing import Specials


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A network to train, and where its tokenizer's files are."""

    network: Roberta
    tokenizer: TextTokenizer
    tokenizer_sha256: str
    tokenizer_folder: Path
    weights_sha256: str = ""  # of the files that the network was read from; "" of a new one


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a fresh network; the defaults are those of the built-in model."""

    layers: int = 6
    heads: int = 8
    features: int = 256
    feedforward: int = 1024
    max_tokens: int = 512


def open_for_training(folder: Path) -> tuple[TextTokenizer, str]:
    """Open a tokenizer that a trained model will be given, with its fingerprint.

    Raises `problems.BadArgument` where there is no folder, `problems.BrokenCheckpoint` where it
    holds no tokenizer, or one that would be another beside the model.
    """
    if not folder.is_dir():
        raise problems.BadArgument(
            f"There is no folder {folder}.", "Make one with the tokenizer command."
        )
    tokenizer, sha256, _ = open_tokenizer(folder)
    require_copies(folder, sha256)
    return tokenizer, sha256


def fresh(tokenizer_folder: Path, shape: Shape, seed: int) -> Start:
    """Draw a new network for a tokenizer.

    Raises what `open_for_training` does, and `problems.BrokenCheckpoint` where the shape
    contradicts itself.
    """
    tokenizer, sha256 = open_for_training(tokenizer_folder)
    specials = Specials.of(tokenizer)
    configuration = Configuration(
        n_layers=shape.layers,
        n_heads=shape.heads,
        d_model=shape.features,
        d_feedforward=shape.feedforward,
        vocab_size=specials.vocab_size,
        max_positions=shape.max_tokens + specials.padding + 1,
        n_types=1,
        padding_id=specials.padding,
        layer_norm_eps=1e-5,
        activation="gelu",
        tied_decoder=True,
        has_mask_head=True,
    )
    torch.manual_seed(seed)
    return Start(Roberta(configuration), tokenizer, sha256, tokenizer_folder)


def from_checkpoint(source: str, *, needs_mask_head: bool = True) -> Start:
    """Take the network of a folder in the Hugging Face layout, a hub name, or ``mini``.

    Raises `problems.Problem` as `open_checkpoint` does; also where the checkpoint cannot be
    trained further.
    """
    opened = open_checkpoint(source)
    folder = opened.folder
    if needs_mask_head and not opened.configuration.has_mask_head:
        raise problems.NoMaskHead(
            "This model has no masked-LM head to train.",
            "Start from a checkpoint saved as RobertaForMaskedLM.",
        )
    require_copies(folder, opened.tokenizer_sha256)
    weights = {name: tensor.float() for name, tensor in opened.weights.items()}
    network = Roberta.holding(opened.configuration, weights).requires_grad_(True)
    digests = {"tokenizer_sha256": opened.tokenizer_sha256, "weights_sha256": opened.weights_sha256}
    return Start(network, opened.tokenizer, tokenizer_folder=folder, **digests)


def with_dropout(start: Start, dropout: float) -> Start:
    """Give the same start with another share of values dropped in training."""
    configuration = replace(start.network.configuration, dropout=dropout)
    network = Roberta.holding(configuration, start.network.state_dict())
    return replace(start, network=network.requires_grad_(True))
