"""From keystroke to pixels: typed text -> request -> job -> store.

The cycle, whole:

1. The editor says ``text_changed``; `Controller.edit` shows the new tokens at once.
2. 120 ms of quiet, or 400 ms of steady typing, and `Controller.analyse` asks for a pass.
3. The worker computes; a newer request tells it to stop between two layers.
4. The result comes back on this thread, unless it was superseded.
5. ``store.show`` turns it into a new View, and one signal tells the panels.
6. Visible panels draw what differs; what takes long they ask `Controller.derive` for.
"""

import logging
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from roberta_gui import lanes
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.gui.work.engine_worker import EngineWorker, Loaded
from roberta_gui.gui.work.jobs import JobRunner, Work
from roberta_gui.gui.work.two_sides import TwoSides
from roberta_gui.gui.work.typed_sentence import PATIENCE_MS, PAUSE_MS
from roberta_gui.lanes import CLIPBOARD, Lane, Rank, panel_lane
from roberta_gui.problems import Problem, Stopped
from roberta_gui.view import Derived, Progress, View

SLOW_MS = 400
"""A pass that takes longer shows its progress; shorter ones would only make the line flicker."""

_BUILT_IN = ("mini", "auto", "float32")

_MODEL_LIST = Lane(Rank.BACKGROUND, "models")
_TOLD_AT_ONCE = (
    lanes.MODEL, lanes.SECOND_MODEL, lanes.AXES, lanes.TOKENS, lanes.SECOND_TOKENS,
)  # fmt: skip
_EXPORTS = (Rank.EXPORT, Rank.COPY)

log = logging.getLogger(__name__)


