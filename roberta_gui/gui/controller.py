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

from roberta_gui.analysis.modes import Space
from roberta_gui.analysis.reference_axes import ReferenceAxes
from roberta_gui.gui.jobs import JobRunner
from roberta_gui.gui.panel import Derivation
from roberta_gui.gui.preferences import Preferences
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.workbench import Loaded, Workbench
from roberta_gui.problems import Problem
from roberta_gui.records import AnalysisRequest
from roberta_gui.view import Derived, Progress, Typed

if TYPE_CHECKING:
    from roberta_gui.engine.tokens import TextTokenizer

PAUSE_MS = 120
PATIENCE_MS = 400

LONG_TEXT = 4000
"""Longer text is tokenized a turn of the event loop after the editor has laid it out: both at
once would hold the window up."""

SLOW_MS = 400
"""A pass that takes longer shows its progress; shorter ones would only make the line flicker."""

_BUILT_IN = ("mini", "auto", "float32")
_MODEL_LIST = "background:models"

log = logging.getLogger(__name__)


class Controller(QObject):
    """Turns what people do into work, and what work gives into the View.

    Signals
    -------
    model_changed(Loaded)
        Another model is in use.
    models_listed(names)
        Which models the hub's cache holds.
    """

    model_changed = Signal(object)
    models_listed = Signal(object)

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
        self._text = ""
        self._tokenizer: TextTokenizer | None = None
        self._wanted: tuple[str, str, str] | None = None
        self._deriving: dict[str, Any] = {}
        self._pause = QTimer(self, singleShot=True, interval=pause_ms)
        self._patience = QTimer(self, singleShot=True, interval=patience_ms)
        self._next_turn = QTimer(self, singleShot=True, interval=0)
        self._next_turn.timeout.connect(self._tokenize)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(lambda: store.progress("sentence", Progress("Computing")))
        self._pause.timeout.connect(self.analyse)
        self._patience.timeout.connect(self.analyse)
        jobs.succeeded.connect(self._succeeded)
        jobs.yielded.connect(self._yielded)
        jobs.failed.connect(self._failed)
        jobs.progressed.connect(self._progressed)
        jobs.busy_changed.connect(self._busy_changed)

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits or runs: what the panels show is final."""
        waits = (self._pause, self._patience, self._next_turn)
        return self._jobs.is_idle and not any(clock.isActive() for clock in waits)

    def edit(self, text: str) -> None:
        """Take what stands in the editor: tokens now, the model after a pause."""
        if text == self._text and self._store.view.typed is not None:
            return
        self._text = self._preferences.text = text
        if len(text) > LONG_TEXT:
            self._next_turn.start()
        else:
            self._tokenize()
        self._pause.start()
        if not self._patience.isActive():
            self._patience.start()

    def analyse(self) -> None:
        """Ask for a forward pass over the current text now."""
        self._pause.stop()
        self._patience.stop()
        typed = self._store.view.typed
        # Text that the tokenizer refused has said so already; the model would only repeat it.
        if self._tokenizer is not None and typed is not None and typed.text == self._text:
            request = AnalysisRequest(self._text)
            self._jobs.submit("sentence", self._workbench.analyse(request))

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
        elif lane == "background":
            self._jobs.submit("background", self._workbench.fit_axes())
        self._deriving.pop(lane.partition(":")[2], None)
        self._store.report(lane, None)  # a panel that hears of it asks for its numbers again

    def stop_loading(self) -> None:
        """Give up on the model that is being opened."""
        self._jobs.cancel("model")
        self._wanted = None
        if self._tokenizer is None:
            # The window is of no use without any model, and the built-in one is there at once.
            self.load_model(*_BUILT_IN)

    def rest(self) -> None:
        """Ask for nothing more: the window closes."""
        for clock in (self._pause, self._patience, self._slow, self._next_turn):
            clock.stop()

    def derive(self, name: str, derivation: Derivation) -> None:
        """Compute something for a panel in the background, unless that is under way."""
        if self._deriving.get(name) != derivation.key:
            self._deriving[name] = derivation.key
            work = derivation.work
            if derivation.model is not None:
                work = self._workbench.ask(derivation.model, work)
            self._jobs.submit(f"panel:{name}", work)

    def _tokenize(self) -> None:
        if self._tokenizer is None:
            return
        limit = self._store.view.model.max_tokens if self._store.view.model else 0
        try:
            tokens, dropped = self._tokenizer.tokenize_cut(self._text, None, limit)
        except Problem as problem:
            self._store.report("text", problem)
            return
        self._store.report("text", None)
        self._store.type(Typed(self._text, tokens, dropped))

    def _succeeded(self, lane: str, result: Any) -> None:
        self._store.report(lane, None)
        if lane == "model":
            self._use(result)
        elif lane == "sentence":
            self._store.show(result)
        elif lane == "background":
            self._store.use_axes(result)
        elif lane == _MODEL_LIST:
            self.models_listed.emit(result)
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
        self._tokenize()
        self.analyse()
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
        self._store.report(lane, error)

    def _progressed(self, lane: str, text: str, fraction: float | None) -> None:
        if lane == "model":
            stoppable = self._wanted != _BUILT_IN
            self._store.progress(lane, Progress(text, fraction, can_stop=stoppable))
        elif lane != "sentence" or not self._slow.isActive():
            self._store.progress(lane, Progress(text, fraction))

    def _busy_changed(self, lane: str, busy: bool) -> None:
        if lane == "sentence":
            self._slow.start() if busy else self._slow.stop()
        if not busy:
            self._store.progress(lane, None)
        elif lane in ("model", "background"):
            self._store.progress(lane, Progress(""))


def can_retry(lane: str) -> bool:
    """Tell whether what failed in a lane can simply be done again."""
    return lane in ("sentence", "background") or lane.startswith("panel:")


def remember(preferences: Preferences, store: ViewStore) -> None:
    """Copy what the View shows into the preferences, to come back at the next start."""
    view = store.view
    preferences.layer, preferences.head = view.selection.layer, view.selection.head
    preferences.space = str(view.display.space)
    for name in ("scale", "specials", "basis", "dimensions", "trails"):
        setattr(preferences, name, getattr(view.display, name))


def recall(preferences: Preferences, store: ViewStore) -> None:
    """Bring the remembered display and selection back, before anything is drawn."""
    store.display(
        scale=preferences.scale,
        specials=preferences.specials,
        space=Space.named(preferences.space),
        basis=preferences.basis,
        dimensions=preferences.dimensions,
        trails=preferences.trails,
    )
    store.apply(
        lambda view: replace(
            view,
            selection=replace(view.selection, layer=preferences.layer, head=preferences.head),
        )
    )
