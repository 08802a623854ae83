"""Which network a model is: the same weights in another shape are another one."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from roberta_gui.analysis.axes.axes_file import axes_key
from roberta_gui.engine import Engine
from tests.models import make_checkpoint

TEXT = "The cat sat on the <mask>."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("model") / "model", family="xlm-roberta")


@pytest.fixture(scope="module")
def engine(folder: Path) -> Engine:
    return Engine.load(folder, device="cpu")


def changed(folder: Path, to: Path, **settings: Any) -> Engine:
    """Open the same weights with other settings."""
    file = shutil.copytree(folder, to) / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | settings))
    return Engine.load(to, device="cpu")


@pytest.mark.parametrize(
    "settings",
    [{"num_attention_heads": 2}, {"hidden_act": "relu"}, {"layer_norm_eps": 0.1}],
    ids=str,
)
def test_the_same_weights_in_another_shape_have_other_axes_and_another_fingerprint(
    engine: Engine, folder: Path, tmp_path: Path, settings: dict[str, Any]
) -> None:
    other = changed(folder, tmp_path / "other", **settings)
    here, there = engine.analyse(TEXT), other.analyse(TEXT)

    assert engine.info.weights_sha256 == other.info.weights_sha256
    assert not np.allclose(here.hidden, there.hidden, atol=1e-3)
    assert axes_key(engine.info, "texts") != axes_key(other.info, "texts")
    assert here.fingerprint != there.fingerprint


@pytest.mark.parametrize(
    "settings", [{"hidden_dropout_prob": 0.3}, {"id2label": {"0": "good", "1": "bad"}}], ids=str
)
def test_what_changes_no_state_leaves_a_model_its_axes_and_fingerprint(
    engine: Engine, folder: Path, tmp_path: Path, settings: dict[str, Any]
) -> None:
    same = changed(folder, tmp_path / "same", **settings)

    assert axes_key(engine.info, "texts") == axes_key(same.info, "texts")
    assert engine.analyse(TEXT).fingerprint == same.analyse(TEXT).fingerprint
