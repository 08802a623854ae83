"""A task so small that it is learnt within a test, and the network that learns it."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch.nn.modules.module import register_module_forward_pre_hook

from roberta_gui.records.finetuning import TuningStep
from roberta_gui.training.finetuning.objective import TaskLoss
from roberta_gui.training.finetuning.recipe import TuningRecipe
from roberta_gui.training.finetuning.run import FineTuning, TunedModel
from roberta_gui.training.finetuning.task_data import Kind, TaskData, read_task
from roberta_gui.training.learning import accelerator_for
from tests.training import toy

ANIMALS = ("cat", "dog")
PEOPLE = ("Ann", "Bob", "Cid", "Dora", "Eve", "Finn")

RECIPE = TuningRecipe(epochs=2, batch_size=8, learning_rate=5e-3, part_tokens=64, seeds=(0, 1))
"""Two seeds, dropout and batches in parts, so that all of it counts."""

SAVED = replace(RECIPE, checkpoint_seconds=0.0)
"""The same run with a state on the disk after every step."""


def write_task(folder: Path) -> Path:
    """Write who has which animal, labelled by the animal."""
    rows = [
        f"{who} has a {animal} {number}.,{animal}"
        for who in PEOPLE
        for animal in ANIMALS
        for number in range(6)
    ]
    path = folder / "pets.csv"
    path.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    return path


def data_of(folder: Path, kind: Kind = "classification") -> TaskData:
    """Read the toy task; of words, the animal is labelled; of numbers, it counts them."""
    path = write_task(folder)
    lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    labels = {
        "classification": [label for _, label in lines],
        "tokens": [f"PER O O {label} N" for _, label in lines],
        "regression": [text[-2] for text, _ in lines],
    }[kind]
    rows = [f"{text},{label}" for (text, _), label in zip(lines, labels, strict=True)]
    path.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    return read_task(path, kind)


def tuning(
    tokenizer_folder: Path, data: TaskData, folder: Path, recipe: TuningRecipe = RECIPE
) -> FineTuning:
    """Set a run up as the command does: begun anew, or gone on with."""
    accelerator, _ = accelerator_for(recipe.precision, cpu=True)
    return FineTuning(toy.start_of(tokenizer_folder), data, recipe, folder, accelerator)


@dataclass(frozen=True)
class Sitting:
    """One sitting of a run: what it told, what each of its steps read, and what it came to."""

    steps: list[TuningStep]
    inputs: list[tuple[torch.Tensor, ...]]
    """Ids, types, which are real, targets, and the seed of dropout."""
    tuned: TunedModel | None


def sit(steps: Generator[TuningStep | None, None, TunedModel], most: int | None = None) -> Sitting:
    """Take steps to the end, or so many of them."""
    told: list[TuningStep] = []
    inputs: list[tuple[torch.Tensor, ...]] = []

    def note(module: torch.nn.Module, given: tuple[torch.Tensor, ...]) -> None:
        if isinstance(module, TaskLoss) and module.training:
            inputs.append((*given, torch.tensor(torch.initial_seed())))

    hook = register_module_forward_pre_hook(note)
    try:
        while most is None or len(told) < most:
            try:
                step = next(steps)
            except StopIteration as ended:
                return Sitting(told, inputs, ended.value)
            if step is not None:
                told.append(step)
        return Sitting(told, inputs, None)
    finally:
        hook.remove()
