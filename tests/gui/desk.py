"""A controller at a desk of its own: made-up work, cranked by hand."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, cast

from roberta_gui.findings.steps.model import ModelWork, Turn
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.work.controller import Controller
from roberta_gui.gui.work.engine_worker import EngineWorker, Loaded
from roberta_gui.gui.work.jobs import JobRunner, Work
from roberta_gui.gui.work.tokenizing import Tokenizing
from roberta_gui.problems import ModelNotFound, UnencodableText
from roberta_gui.records import Analysis, AnalysisRequest, ModelInfo, Report, Stop, Token
from roberta_gui.view import View
from tests.gui.cranked_runner import every_step_is_a_turn
from tests.hand_cranked import HandCrankedExecutor
from tests.made_up import make_analysis, make_model, make_tokens

NEVER_MS = 600_000


class CountingTokenizer:
    """A token a word; refuses what the real one refuses."""

    mask_token = "<mask>"

    def tokenize_cut(
        self, text: str, pair: str | None, limit: int | None, stop: Stop | None = None
    ) -> tuple[tuple[Token, ...], int]:
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise UnencodableText("Half a character.", "Remove it.")
        return make_tokens([10 + len(word) for word in text.split()]), 0


def tokenizing(*, is_slow: bool = False) -> Tokenizing:
    """Make what is known to cut at once whatever an editor holds, or what always takes a second."""
    if is_slow:
        return Tokenizing(cast("Any", CountingTokenizer()), clock=count().__next__)
    made = Tokenizing(cast("Any", CountingTokenizer()), clock=lambda: 0.0)
    made.cut("word " * 1000, NEVER_MS)
    return made


class MadeUpWorker(EngineWorker):
    """Makes quick work that notes what it did; models named ``gone…`` cannot be opened."""

    def __init__(self) -> None:
        super().__init__(Path("unused"))
        self.ran: list[str] = []
        self.axes_closed: list[str] = []
        self.meanwhile: dict[str, Callable[[], None]] = {}
        """By text or source: what happens in the window while the worker is at it."""

        self.downloads: dict[str, int] = {}
        """By source: for how many steps it has to be waited for."""

        self.is_slow = False
        """Whether tokenizers take long."""

        self.second = self.in_use = ""
        """Names the model whose engine the controller put in use."""

    def use(self, loaded: Loaded) -> None:
        self.in_use = loaded.info.name

    def use_second(self, loaded: Loaded | None) -> None:
        self.second = "" if loaded is None else loaded.info.name

    def ask(self, model: ModelInfo, work: ModelWork) -> Work:
        self.ran.append(f"ask {model.name}")
        return partial(work, cast("Any", self.in_use))

    def load(self, source: str, device: str, dtype: str) -> Work:
        def work(stop: Stop, report: Report) -> Generator[Turn, None, Loaded]:
            self.ran.append(f"load {source} {device} {dtype}")
            report("Opening", 0.5)
            for _ in range(self.downloads.get(source, 0)):
                yield Turn.OTHERS
            self.meanwhile.pop(source, lambda: None)()
            if source.startswith("gone"):
                raise ModelNotFound(f"No {source}.", "Choose another.")
            info = replace(make_model(name=source), device="cuda" if device == "cuda" else "cpu")
            return Loaded(
                cast("Any", source), info, tokenizing(is_slow=self.is_slow),
                (("cpu", "float32"),),
            )  # fmt: skip

        return work

    def list_models(self, folders: Sequence[str], written_to: Path) -> Work:
        return lambda _stop, _report: {"roberta-base": 125_000_000}

    def analyse(
        self,
        *requests: AnalysisRequest,
        known: Sequence[Analysis] = (),
        model: ModelInfo | None = None,
    ) -> Work:
        name = self.in_use if model is None else model.name

        def work(stop: Stop, report: Report) -> Any:
            passes = {each.request: each for each in known if each.model.name == name}
            return tuple(passes.get(each) or self._pass(each, model) for each in requests)

        return work

    def _pass(self, request: AnalysisRequest, model: ModelInfo | None) -> Analysis:
        self.ran.append(f"analyse {request.text}{'' if model is None else f' in {model.name}'}")
        self.meanwhile.pop(request.text, lambda: None)()
        ids = [10 + len(word) for word in request.text.split()]
        model = model or make_model(name=self.in_use)
        analysis = make_analysis(ids, text=request.text, model=model)
        return replace(analysis, request=request)

    def fit_axes(self) -> Work:
        def work(stop: Stop, report: Report) -> Generator[float, None, Any]:
            model = self.in_use
            try:
                for step in range(4):
                    yield step / 4
            except GeneratorExit:
                self.axes_closed.append(model)
                raise
            return f"axes of {model}"

        return work


class Desk:
    """A controller on made-up work that a test cranks by hand."""

    def __init__(self, pause_ms: int = NEVER_MS, patience_ms: int = NEVER_MS) -> None:
        self.store, self.executor = ViewStore(), HandCrankedExecutor()
        self.jobs, self.worker = (
            JobRunner(self.executor, clock=every_step_is_a_turn()),
            MadeUpWorker(),
        )
        self.preferences = Preferences(model="small")
        self.controller = Controller(
            self.store, self.jobs, self.worker, self.preferences,
            pause_ms=pause_ms, patience_ms=patience_ms,
        )  # fmt: skip
        self.shown: list[str] = []
        self.store.changed.connect(self._note)

    @property
    def view(self) -> View:
        return self.store.view

    def open(self, source: str = "small") -> None:
        """Open a model and let everything that follows run."""
        self.controller.load_model(source, "auto", "float32")
        self.executor.run_all()

    def begin(self) -> None:
        """Open a model when something is typed already."""
        self.controller.edit("at first")
        self.open()

    def run_until(self, reached: Callable[[], bool]) -> None:
        while not reached():
            self.executor.run_next()

    def _note(self, view: View, previous: View) -> None:
        if view.analysis is not None and view.analysis is not previous.analysis:
            self.shown.append(view.analysis.request.text)


def make_desk(pause_ms: int, patience_ms: int) -> Desk:
    desk = Desk(pause_ms, patience_ms)
    desk.begin()
    return desk
