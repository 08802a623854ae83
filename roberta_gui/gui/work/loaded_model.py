"""LoadedModel: a model as panels' work meets it, with what was found before (worker thread)."""

from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from roberta_gui.analysis.heads.roles import HeadRoles, no_roles
from roberta_gui.analysis.layer_maps.samples import Reading, Sample
from roberta_gui.problems import Stopped
from roberta_gui.records import ModelInfo, Report

if TYPE_CHECKING:
    from roberta_gui.engine import Engine

MOST, MOST_BYTES = 48, 2**29
"""So many things that were found with a model are kept, of so many bytes together."""

_SHARED: Final = {
    "contribution_steps": None,
    "mask_log_probability_steps": 1,
    "nearest_words_steps": 1,
    "role_steps": 1,
    "surprisal_steps": 1,
    "sweep": 1,
}
"""What several panels ask an engine for, and how many of the last steps tell all: None, each."""


class LoadedModel:
    """One loaded model, what was found with it, and a second model to compare with.

    Made anew with every model, so that nothing found with one is taken for another's.
    """

    def __init__(self, engine: "Engine") -> None:
        self.second: LoadedModel | None = None
        """The second model that the window holds this one against, while there is one."""
        self.known = Memory()
        """What panels' work found with this model."""
        # An Engine to whoever asks it; only what is shared comes from the memory.
        self.engine = cast("Engine", _SharedAnswers(engine, self.known))

    def engine_of(self, model: ModelInfo) -> "Engine":
        """Return the model in use or the second one, whichever it is; see `handle_of`."""
        return self.handle_of(model).engine

    def handle_of(self, model: ModelInfo) -> "LoadedModel":
        """Return this model or the second one, whichever it is.

        Raises
        ------
        problems.Stopped
            Neither of them is that one any more.
        """
        for known in (self, self.second):
            if known is not None and known.engine.info == model:
                return known
        raise Stopped

    def sample(self, sentences: Sequence[str], n_tokens: int) -> Generator[None, None, Sample]:
        """Read sentences until there are ``n_tokens``, in short steps; what was read is kept."""
        key = "sample", tuple(sentences)
        reading = self.known.get(key) or Reading(sentences, self.engine.token_states)
        self.known[key] = reading
        sample: Sample = yield from reading.grow(n_tokens)
        self.known[key] = reading  # it has grown
        return sample

    def roles(self, sentences: Sequence[str]) -> Generator[HeadRoles, None, HeadRoles]:
        """Measure what heads look at, in short steps; what was measured is kept and gone on with.

        It yields what is known so far.
        """
        roles = no_roles(self.engine.info.n_layers, self.engine.info.n_heads)
        for roles in self.engine.role_steps(sentences):
            yield roles
        return roles


class Memory:
    """The newest of what was found with a model, as far as there is room."""

    def __init__(self) -> None:
        self._found: dict[Hashable, tuple[Any, int]] = {}

    def get(self, key: Hashable) -> Any | None:
        """Recall what was found, None where that is not known (any more)."""
        if key not in self._found:
            return None
        self._found[key] = found = self._found.pop(key)  # as the newest
        return found[0]

    def __setitem__(self, key: Hashable, found: Any) -> None:
        """Keep something; what was not asked for the longest makes room for it."""
        self._found.pop(key, None)
        self._found[key] = found, _size(found)
        while len(self._found) > MOST or self.n_bytes > MOST_BYTES:
            del self._found[next(iter(self._found))]

    def __len__(self) -> int:
        return len(self._found)

    @property
    def n_bytes(self) -> int:
        """Bytes of all arrays that are kept."""
        return sum(size for _, size in self._found.values())


def _size(value: object) -> int:
    """Count the bytes of the arrays that something holds."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, list | tuple | deque):
        return sum(map(_size, value))
    if isinstance(value, Mapping):
        return sum(map(_size, value.values()))
    if is_dataclass(value):
        return sum(_size(getattr(value, field.name)) for field in fields(value))
    return sum(map(_size, getattr(value, "__dict__", {}).values()))


class _SharedAnswers:
    """An engine that makes every pass for all panels once, whichever of them asks first."""

    def __init__(self, engine: "Engine", known: Memory) -> None:
        self._engine, self._known = engine, known

    def __getattr__(self, name: str) -> Any:
        answer = getattr(self._engine, name)
        return partial(self._share, name, answer) if name in _SHARED else answer

    def _share(
        self, name: str, ask: Callable[..., Iterator[Any]], *args: Any, **more: Any
    ) -> Generator[Any, None, Any]:
        """Give the steps that are known, and go on from there."""
        told = signature(ask).bind(*args, **more)
        told.apply_defaults()
        arguments = told.arguments
        # Never told to stop: whoever goes on with it later could not start it again.
        _, report = arguments.pop("stop"), arguments.pop("report")
        # The states of the request's own pass only spare another one.
        key = name, *(_hashable(part) for what, part in arguments.items() if what != "hidden")
        steps = self._known.get(key)
        if steps is None or steps.has_failed:
            steps = _SharedSteps(partial(ask, **arguments), _SHARED[name])
        self._known[key] = steps
        end = yield from steps.replay(report)
        self._known[key] = steps  # it has grown
        return end


class _SharedSteps:
    """Work that is done once, as far as anybody wanted to know, and given to all who ask."""

    def __init__(self, begin: Callable[..., Iterator[Any]], n_kept: int | None) -> None:
        self.has_failed = False
        self._listeners: list[Report] = []
        listeners = self._listeners  # and not self: in a circle it would outlive its model
        self._steps = begin(report=lambda *told: [hear(*told) for hear in listeners])
        self._kept = deque[Any](maxlen=n_kept)
        self._n_made = 0
        self._end: tuple[Any] | None = None

    def replay(self, report: Report | None) -> Generator[Any, None, Any]:
        """Give the steps from the first that is kept; the last one is the result if none is."""
        n_seen = 0
        while n_seen < self._n_made or self._goes_on(report):
            n_seen = max(n_seen, self._n_made - len(self._kept))
            yield self._kept[n_seen - self._n_made]
            n_seen += 1
        return self._end and self._end[0]

    def _goes_on(self, report: Report | None) -> bool:
        if self._end is not None:
            return False
        self._listeners[:] = [] if report is None else [report]
        self.has_failed = True  # unless it comes back from its step
        try:
            self._kept.append(next(self._steps))
            self._n_made += 1
        except StopIteration as end:
            self._end = (end.value,)
        self.has_failed = False
        self._listeners.clear()
        return self._end is None


def _hashable(part: Any) -> Hashable:
    return tuple(part) if isinstance(part, list | np.ndarray) else cast("Hashable", part)
