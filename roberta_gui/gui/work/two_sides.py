"""TwoSides: what is typed, and read by one model or two, on its way to the passes of A and B."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from roberta_gui import lanes
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.work.engine_worker import EngineWorker, Loaded
from roberta_gui.gui.work.jobs import JobRunner
from roberta_gui.gui.work.typed_sentence import TypedSentence
from roberta_gui.lanes import Lane
from roberta_gui.records import Run
from roberta_gui.view import View, with_second, with_second_tokens


class TwoSides(QObject):
    """Keeps the passes of A, and of what it is held against, up with what is typed and chosen."""

    def __init__(
        self,
        store: ViewStore,
        jobs: JobRunner,
        worker: EngineWorker,
        preferences: Preferences,
        parent: QObject,
        *,
        pause_ms: int,
        patience_ms: int,
    ) -> None:
        super().__init__(parent)
        self._store, self._jobs = store, jobs
        self._worker, self._preferences = worker, preferences
        typed = partial(
            TypedSentence, store=store, jobs=jobs, parent=self,
            pause_ms=pause_ms, patience_ms=patience_ms,
        )  # fmt: skip
        self._first = typed(lanes.SENTENCE, lanes.TOKENS, store.type, self._ask_first)
        self._second = typed(
            lanes.SECOND_SENTENCE, lanes.SECOND_TOKENS, self._show_second, self._ask_second
        )
        self._in_use: Loaded | None = None
        self._second_wanted = ""
        self._is_comparing = False
        self._put_away: Run | None = None
        store.changed.connect(self._follow)

    @property
    def is_waiting(self) -> bool:
        """Whether tokens or requests are still to come."""
        return self._first.is_waiting or self._second.is_waiting

    @property
    def has_model(self) -> bool:
        """Whether any model is in use."""
        return self._in_use is not None

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

    def compare_with(self, source: str) -> None:
        """Hold what is shown against a second model, on the same device; "" against none.

        The former one is let go of first: two models at most are in memory.
        """
        self._second_wanted = source
        for lane in (lanes.SECOND_MODEL, lanes.SECOND_SENTENCE):
            self._jobs.cancel(lane)
            self._store.report(lane, None)
        self._worker.use_second(None)
        self._store.hold_against(model=None)
        if self._in_use is not None:
            self._second.read_with(self._in_use)
        if source:
            wanted = self._preferences.device, self._preferences.dtype
            self._jobs.submit(lanes.SECOND_MODEL, self._worker.load(source, *wanted))
            return
        self._preferences.compare_model = ""
        self.go_on_with_one()

    def go_on_with_one(self) -> None:
        """Read with the first model alone: no second one is wanted, or it does not come."""
        if self._is_comparing:
            self._second.start_over()
        else:
            self._second.end()
        self._complete()

    def use(self, loaded: Loaded) -> None:
        """Read with another first model from now on; `start_over` then asks for passes."""
        self._in_use = loaded
        self._first.read_with(loaded)
        if self._store.view.right_side.model is None:
            self._second.read_with(loaded)

    def start_over(self) -> None:
        """Ask for both passes now; the second sentence may have been there before any model."""
        self._first.start_over()
        first, second = self._in_use and self._in_use.info, self._store.view.right_side.model
        if first and second and (first.device, first.dtype) != (second.device, second.dtype):
            self.compare_with(second.source)  # both compute on one device
        elif self._is_comparing or self._reads_twice:
            self._second.start_over()

    def use_second(self, loaded: Loaded) -> None:
        """Hold what is shown against this model from now on."""
        self._worker.use_second(loaded)
        self._preferences.compare_model = loaded.info.source
        self._second.read_with(loaded)
        self._store.hold_against(model=loaded.info)
        if not self._is_comparing:
            self._second.take(self._first.text)
        self._second.start_over()

    def retry_second_model(self) -> None:
        """Open the second model again that could not be opened."""
        self.compare_with(self._second_wanted)

    def rest(self) -> None:
        """Ask for nothing more."""
        self._first.rest()
        self._second.rest()

    def tokenized_for(self, lane: Lane) -> TypedSentence | None:
        """Return the sentence whose tokens the lane's work finds, if it does that."""
        return next((s for s in (self._first, self._second) if s.tokens_lane == lane), None)

    def _ask_first(self, text: str) -> None:
        view = self._store.view
        runs = [view.run, view.against] if self._has_baseline else [view.run]
        self._ask(lanes.SENTENCE, text, *(run for run in runs if run is not None))

    def _ask_second(self, text: str) -> None:
        view = self._store.view
        if view.right_side.is_chosen and view.against is not None:
            self._ask(lanes.SECOND_SENTENCE, text, view.against)

    def _ask(self, lane: Lane, text: str, *runs: Run) -> None:
        """Ask for passes over a text with each run's heads, but for what the window has."""
        view = self._store.view
        shown = (view.run.analysis, *(() if view.against is None else (view.against.analysis,)))
        # Only what comes along: what is asked for itself may be wanted anew.
        known = [each for each in shown if each is not None and len(runs) > 1]
        requests = [replace(run.request, text=text) for run in runs]
        model = view.right_side.model if lane == lanes.SECOND_SENTENCE else None
        self._jobs.submit(lane, self._worker.analyse(*requests, known=known, model=model))

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

    def _follow(self, view: View, previous: View) -> None:
        """Compute again when heads are switched; restored ones are there already."""
        switched, before = _switched(view), _switched(previous)
        if switched == before or view.model != previous.model:
            return
        if view.is_stale:
            self._first.analyse()
        elif switched[:2] != before[:2]:
            self._jobs.cancel(lanes.SENTENCE)
        if view.right_side.is_chosen:
            self._second.analyse()


def _switched(view: View) -> tuple[object, ...]:
    """Gather what decides which heads are off in A, and in B."""
    off = view.switched_off
    return off, view.ablation if off else "", bool(off) and view.right_side.every_head_on
