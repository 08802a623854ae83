"""The state of a run on disk: all that is needed to go on as if nothing had happened."""

import io
import pickle
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from roberta_gui import problems
from roberta_gui.training.evaluation.curve import Point
from roberta_gui.training.recipe import Recipe
from roberta_gui.training.schedule import Position
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


def save_state(folder: Path, state: RunState) -> None:
    """Write the state so that a kill at any moment leaves this one or the one before."""
    content = {
        "recipe": asdict(state.recipe),
        "text_sha256": state.text_sha256,
        "position": asdict(state.position),
        "network": dict(state.network),
        "optimizers": list(state.optimizers),
        "curve": [asdict(point) for point in state.curve],
    }
    save_content(folder / STATE, content)


def save_content(path: Path, content: Mapping[str, Any]) -> None:
    """Write tensors and plain values as the state of a run, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent)  # what a run that was killed left unfinished
    with whole_file(path) as file:
        torch.save({**content, "format": _FORMAT}, file)


def load_state(folder: Path) -> RunState | None:
    """Read the state of a run; None where none was begun.

    Raises `problems.BrokenCheckpoint`: the file is damaged, or of another version.
    """
    return read_content(
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


def read_content(path: Path, read: Callable[[dict[str, Any]], Result]) -> Result | None:
    """Read what `save_content` wrote, by ``read``; None where nothing was.

    Raises `problems.BrokenCheckpoint`: the file is damaged, or of another version.
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


def check_same_run(state: RunState, recipe: Recipe, text_sha256: str) -> None:
    """Refuse to go on with other numbers or other text than the run was begun with.

    Raises `problems.BadArgument`, naming what differs.
    """
    before = {**asdict(state.recipe), "text": state.text_sha256}
    refuse_differing(before, {**asdict(recipe), "text": text_sha256})


def refuse_differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Name what differs between the numbers that a run was begun with and those of now."""
    differing = [name for name in before if name not in _FREE and before[name] != now[name]]
    if differing:
        raise problems.BadArgument(
            f"This folder holds a run with another {', '.join(differing)}.",
            "Repeat its command to go on with it, or choose another folder.",
        )
