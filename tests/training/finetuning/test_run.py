import json
import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from accelerate import Accelerator

from roberta_gui import problems
from roberta_gui.__main__ import main as explorer
from roberta_gui.engine import Engine
from roberta_gui.records import AnalysisRequest
from roberta_gui.training.command_line import main
from roberta_gui.training.finetuning import run
from roberta_gui.training.finetuning.recipe import TuningRecipe
from roberta_gui.training.finetuning.report import as_table, describe_data
from roberta_gui.training.finetuning.run import FineTuning
from roberta_gui.training.finetuning.tuning_state import STATE
from roberta_gui.training.starts.start import from_checkpoint
from tests.tolerances import PASS, resumed_loss
from tests.training import toy
from tests.training.finetuning import small
from tests.training.finetuning.small import RECIPE, SAVED, Sitting, sit, tuning


@pytest.fixture(scope="module")
def whole(tokenizer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Sitting:
    """Run without a break."""
    folder = tmp_path_factory.mktemp("whole")
    return sit(tuning(tokenizer_folder, small.data_of(folder), folder).steps())


def assert_same_run(resumed: Sitting, whole: Sitting) -> None:
    """Compare all but the clock: what was read to the bit, what was computed but for rounding."""
    assert resumed.inputs
    for theirs, ours in zip(reversed(whole.inputs), reversed(resumed.inputs), strict=False):
        assert all(torch.equal(one, other) for one, other in zip(theirs, ours, strict=True))
    tail = whole.steps[-len(resumed.steps) :]
    assert [(s.seed, s.epoch, s.step, s.learning_rate, s.done) for s in resumed.steps] == [
        (s.seed, s.epoch, s.step, s.learning_rate, s.done) for s in tail
    ]
    np.testing.assert_allclose(
        [step.loss for step in resumed.steps],
        [step.loss for step in tail],
        rtol=resumed_loss(len(whole.steps), toy.VOCABULARY),
    )
    assert whole.tuned is not None
    assert resumed.tuned is not None
    np.testing.assert_allclose(
        [scores.loss for scores in resumed.tuned.tested],
        [scores.loss for scores in whole.tuned.tested],
        rtol=resumed_loss(len(whole.steps), toy.VOCABULARY),
    )


def test_every_text_is_read_once_an_epoch_and_the_rate_ends_at_nothing(whole: Sitting) -> None:
    per_run = [step for step in whole.steps if step.seed == 0]
    read = [row.tolist() for ids, *_ in whole.inputs for row in ids]
    n_texts = len(read) // (2 * RECIPE.epochs)
    epochs = [read[begin : begin + n_texts] for begin in range(0, len(read), n_texts)]

    assert len(whole.steps) == 2 * len(per_run)
    assert [step.epoch for step in per_run] == sorted(step.epoch for step in per_run)
    for one in epochs[1:]:
        assert sorted(row[: row.index(2) + 1] for row in one) == sorted(
            row[: row.index(2) + 1] for row in epochs[0]
        )
    assert per_run[0].learning_rate == 0.0
    assert max(step.learning_rate for step in per_run) == RECIPE.learning_rate
    assert per_run[-1].learning_rate == pytest.approx(RECIPE.learning_rate / (len(per_run) - 1))
    assert [step.held_out is not None for step in per_run].count(True) == RECIPE.epochs


@pytest.mark.parametrize("step", [4, 17])
def test_a_run_killed_anywhere_goes_on_as_if_nothing_had_happened(
    whole: Sitting, tokenizer_folder: Path, tmp_path: Path, step: int
) -> None:
    data = small.data_of(tmp_path)
    sit(tuning(tokenizer_folder, data, tmp_path, SAVED).steps(), step)

    resumed = sit(tuning(tokenizer_folder, data, tmp_path, SAVED).steps())

    # The last step is told before its state is saved.
    assert len(resumed.steps) == len(whole.steps) - step + 1
    assert_same_run(resumed, whole)
    again = sit(tuning(tokenizer_folder, data, tmp_path, SAVED).steps())
    assert again.steps == []
    assert again.tuned is not None
    assert resumed.tuned is not None
    assert again.tuned.summary() == resumed.tuned.summary()


def test_a_resumed_run_saves_no_sooner_than_any_other(
    tokenizer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, now = small.data_of(tmp_path), 0.0
    monkeypatch.setattr(run, "time", SimpleNamespace(monotonic=lambda: now))
    steps = tuning(tokenizer_folder, data, tmp_path, SAVED).steps()
    sit(steps, 1)
    now = 2 * RECIPE.checkpoint_seconds
    sit(steps, 2)

    resumed = tuning(tokenizer_folder, data, tmp_path, RECIPE)
    (step, _) = sit(resumed.steps(), 2).steps

    assert step.seconds == now
    assert not resumed.is_saved


def test_another_recipe_or_other_data_cannot_take_over_a_run(
    tokenizer_folder: Path, tmp_path: Path
) -> None:
    data = small.data_of(tmp_path)
    sit(tuning(tokenizer_folder, data, tmp_path, SAVED).steps(), 2)

    with pytest.raises(problems.BadArgument, match="run with another epochs, data"):
        tuning(
            tokenizer_folder, replace(data, test=data.train), tmp_path, replace(RECIPE, epochs=3)
        )


@pytest.mark.parametrize("other", [{"seed": 1}, {"shape": replace(toy.SHAPE, feedforward=48)}])
def test_another_model_cannot_take_over_a_run(
    tokenizer_folder: Path, tmp_path: Path, other: dict[str, Any]
) -> None:
    data, name = small.data_of(tmp_path), tmp_path / "model-to-begin-with"

    def begun(**how: Any) -> FineTuning:
        start = from_checkpoint(str(toy.write_model(name, tokenizer_folder, **how)))
        return FineTuning(start, data, SAVED, tmp_path)

    sit(begun().steps(), 2)

    with pytest.raises(problems.BadArgument, match=r"holds a run with another model\."):
        begun(**other)
    sit(begun().steps(), 1)


def test_words_of_which_none_is_read_are_refused(tokenizer_folder: Path, tmp_path: Path) -> None:
    data, cut = small.data_of(tmp_path, "tokens"), replace(RECIPE, max_tokens=2)

    with pytest.raises(
        problems.BadArgument, match="Nothing with a label is among the first 2 tokens of the texts"
    ):
        tuning(tokenizer_folder, data, tmp_path, cut)


def test_a_damaged_state_is_a_clear_problem(tokenizer_folder: Path, tmp_path: Path) -> None:
    (tmp_path / STATE).write_bytes(b"\x07" * 99)

    with pytest.raises(problems.BrokenCheckpoint, match=r"tuning\.pt .* is damaged"):
        tuning(tokenizer_folder, small.data_of(tmp_path), tmp_path)


def test_a_state_larger_than_any_there_is_is_refused_unread(
    tokenizer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / STATE).write_bytes(b"\x07" * 99)
    monkeypatch.setattr("roberta_gui.training.run_state.LARGEST", 98)

    with pytest.raises(problems.BrokenCheckpoint, match=r"tuning\.pt .* larger than"):
        tuning(tokenizer_folder, small.data_of(tmp_path), tmp_path)


def test_a_loss_without_bounds_ends_the_run_with_what_to_do(
    tokenizer_folder: Path, tmp_path: Path
) -> None:
    wild = replace(RECIPE, learning_rate=1e20, clip=0.0, weight_decay=0.0)

    with pytest.raises(problems.NotFinite, match="smaller learning rate"):
        sit(tuning(tokenizer_folder, small.data_of(tmp_path), tmp_path, wild).steps())


def test_a_model_that_the_last_batch_has_spoilt_is_not_kept(
    tokenizer_folder: Path, tmp_path: Path
) -> None:
    last = replace(
        SAVED, learning_rate=1e20, warmup=0.0, clip=0.0, weight_decay=0.0, epochs=1, batch_size=99
    )

    with pytest.raises(problems.NotFinite, match="smaller learning rate"):
        sit(tuning(tokenizer_folder, small.data_of(tmp_path), tmp_path, last).steps())
    assert not (tmp_path / STATE).exists()
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("layers", "moves"),
    [(0, ["task_head"]), (1, ["blocks.1", "task_head"])],
)
def test_what_is_frozen_stays_to_the_bit(
    tokenizer_folder: Path, tmp_path: Path, layers: int, moves: list[str]
) -> None:
    start = toy.start_of(tokenizer_folder)
    before = {name: value.clone() for name, value in start.network.state_dict().items()}
    recipe = replace(RECIPE, layers=layers, epochs=1, seeds=(0,))

    steps = FineTuning(start, small.data_of(tmp_path), recipe, tmp_path).steps()
    tuned = sit(steps).tuned

    assert tuned is not None
    after = Engine.load(tuned.folder, device="cpu")
    assert after.info.can_fill_masks
    state = torch.load(tmp_path / STATE, weights_only=True)["champion"]["weights"]
    changed = {name for name, value in before.items() if not torch.equal(value, state[name])}
    assert all(name.startswith(tuple(moves)) for name in changed)
    assert bool(changed) is bool(layers)


@pytest.mark.parametrize("kind", ["classification", "regression", "tokens"])
def test_each_kind_of_task_is_learnt_far_beyond_the_baseline(
    tokenizer_folder: Path, tmp_path: Path, kind: Any
) -> None:
    recipe = replace(RECIPE, epochs=12, seeds=(0,), dropout=0.0, checkpoint_seconds=60.0)

    data = small.data_of(tmp_path, kind)
    tuned = sit(tuning(tokenizer_folder, data, tmp_path, recipe).steps()).tuned

    assert tuned is not None
    (scores,) = tuned.tested
    name, interval = next(iter(scores.measures.items()))
    assert interval.low > scores.baseline[name]
    assert math.isnan(tuned.summary()[name][1])
    told = f"{describe_data(data)}\n{as_table(tuned, data.task)}"
    assert f"| run 1 | {interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f}) |" in told
    assert ("columns what was said" in told) is (kind != "regression")
    assert ("a number for each" in told) is (kind == "regression")


def test_a_checkpoint_that_transformers_trained_opens_with_equal_predictions(
    tokenizer_folder: Path, tmp_path: Path
) -> None:
    import transformers

    start = toy.start_of(tokenizer_folder)
    shape: Any = {"vocab_size": toy.VOCABULARY, "hidden_size": 32, "num_hidden_layers": 1}
    names = ("cat", "dog")
    config = transformers.RobertaConfig(
        **shape, num_attention_heads=2, intermediate_size=32, max_position_embeddings=34,
        id2label=dict(enumerate(names)), label2id={"cat": 0, "dog": 1},
    )  # fmt: skip
    model: Any = transformers.RobertaForSequenceClassification(config)
    texts = ["Ann has a cat.", "Bob has a dog."]
    ids = [[token.id for token in start.tokenizer.tokenize(text)] for text in texts]
    rows: Any = [
        {"input_ids": row, "labels": label, "attention_mask": [1] * len(row)}
        for label, row in enumerate(ids)
    ]
    options: Any = {"max_steps": 3, "report_to": "none", "use_cpu": True, "disable_tqdm": True}
    options |= {"per_device_train_batch_size": 1, "save_strategy": "no"}
    trainer: Any = transformers.Trainer(
        model,
        transformers.TrainingArguments(str(tmp_path / "t"), **options),
        train_dataset=rows,
        data_collator=transformers.default_data_collator,
    )
    trainer.train()
    trainer.save_model(str(tmp_path / "saved"))
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / "saved" / name).write_bytes((tokenizer_folder / name).read_bytes())

    engine = Engine.load(tmp_path / "saved", device="cpu")

    for text, row in zip(texts, ids, strict=True):
        with torch.no_grad():
            expected = model.eval()(torch.tensor([row])).logits[0]
        found = engine.predict(text)
        np.testing.assert_allclose(found.logits, expected, atol=PASS)
        assert found.labels == (names[int(expected.argmax())],)


