"""The state of a run on disk: all that is needed to go on as if nothing had happened."""

import io
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from roberta_gui import problems
from roberta_gui.training.evaluation.curve import Point
from roberta_gui.training.recipe import Position, Recipe
from roberta_gui.whole_file import sweep, whole_file

STATE = "run.pt"
_FORMAT = 1
# What may differ when a run goes on: it changes no loss.
_FREE = frozenset({"compile", "checkpoint_seconds", "checkpoint_steps"})

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class RunState:
    """Where a run stands."""

    recipe: Recipe
    text_sha256: str  # fingerprint of the ids that it reads
    position: Position
    network: Mapping[str, Tensor]  # a tensor for each parameter, float32, on the CPU
    optimizers: tuple[dict[str, Any], ...]  # as their ``state_dict`` gives it
    curve: tuple[Point, ...]  # the losses so far


def save_record(path: Path, record: object, **more: Any) -> None:
    """Write the state of a run so that a kill at any moment leaves this one or the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent)  # what a run that was killed left unfinished
    with whole_file(path) as file:
        torch.save({**_stored(record), **more, "format": _FORMAT}, file)


def _stored(value: Any) -> Any:
    """Write records as a file of weights can hold them: tensors, numbers and names."""
    if is_dataclass(value):
        return {field.name: _stored(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: _stored(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_stored, value))
    return torch.from_numpy(value.copy()) if isinstance(value, np.ndarray) else value


def load_state(folder: Path) -> RunState | None:
    """Read the state of a run, as `read_record` does; None where none was begun."""
    return read_record(
        folder / STATE,
        lambda content: RunState(
            recipe=Recipe(**content["recipe"]),
            text_sha256=content["text_sha256"],
            position=Position(**content["position"]),
            network=content["network"],
            optimizers=tuple(content["optimizers"]),
            curve=tuple(Point(**point) for point in content["curve"]),
        ),
    )


def read_record(path: Path, read: Callable[[dict[str, Any]], Result]) -> Result | None:
    """Read what `save_record` wrote, by ``read``; None where nothing was.

    Raises `problems.BrokenCheckpoint` where the file is damaged, or of another version.
    """
    if not path.exists():
        return None
    try:
        content = torch.load(io.BytesIO(path.read_bytes()), map_location="cpu", weights_only=True)
        if content["format"] != _FORMAT:
            raise problems.BrokenCheckpoint(
                f"{path.name} was written by another version.", "Begin again in another folder."
            )
        return read(content)
    except (pickle.UnpicklingError, OSError, RuntimeError, EOFError, KeyError, TypeError) as error:
        raise problems.BrokenCheckpoint(
            f"{path.name} in {path.parent.name} is damaged.",
            "Begin again in another folder, from the weights of any checkpoint.",
        ) from error


def refuse_differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse to go on with other numbers than a run was begun with.

    Raises `problems.BadArgument`, naming what differs.
    """
    differing = [name for name in before if name not in _FREE and before[name] != now[name]]
    if differing:
        raise problems.BadArgument(
            f"This folder holds a run with another {', '.join(differing)}.",
            "Repeat its command to go on with it, or choose another folder.",
        )
