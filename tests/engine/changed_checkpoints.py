"""Change a checkpoint that is already in a folder, for tests of reading it."""

import json
from collections.abc import Callable
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor

Change = Callable[[dict[str, Tensor]], dict[str, Tensor]]


def rewrite(folder: Path, change: Change) -> None:
    """Store the folder's weights again, changed."""
    file = folder / "model.safetensors"
    tensors = {name: tensor.clone() for name, tensor in load_file(file).items()}
    save_file(change(tensors), file, metadata={"format": "pt"})


def configure(folder: Path, **values: object) -> None:
    """Change keys of config.json; None removes one."""
    file = folder / "config.json"
    content = json.loads(file.read_text()) | values
    kept = {key: value for key, value in content.items() if value is not None}
    file.write_text(json.dumps(kept))
