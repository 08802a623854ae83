"""The state of a run on disk: all that is needed to go on as if nothing had happened."""

import io
import pickle
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from roberta_gui import problems
from roberta_gui.training.atomic_files import write_atomically
from roberta_gui.training.evaluation.curve import Point
from roberta_gui.training.recipe import Recipe
from roberta_gui.training.schedule import Position

STATE = "run.pt"
_FORMAT = 1
# What may differ when a run goes on: it changes no loss.
_FREE = frozenset({"compile", "checkpoint_seconds", "checkpoint_steps"})


@dataclass(frozen=True, slots=True, eq=False)
class RunState:
    """Where a run stands.

    Attributes
    ----------
    text_sha256
        Fingerprint of the ids that it reads.
    network
        A tensor for each parameter, float32, on the CPU.
    optimizers
        As their ``state_dict`` gives it.
    curve
        The losses so far.
    """

    recipe: Recipe
    text_sha256: str
    position: Position
    network: Mapping[str, Tensor]
    optimizers: tuple[dict[str, Any], ...]
    curve: tuple[Point, ...]


def save_state(folder: Path, state: RunState) -> None:
    """Write the state so that a kill at any moment leaves this one or the one before."""
    content = {
        "format": _FORMAT,
        "recipe": asdict(state.recipe),
        "text_sha256": state.text_sha256,
        "position": asdict(state.position),
        "network": dict(state.network),
        "optimizers": list(state.optimizers),
        "curve": [asdict(point) for point in state.curve],
    }
    write_atomically(folder / STATE, lambda stream: torch.save(content, stream))


def load_state(folder: Path) -> RunState | None:
    """Read the state of a run; None where none was begun.

    Raises
    ------
    problems.BrokenCheckpoint
        The file is damaged, or of another version.
    """
    path = folder / STATE
    if not path.exists():
        return None
    try:
        content = torch.load(io.BytesIO(path.read_bytes()), map_location="cpu", weights_only=True)
        if content["format"] != _FORMAT:
            raise problems.BrokenCheckpoint(
                f"{STATE} was written by another version.", "Begin again in another folder."
            )
        return RunState(
            recipe=Recipe(**content["recipe"]),
            text_sha256=content["text_sha256"],
            position=Position(**content["position"]),
            network=content["network"],
            optimizers=tuple(content["optimizers"]),
            curve=tuple(Point(**point) for point in content["curve"]),
        )
    except (pickle.UnpicklingError, OSError, RuntimeError, EOFError, KeyError, TypeError) as error:
        raise problems.BrokenCheckpoint(
            f"{STATE} in {folder.name} is damaged.",
            "Begin again in another folder; --start-from takes the weights of any checkpoint.",
        ) from error


def check_same_run(state: RunState, recipe: Recipe, text_sha256: str) -> None:
    """Refuse to go on with other numbers or other text than the run was begun with.

    Raises
    ------
    problems.BadArgument
        Naming what differs.
    """
    before, now = asdict(state.recipe), asdict(recipe)
    differing = [name for name in before if name not in _FREE and before[name] != now[name]]
    if text_sha256 != state.text_sha256:
        differing.append("text")
    if differing:
        raise problems.BadArgument(
            f"This folder holds a run with another {', '.join(differing)}.",
            "Repeat its command to go on with it, or choose another folder.",
        )
