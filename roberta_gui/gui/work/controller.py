"""From keystroke to pixels: typed text -> request -> job -> store.

The cycle, whole:

1. The editor says ``text_changed``; :meth:`Controller.edit` shows the new tokens at once.
2. 120 ms of quiet, or 400 ms of steady typing, and :meth:`Controller.analyse` asks for a pass.
3. The worker computes; a newer request tells it to stop between two layers.
4. The result comes back on this thread, unless it was superseded.
5. ``store.show`` turns it into a new View, and one signal tells the panels.
6. Visible panels draw what differs; what takes long they ask :meth:`Controller.derive` for.
"""

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.gui.export.receipt import CLIPBOARD
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.work.jobs import JobRunner, Work
from roberta_gui.gui.work.typing_cycle import PATIENCE_MS, PAUSE_MS, TypingCycle
from roberta_gui.gui.work.workbench import Loaded, Workbench
from roberta_gui.problems import Problem, Stopped
from roberta_gui.records import Analysis, AnalysisRequest
from roberta_gui.view import Derived, Progress, Typed, View

if TYPE_CHECKING:
    from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer

SLOW_MS = 400
"""A pass that takes longer shows its progress; shorter ones would only make the line flicker."""

_BUILT_IN = ("mini", "auto", "float32")
_MODEL_LIST = "background:models"
_SECOND = "sentence:second"
_EXPORTS = ("export:", "copy:")

_DISPLAYED = (
    "scale", "specials", "measure", "drawn_as", "unit", "strips", "line_mass", "difference", "sort",
    "roles", "basis", "dimensions", "trails", "estimator", "tint", "bits",
)  # fmt: skip
"""What of the Display is remembered under its own name."""

log = logging.getLogger(__name__)


