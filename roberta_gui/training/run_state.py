"""The state of a run on disk: all that is needed to go on as if nothing had happened."""

import errno
import io
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import astuple, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import numpy as np
import torch
from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine.configuration import Configuration
from roberta_gui.outside import LARGEST_WHOLE, read_bytes, reading
from roberta_gui.training.evaluation.curve import Point
from roberta_gui.training.recipe import Position, Recipe
from roberta_gui.whole_file import sweep, whole_file
from roberta_gui.wording import on_one_line

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

STATE = "run.pt"
LOCK = ".lock"
LARGEST = 64_000_000_000
"""Bytes of a state; the family's largest network has 3.5 billion parameters, three numbers each."""

_WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
"""What a file system without locks answers, as some networks' do: no run is guarded there."""
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
    # Of the network, but for dropout, which is the recipe's; None: of a version that kept none.
    configuration: Configuration | None = None


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
            position=_position(content),
            network=content["network"],
            optimizers=tuple(content["optimizers"]),
            curve=tuple(Point(**_numbers(Point, point)) for point in content["curve"]),
            configuration=_configuration(content.get("configuration")),
        ),
    )


def _configuration(content: dict[str, Any] | None) -> Configuration | None:
    return None if content is None else Configuration(**content)


def _position(content: dict[str, Any]) -> Position:
    position = Position(**_numbers(Position, content["position"]))
    if not all(0 <= number < LARGEST_WHOLE for number in astuple(position)):
        raise ValueError("it stands nowhere")
    if position.phase >= len(content["recipe"]["lengths"]):
        raise ValueError("it stands behind the end")
    return position


def _numbers(kind: type[object], content: Mapping[str, Any]) -> dict[str, Any]:
    """Take the numbers of a record that holds nothing else, each as what it is declared as."""
    kinds = get_type_hints(kind)
    return {name: kinds[name](value) for name, value in content.items()}


def reading_state(path: Path) -> AbstractContextManager[None]:
    """Let whatever is done with a state that was read fail with one problem: it is damaged."""
    return reading(
        f"{path.name} in {on_one_line(path.parent.name)}",
        "Begin again in another folder, from the weights of any checkpoint.",
    )


def read_record(path: Path, read: Callable[[dict[str, Any]], Result]) -> Result | None:
    """Read what `save_record` wrote, by ``read``; None where nothing was.

    Raises `problems.BrokenCheckpoint` where the file is damaged, or of another version.
    """
    if not path.exists():
        return None
    with reading_state(path):
        content = torch.load(
            io.BytesIO(read_bytes(path, LARGEST)), map_location="cpu", weights_only=True
        )
        if content["format"] != _FORMAT:
            raise problems.BrokenCheckpoint(
                f"{path.name} was written by another version.", "Begin again in another folder."
            )
        return read(content)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep every other process out of a run's folder; the system lets go for one that is killed.

    Raises `problems.BadArgument` where another one is at work there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("ab") as file:
        try:
            if sys.platform == "win32":
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError) as error:
            raise problems.BadArgument(
                f"Another process is at work in {on_one_line(folder.name)}.",
                "Wait until it ends, or choose another folder.",
            ) from error
        except OSError as error:
            if error.errno not in _WITHOUT_LOCKS:
                raise
        yield


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
