import json
import os
import sys
from pathlib import Path

import pytest

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint import open_checkpoint

linux = pytest.mark.skipif(sys.platform != "linux", reason="no folder has such a name elsewhere")

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


@linux
def test_a_name_stays_in_its_line_and_turns_no_sentence_around(folder: Path) -> None:
    opened = open_checkpoint(folder.rename(folder.with_name("R&D <b>\n\u202ex")))

    assert opened.name == "R&D <b>\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}x"
    assert opened.source.endswith("R&D <b>\n\u202ex")


@linux
def test_a_path_in_another_encoding_is_refused_as_that(folder: Path) -> None:
    named = folder.rename(folder.with_name(os.fsdecode(b"caf\xe9")))

    with pytest.raises(problems.ModelNotFound, match="caf\ufffd is not UTF-8") as caught:
        open_checkpoint(named)

    assert "Rename" in caught.value.hint
