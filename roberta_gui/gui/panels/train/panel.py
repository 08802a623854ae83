"""Fine-tune: a task is chosen, learnt in a process of its own, and its curves are drawn live."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QPushButton

from roberta_gui.findings.finetuning import TuningProgress, progress_of
from roberta_gui.gui.panels.picture_panel import PicturePanel
from roberta_gui.gui.panels.reasons import Reason
from roberta_gui.gui.panels.word_field import WordField
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.charts.line_chart import LineChart
from roberta_gui.gui.widgets.controls.breaking_text import BreakingLabel
from roberta_gui.gui.widgets.controls.choice_button import ChoiceButton
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import Labelled, WideButton
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.work.tuning_process import TuningProcess
from roberta_gui.lanes import MODEL, SENTENCE, TOKENS
from roberta_gui.problems import Problem, Stopped
from roberta_gui.records.finetuning import CONLL
from roberta_gui.view import Derived, View
from roberta_gui.wording import on_one_line

LAYERS: Final = {
    "all": ("All", "The whole network learns, as in Liu et al. (2019)"),
    "top": ("Top two", "The two last layers and the head learn; the others stay as they are"),
    "head": ("Head", "Only the new head learns: what the layers hold must do"),
}
EPOCHS: Final = {
    "1": ("1", "One pass through the texts"),
    "3": ("3", "Three passes; the one that is best on the held-out texts is kept"),
    "10": ("10", "Ten passes, as in Liu et al. (2019); the best one is kept"),
}
KINDS: Final = {
    "classification": ("Label", "A text, or a pair of texts, has one of some labels"),
    "regression": ("Number", "A text, or a pair of texts, has a number"),
    "tokens": ("Label a word", "Each word has a label: as many labels as words, or CoNLL"),
}
EXAMPLES: Final = {"kinds": "kinds of text", "grammar": "grammatical or not"}
EXPLAINED: Final = (
    "Fine-tuning goes on with a model that has learnt to guess words, on a few texts with labels: "
    "a new head reads the label from the first token, and the layers learn to put it there. "
    "RoBERTa has no next-sentence prediction, which BERT learnt from that place, because "
    "Liu et al. (2019) found that leaving it out helps: until it is fine-tuned, nothing is asked "
    "of that token but to help the other words."
)
_WATCH_STEPS = "15"


class TrainPanel(PicturePanel[TuningProgress]):
    """Loss and held-out score while a model learns a task; goes on after a stop."""

    name = "train"
    title = "Fine-tune"
    tip = EXPLAINED
    obeys_switches = False
    works_unseen = True
    lanes = ()
    busy = "Getting ready"

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._progress: TuningProgress | None = None
        self._began: tuple[object, ...] = ()  # the settings that the curves are of
        self._start_model = ""
        self._last: Callable[[], None] = self.begin  # what is tried again after it has failed
        self._read: list[str] = []  # what the process reads, or has read last
        self._only_looks = False  # whether it learns nothing from it
        self._is_stopping = False  # whether somebody has pressed Stop since it began
        self._begins_next = False  # whether somebody has pressed Start while it looked
        self._reads = False  # whether the window's own model is reading what was typed
        self._process = TuningProcess(self)
        self._process.received.connect(self.take_event)
        self._process.ended.connect(self._end_run)
        self._chart = LineChart("Loss and held-out score, step by step", "step")
        self._about = named("note", BreakingLabel())
        self._data = ChoiceButton("Task", "Task:", ["Choose a file…"], "What is learnt")
        self._data.chosen.connect(lambda task: self._choose_task(task, None))
        self._data.other_wanted.connect(self._ask_file)
        self._columns = {name: self._column(name) for name in ("text", "pair", "label")}
        self._go = named("action", WideButton("Start", "Go on", "Stop"))
        self._go.clicked.connect(self.press)
        self._open = named("action", QPushButton("Open beside its start"))
        self._open.setToolTip(
            plain_tip(
                "The tuned model becomes A, its start B: every panel can show A − B, "
                "and All heads sorts by how much each head has changed"
            )
        )
        self._open.clicked.connect(self._open_both)
        fields = [Labelled(name.capitalize(), field) for name, field in self._columns.items()]
        kind = Labelled("Predicts", self.segments("kind", KINDS, "What is predicted"))
        self._of_files = [kind, *fields]
        self.show_picture(
            self._chart, self._data, self._go, kind,
            Labelled("Learns", self.segments("layers", LAYERS, "What learns")),
            Labelled("Epochs", self.segments("epochs", EPOCHS, "Epochs")),
            *fields, self._open,
        )  # fmt: skip
        self.body.insertWidget(1, self._about)
        store.changed.connect(self._hold)

    def _column(self, name: str) -> WordField:
        tip = f"Name of the {name} column; empty: looked for by usual names"
        field = self.word_field(name, f"Column of the {name}", tip, "usual name")
        field.editingFinished.connect(self._look_anew)
        return field

    # --- the process

    def press(self) -> None:
        """Start, go on, or stop."""
        if self._is_learning:
            self._is_stopping = True
            self._process.stop()
            self.show_choices(self.store.view)
            return
        self.begin()

    @property
    def _is_learning(self) -> bool:
        return self._process.is_running and not self._only_looks

    def begin(self) -> None:
        """Begin with what is chosen, or go on with it: once the texts are looked at, if they are.

        Only a press of the button does: no panel that is asked to start begins minutes of work.
        """
        view = self.store.view
        if view.model is None or self._is_learning:
            return
        self._begins_next = self._process.is_running
        if self._begins_next:
            self._show()
            return
        self._progress, self._start_model, self._last = None, view.model.source, self.begin
        self._began, self._read, self._only_looks = self._settings(view), self._what(view), False
        self._is_stopping = False
        layers = {"all": (), "top": ("--layers", "2"), "head": ("--head-only",)}
        self._process.start(
            [*self._read, "--out", str(self._folder(view)), "--model", self._start_model,
             "--epochs", str(view.choices.train.epochs), "--seeds", "1",
             *layers[view.choices.train.layers], "--watch-steps", _WATCH_STEPS, "--json"]
        )  # fmt: skip
        self.store.report(self.lane, None)
        self._show()

    def _look(self) -> None:
        """Read what there is to learn from, without learning; once another look has ended."""
        if not self._process.is_running:
            self._progress, self._began, self._last = None, (), self._look
            self._read, self._only_looks = self._what(self.store.view), True
            self._process.start([*self._read, "--out", ".", "--look"])
            self.store.report(self.lane, None)
            self._show()

    def _look_anew(self) -> None:
        """Look where something else is to be read by now."""
        if self._read != self._what(self.store.view):
            self._look()

    @property
    def _is_beside(self) -> bool:
        """Whether something else has been chosen while the process looked."""
        return self._only_looks and self._read != self._what(self.store.view)

    def take_event(self, event: dict[str, object]) -> None:
        """Show what the process tells."""
        if self._is_beside:
            return
        if "data" in event:
            self._progress = progress_of(event)
        elif self._progress is not None:
            before, self._progress = self._progress, self._progress.with_event(event)
            if before is self._progress:
                return
        self._show()

    def _end_run(self, problem: Problem | None) -> None:
        begins, self._begins_next = self._begins_next, False
        if begins and (self._is_beside or problem is None):
            self.begin()
        elif self._is_beside:
            self._look()
        elif problem is not None and not isinstance(problem, Stopped):
            self.store.report(self.lane, problem)
        if not self._process.is_running:
            self._show()

    def _hold(self, view: View, previous: View) -> None:
        """Let the process wait while somebody types, and until the model has answered."""
        is_put_right = self.lane in previous.problems and self.lane not in view.problems
        if is_put_right and not self._process.is_running:
            self._last()  # somebody has pressed Try again
        reads = view.is_stale and view.problem_of(MODEL, SENTENCE, TOKENS) is None
        if view.run.text != previous.run.text or reads != self._reads:
            self._reads = reads
            self._process.hold(until_released=reads)

    def leave(self) -> None:
        """End the process with the window."""
        self._process.leave()

    def _open_both(self) -> None:
        if self._progress is not None:
            self.choose("heads", sort="difference")
            self.models_wanted.emit(self._progress.folder, self._start_model)

    def _what(self, view: View) -> list[str]:
        """Say what is learnt, as the command takes it."""
        chosen = view.choices.train
        if chosen.file is None:
            return [chosen.task]
        named_columns = [(n, getattr(chosen, n)) for n in self._columns if getattr(chosen, n)]
        return [
            str(chosen.file),
            "--task",
            chosen.kind,
            *(part for n, v in named_columns for part in (f"--{n}", v)),
        ]

    def _settings(self, view: View) -> tuple[object, ...]:
        chosen = view.choices.train
        file = chosen.file
        changed = file.stat().st_mtime_ns if file is not None and file.exists() else 0
        return (
            *self._what(view),
            changed,
            chosen.layers,
            chosen.epochs,
            view.model and (view.model.source, view.model.weights_sha256),
        )

    def _folder(self, view: View) -> Path:
        """Return where the run is kept: other settings, another folder, so that each can go on."""
        data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
        chosen = view.choices.train
        what = chosen.file.stem if chosen.file is not None else chosen.task
        name = hashlib.sha256(repr(self._settings(view)).encode("utf-8", "replace")).hexdigest()[
            :12
        ]
        return Path(data) / "fine-tuned" / name / what[:40]

    # --- what is chosen

    def _choose_task(self, task: str, file: Path | None) -> None:
        if file is None and task not in EXAMPLES:
            return
        if file is None:
            self.choose(self.name, file=None, task=task)
            return
        of_words = file.suffix.lower() in CONLL
        self.choose(self.name, file=file, kind="tokens" if of_words else "classification")

    def choose(self, panel: str, **changes: Any) -> None:
        """Look at what there is to learn from anew, where that is something else."""
        super().choose(panel, **changes)
        if changes.keys() & {"file", "kind", "task"}:
            self._look()

    def _ask_file(self, _how: str) -> None:
        conll = " ".join(f"*{end}" for end in CONLL)
        kinds = f"Texts with labels (*.csv *.tsv *.parquet {conll});;All files (*)"
        file, _ = QFileDialog.getOpenFileName(self.window(), "Texts with labels", "", kinds)
        if file:
            self._choose_task("", Path(file))

    # --- drawing

    def _show(self) -> None:
        """Tell everybody what is known: the layers' panel reads it, too."""
        self._drawn = None  # whether the process runs is known to no View
        if self._progress is not None:
            self.store.derive(self.name, Derived(self._progress, self._progress))
        else:
            self.store.forget(self.name)
        if self._drawn is None:  # the store had nothing new to tell
            self._refresh()

    def forget(self) -> None:
        """Keep the run: it goes on while nobody looks."""
        self._drawn = self._drawn_result = None

    def result(self, view: View) -> TuningProgress | None:
        """Return the run, once it has told a step."""
        return self._progress if self._progress is not None and self._progress.learnt else None

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say what it is waiting for, or how to begin."""
        if self._process.is_running:
            text = "The process is starting and reads the texts."
            yield Reason("Getting ready", text, is_busy=True, keeps_choices=True)
        yield Reason(
            "Teach the model a task",
            "Choose which kind of text a sentence is from, whether it is grammatical, or a file of "
            "your own with labelled texts. It learns beside the window and waits while you type; "
            "the layers are watched while they learn.",
            keeps_choices=True, offer=("Start", self.begin),
        )  # fmt: skip

    def offers_choices(self, view: View) -> bool:
        """Tell that another task can always be chosen, also after a problem."""
        return view.model is not None

    def show_choices(self, view: View) -> None:
        """Show task and columns, and what the button does."""
        chosen = view.choices.train
        files = {} if chosen.file is None else {str(chosen.file): on_one_line(chosen.file.name)}
        current = chosen.task if chosen.file is None else str(chosen.file)
        self._data.set_choices(EXAMPLES | files, current)
        for control in self._of_files:
            self.row.show_control(control, chosen.file is not None)
        progress = self._progress
        is_same = bool(self._began) and self._began == self._settings(view)
        is_ended = progress is not None and bool(progress.folder)
        goes_on = is_same and progress is not None and bool(progress.learnt) and not is_ended
        running = self._is_learning
        self._go.setText("Stop" if running else "Go on" if goes_on else "Start")
        done = "It is learnt: choose something else to learn"
        stops = "It stops after its present step" if self._is_stopping and running else ""
        waits = "It starts as soon as the texts are read" if self._begins_next else stops
        rule_out(self._go, done if is_ended and is_same and not running else waits)
        self.row.show_control(self._open, is_ended)
        self._about.setText("" if progress is None else progress.describe(most_texts=3))
        self._about.setToolTip(plain_tip("" if progress is None else progress.describe()))
        self._about.setVisible(progress is not None and not progress.learnt)

    def draw_result(self, progress: TuningProgress, view: View, *, is_new: bool) -> None:
        """Draw the curves."""
        self._chart.set_lines(*progress.curves())

    def caption_of(self, progress: TuningProgress, view: View) -> str:
        """Say how good it is."""
        return progress.caption()

    def remark_of(self, progress: TuningProgress, view: View) -> str:
        """Say how far it is, and whether it waits."""
        return progress.remark() if self._process.is_running or progress.folder else "stopped"
