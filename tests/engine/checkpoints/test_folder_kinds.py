import json
from pathlib import Path

import pytest

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint import open_checkpoint

POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4665a76b97d1f1b0e3a1e4d1b9b1f3b0b1c1d1e1f1a1b1c1d1e1f1a1b1c1d1e1\nsize 498818054\n"
)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_file_that_git_lfs_never_fetched_is_named(folder: Path, name: str) -> None:
    (folder / name).write_text(POINTER)
    with pytest.raises(problems.BrokenCheckpoint, match=f"{name} is only a pointer") as caught:
        open_checkpoint(folder)
    assert "git lfs pull" in caught.value.hint


def test_an_adapter_is_named_with_its_base_model(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "adapter_model.safetensors")
    described = {"base_model_name_or_path": "roberta-base", "peft_type": "LORA"}
    (folder / "adapter_config.json").write_text(json.dumps(described))
    with pytest.raises(problems.NotRoberta, match="adapter") as caught:
        open_checkpoint(folder)
    assert "roberta-base" in caught.value.hint
    (folder / "config.json").unlink()
    with pytest.raises(problems.NotRoberta, match="adapter"):
        open_checkpoint(folder)


def test_a_model_in_a_folder_inside_is_named(folder: Path) -> None:
    around = folder.parent / "sentence-model"
    around.mkdir()
    (around / "modules.json").write_text("[]")
    folder.rename(around / "0_Transformer")
    (around / "1_Pooling").mkdir()
    with pytest.raises(
        problems.ModelNotFound, match=r"inside sentence-model: 0_Transformer"
    ) as caught:
        open_checkpoint(around)
    assert caught.value.hint == f"Open {around / '0_Transformer'}."
