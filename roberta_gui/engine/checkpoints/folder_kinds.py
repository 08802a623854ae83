"""Folders that look like a model and are something else: told as what they are."""

from pathlib import Path

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint_files import (
    CONFIGURATION,
    file_names,
    read_json,
    weights_entry,
)

_ADAPTER = "adapter_config.json"
_POINTER = b"version https://git-lfs.github.com/spec/"
_LARGEST_POINTER = 1024


def refuse_other_kinds(folder: Path) -> None:
    """Refuse an adapter, a folder around the model's own, and files that were never fetched.

    Raises
    ------
    problems.NotRoberta
        It is an adapter.
    problems.ModelNotFound
        The model lies in a folder inside.
    problems.BrokenCheckpoint
        A file is only git-lfs's pointer to it.
    """
    names = file_names(folder)
    if _ADAPTER in names and weights_entry(names) is None:
        base = read_json(folder / _ADAPTER).get("base_model_name_or_path")
        merged = f"Merge it into its base model{f', {base},' if isinstance(base, str) else ''}"
        raise problems.NotRoberta(
            f"{folder.name} holds an adapter (such as LoRA), which is only the change of a model.",
            f"{merged} with peft's merge_and_unload, save the result, and open that folder.",
        )
    if CONFIGURATION not in names and (inside := _folders_with_a_model(folder)):
        raise problems.ModelNotFound(
            f"The model lies in a folder inside {folder.name}: {', '.join(inside)}.",
            f"Open {folder / inside[0]}.",
        )
    for name in sorted(names):
        if _is_pointer(folder / name):
            raise problems.BrokenCheckpoint(
                f"{name} is only a pointer of git-lfs: the file itself was never fetched.",
                f"Run “git lfs pull” in {folder}, or download the model again.",
            )


def _folders_with_a_model(folder: Path) -> list[str]:
    inside = sorted(path for path in folder.iterdir() if path.is_dir())
    return [path.name for path in inside if (path / CONFIGURATION).is_file()]


def _is_pointer(file: Path) -> bool:
    try:
        if not len(_POINTER) < file.stat().st_size <= _LARGEST_POINTER:
            return False
        with file.open("rb") as stream:
            return stream.read(len(_POINTER)) == _POINTER
    except OSError:  # whoever reads the file tells of it
        return False
