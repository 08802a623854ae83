"""Heads, losses, gradients and steps against transformers' own."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.engine.checkpoints.parameters import names_in_file, task_names
from roberta_gui.records import AnalysisRequest, Task
from roberta_gui.resources import resource
from roberta_gui.training.finetuning.encoding import batch_of, encode
from roberta_gui.training.finetuning.objective import (
    TaskLoss,
    with_task,
)
from roberta_gui.training.finetuning.task_data import Example
from roberta_gui.training.starts.start import from_checkpoint
from tests.models import draw_every_parameter, make_checkpoint
from tests.tolerances import PASS, SUMMED

TASKS = {
    "classification": Task("classification", ("cat", "dog", "horse")),
    "regression": Task("regression", ("score",)),
    "multi_label": Task("multi_label", ("cat", "dog")),
    "tokens": Task("tokens", ("O", "PER", "ANIMAL")),
}


def labelled(text: str, *labels: str, pair: str | None = None) -> Example:
    return Example(text, pair, labels, "")


EXAMPLES = {
    "classification": [
        labelled("The cat sat.", "cat"),
        labelled("A dog", "dog", pair="It ran away."),
    ],
    "regression": [labelled("The cat sat.", "0.5"), labelled("A dog", "-2", pair="It ran away.")],
    "tokens": [
        labelled("Ann has unbelievably many cats", "PER", "O", "O", "O", "ANIMAL"),
        labelled("Hi Bob", "O", "PER"),
    ],
}


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    mini = resource("models/mini") / "tokenizer.json"
    return make_checkpoint(tmp_path_factory.mktemp("checkpoint"), tokenizer_json=mini)


def theirs(checkpoint: Path, task: Task) -> Any:
    """Give transformers' model of a task, every parameter drawn at random, no dropout."""
    import transformers

    kind = "Token" if task.kind == "tokens" else "Sequence"
    problem = {"classification": "single_label_classification", "regression": "regression"}
    model = getattr(transformers, f"RobertaFor{kind}Classification").from_pretrained(
        checkpoint,
        id2label=dict(enumerate(task.labels)),
        label2id={label: row for row, label in enumerate(task.labels)},
        problem_type=problem.get(task.kind, "multi_label_classification"),
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    draw_every_parameter(model, 5)
    return model


def saved(model: Any, checkpoint: Path, folder: Path) -> Path:
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_bytes((checkpoint / name).read_bytes())
    return folder


@pytest.mark.parametrize("kind", TASKS)
def test_a_checkpoint_of_transformers_opens_with_its_head_and_labels(
    checkpoint: Path, tmp_path: Path, kind: str
) -> None:
    task = TASKS[kind]
    model = theirs(checkpoint, task)
    engine = Engine.load(saved(model, checkpoint, tmp_path), device="cpu")

    told: list[str] = []
    found = engine.predict("The cat sat on the mat.", report=lambda text, _: told.append(text))

    ids = torch.tensor([[token.id for token in found.tokens]])
    with torch.no_grad():
        expected = model.eval()(ids).logits[0].numpy()
    np.testing.assert_allclose(found.logits, expected, atol=PASS)
    run = engine.analyse("The cat sat on the mat.")
    from_states = engine.predict(run.request, hidden=run.hidden)
    np.testing.assert_allclose(from_states.logits, expected, atol=PASS)
    typed = engine.predict("The cat sat.</s></s>A dog ran.")
    pair = engine.predict(AnalysisRequest("The cat sat.", "A dog ran."))
    assert np.array_equal(typed.logits, pair.logits)
    assert told == ["Reading the text"]
    assert (engine.info.task, engine.info.can_fill_masks) == (task, False)
    best = task.labels[int(expected.argmax())] if kind == "classification" else None
    assert best is None or found.labels == (best,)
    if kind in ("classification", "tokens"):
        np.testing.assert_allclose(found.probabilities.sum(axis=-1), 1.0)


def test_a_model_without_a_task_has_no_labels(checkpoint: Path) -> None:
    engine = Engine.load(checkpoint, device="cpu")

    assert engine.info.task is None
    with pytest.raises(problems.NoTaskHead, match="fine-tuned to no task"):
        engine.predict("Ann has a cat.")


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_training_step_is_that_of_transformers(
    checkpoint: Path, tmp_path: Path, kind: str
) -> None:
    task = TASKS[kind]
    model = theirs(checkpoint, task).train()
    start = from_checkpoint(str(saved(model, checkpoint, tmp_path)), needs_mask_head=False)
    network = with_task(start, task, dropout=0.0)
    head = {ours: model.get_parameter(name).detach() for ours, name in task_names(task).items()}
    network.load_state_dict({ours: value.clone() for ours, value in head.items()}, strict=False)
    batch = batch_of(encode(EXAMPLES[kind], start.tokenizer, task, 20), task, 1)
    n = int((batch.targets != -100).sum())

    loss, _ = TaskLoss(network).train()(*batch)
    (loss / n).backward()
    told = model(input_ids=batch.ids, attention_mask=batch.real.long(), labels=batch.targets)
    told.loss.backward()

    assert loss.item() / n == pytest.approx(told.loss.item(), abs=SUMMED)
    names = names_in_file(network.configuration)
    for ours, parameter in network.named_parameters():
        expected = model.get_parameter(names[ours]).grad
        assert parameter.grad is not None
        np.testing.assert_allclose(parameter.grad, expected, atol=SUMMED, err_msg=ours)
        assert ours.endswith("key.bias") or bool(expected.any())  # softmax ignores that bias
