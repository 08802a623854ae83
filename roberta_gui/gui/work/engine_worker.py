"""What runs on the worker thread: the Engine lives here, and nowhere else.

Each method returns a piece of work for a ``JobRunner``. The engine, and with it torch, is imported
inside the first of them, so the window is up before torch is.
"""

import ctypes
import os
import re
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roberta_gui.analysis.axes.axes_file import axes_key, load_axes, save_axes
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.axes.reference_fit import fit_reference_axes
from roberta_gui.analysis.axes.reference_sentences import reference_sentences, reference_sha256
from roberta_gui.findings.steps.model import ModelWork, Turn
from roberta_gui.gui.work.jobs import Work
from roberta_gui.gui.work.loaded_model import LoadedModel
from roberta_gui.gui.work.tokenizing import Tokenizing
from roberta_gui.outside import is_no_memory
from roberta_gui.problems import BadArgument, Problem, Stopped, TooLittleMemory
from roberta_gui.records import Analysis, AnalysisRequest, ModelInfo, Report, Stop
from roberta_gui.resources import resource
from roberta_gui.whole_file import sweep, sweep_temporary

if TYPE_CHECKING:
    from roberta_gui.engine import Engine


def open_torch_library() -> None:
    """Open PyTorch's largest library, so that its import finds it open.

    WORKAROUND: https://docs.python.org/3/library/ctypes.html#ctypes.CDLL
    While ``import torch`` opens it, Python's lock is held for 0.2 s and more, and no key is
    answered; a function that ctypes calls lets go of the lock.
    """
    spec = find_spec("torch")
    if sys.platform == "linux" and spec is not None and spec.origin is not None:
        library = Path(spec.origin).parent / "lib" / "libtorch_cpu.so"
        ctypes.CDLL(None).dlopen(os.fsencode(library), os.RTLD_LAZY)


