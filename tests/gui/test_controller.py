"""From keystroke to View: what is asked for when, and what may reach the window."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from roberta_gui.gui.controller import Controller, recall, remember
from roberta_gui.gui.jobs import JobRunner, Work
from roberta_gui.gui.panel import Derivation
from roberta_gui.gui.preferences import Preferences
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.workbench import Loaded, Workbench
from roberta_gui.problems import ModelNotFound, NoNetwork, UnencodableText
from roberta_gui.records import AnalysisRequest, Report, Stop, Token
from roberta_gui.view import Display, View
from tests.hand_cranked import HandCrankedExecutor
from tests.made_up import make_analysis, make_model, make_tokens

NEVER_MS = 600_000


class CountingTokenizer:
    """A token a word; refuses what the real one refuses."""

    mask_token = "<mask>"

    def tokenize_cut(
        self, text: str, pair: str | None, limit: int | None
    ) -> tuple[tuple[Token, ...], int]:
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise UnencodableText("Half a character.", "Remove it.")
        return make_tokens([10 + len(word) for word in text.split()]), 0


class MadeUpWorkbench(Workbench):
    """Makes quick work that notes what it did; models named ``gone…`` cannot be opened."""

    def __init__(self) -> None:
        super().__init__(Path("unused"))
        self.ran: list[str] = []
        self.axes_closed: list[str] = []
        self.meanwhile: dict[str, Callable[[], None]] = {}
        """By text or source: what happens in the window while the worker is at it."""

    @property
    def in_use(self) -> str:
        """Name the model whose engine the controller put in use."""
        return cast("str", self._engine) if self._engine else ""

    def load(self, source: str, device: str, dtype: str) -> Work:
        def work(stop: Stop, report: Report) -> Loaded:
            self.ran.append(f"load {source} {device} {dtype}")
            report("Opening", 0.5)
            self.meanwhile.pop(source, lambda: None)()
            if source.startswith("gone"):
                raise ModelNotFound(f"No {source}.", "Choose another.")
            return Loaded(
                cast("Any", source), make_model(name=source), cast("Any", CountingTokenizer()),
                (("cpu", "float32"),),
            )  # fmt: skip

        return work

    def list_models(self) -> Work:
        return lambda _stop, _report: ("roberta-base",)

    def analyse(self, request: AnalysisRequest) -> Work:
        def work(stop: Stop, report: Report) -> Any:
            self.ran.append(f"analyse {request.text}")
            self.meanwhile.pop(request.text, lambda: None)()
            ids = [10 + len(word) for word in request.text.split()]
            return make_analysis(ids, text=request.text, model=make_model(name=self.in_use))

        return work

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
        self.jobs, self.bench = JobRunner(self.executor), MadeUpWorkbench()
        self.preferences = Preferences(model="small")
        self.controller = Controller(
            self.store, self.jobs, self.bench, self.preferences,
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

    def run_until(self, reached: Callable[[], bool]) -> None:
        while not reached():
            self.executor.run_next()

    def _note(self, view: View, previous: View) -> None:
        if view.analysis is not None and view.analysis is not previous.analysis:
            self.shown.append(view.analysis.request.text)


@pytest.fixture
def desk(qapp: object) -> Iterator[Desk]:
    desk = Desk()
    yield desk
    vars(desk).clear()  # pytest keeps fixture values until the leaks have been counted


def make_desk(pause_ms: int, patience_ms: int) -> Desk:
    desk = Desk(pause_ms, patience_ms)
    desk.controller.edit("at first")
    desk.open()
    return desk


# Typing


def test_tokens_show_at_once_and_the_pass_waits_for_the_pause(desk: Desk) -> None:
    desk.open()
    desk.executor.run_all()
    ran = list(desk.bench.ran)

    desk.controller.edit("a bird flew")

    assert desk.view.typed is not None
    assert desk.view.typed.text == "a bird flew"
    assert [token.text for token in desk.view.typed.tokens][1:-1] == ["t11", "t14", "t14"]
    assert not desk.jobs.is_busy("sentence")
    assert not desk.controller.is_settled
    desk.executor.run_all()
    assert desk.bench.ran == ran


def test_the_pass_comes_after_the_pause(qtbot: QtBot) -> None:
    desk = make_desk(pause_ms=1, patience_ms=NEVER_MS)

    with qtbot.waitSignal(desk.jobs.busy_changed) as busy:
        desk.controller.edit("a bird flew")

    assert busy.args == ["sentence", True]
    desk.executor.run_all()
    assert desk.shown[-1] == "a bird flew"
    assert desk.controller.is_settled


def test_steady_typing_is_not_starved(qtbot: QtBot) -> None:
    desk = make_desk(pause_ms=NEVER_MS, patience_ms=30)
    typed = [0]

    def strike() -> None:
        typed[0] += 1
        desk.controller.edit("x" * typed[0])

    keys = QTimer(interval=1)
    keys.timeout.connect(strike)
    desk.jobs.busy_changed.connect(keys.stop)
    with qtbot.waitSignal(desk.jobs.busy_changed):
        keys.start()

    desk.executor.run_all()
    assert typed[0] > 1
    assert desk.shown[-1] == "x" * typed[0]


def test_enter_does_not_wait(desk: Desk) -> None:
    desk.open()

    desk.controller.edit("now")
    desk.controller.analyse()
    desk.executor.run_all()

    assert desk.shown[-1] == "now"
    assert desk.controller.is_settled


def test_a_newer_text_supersedes_an_older_one(desk: Desk) -> None:
    desk.open()
    desk.bench.ran.clear()

    for text in ("one", "one two", "one two three"):
        desk.controller.edit(text)
        desk.controller.analyse()
    desk.executor.run_all()

    assert desk.shown[-1] == "one two three"
    assert "one two" not in desk.shown
    assert "analyse one two" not in desk.bench.ran


def test_the_result_of_an_older_text_never_overwrites_a_newer_one(desk: Desk) -> None:
    desk.open()

    def type_on() -> None:
        desk.controller.edit("new")
        desk.controller.analyse()

    desk.bench.meanwhile["old"] = type_on
    desk.controller.edit("old")
    desk.controller.analyse()
    desk.executor.run_all()

    assert desk.bench.ran[-2:] == ["analyse old", "analyse new"]
    assert "old" not in desk.shown
    assert desk.shown[-1] == "new"


def test_while_typing_the_old_picture_is_known_to_be_stale(desk: Desk) -> None:
    desk.controller.edit("old")
    desk.open()
    assert not desk.view.is_stale

    desk.controller.edit("new")

    assert desk.view.is_stale
    assert desk.view.analysis is not None
    assert desk.view.analysis.request.text == "old"


def test_the_same_text_again_asks_for_nothing(desk: Desk) -> None:
    desk.controller.edit("same")
    desk.open()

    desk.controller.edit("same")

    assert desk.controller.is_settled


def test_half_a_surrogate_pair_is_told_and_clears_when_it_goes(desk: Desk) -> None:
    desk.controller.edit("fine")
    desk.open()
    ran = list(desk.bench.ran)

    desk.controller.edit("bad \ud83d")
    desk.controller.analyse()
    desk.executor.run_all()

    assert [p.title for p in desk.view.problems.values()] == ["Half a character."]
    assert desk.bench.ran == ran  # the model is not asked what the tokenizer refused
    assert desk.view.analysis is not None
    assert desk.view.analysis.request.text == "fine"

    desk.controller.edit("good")

    assert dict(desk.view.problems) == {}


# Models


def test_before_the_model_is_there_text_is_kept_and_analysed_when_it_comes(desk: Desk) -> None:
    desk.controller.edit("early")
    assert desk.view.typed is None

    desk.open()

    assert desk.shown == ["early"]
    assert desk.view.model == make_model(name="small")
    assert desk.view.axes is not None


@pytest.mark.expects_log("lane model failed")
def test_a_model_that_fails_leaves_the_old_one_and_the_text_alone(desk: Desk) -> None:
    desk.controller.edit("kept")
    desk.open()
    analysis, axes = desk.view.analysis, desk.view.axes

    desk.controller.use_model("gone")
    desk.executor.run_all()

    assert desk.view.problems["model"].title == "No gone."
    assert desk.view.model == make_model(name="small")
    assert desk.view.analysis is analysis
    assert desk.view.axes is axes
    assert desk.preferences.model == "small"

    desk.controller.edit("typed after it")
    desk.controller.analyse()
    desk.executor.run_all()
    assert desk.shown[-1] == "typed after it"


@pytest.mark.expects_log("lane model failed")
def test_a_remembered_model_that_is_gone_gives_way_to_the_built_in_one_and_says_so(
    desk: Desk,
) -> None:
    desk.controller.edit("kept")

    desk.open("gone")

    assert desk.bench.ran[:2] == ["load gone auto float32", "load mini auto float32"]
    assert desk.view.model == make_model(name="mini")
    assert desk.shown == ["kept"]
    assert [problem.title for problem in desk.view.problems.values()] == ["No gone."]

    desk.open("other")

    assert dict(desk.view.problems) == {}


@pytest.mark.expects_log("lane model failed")
def test_a_problem_is_dismissed(desk: Desk) -> None:
    desk.open()
    desk.open("gone")
    assert desk.view.problems

    desk.controller.dismiss_problems()

    assert dict(desk.view.problems) == {}


def test_giving_up_the_first_model_opens_the_built_in_one(desk: Desk) -> None:
    desk.bench.meanwhile["slow"] = desk.controller.stop_loading

    desk.open("slow")

    assert desk.view.model == make_model(name="mini")
    assert dict(desk.view.problems) == {}


def test_giving_up_another_model_keeps_the_one_in_use(desk: Desk) -> None:
    desk.controller.edit("kept")
    desk.open()
    desk.bench.meanwhile["slow"] = desk.controller.stop_loading

    desk.controller.use_model("slow")
    desk.executor.run_all()
    desk.controller.edit("next")
    desk.controller.analyse()
    desk.executor.run_all()

    assert desk.view.model == make_model(name="small")
    assert desk.bench.in_use == "small"
    assert desk.view.analysis is not None
    assert desk.view.analysis.model.name == "small"
    assert desk.preferences.model == "small"


@pytest.mark.expects_log("lane model failed")
def test_a_model_that_was_overtaken_never_comes_into_use(desk: Desk) -> None:
    desk.open("small")
    desk.bench.meanwhile["large"] = lambda: desk.controller.use_model("gone")

    desk.controller.use_model("large")
    desk.executor.run_all()

    assert desk.bench.ran[-2:] == ["load large auto float32", "load gone auto float32"]
    assert desk.view.model == make_model(name="small")
    assert desk.bench.in_use == "small"


def test_another_device_opens_the_model_in_use_again_and_is_remembered(desk: Desk) -> None:
    desk.open("small")

    desk.controller.use_device("cuda", "bfloat16")
    desk.executor.run_all()

    assert "load small cuda bfloat16" in desk.bench.ran
    assert (desk.preferences.device, desk.preferences.dtype) == ("cuda", "bfloat16")


def test_axes_of_a_model_that_is_no_longer_in_use_are_dropped(desk: Desk) -> None:
    fitted: list[Any] = []
    desk.store.changed.connect(lambda view, _previous: fitted.append(view.axes))
    desk.controller.edit("a sentence")
    desk.controller.load_model("first", "auto", "float32")
    desk.run_until(lambda: "background" in desk.view.progress and desk.executor.n_waiting == 1)
    desk.executor.run_next()
    desk.executor.run_next()  # the fit has begun

    desk.controller.use_model("second")
    desk.executor.run_all()

    assert desk.bench.axes_closed == ["first"]
    assert set(fitted) == {None, "axes of second"}
    assert fitted[-1] == "axes of second"
    assert "background" not in desk.view.progress


def test_progress_of_loading_and_of_the_axes_is_told_and_ends(desk: Desk) -> None:
    told: list[tuple[str, float | None]] = []
    desk.store.changed.connect(
        lambda view, _previous: told.extend(
            (progress.text, progress.fraction) for progress in view.progress.values()
        )
    )

    desk.open()

    assert ("Opening", 0.5) in told
    assert [step for step in dict.fromkeys(told) if step[0] == "Fitting the axes"] == [
        ("Fitting the axes", step / 4) for step in range(4)
    ]
    assert dict(desk.view.progress) == {}


def test_the_models_of_the_cache_are_told(desk: Desk) -> None:
    listed: list[Any] = []
    desk.controller.models_listed.connect(listed.append)

    desk.open()

    assert listed == [("roberta-base",)]


# Derivations


def test_what_a_panel_wants_is_made_once_and_handed_over(desk: Desk) -> None:
    made: list[str] = []

    def work(stop: Stop, report: Report) -> str:
        made.append("made")
        return "thumbnails"

    for _ in range(3):
        desk.controller.derive("heads", Derivation("key", work))
    desk.executor.run_all()

    assert made == ["made"]
    assert (desk.view.derived["heads"].key, desk.view.derived["heads"].value) == (
        "key",
        "thumbnails",
    )


def test_a_newer_wish_of_a_panel_replaces_the_older(desk: Desk) -> None:
    def made(key: str) -> Work:
        return lambda _stop, _report: f"made {key}"

    for key in ("a", "b", "a", "c"):
        desk.controller.derive("heads", Derivation(key, made(key)))
    desk.executor.run_all()

    derived = desk.view.derived["heads"]
    assert (derived.key, derived.value) == ("c", "made c")


@pytest.mark.expects_log("lane panel:heads failed")
def test_a_derivation_that_fails_is_told_once_and_not_tried_for_ever(desk: Desk) -> None:
    tries: list[str] = []

    def work(stop: Stop, report: Report) -> None:
        tries.append("tried")
        raise ZeroDivisionError("float division by zero")

    wish = Derivation("key", work)
    # As a panel does: ask on every change of the View, of which the failure itself is one.
    desk.store.changed.connect(lambda *_views: desk.controller.derive("heads", wish))
    desk.controller.derive("heads", wish)
    for _ in range(20):
        if desk.executor.n_waiting:
            desk.executor.run_next()

    assert tries == ["tried"]
    problem = desk.view.problems["panel:heads"]
    assert "ZeroDivisionError: float division by zero" in problem.hint
    assert isinstance(problem.__cause__, ZeroDivisionError)


@pytest.mark.expects_log("lane panel:heads failed")
def test_a_derivation_that_works_again_clears_its_problem(desk: Desk) -> None:
    def fail(stop: Stop, report: Report) -> None:
        raise NoNetwork("Broken.", "")

    desk.controller.derive("heads", Derivation("a", fail))
    desk.executor.run_all()
    assert desk.view.problems["panel:heads"].title == "Broken."

    desk.controller.derive("heads", Derivation("b", lambda _stop, _report: "fine"))
    desk.executor.run_all()

    assert dict(desk.view.problems) == {}


# Remembering


def test_what_is_shown_is_remembered_and_comes_back(qapp: object) -> None:
    before, preferences, after = ViewStore(), Preferences(), ViewStore()
    before.display(scale="log", specials="hide", space="raw", dimensions=3, trails=False)
    before.select_head(4, 7)

    remember(preferences, before)
    recall(preferences, after)

    assert after.view.display == Display("log", "hide", "raw", 3, False)
    assert after.view.selection == before.view.selection


def test_a_remembered_head_that_the_model_does_not_have_is_brought_into_it(desk: Desk) -> None:
    recall(Preferences(layer=24, head=15), desk.store)
    desk.controller.edit("a sentence")

    desk.open()

    shown = desk.view.selection
    assert (shown.layer, shown.head) == (3, 3)
