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
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.gui.export.receipt import CLIPBOARD
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.work.debouncer import PATIENCE_MS, PAUSE_MS
from roberta_gui.gui.work.engine_worker import EngineWorker, Loaded
from roberta_gui.gui.work.jobs import JobRunner, Lane, Rank, Work
from roberta_gui.gui.work.typed_sentence import TypedSentence
from roberta_gui.problems import Problem, Stopped
from roberta_gui.records import Run
from roberta_gui.view import Derived, Progress, View, with_second, with_second_tokens

SLOW_MS = 400
"""A pass that takes longer shows its progress; shorter ones would only make the line flicker."""

_BUILT_IN = ("mini", "auto", "float32")


MODEL = Lane(Rank.MODEL)
SECOND_MODEL = Lane(Rank.MODEL, "second")
FIRST = Lane(Rank.SENTENCE)
SECOND = Lane(Rank.SENTENCE, "second")
AXES = Lane(Rank.PANEL, "axes")
"""Of the panels' rank: the hidden states that somebody sees wait for them."""

_MODEL_LIST = Lane(Rank.BACKGROUND, "models")
_EXPORTS = (Rank.EXPORT, Rank.COPY)

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
        workbench: EngineWorker,
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
        pauses = {"pause_ms": pause_ms, "patience_ms": patience_ms}
        self._first = TypedSentence(FIRST, store.type, self._ask_first, store, jobs, self, **pauses)
        self._second = TypedSentence(
            SECOND, self._show_second, self._ask_second, store, jobs, self, **pauses
        )
        self._wanted: tuple[str, str, str] | None = None
        self._in_use: Loaded | None = None
        self._second_wanted = ""
        self._is_comparing = False
        self._put_away: Run | None = None
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
        waits = self._first.is_waiting or self._second.is_waiting
        return self._jobs.is_idle and not waits

    @property
    def is_saving(self) -> bool:
        """Whether something is being written into a file."""
        return self._jobs.is_busy_at(Rank.EXPORT)

    def edit(self, text: str) -> None:
        """Take what stands in the editor: tokens now, the model after a pause."""
        if text == self._first.text and self._store.view.run.tokens:
            return
        self._preferences.text = text
        self._first.edit(text)
        if self._reads_twice:
            self._second.edit(text)

    def analyse(self) -> None:
        """Ask for a forward pass over the current text now."""
        self._first.analyse()
        if self._reads_twice:
            self._second.analyse()

    def edit_second(self, text: str) -> None:
        """Take what stands in the second editor, while two sentences are compared."""
        self._preferences.second_text = text
        self._is_comparing = True
        kept, self._put_away = self._put_away, None
        if kept is not None and kept.text == text:
            shown = with_second(self._store.view, kept)
            if not shown.is_second_stale:
                self._second.take(text)
                self._store.apply(with_second, kept)
                return
        self._second.edit(text)

    def analyse_second(self) -> None:
        """Ask for a forward pass over the second sentence now."""
        self._second.analyse()

    def end_second(self) -> None:
        """Compare no more; the second sentence's pass is kept, should it come back as it was."""
        self._is_comparing = False
        self._put_away = self._store.view.second
        self._second.end()
        self._store.type_second(None)
        if self._reads_twice:
            self._second.edit(self._first.text)
        self._complete()

    def load_model(self, source: str, device: str, dtype: str) -> None:
        """Open a model; until it is whole the old one stays in use."""
        self._wanted = (source, device, dtype)
        for place in (MODEL.place, "start"):
            self._store.report(place, None)
        self._jobs.submit(MODEL, self._workbench.load(source, device, dtype))

    def use_model(self, source: str) -> None:
        """Open another model on the device in use."""
        self.load_model(source, self._preferences.device, self._preferences.dtype)

    def compare_with(self, source: str) -> None:
        """Hold what is shown against a second model, on the same device; "" against none.

        The former one is let go of first: two models at most are in memory.
        """
        self._second_wanted = source
        for lane in (SECOND_MODEL, SECOND):
            self._jobs.cancel(lane)
            self._store.report(lane.place, None)
        self._workbench.use_second(None)
        self._store.hold_against(model=None)
        if self._in_use is not None:
            self._second.read_with(self._in_use)
        if source:
            wanted = self._preferences.device, self._preferences.dtype
            self._jobs.submit(SECOND_MODEL, self._workbench.load(source, *wanted))
            return
        self._preferences.compare_model = ""
        if self._is_comparing:
            self._second.start_over()
        else:
            self._second.end()
        self._complete()

    def use_device(self, device: str, dtype: str) -> None:
        """Open the model in use on another device, or in another precision."""
        self.load_model(self._preferences.model, device, dtype)

    def retry(self, place: str) -> None:
        """Do again what failed in a lane, see :func:`can_retry`."""
        if place == FIRST.place:
            self.analyse()
        elif place == SECOND.place:
            self.analyse_second()
        elif place == SECOND_MODEL.place:
            self.compare_with(self._second_wanted)
        elif place == AXES.place:
            self._jobs.submit(AXES, self._workbench.fit_axes())
        name = place.partition(":")[2]
        known, wanted = self._store.view.derived.get(name), self._deriving.pop(name, None)
        if known is not None and known.key == wanted:
            self._store.forget(name)  # else what was known by then would pass for all there is
        self._store.report(place, None)  # a panel that hears of it asks for its numbers again

    def stop(self, place: str) -> None:
        """Give up on what is computed in a lane; what came of it by then stays."""
        lane = Lane.at(place)
        if lane == MODEL:
            self.stop_loading()
        elif lane == SECOND_MODEL:
            self._jobs.cancel(lane)
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
            self._store.report(place, Stopped(said))

    def stop_loading(self) -> None:
        """Give up on the model that is being opened."""
        self._jobs.cancel(MODEL)
        self._wanted = None
        if self._first.tokenizing is None:
            # The window is of no use without any model, and the built-in one is there at once.
            self.load_model(*_BUILT_IN)

    def rest(self) -> None:
        """Ask for nothing more: the window closes."""
        self._first.rest()
        self._second.rest()
        self._slow.stop()
        self._workbench.rest()

    def derive(self, name: str, derivation: Derivation) -> None:
        """Compute something for a panel in the background, unless that is under way."""
        lane = Lane(Rank.PANEL, name)
        self._jobs.set_seen(lane, True)  # whoever asks can be seen
        if self._deriving.get(name) != derivation.key:
            self._deriving[name] = derivation.key
            self._store.report(lane.place, None)  # it was about what was asked before
            work = derivation.work
            if derivation.model is not None:
                work = self._workbench.ask(derivation.model, work)
            self._jobs.submit(lane, work)

    def put_covered(self, name: str) -> None:
        """Let what others see go before what is computed for a panel that nobody sees now."""
        self._jobs.set_seen(Lane(Rank.PANEL, name), False)

    def export(self, name: str, work: Work) -> None:
        """Have something copied or saved in the background, instead of older work of that name."""
        rank = Rank.COPY if name == CLIPBOARD else Rank.EXPORT
        self._jobs.submit(Lane(rank, name), work)

    @property
    def _reads_twice(self) -> bool:
        """Whether a second model reads A's own sentence."""
        return self._store.view.right_side.model is not None and not self._is_comparing

    def _show_second(self, typed: Run) -> None:
        if self._is_comparing:
            self._store.type_second(typed)
        else:
            self._store.apply(with_second_tokens, typed)

    def _complete(self) -> None:
        """Ask for the pass with every head on, where that stands on the right side again."""
        if self._has_baseline and self._store.view.baseline is None:
            self._first.analyse()

    @property
    def _has_baseline(self) -> bool:
        """Whether A is held against itself with every head on: both passes are shown together."""
        view = self._store.view
        return view.against is not None and not view.right_side.is_chosen

    def _ask_first(self, text: str) -> None:
        view = self._store.view
        runs = [view.run, view.against] if self._has_baseline else [view.run]
        self._ask(FIRST, text, *(run for run in runs if run is not None))

    def _ask_second(self, text: str) -> None:
        view = self._store.view
        if view.right_side.is_chosen and view.against is not None:
            self._ask(SECOND, text, view.against)

    def _ask(self, lane: Lane, text: str, *runs: Run) -> None:
        """Ask for passes over a text with each run's heads, but for what the window has."""
        view = self._store.view
        shown = (view.run.analysis, *(() if view.against is None else (view.against.analysis,)))
        # Only what comes along: what is asked for itself may be wanted anew.
        known = [each for each in shown if each is not None and len(runs) > 1]
        requests = [replace(run.request, text=text) for run in runs]
        model = view.right_side.model if lane == SECOND else None
        self._jobs.submit(lane, self._workbench.analyse(*requests, known=known, model=model))

    def _follow(self, view: View, previous: View) -> None:
        """Compute again when heads are switched; restored ones are there already.

        What was let go of, because nobody shows it any more, is not computed further.
        """
        for name in previous.derived.keys() - view.derived.keys():
            self._deriving.pop(name, None)
            self._jobs.cancel(Lane(Rank.PANEL, name))
        switched, before = _switched(view), _switched(previous)
        if switched == before or view.model != previous.model:
            return
        if view.is_stale:
            self._first.analyse()
        elif switched[:2] != before[:2]:
            self._jobs.cancel(FIRST)
        if view.right_side.is_chosen:
            self._second.analyse()

    def _succeeded(self, lane: Lane, result: Any) -> None:
        self._store.report(lane.place, None)
        if lane == MODEL:
            self._use(result)
        elif lane == SECOND_MODEL:
            self._use_second(result)
        elif lane == FIRST:
            self._store.show(*result)
        elif lane == SECOND:
            self._store.show_second(*result)
        elif (sentence := self._tokenized_for(lane)) is not None:
            sentence.take_tokens(result)
        elif lane == AXES:
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
        if lane == AXES and isinstance(partial, ReferenceAxes):
            self._store.use_axes(partial)
        elif lane == AXES:
            self._store.progress(lane.place, Progress("Fitting the axes", partial))
        elif partial is not None and lane.rank is Rank.PANEL:
            self._store.derive(lane.name, self._as_derived(lane, partial))

    def _as_derived(self, lane: Lane, value: Any) -> Derived:
        return Derived(self._deriving.get(lane.name), value)

    def _use(self, loaded: Loaded) -> None:
        self._workbench.use(loaded)
        former, self._in_use = self._in_use, loaded
        second = self._store.view.right_side.model
        self._first.read_with(loaded)
        if second is None:
            self._second.read_with(loaded)
        self._store.use_model(loaded.info)
        if self._wanted is not None and "start" not in self._store.view.problems:
            # Not as it was typed: a relative folder is elsewhere at the next start. A model that
            # is only missing now, on a disk not plugged in, stays remembered.
            self._preferences.model = loaded.info.source
            _, self._preferences.device, self._preferences.dtype = self._wanted
        self.model_changed.emit(loaded)
        # The second sentence may have been there before any tokenizer was.
        twice = self._is_comparing or self._reads_twice
        for cycle in (self._first, self._second) if twice else (self._first,):
            cycle.start_over()
        if second is not None and former is not None and _place(former) != _place(loaded):
            self.compare_with(second.source)  # both compute on one device
        self._jobs.submit(AXES, self._workbench.fit_axes())
        written_to = Path(self._preferences.folder)
        self._jobs.submit(_MODEL_LIST, self._workbench.list_models(written_to))

    def _use_second(self, loaded: Loaded) -> None:
        self._workbench.use_second(loaded)
        self._preferences.compare_model = loaded.info.source
        self._second.read_with(loaded)
        self._store.hold_against(model=loaded.info)
        if not self._is_comparing:
            self._second.take(self._first.text)
        self._second.start_over()

    def _failed(self, lane: Lane, error: Exception) -> None:
        # What a panel wanted stays noted in _deriving: asked for again it would only fail again.
        place = lane.place
        if lane == MODEL and self._first.tokenizing is None and self._wanted != _BUILT_IN:
            # Nothing is in use yet: the remembered model is gone, so the built-in one steps in.
            place = "start"
            self.load_model(*_BUILT_IN)
        if not isinstance(error, Problem):
            problem = Problem(
                "Something went wrong inside RoBERTa Explorer.",
                f"{type(error).__name__}: {error}. The log has the details.",
            )
            problem.__cause__ = error
            error = problem
        if lane.rank in _EXPORTS:
            self.export_failed.emit(lane.name, error)
        elif (sentence := self._tokenized_for(lane)) is not None:
            sentence.refuse(error)
        else:
            self._store.report(place, error)

    def _tokenized_for(self, lane: Lane) -> TypedSentence | None:
        """Return the sentence whose tokens the lane's work finds, if it does that."""
        return next((s for s in (self._first, self._second) if s.tokens_lane == lane), None)

    def _progressed(self, lane: Lane, text: str, fraction: float | None) -> None:
        if lane == MODEL:
            can_stop = self._wanted != _BUILT_IN
        elif lane == FIRST and lane.place not in self._store.view.progress:
            return  # it may be over before the eye can read it
        else:
            can_stop = lane != AXES and lane.rank in (Rank.PANEL, Rank.MODEL, *_EXPORTS)
        self._store.progress(lane.place, Progress(text, fraction, can_stop=can_stop))

    def _busy_changed(self, lane: Lane, busy: bool) -> None:
        if not busy:
            self._lasting.discard(lane)
            self._store.progress(lane.place, None)
        elif lane in (MODEL, SECOND_MODEL, AXES):
            self._store.progress(lane.place, Progress(""))
        elif lane.rank in (Rank.SENTENCE, Rank.PANEL):
            self._lasting.add(lane)
            if not self._slow.isActive():
                self._slow.start()
        if not self._lasting:
            self._slow.stop()

    def _tell_lasting(self) -> None:
        """Tell of what has not ended by now: a window that still works must not seem ready."""
        for lane in tuple(self._lasting):  # whoever hears of one may ask for more
            if lane in self._lasting and lane.place not in self._store.view.progress:
                self._store.progress(lane.place, Progress(""))


def can_retry(place: str) -> bool:
    """Tell whether what failed in a lane can simply be done again."""
    again = (FIRST.place, SECOND.place, SECOND_MODEL.place)
    return place in again or place.startswith("panel:")


def _place(loaded: Loaded) -> tuple[str, str]:
    return loaded.info.device, loaded.info.dtype


def _switched(view: View) -> tuple[object, ...]:
    """Gather what decides which heads are off in A, and in B."""
    off = view.switched_off
    return off, view.ablation if off else "", bool(off) and view.right_side.every_head_on
