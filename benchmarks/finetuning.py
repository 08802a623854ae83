"""Fine-tuning to a task, from texts to a saved model, beside transformers' own Trainer.

Both read the same model (the one that comes with the product), the same texts in the same batches
of 16, padded to the longest of each, for one epoch of the same recipe in float32; both score the
held-out texts after it and the test texts at the end. Tokenizing, scoring and saving count, what
is imported does not. Dropout is on, so both come near each other and not to the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.lines import Line, at_least
from benchmarks.measuring import side_by_side
from benchmarks.settings import Settings
from roberta_gui.analysis.stepped import result_of
from roberta_gui.resources import resource
from roberta_gui.training.finetuning.recipe import TuningRecipe
from roberta_gui.training.finetuning.run import FineTuning
from roberta_gui.training.finetuning.task_data import Example, TaskData, read_task
from roberta_gui.training.starts.start import from_checkpoint

N_TEXTS = 320
"""Of the example's 800 to learn from: twenty steps."""


@dataclass(frozen=True)
class Told:
    """How good the model is on the test texts."""

    loss: float
    accuracy: float


def run(settings: Settings) -> list[Line]:
    """Fine-tune with each seed on both sides; the claim is that ours is at least as fast."""
    whole = read_task(resource("examples/kinds.csv"), "classification")
    data = TaskData(whole.task, whole.train[:N_TEXTS], whole.held_out, whole.test)
    told: list[tuple[Told, Told]] = []
    ours, theirs = side_by_side(
        lambda seed: tune(data, _recipe(seed), settings.folder / f"ours-{seed}"),
        lambda seed: train(data, _recipe(seed), settings.folder / f"theirs-{seed}"),
        range(settings.runs + 1),
        lambda one, other: told.append((one, other)),
    )
    means = np.mean([[(one.loss, one.accuracy) for one in pair] for pair in told], axis=0)
    losses, accuracies = (" and ".join(f"{value:.3f}" for value in side) for side in means.T)
    note = f"ours and theirs on average: test loss {losses}, accuracy {accuracies}"
    what = f"fine-tuning of mini, {N_TEXTS} texts once"
    return [at_least(1.0, what, ours, theirs, note, unit="s")]


def _recipe(seed: int) -> TuningRecipe:
    return TuningRecipe(epochs=1, seeds=(seed,))


def tune(data: TaskData, recipe: TuningRecipe, folder: Path) -> Told:
    """Fine-tune as the command does."""
    tuned = result_of(FineTuning(from_checkpoint("mini"), data, recipe, folder).steps())
    (scores,) = tuned.tested
    return Told(scores.loss, scores.measures["accuracy"].value)


def train(data: TaskData, recipe: TuningRecipe, folder: Path) -> Told:
    """Fine-tune as transformers' documentation does it, with our recipe's numbers."""
    from transformers import (
        DataCollatorWithPadding,
        PrinterCallback,
        RobertaForSequenceClassification,
        RobertaTokenizerFast,
        Trainer,
        TrainingArguments,
    )

    place, (seed,) = str(resource("models/mini")), recipe.seeds
    tokenizer: Any = RobertaTokenizerFast.from_pretrained(place)
    model: Any = RobertaForSequenceClassification.from_pretrained(
        place,
        num_labels=len(data.task.labels),
        hidden_dropout_prob=recipe.dropout,
        attention_probs_dropout_prob=recipe.dropout,
        dtype="float32",
    )
    told = TrainingArguments(
        str(folder),
        seed=seed,
        num_train_epochs=recipe.epochs,
        per_device_train_batch_size=recipe.batch_size,
        per_device_eval_batch_size=32,
        learning_rate=recipe.rate(model.config.hidden_size),
        warmup_steps=recipe.warmup,
        weight_decay=recipe.weight_decay,
        adam_beta2=0.98,
        adam_epsilon=1e-6,
        max_grad_norm=recipe.clip,
        train_sampling_strategy="sequential",
        eval_strategy="epoch",
        save_strategy="no",
        use_cpu=True,
        disable_tqdm=True,
        report_to="none",
    )
    # In the order that ours draws for its first epoch: the same batches, and the same padding.
    order = np.random.default_rng([seed, 0]).permutation(len(data.train))
    encode = _encoder(tokenizer, data.task.labels)
    trainer: Any = Trainer(
        model,
        told,
        DataCollatorWithPadding(tokenizer),
        train_dataset=encode([data.train[row] for row in order]),
        eval_dataset=encode(data.held_out),
        processing_class=tokenizer,
        compute_metrics=_accuracy,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    found = trainer.evaluate(encode(data.test))
    trainer.save_model()
    return Told(found["eval_loss"], found["eval_accuracy"])


def _encoder(tokenizer: Any, labels: tuple[str, ...]) -> Callable[[Any], Any]:
    def encode(examples: list[Example]) -> Any:
        cut = tokenizer([one.text for one in examples], truncation=True)
        rows = [labels.index(one.labels[0]) for one in examples]
        return [
            {"input_ids": ids, "attention_mask": mask, "labels": row}
            for ids, mask, row in zip(cut["input_ids"], cut["attention_mask"], rows, strict=True)
        ]

    return encode


def _accuracy(said: Any) -> dict[str, float]:
    return {"accuracy": float((said.predictions.argmax(-1) == said.label_ids).mean())}