class Controller(QObject):
    """Turns what people do into work, and what work gives into the View."""

    model_changed = Signal(object)  # Loaded
    models_listed = Signal(object)
    """How many parameters the models have that lie here, by hub name or folder."""
    exported = Signal(str, object)  # name, result
    export_failed = Signal(str, object)  # name, problem

    def __init__(
        self,
        store: ViewStore,
        jobs: JobRunner,
        worker: EngineWorker,
        preferences: Preferences,
        parent: QObject | None = None,
        *,
        pause_ms: int = PAUSE_MS,
        patience_ms: int = PATIENCE_MS,
    ) -> None:
        super().__init__(parent)
        self._store, self._jobs = store, jobs
        self._worker, self._preferences = worker, preferences
        self._sides = sides = TwoSides(
            store, jobs, worker, preferences, self, pause_ms=pause_ms, patience_ms=patience_ms
        )
        self.edit, self.analyse = sides.edit, sides.analyse
        self.edit_second, self.analyse_second = sides.edit_second, sides.analyse_second
        self.end_second, self.compare_with = sides.end_second, sides.compare_with
        self._wanted: tuple[str, str, str] | None = None
        self._deriving: dict[str, Any] = {}
        self._lasting: set[Lane] = set()
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(self._tell_lasting)
        store.changed.connect(self._follow)
        jobs.succeeded.connect(self._succeeded)
        jobs.yielded.connect(self._yielded)
        jobs.failed.connect(self._failed)
        jobs.progressed.connect(self._progressed)
        jobs.busy_changed.connect(self._busy_changed)

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits or runs: what the panels show is final."""
        return self._jobs.is_idle and not self._sides.is_waiting

    @property
    def is_saving(self) -> bool:
        """Whether something is being written into a file."""
        return self._jobs.is_busy_at(Rank.EXPORT)

    def load_model(self, source: str, device: str, dtype: str) -> None:
        """Open a model; until it is whole the old one stays in use."""
        self._store.report(lanes.REMEMBERED_MODEL, None)
        self._load(source, device, dtype)

    def _load(self, source: str, device: str, dtype: str) -> None:
        self._wanted = (source, device, dtype)
        self._store.report(lanes.MODEL, None)
        self._jobs.submit(lanes.MODEL, self._worker.load(source, device, dtype))

    def use_model(self, source: str) -> None:
        """Open another model on the device in use."""
        self.load_model(source, self._preferences.device, self._preferences.dtype)

    def use_device(self, device: str, dtype: str) -> None:
        """Open the model in use on another device, or in another precision.

        One that stands in for the remembered one, which is missing now, goes on doing so.
        """
        model = self._store.view.model
        self._load(self._preferences.model if model is None else model.source, device, dtype)

    def retry(self, lane: Lane) -> None:
        """Do again what failed in a lane, see `can_retry`."""
        if (sentence := self._sides.tokenized_for(lane)) is not None:
            sentence.start_over()
            return
        if lane == lanes.SENTENCE:
            self.analyse()
        elif lane == lanes.SECOND_SENTENCE:
            self.analyse_second()
        elif lane == lanes.SECOND_MODEL:
            self._sides.retry_second_model()
        elif lane == lanes.AXES:
            self._jobs.submit(lanes.AXES, self._worker.fit_axes())
        known = self._store.view.derived.get(lane.name)
        wanted = self._deriving.pop(lane.name, None)
        if known is not None and known.key == wanted:
            self._store.forget(lane.name)  # else what was known would pass for all there is
        self._store.report(lane, None)  # a panel that hears of it asks for its numbers again

    def stop(self, lane: Lane) -> None:
        """Give up on what is computed in a lane; what came of it by then stays."""
        if lane == lanes.MODEL:
            self.stop_loading()
        elif lane == lanes.SECOND_MODEL:
            self._jobs.cancel(lane)
            self._sides.go_on_with_one()
        elif self._jobs.is_busy(lane):
            # What the panel wanted stays noted in _deriving, so that it does not begin again.
            self._jobs.cancel(lane)
            if lane.rank in _EXPORTS:
                done = "copied" if lane.rank is Rank.COPY else "saved"
                self._failed(lane, Stopped(f"Nothing was {done}."))
                return
            known = self._store.view.derived.get(lane.name)
            is_partial = known is not None and known.key == self._deriving.get(lane.name)
            said = "What was known by then stays." if is_partial else "Nothing was known by then."
            self._store.report(lane, Stopped(said))

    def stop_loading(self) -> None:
        """Give up on the model that is being opened."""
        self._jobs.cancel(lanes.MODEL)
        self._wanted = None
        if not self._sides.has_model:
            # The window is of no use without any model, and the built-in one is there at once.
            self.load_model(*_BUILT_IN)

    def rest(self) -> None:
        """Ask for nothing more: the window closes."""
        self._sides.rest()
        self._slow.stop()
        self._worker.rest()

    def derive(self, name: str, derivation: Derivation) -> None:
        """Compute something for a panel in the background, unless that is under way."""
        lane = panel_lane(name)
        self._jobs.set_seen(lane, True)  # whoever asks can be seen
        if self._deriving.get(name) != derivation.key:
            self._deriving[name] = derivation.key
            self._store.report(lane, None)  # it was about what was asked before
            work = derivation.work
            if derivation.model is not None:
                work = self._worker.ask(derivation.model, work)
            self._jobs.submit(lane, work)

    def put_covered(self, name: str) -> None:
        """Let what others see go before what is computed for a panel that nobody sees now."""
        self._jobs.set_seen(panel_lane(name), False)

    def give_up(self, name: str) -> None:
        """Compute no further what nobody wants any more, whether anything came of it or not."""
        self._deriving.pop(name, None)
        self._jobs.cancel(panel_lane(name))

    def export(self, name: str, work: Work) -> None:
        """Have something copied or saved in the background, instead of older work of that name."""
        rank = Rank.COPY if name == CLIPBOARD else Rank.EXPORT
        self._jobs.submit(Lane(rank, name), work)

    def _follow(self, view: View, previous: View) -> None:
        """Compute no further what was let go of, because nobody shows it any more."""
        for name in previous.derived.keys() - view.derived.keys():
            self.give_up(name)

    def _succeeded(self, lane: Lane, result: Any) -> None:
        self._store.report(lane, None)
        if lane == lanes.MODEL:
            self._use(result)
        elif lane == lanes.SECOND_MODEL:
            self._sides.use_second(result)
        elif lane == lanes.SENTENCE:
            self._store.show(*result)
        elif lane == lanes.SECOND_SENTENCE:
            self._store.show_second(*result)
        elif (sentence := self._sides.tokenized_for(lane)) is not None:
            sentence.take_tokens(result)
        elif lane == lanes.AXES:
            self._store.use_axes(result)
        elif lane == _MODEL_LIST:
            self.models_listed.emit(result)
        elif lane.rank in _EXPORTS:
            self.exported.emit(lane.name, result)
        else:
            derived = self._as_derived(lane, result)
            self._deriving.pop(lane.name, None)
            self._store.derive(lane.name, derived)

    def _yielded(self, lane: Lane, partial: Any) -> None:
        if lane == lanes.AXES and isinstance(partial, ReferenceAxes):
            self._store.use_axes(partial)
        elif lane == lanes.AXES:
            self._store.progress(lane, Progress("Fitting the axes", partial))
        elif partial is not None and lane.rank is Rank.PANEL:
            self._store.derive(lane.name, self._as_derived(lane, partial))

    def _as_derived(self, lane: Lane, value: Any) -> Derived:
        return Derived(self._deriving.get(lane.name), value)

    def _use(self, loaded: Loaded) -> None:
        self._worker.use(loaded)
        self._sides.use(loaded)
        self._store.use_model(loaded.info)
        stands_in = self._store.view.stands_in
        if self._wanted is not None and not (stands_in and self._wanted == _BUILT_IN):
            _, self._preferences.device, self._preferences.dtype = self._wanted
        if self._wanted is not None and not stands_in:
            # Not as it was typed: a relative folder is elsewhere at the next start. A model that
            # is only missing now, on a disk not plugged in, stays remembered.
            self._preferences.model = loaded.info.source
        self.model_changed.emit(loaded)
        self._sides.start_over()
        self._jobs.submit(lanes.AXES, self._worker.fit_axes())
        folders, written_to = self._preferences.recent_folders, Path(self._preferences.folder)
        self._jobs.submit(_MODEL_LIST, self._worker.list_models(folders, written_to))

    def _failed(self, lane: Lane, error: Exception) -> None:
        # What a panel wanted stays noted in _deriving: asked for again it would only fail again.
        if lane == lanes.MODEL and not self._sides.has_model and self._wanted != _BUILT_IN:
            # Nothing is in use yet: the remembered model is gone, so the built-in one steps in.
            lane = lanes.REMEMBERED_MODEL
            self.load_model(*_BUILT_IN)
        if not isinstance(error, Problem):
            told = f"{type(error).__name__}: {error}. The log has the details."
            problem = Problem("Something went wrong inside RoBERTa Explorer.", told)
            problem.__cause__ = error
            error = problem
        if lane.rank in _EXPORTS:
            self.export_failed.emit(lane.name, error)
        elif (sentence := self._sides.tokenized_for(lane)) is not None:
            sentence.refuse(error)
        else:
            self._store.report(lane, error)
            if lane == lanes.SECOND_MODEL:
                self._sides.go_on_with_one()

    def _progressed(self, lane: Lane, text: str, fraction: float | None) -> None:
        if lane == lanes.MODEL:
            can_stop = self._wanted != _BUILT_IN
        elif lane == lanes.SENTENCE and lane not in self._store.view.progress:
            return  # it may be over before the eye can read it
        else:
            can_stop = lane != lanes.AXES and lane.rank in (Rank.PANEL, Rank.MODEL, *_EXPORTS)
        self._store.progress(lane, Progress(text, fraction, can_stop=can_stop))

    def _busy_changed(self, lane: Lane, busy: bool) -> None:
        if not busy:
            self._lasting.discard(lane)
            self._store.progress(lane, None)
        elif lane in _TOLD_AT_ONCE:
            self._store.progress(lane, Progress(""))
        elif lane.rank in (Rank.SENTENCE, Rank.PANEL):
            self._lasting.add(lane)
            if not self._slow.isActive():
                self._slow.start()
        if not self._lasting:
            self._slow.stop()

    def _tell_lasting(self) -> None:
        """Tell of what has not ended by now: a window that still works must not seem ready."""
        for lane in tuple(self._lasting):  # whoever hears of one may ask for more
            if lane in self._lasting and lane not in self._store.view.progress:
                self._store.progress(lane, Progress(""))


def can_retry(lane: Lane) -> bool:
    """Tell whether what failed in a lane can simply be done again."""
    passes = lanes.SENTENCE, lanes.SECOND_SENTENCE
    return lane in (*passes, lanes.SECOND_MODEL) or lane.rank is Rank.PANEL
