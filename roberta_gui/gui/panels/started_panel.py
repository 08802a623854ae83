"""StartedPanel: costly work that begins by a button, streams, and can be stopped."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from roberta_gui.findings.words.started import RequestState, State
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import WideButton
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.records import Analysis, Report, Stop
from roberta_gui.view import View


class StartedPanel(TokenPanel[State]):
    """A picture of what somebody has started; what is known when it is stopped stays.

    Subclasses say in `wanted` what Start would ask, and in `is_about` for how long
    what was asked is theirs. A request names its ``model`` and the ``attempt``: a second try is
    another one.
    """

    state: ClassVar[type[RequestState[Any, Any]]]
    """What comes of a request."""
    work: ClassVar[Callable[..., Any]]
    """Called as ``work(request, asked, stop, report)``: the states, each of which knows more."""
    start_tip: ClassVar[str]
    """What Start does."""

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self.asked: Any = None
        """The request that was started last."""
        self.so_far: State | None = None
        """What came of it."""
        self.attempts = 0
        self.run = named("action", WideButton("Start", "Stop"))
        self.run.clicked.connect(lambda: self.stop() if self.is_running else self.start())

    # --- what a subclass says

    def wanted(self, view: View) -> Any | None:
        """Say what Start would ask now; None where nothing can be asked."""
        raise TypeError(f"{type(self).__name__} asks nothing")

    def is_about(self, request: Any, view: View) -> bool:
        """Tell whether what was asked can be shown for ``view``."""
        return bool(request.model == view.model)

    def outlasts(self, request: Any, view: View) -> bool:
        """Tell whether what was found is kept, although it cannot be shown for ``view``."""
        return False

    def why_no_start(self, view: View) -> str:
        """Say why nothing can be started now; "" if it can."""
        return "The sentence has just changed: it is read first" if self.is_outdated(view) else ""

    # --- what is computed

    def derive(self, view: View) -> Derivation | None:
        """Ask for what was started, until it is done."""
        request = self.asked
        if request is None or self._is_done or not self.is_about(request, view):
            return None
        return Derivation(request, partial(type(self).work, request), request.model)

    def start(self) -> None:
        """Begin what the controls ask for, about the sentence as it is."""
        wanted = self.wanted(self.store.view)
        if wanted is not None and not self.is_outdated(self.store.view):
            self.attempts += 1
            self.asked, self.so_far = wanted, None
            self.store.report(self.lane, None)
            self.draw_again()

    def stop(self) -> None:
        """End the work; what is known stays."""
        if self.is_running:
            self.so_far = replace(self._state_now(), is_done=True)
            # The newest work of the lane replaces the one that runs.
            halted = partial(_recalled, self.so_far)
            self.derivation_wanted.emit(Derivation((self.asked, "stopped"), halted))
            self.draw_again()

    def _state_now(self) -> Any:
        return self.state(self.asked) if self.so_far is None else self.so_far

    @property
    def _is_done(self) -> bool:
        return self.so_far is not None and self.so_far.is_done

    @property
    def is_running(self) -> bool:
        """Whether what was started goes on."""
        failed = self.lane in self.store.view.problems
        return self.asked is not None and not self._is_done and not failed

    def _take(self, view: View) -> None:
        """Take what has arrived; nothing goes on that is about something else."""
        if self.asked is not None and not self.is_about(self.asked, view):
            self.stop()
            if not self.outlasts(self.asked, view):
                self.asked = self.so_far = None
        derived = view.derived.get(self.name)
        if derived is not None and not self._is_done and self.asked is not None:
            arrived: State = derived.value
            if arrived.request == self.asked:
                self.so_far = arrived

    # --- drawing

    def result(self, view: View) -> State | None:
        """Return what is known, once there is something to draw."""
        state = self.so_far
        is_known = state is not None and state.known is not None
        return state if state and is_known and self.is_about(state.request, view) else None

    def draw(self, view: View, previous: View | None) -> None:
        """Draw what is known, or say what is missing."""
        self._take(view)
        super().draw(view, previous)

    def is_of(self, result: State, run: Analysis) -> bool:
        """Tell whether it was asked of this run: a result keeps none."""
        asked = result.request
        return bool(asked.model == run.model and asked.request == run.request)

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give nothing: what is chosen is for the next start."""
        return ()

    def offers_choices(self, view: View) -> bool:
        """Let one start where something can be asked, or stop."""
        return self.is_running or self.wanted(view) is not None

    def show_choices(self, view: View) -> None:
        """Show what the button does now."""
        self.run.setText("Stop" if self.is_running else "Start")
        tip = "Keep what is known" if self.is_running else self.start_tip
        self.run.setToolTip(plain_tip(tip))
        rule_out(self.run, "" if self.is_running else self.why_no_start(view))


def _recalled(state: Any, stop: Stop, report: Report) -> Any:
    return state
