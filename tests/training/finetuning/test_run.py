import json
from pathlib import Path
from typing import Any

import pytest
import torch

from roberta_gui.engine import Engine
from roberta_gui.training.command_line import main
from tests.models import make_checkpoint
from tests.training.finetuning import small


def test_the_command_teaches_a_task_and_leaves_a_model_that_both_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from transformers import RobertaForSequenceClassification

    model = make_checkpoint(tmp_path / "begin")
    out = tmp_path / "run"
    wishes = [str(small.write_task(tmp_path)), "--model", str(model), "--out", str(out)]
    wishes += ["--epochs", "2", "--learning-rate", "3e-3", "--seeds", "2", "--cpu"]

    status = main(["finetune", *wishes, "--watch-steps", "2"])

    told = capsys.readouterr().out
    assert status == 0
    assert "2 labels: cat, dog" in told
    assert "| majority |" in told
    assert json.loads((out / "scores.json").read_text(encoding="utf-8"))["labels"] == ["cat", "dog"]
    engine = Engine.load(out / "model", device="cpu")
    found = engine.predict("Ann has a dog.")
    theirs: Any = RobertaForSequenceClassification.from_pretrained(out / "model")
    with torch.no_grad():
        logits = (
            theirs.eval()(torch.tensor([[token.id for token in found.tokens]])).logits[0].numpy()
        )
    assert abs(logits - found.logits).max() < 1e-5
    assert engine.info.can_fill_masks
    assert engine.info.task is not None
    assert engine.info.task.labels == ("cat", "dog")
