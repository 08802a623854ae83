"""A toy corpus, its tokenizer and a network small enough to train within a test."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from torch import Tensor

from roberta_gui.training.evaluation.curve import Point
from roberta_gui.training.export import export
from roberta_gui.training.learning import accelerator_for
from roberta_gui.training.recipe import Recipe
from roberta_gui.training.run_state import load_state
from roberta_gui.training.starts.start import Shape, Start, fresh, with_dropout
from roberta_gui.training.text.packing import Specials
from roberta_gui.training.text.tokenized_text import TokenizedText, tokenize_documents
from roberta_gui.training.text.tokenizer_training import save_tokenizer, train_tokenizer
from roberta_gui.training.training import Draw, Training

DOCUMENTS = tuple(
    f"{name} has a {colour} {animal}. It likes {food} in the {time}.\n{name} feeds it."
    for name, colour, animal, food, time in (
        ("Ann", "black", "cat", "fish", "morning"),
        ("Bob", "brown", "dog", "meat", "evening"),
        ("Cid", "white", "horse", "hay", "winter"),
        ("Dora", "green", "parrot", "seeds", "summer"),
        ("Eve", "grey", "rabbit", "carrots", "garden"),
        ("Finn", "golden", "hamster", "nuts", "night"),
    )
)

VOCABULARY = 300

SHAPE = Shape(layers=2, heads=2, features=32, feedforward=64, max_tokens=32)

RECIPE = Recipe(
    steps=12,
    lengths=((16, 0.5), (32, 0.5)),
    batch_tokens=64,
    learning_rate=3e-3,
    warmup_steps=3,
    checkpoint_seconds=0.0,
    checkpoint_steps=4,
    log_steps=1,
    precision="no",
)
"""Short rows, then long ones; dropout and shifted rows stay on, so that their draws count."""


def write_corpus(folder: Path) -> Path:
    """Write the toy corpus as a folder with one text file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pets.txt").write_text("\n\n".join(DOCUMENTS), encoding="utf-8")
    return folder


def write_tokenizer(folder: Path, corpus: Path) -> Path:
    """Learn a vocabulary of 300 rows from ``corpus``."""
    tokenizer, _ = train_tokenizer([corpus / "pets.txt"], VOCABULARY, shown=False)
    save_tokenizer(tokenizer, folder, SHAPE.max_tokens)
    return folder


def start_of(tokenizer_folder: Path, shape: Shape = SHAPE, seed: int = 0) -> Start:
    return fresh(tokenizer_folder, shape, seed)


def text_of(start: Start) -> TokenizedText:
    return tokenize_documents(DOCUMENTS, start.tokenizer, Specials.of(start.tokenizer).end)


def no_picture(folder: Path, curve: Sequence[Point]) -> None:
    """Leave the curve undrawn: a picture takes as long as twenty steps of the toy network."""


def training(
    tokenizer_folder: Path,
    folder: Path,
    recipe: Recipe = RECIPE,
    shape: Shape = SHAPE,
    draw: Draw = no_picture,
) -> Training:
    """Set a run up as the command does: begun anew, or gone on with."""
    start = with_dropout(start_of(tokenizer_folder, shape), recipe.dropout)
    return Training(
        start.network,
        text_of(start),
        Specials.of(start.tokenizer),
        recipe,
        folder,
        accelerator_for("no", cpu=True)[0],
        draw,
    )


def weights_of(folder: Path) -> Mapping[str, Tensor]:
    """Read the weights that a run in ``folder`` saved last."""
    state = load_state(folder)
    assert state is not None
    return state.network


def write_model(folder: Path, tokenizer_folder: Path, shape: Shape = SHAPE, seed: int = 0) -> Path:
    """Write a network as a folder that can be opened, and fine-tuned."""
    start = start_of(tokenizer_folder, shape, seed)
    weights, specials = start.network.state_dict(), Specials.of(start.tokenizer)
    export(folder, start.network.configuration, weights, specials, tokenizer_folder)
    return folder
