"""A task so small that it is learnt within a test, and the network that learns it."""

from pathlib import Path

from accelerate import Accelerator

from roberta_gui.training.finetuning.recipe import TuningRecipe
from roberta_gui.training.finetuning.run import FineTuning
from roberta_gui.training.finetuning.task_data import TaskData, read_task
from tests.training import toy

ANIMALS = ("cat", "dog", "horse", "parrot", "rabbit", "hamster")
PEOPLE = ("Ann", "Bob", "Cid", "Dora", "Eve", "Finn")
RECIPE = TuningRecipe(
    epochs=2, batch_size=8, learning_rate=5e-3, seeds=(0, 1), checkpoint_seconds=0.0
)
"""Two seeds and dropout, so that their draws count; a state is saved at every step."""


def write_task(folder: Path) -> Path:
    """Write who has which animal: labelled by the animal."""
    rows = [
        f"{who} has a {animal} number {number}.,{animal}"
        for number, who in enumerate(PEOPLE)
        for animal in ANIMALS[:2]
        for _ in range(3)
    ]
    numbered = [row.replace("number", f"number {place}") for place, row in enumerate(rows)]
    path = folder / "pets.csv"
    path.write_text("\n".join(["text,label", *numbered]), encoding="utf-8")
    return path


def tuning(
    tokenizer_folder: Path, data: TaskData, folder: Path, recipe: TuningRecipe = RECIPE
) -> FineTuning:
    """Set a run up as the command does: begun anew, or gone on with."""
    start = toy.start_of(tokenizer_folder)
    return FineTuning(start, data, recipe, folder, Accelerator(cpu=True))


def data_of(folder: Path) -> TaskData:
    """Read the toy task."""
    return read_task(write_task(folder), "classification")