def test_the_command_teaches_a_task_and_leaves_a_model_that_both_open(
    tokenizer_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from transformers import RobertaForSequenceClassification

    begin = tmp_path / "begin"
    start = toy.start_of(tokenizer_folder)
    sit(FineTuning(start, small.data_of(tmp_path), RECIPE, begin).steps())
    out = tmp_path / "run"
    options = [str(small.write_task(tmp_path)), "--model", str(begin / "model"), "--out", str(out)]
    options += ["--epochs", "2", "--learning-rate", "3e-3", "--seeds", "2", "--cpu"]

    status = main(["finetune", *options, "--watch-steps", "4"])

    told = capsys.readouterr()
    assert status == 0
    assert "2 labels: cat, dog" in told.out
    assert "seed 1, epoch 2, step 8: held-out accuracy " in told.out
    assert "| mean ± standard deviation |" in told.out
    assert "| majority |" in told.out
    assert " left" in told.err
    assert json.loads((out / "scores.json").read_text(encoding="utf-8"))["labels"] == ["cat", "dog"]
    layers = (out / "layers.csv").read_text(encoding="utf-8").splitlines()
    assert layers[0] == "step,layer,cka,distance,probe,mask_loss_nats"
    assert layers[1].startswith("0,0,1.0,0.0,")
    engine = Engine.load(out / "model", device="cpu")
    found = engine.predict("Ann has a dog.")
    theirs: Any = RobertaForSequenceClassification.from_pretrained(out / "model")
    ids = torch.tensor([[token.id for token in found.tokens]])
    with torch.no_grad():
        expected = theirs.eval()(ids).logits[0]
    np.testing.assert_allclose(found.logits, expected, atol=PASS)
    assert engine.info.can_fill_masks
    assert engine.info.task is not None
    assert engine.info.task.labels == ("cat", "dog")
    predict = ["predict", "Ann has a dog.", "--against", "Bob has a cat.", "--csv"]
    assert explorer([*predict, "--model", str(out / "model")]) == 0
    heading, *rows = capsys.readouterr().out.splitlines()
    assert heading == "label,probability,probability_b,a_minus_b"
    expected_rows = zip(("cat", "dog"), found.probabilities.tolist(), strict=True)
    for row, (label, value) in zip(rows, expected_rows, strict=True):
        assert row.startswith(f"{label},{value},")
    off = ["predict", "Ann has a dog.", "--off", "1.1", "--csv", "--model", str(out / "model")]
    assert explorer(off) == 0
    less = engine.predict(AnalysisRequest("Ann has a dog.", switched_off=frozenset({(0, 0)})))
    pair = zip(less.probabilities.tolist(), found.probabilities.tolist(), strict=True)
    for row, (of_a, of_b) in zip(capsys.readouterr().out.splitlines()[1:], pair, strict=True):
        assert row.split(",")[1:3] == [str(of_a), str(of_b)]
    assert explorer(["predict", "Ann has a dog.", "--model", "mini"]) == 1
    assert "fine-tuned to no task" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"seeds": ()},
        {"dropout": 1.0},
        {"warmup": -0.1},
        {"layers": -1},
        {"clip": -1.0},
        {"learning_rate": math.nan},
        {"weight_decay": math.inf},
    ],
)
def test_a_recipe_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(problems.BadArgument):
        TuningRecipe(**wrong)


def test_fine_tuning_by_several_processes_is_refused(
    tokenizer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = small.data_of(tmp_path)
    monkeypatch.setattr(Accelerator, "num_processes", 2)

    with pytest.raises(problems.BadArgument, match="done by one process, not by 2"):
        tuning(tokenizer_folder, data, tmp_path / "run")


def test_a_single_step_learns_and_of_two_the_second() -> None:
    recipe = TuningRecipe(warmup=0.06)

    assert recipe.factor(0, 1) == 1.0
    assert [recipe.factor(step, 2) for step in range(2)] == [0.0, 1.0]
    assert recipe.factor(9, 10) > 0
    assert TuningRecipe(warmup=0.99).factor(9, 10) == 1.0


def test_the_learning_rate_follows_transformers_schedule() -> None:
    import transformers

    schedule: Any = transformers.get_linear_schedule_with_warmup
    recipe = TuningRecipe(warmup=0.06)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    theirs = schedule(optimizer, 6, 100)
    rates = []
    for _ in range(100):
        rates.append(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()

    assert [recipe.factor(step, 100) for step in range(100)] == pytest.approx(rates)
    assert [recipe.rate(768), recipe.rate(256)] == pytest.approx([2e-5, 1.8e-4])