class Controller(QObject):
    """Turns what people do into work, and what work gives into the View.

    Signals
    -------
    model_changed(Loaded)
        Another model is in use.
    models_listed(names)
        Which models the hub's cache holds.
    exported(name, result), export_failed(name, problem)
        What was asked for with :meth:`export` is done, or cannot be.
    """

    model_changed = Signal(object)
    models_listed = Signal(object)
    exported = Signal(str, object)
    export_failed = Signal(str, object)

    def __init__(
        self,
        store: ViewStore,
        jobs: JobRunner,
        workbench: Workbench,
        preferences: Preferences,
        parent: QObject | None = None,
        *,
        pause_ms: int = PAUSE_MS,
        patience_ms: int = PATIENCE_MS,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._jobs = jobs
        self._workbench = workbench
        self._preferences = preferences
        self._first = TypingCycle(
            self._show_tokens, self._ask, self, pause_ms=pause_ms, patience_ms=patience_ms
        )
        self._second = TypingCycle(
            self._show_second_tokens,
            self._ask_second,
            self,
            pause_ms=pause_ms,
            patience_ms=patience_ms,
        )
        self._tokenizer: TextTokenizer | None = None
        self._wanted: tuple[str, str, str] | None = None
        self._is_comparing = False
        self._deriving: dict[str, Any] = {}
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(lambda: store.progress("sentence", Progress("Computing")))
        store.changed.connect(self._follow)
        jobs.succeeded.connect(self._succeeded)
        jobs.yielded.connect(self._yielded)
        jobs.failed.connect(self._failed)
        jobs.progressed.connect(self._progressed)
        jobs.busy_changed.connect(self._busy_changed)

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits or runs: what the panels show is final."""
        waits = self._first.is_waiting or self._second.is_waiting
        return self._jobs.is_idle and not waits

    def edit(self, text: str) -> None:
        """Take what stands in the editor: tokens now, the model after a pause."""
        if text == self._first.text and self._store.view.typed is not None:
            return
        self._preferences.text = text
        self._first.edit(text)

    def analyse(self) -> None:
        """Ask for a forward pass over the current text now."""
        self._first.analyse()

    def edit_second(self, text: str) -> None:
        """Take what stands in the second editor, while two sentences are compared."""
        self._preferences.second_text = text
        self._is_comparing = True
        self._second.edit(text)

    def analyse_second(self) -> None:
        """Ask for a forward pass over the second sentence now."""
        self._second.analyse()

    def end_second(self) -> None:
        """Compare no more."""
        self._is_comparing = False
        self._second.rest()
        self._jobs.cancel(_SECOND)
        for lane in (_SECOND, "text:second"):
            self._store.report(lane, None)
        self._store.type_second(None)

    def load_model(self, source: str, device: str, dtype: str) -> None:
        """Open a model; until it is whole the old one stays in use."""
        self._wanted = (source, device, dtype)
        for lane in ("model", "start"):
            self._store.report(lane, None)
        self._jobs.submit("model", self._workbench.load(source, device, dtype))

    def use_model(self, source: str) -> None:
        """Open another model on the device in use."""
        self.load_model(source, self._preferences.device, self._preferences.dtype)

    def use_device(self, device: str, dtype: str) -> None:
        """Open the model in use on another device, or in another precision."""
        self.load_model(self._preferences.model, device, dtype)

    def retry(self, lane: str) -> None:
        """Do again what failed in a lane, see :func:`can_retry`."""
        if lane == "sentence":
            self.analyse()
        elif lane == _SECOND:
            self.analyse_second()
        elif lane == "background":
            self._jobs.submit("background", self._workbench.fit_axes())
        name = lane.partition(":")[2]
        known, wanted = self._store.view.derived.get(name), self._deriving.pop(name, None)
        if known is not None and known.key == wanted:
            self._store.forget(name)  # else what was known by then would pass for all there is
        self._store.report(lane, None)  # a panel that hears of it asks for its numbers again

    def stop(self, lane: str) -> None:
        """Give up on what is computed in a lane; what came of it by then stays."""
        if lane == "model":
            self.stop_loading()
        elif self._jobs.is_busy(lane):
            # What the panel wanted stays noted in _deriving, so that it does not begin again.
            self._jobs.cancel(lane)
            if lane.startswith(_EXPORTS):
                done = "copied" if lane.startswith("copy:") else "saved"
                self._failed(lane, Stopped(f"Nothing was {done}."))
                return
            name = lane.partition(":")[2]
            known = self._store.view.derived.get(name)
            is_partial = known is not None and known.key == self._deriving.get(name)
            said = "What was known by then stays." if is_partial else "Nothing was known by then."
            self._store.report(lane, Stopped(said))

    def stop_loading(self) -> None:
        """Give up on the model that is being opened."""
        self._jobs.cancel("model")
        self._wanted = None
        if self._tokenizer is None:
            # The window is of no use without any model, and the built-in one is there at once.
            self.load_model(*_BUILT_IN)

    def rest(self) -> None:
        """Ask for nothing more: the window closes."""
        self._first.rest()
        self._second.rest()
        self._slow.stop()

    def derive(self, name: str, derivation: Derivation) -> None:
        """Compute something for a panel in the background, unless that is under way."""
        if self._deriving.get(name) != derivation.key:
            self._deriving[name] = derivation.key
            self._store.report(f"panel:{name}", None)  # it was about what was asked before
            work = derivation.work
            if derivation.model is not None:
                work = self._workbench.ask(derivation.model, work)
            self._jobs.submit(f"panel:{name}", work)

    def export(self, name: str, work: Work) -> None:
        """Have something copied or saved in the background, instead of older work of that name."""
        rank = "copy" if name == CLIPBOARD else "export"
        self._jobs.submit(f"{rank}:{name}", work)

    def _show_tokens(self, text: str) -> bool:
        typed = self._tokens_of(text, "text")
        if typed is not None:
            self._store.type(typed)
        return typed is not None

    def _show_second_tokens(self, text: str) -> bool:
        typed = self._tokens_of(text, "text:second")
        if typed is not None:
            self._store.type_second(typed)
        return typed is not None

    def _tokens_of(self, text: str, lane: str) -> Typed | None:
        if self._tokenizer is None:
            return None
        limit = self._store.view.model.max_tokens if self._store.view.model else 0
        try:
            tokens, dropped = self._tokenizer.tokenize_cut(text, None, limit)
        except Problem as problem:
            self._store.report(lane, problem)
            return None
        self._store.report(lane, None)
        return Typed(text, tokens, dropped)

    def _ask(self, text: str) -> None:
        request = self._request(text)
        self._jobs.submit("sentence", self._workbench.analyse(request, self._known_full(request)))

    def _ask_second(self, text: str) -> None:
        request = self._request(text)
        self._jobs.submit(_SECOND, self._workbench.analyse(request, self._known_full(request)))

    def _request(self, text: str) -> AnalysisRequest:
        view = self._store.view
        return AnalysisRequest(text, switched_off=view.switched_off, ablation=view.ablation)

    def _known_full(self, request: AnalysisRequest) -> Analysis | None:
        """Return the pass with every head on, if the window has it: restoring brings it back."""
        view = self._store.view
        passes = [view.full, view.analysis]
        if view.second is not None:
            passes += view.second.full, view.second.analysis
        for known in passes:
            if known is None or known.model != view.model:
                continue
            off, ablation = frozenset[tuple[int, int]](), known.request.ablation
            if known.request == replace(request, switched_off=off, ablation=ablation):
                return known
        return None

    def _follow(self, view: View, previous: View) -> None:
        """Compute again when heads are switched; restored ones are there already.

        What was let go of, because nobody shows it any more, is not computed further.
        """
        for name in previous.derived.keys() - view.derived.keys():
            self._deriving.pop(name, None)
            self._jobs.cancel(f"panel:{name}")
        switched = (view.switched_off, view.ablation if view.switched_off else "")
        before = (previous.switched_off, previous.ablation if previous.switched_off else "")
        if switched == before or view.model != previous.model:
            return
        if view.is_stale:
            self._first.analyse()
        else:
            self._jobs.cancel("sentence")
        if view.second is not None:
            self._second.analyse()

    def _succeeded(self, lane: str, result: Any) -> None:
        self._store.report(lane, None)
        if lane == "model":
            self._use(result)
        elif lane == "sentence":
            self._store.show(*result)
        elif lane == _SECOND:
            self._store.show_second(*result)
        elif lane == "background":
            self._store.use_axes(result)
        elif lane == _MODEL_LIST:
            self.models_listed.emit(result)
        elif lane.startswith(_EXPORTS):
            self.exported.emit(lane.partition(":")[2], result)
        else:
            self._derived(lane, result)

    def _yielded(self, lane: str, partial: Any) -> None:
        if lane == "background" and isinstance(partial, ReferenceAxes):
            self._store.use_axes(partial)
        elif lane == "background":
            self._store.progress(lane, Progress("Fitting the axes", partial))
        elif partial is not None and lane != _MODEL_LIST:
            self._store.derive(lane.partition(":")[2], self._as_derived(lane, partial))

    def _derived(self, lane: str, value: Any) -> None:
        name = lane.partition(":")[2]
        derived = self._as_derived(lane, value)
        self._deriving.pop(name, None)
        self._store.derive(name, derived)

    def _as_derived(self, lane: str, value: Any) -> Derived:
        return Derived(self._deriving.get(lane.partition(":")[2]), value)

    def _use(self, loaded: Loaded) -> None:
        self._workbench.use(loaded)
        self._tokenizer = loaded.tokenizer
        self._store.use_model(loaded.info)
        if self._wanted is not None and "start" not in self._store.view.problems:
            # Not as it was typed: a relative folder is elsewhere at the next start. A model that
            # is only missing now, on a disk not plugged in, stays remembered.
            self._preferences.model = loaded.info.source
            _, self._preferences.device, self._preferences.dtype = self._wanted
        self.model_changed.emit(loaded)
        # The second sentence may have been there before any tokenizer was.
        for cycle in (self._first, self._second) if self._is_comparing else (self._first,):
            cycle.start_over()
        self._jobs.submit("background", self._workbench.fit_axes())
        self._jobs.submit(_MODEL_LIST, self._workbench.list_models())

    def _failed(self, lane: str, error: Exception) -> None:
        # What a panel wanted stays noted in _deriving: asked for again it would only fail again.
        if lane == "model" and self._tokenizer is None and self._wanted != _BUILT_IN:
            # Nothing is in use yet: the remembered model is gone, so the built-in one steps in.
            lane = "start"
            self.load_model(*_BUILT_IN)
        if not isinstance(error, Problem):
            problem = Problem(
                "Something went wrong inside RoBERTa Explorer.",
                f"{type(error).__name__}: {error}. The log has the details.",
            )
            problem.__cause__ = error
            error = problem
        if lane.startswith(_EXPORTS):
            self.export_failed.emit(lane.partition(":")[2], error)
        else:
            self._store.report(lane, error)

    def _progressed(self, lane: str, text: str, fraction: float | None) -> None:
        if lane == "model":
            stoppable = self._wanted != _BUILT_IN
            self._store.progress(lane, Progress(text, fraction, can_stop=stoppable))
        elif lane != "sentence" or not self._slow.isActive():
            can_stop = lane.startswith(("panel:", *_EXPORTS))
            self._store.progress(lane, Progress(text, fraction, can_stop=can_stop))

    def _busy_changed(self, lane: str, busy: bool) -> None:
        if lane == "sentence":
            self._slow.start() if busy else self._slow.stop()
        if not busy:
            self._store.progress(lane, None)
        elif lane in ("model", "background"):
            self._store.progress(lane, Progress(""))


def can_retry(lane: str) -> bool:
    """Tell whether what failed in a lane can simply be done again."""
    return lane in ("sentence", _SECOND, "background") or lane.startswith("panel:")


def remember(preferences: Preferences, store: ViewStore) -> None:
    """Copy what the View shows into the preferences, to come back at the next start."""
    view = store.view
    preferences.layer, preferences.head = view.selection.layer, view.selection.head
    preferences.space = str(view.display.space)
    for name in _DISPLAYED:
        setattr(preferences, name, getattr(view.display, name))


def recall(preferences: Preferences, store: ViewStore) -> None:
    """Bring the remembered display and selection back, before anything is drawn."""
    known = {name: getattr(preferences, name) for name in _DISPLAYED}
    store.display(space=Space.named(preferences.space), **known)
    store.apply(
        lambda view: replace(
            view,
            selection=replace(view.selection, layer=preferences.layer, head=preferences.head),
        )
    )