@contextmanager
def _importing_torch() -> Iterator[None]:
    """Say what to do where PyTorch, the largest library by far, cannot be loaded."""
    try:
        yield
    except (ImportError, OSError, MemoryError) as error:
        if is_no_memory(error):
            raise TooLittleMemory(
                "There is too little memory to start PyTorch.",
                "Close other programs, then choose the model again.",
            ) from error
        raise Problem(
            "PyTorch cannot be loaded.",
            f"{error}. Install it again: python -m pip install --force-reinstall torch",
        ) from error


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Say which model could not be opened, where what is wrong names only a file of it."""
    try:
        yield
    except Stopped:
        raise
    except Problem as error:
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w|\.\w)", error.title):
            raise
        said = f"{name} could not be opened. {error.title}"
        raise type(error)(said, error.hint) from error


@dataclass(frozen=True, eq=False)
class Loaded:
    """A loaded model on its way into the window, which never calls the Engine itself."""

    engine: "Engine"
    info: ModelInfo
    tokenizing: Tokenizing
    devices: tuple[tuple[str, str], ...]
    """What this machine can compute on, as (device, dtype)."""


class EngineWorker:
    """Holds the Engine for the worker thread and makes the work that uses it."""

    def __init__(self, cache: Path) -> None:
        self._axes = cache / "axes"
        self._first: LoadedModel | None = None
        self._second: LoadedModel | None = None
        self._is_at_rest = False

    def load(self, source: str, device: str, dtype: str) -> Work:
        """Make the work that opens a model; `use` then puts it in use.

        While a model is downloaded, the one in use goes on answering.
        """

        def work(stop: Stop, report: Report) -> Generator[Turn, None, Loaded]:
            report("Starting PyTorch", None)
            with _importing_torch():
                open_torch_library()
                from roberta_gui.engine import Engine, devices
                from roberta_gui.engine.checkpoints.checkpoint import download_steps, name_for

            with _naming(name_for(source)):
                for _ in download_steps(source, stop, report):
                    yield Turn.OTHERS
                engine = Engine.load(source, device=device, dtype=dtype, stop=stop, report=report)
                tokenizing = Tokenizing(engine.tokenizer)
                yield from tokenizing.try_out(stop, report)
                return Loaded(engine, engine.info, tokenizing, devices.available())

        return work

    def use(self, loaded: Loaded) -> None:
        """Compute with this model from the next piece of work on.

        Called on the GUI thread: a model that was superseded while it was on its way must never
        come into use.
        """
        if not self._is_at_rest:
            self._first = LoadedModel(loaded.engine)
            self._first.second = self._second

    def use_second(self, loaded: Loaded | None) -> None:
        """Keep a second model beside the first from now on, or only the first."""
        self._second = None if loaded is None or self._is_at_rest else LoadedModel(loaded.engine)
        if self._first is not None:
            self._first.second = self._second

    def rest(self) -> None:
        """Let go of the model, for good: Qt's connections hold our objects past the window."""
        self._is_at_rest, self._first, self._second = True, None, None

    def list_models(self, folders: Sequence[str], written_to: Path) -> Work:
        """Make the work that looks into the hub's cache, once our own places are tidied up.

        It tells by name how many parameters the models there and in ``folders`` have. In steps,
        the slow import first, so that a keystroke waits for one of them only. Like our cache
        and the temporary files, the folder ``written_to`` may hold what a start that ended in the
        middle of something left there.
        """

        def work(stop: Stop, report: Report) -> Generator[None, None, dict[str, int]]:
            from roberta_gui.engine.checkpoints.checkpoint_files import count_parameters
            from roberta_gui.engine.checkpoints.hub import cached_models

            yield
            import huggingface_hub.constants  # noqa: F401 - here for the time it takes

            yield
            for folder in (self._axes, written_to):
                sweep(folder)
            sweep_temporary()
            yield
            counted = {}
            for name, path in (cached_models() | {each: Path(each) for each in folders}).items():
                counted[name] = count_parameters(path)
                yield
            return counted

        return work

    def analyse(
        self,
        *requests: AnalysisRequest,
        known: Sequence[Analysis] = (),
        model: ModelInfo | None = None,
    ) -> Work:
        """Make the work of forward passes that are shown together, but for those ``known``.

        ``model`` is the second one, where that makes them.
        """

        def work(stop: Stop, report: Report) -> tuple[Analysis, ...]:
            first = self._in_use()
            engine = first.engine if model is None else first.engine_of(model)
            passes = {each.request: each for each in known if each.model == engine.info}
            return tuple(
                passes.get(request) or engine.analyse(request, stop=stop, report=report)
                for request in requests
            )

        return work

    def fit_axes(self) -> Work:
        """Make the work that fits the axes of the model in use, or finds them in the cache.

        It yields how far it is, and once the axes themselves, as far as they are fitted.
        """

        def work(
            stop: Stop, report: Report
        ) -> Generator[float | ReferenceAxes, None, ReferenceAxes]:
            engine = self._in_use().engine
            sentences = reference_sentences(resource("reference_sentences.txt"))
            key = axes_key(engine.info, reference_sha256(sentences))
            file = self._axes / f"{key}.npz"
            if (known := load_axes(file)) is not None:
                return known
            states = engine.token_states(sentences, stop=stop)
            axes = yield from fit_reference_axes(states, sentences)
            save_axes(axes, file)
            return axes

        return work

    def ask(self, model: ModelInfo, work: ModelWork) -> Work:
        """Make the work of a panel that asks ``model``, which ends if that is no longer in use."""

        def asking(stop: Stop, report: Report) -> Any:
            if self._first is None:
                raise Stopped
            return work(self._first.handle_of(model), stop, report)

        return asking

    def _in_use(self) -> LoadedModel:
        if self._is_at_rest:
            raise Stopped
        if self._first is None:
            raise BadArgument("No model is loaded.", "Choose one in the model menu.")
        return self._first
