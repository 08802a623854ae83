"""Similarity: how alike the layers are, each with each, of one model or of two."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QInputDialog, QStackedWidget, QWidget

from roberta_gui.analysis.layer_maps.layer_map import Measure
from roberta_gui.findings.similarity import captions as words
from roberta_gui.findings.similarity.comparing import SimilarityRequest, SimilarityResult, compare
from roberta_gui.findings.similarity.pictures import cells_of, changes_of
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.panels.panel import Derivation, Panel
from roberta_gui.gui.panels.why_empty import describe_no_room, say_waiting
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.breaking_text import BreakingLabel
from roberta_gui.gui.widgets.controls.caption import Caption
from roberta_gui.gui.widgets.controls.choice_button import ChoiceButton
from roberta_gui.gui.widgets.controls.choice_row import ChoiceRow
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.controls.space_choice import SpaceChoice
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.layers.beside import Beside
from roberta_gui.gui.widgets.layers.similarity_map import SimilarityMap
from roberta_gui.problems import Stopped
from roberta_gui.records import Report, Stop
from roberta_gui.view import View

if TYPE_CHECKING:
    from collections.abc import Hashable

LABELS: dict[Measure, str] = {
    "cka": "CKA", "cosine": "Cosine", "rsa": "RSA", "procrustes": "Procrustes",
    "neighbours": "Neighbours",
}  # fmt: skip
FOLDER, HUB = "Open folder…", "Load from the hub…"
REMEMBERED = 24
"""Finished maps that are kept, so that going back to one takes no time."""


class SimilarityPanel(Panel):
    """A map of likeness with what it says in words; a click chooses the row's layer."""

    name = "similarity"
    title = "Layer similarity"
    tip = "How alike any two layers are, measured on many sentences and never on one."
    obeys_switches = False

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._measure: Measure = "cka"
        self._against = ""
        self._file: Path | None = None
        self._folder = ""
        self._tries: dict[str, int] = {}
        self._cached: tuple[str, ...] = ()
        self._opened: dict[str, str] = {}
        self._widths: dict[str, int] = {}
        self._known: dict[Hashable, SimilarityResult] = {}
        self._map = SimilarityMap()
        self._map.cell_entered.connect(self._say_cell)
        self._map.cell_left.connect(self._say_caption)
        self._map.row_chosen.connect(store.select_layer)
        self._picture = Beside(self._map)
        self._picture.rearranged.connect(self._say_caption)
        bars = self._picture.words.bars
        bars.step_entered.connect(lambda step: self._map.point_at((step, step + 1)))
        bars.step_left.connect(lambda: self._map.point_at(None))
        bars.layer_chosen.connect(store.select_layer)
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._picture)
        self._trouble = named("note", BreakingLabel())
        self._caption = named("caption", Caption())
        self._controls = self._choices()
        for part in (self._controls, self._trouble):
            self.body.addWidget(part)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._caption)

    # --- what is computed

    def derive(self, view: View) -> Derivation | None:
        """Ask for the map; no sentence in the window has a part in it."""
        if view.model is None or view.axes is None:
            return None
        preparations = view.axes.preparation(view.choices.hidden.space)
        if preparations is None:
            return None
        wish = self._wish(view)
        # What lies in a folder or a file may have changed since it was chosen last.
        tries = (self._tries.get(wish.against, 0), self._tries.get(str(wish.file), 0))
        key: Hashable = (view.model, wish, tries)
        if (known := self._known.get(key)) is not None:
            return Derivation(key, partial(_recall, known))
        return Derivation(key, partial(compare, wish, preparations), view.model)

    def list_models(self, cached: tuple[str, ...]) -> None:
        """Offer the models of the hub's cache to compare with."""
        self._cached = cached
        self._show_choices(self.store.view)

    def _wish(self, view: View) -> SimilarityRequest:
        source = view.model.source if view.model is not None else ""
        against = "" if self._against == source else self._against
        return SimilarityRequest(self._measure, view.choices.hidden.space, against, self._file)

    def _compared(self, view: View) -> SimilarityResult | None:
        """Return what can be drawn for a View: nothing of another model."""
        derived = view.derived.get(self.name)
        if derived is None or view.axes is None or derived.value.left != view.model:
            return None
        fitted = view.axes.preparation(view.choices.hidden.space) is not None
        compared: SimilarityResult = derived.value
        return compared if fitted else None

    def _remember(self, view: View, compared: SimilarityResult) -> None:
        if compared.is_final:
            self._known[view.derived[self.name].key] = compared
            while len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]

    # --- drawing

    def draw(self, view: View, previous: View | None) -> None:
        """Draw the map that has arrived, and outline the chosen layer."""
        compared = self._compared(view)
        if compared is not None and compared.right is not None:
            self._widths[compared.wish.against] = compared.right.d_model
        self._show_choices(view)
        problem = view.problems.get(f"panel:{self.name}")
        wanted, known = self.derive(view), view.derived.get(self.name)
        if isinstance(problem, Stopped) and known and wanted and known.key == wanted.key:
            problem = None  # what is drawn is what was known by then
        self._trouble.setVisible(problem is not None and compared is not None)
        self._caption.setVisible(compared is not None)
        ended = self.heading.ended
        self.heading.set_remark("" if compared is None else words.remark(compared, ended))
        if problem is not None:
            self._trouble.setText(f"{problem.title} {problem.hint} The old map stays.")
        if compared is None:
            self._stack.setCurrentWidget(self._empty)
            self._say_why_empty(view)
            return
        self._stack.setCurrentWidget(self._picture)
        if previous is None or self._compared(previous) is not compared:
            self._remember(view, compared)
            self._map.set_cells(cells_of(compared))
            self._picture.say(words.findings(compared), changes_of(compared))
            self._say_caption()
        elif (previous.progress, previous.problems) != (view.progress, view.problems):
            self._say_caption()
        self._map.set_row(view.selection.layer)

    def picture(self) -> QWidget:
        """Return the map."""
        return self._map

    def caption_text(self) -> str:
        """Say what was compared, on how much, in which space."""
        compared = self._compared(self.store.view)
        if compared is None or compared.found is None:
            return ""
        found = " ".join(words.findings(compared))
        return f"{self._caption_of(compared)} {found}".strip()

    def table(self) -> Table | None:
        """Return the value of every pair of layers, and how sure it is; no bounds are tabled."""
        compared = self._compared(self.store.view)
        return None if compared is None or compared.found is None else words.table(compared.found)

    def arrays(self) -> Arrays | None:
        """Return the map, its half samples, and the half widths; bounds are not handed out."""
        compared = self._compared(self.store.view)
        return None if compared is None or compared.found is None else words.arrays(compared.found)

    def _say_why_empty(self, view: View) -> None:
        lanes = ("panel:axes", f"panel:{self.name}")
        problem = view.problem_of(*lanes)
        fitting, reading = (view.progress.get(lane) for lane in lanes)
        if problem is not None:
            self._empty.say(problem.title, problem.hint)
        elif view.model is None:
            say_waiting(self._empty, view, "Comparing every layer", of_sentence=False)
        elif describe_no_room(self._empty, view):
            return
        elif fitting is not None and self.derive(view) is None:
            self._empty.say(
                "Reading the reference sentences",
                "Once for each model: what a layer's states are centred and scaled by.",
                fitting.fraction,
                busy=True,
            )
        elif reading is not None:
            self._empty.say(
                reading.text or "Comparing the layers",
                "Layers are compared on many sentences; from one, nothing could be said.",
                reading.fraction,
                busy=True,
            )
        else:
            say_waiting(self._empty, view, "Comparing every layer", of_sentence=False)

    def _caption_of(self, compared: SimilarityResult) -> str:
        return words.caption(compared, cells_of(compared).scale.labels(), self.heading.ended)

    def _say_caption(self) -> None:
        compared = self._compared(self.store.view)
        if compared is None:
            return
        text = self._caption_of(compared)
        progress = self.store.view.progress.get(f"panel:{self.name}")
        if not self._picture.has_words:
            text = words.caption_with_findings(compared, text)
        if progress is not None and progress.text:
            text = f"{progress.text} … {text}"
        current = self._map.current
        self._caption.setText(text if current is None else words.describe_cell(compared, *current))
        self._caption.setToolTip(plain_tip(text))

    def _say_cell(self, row: int, column: int) -> None:
        compared = self._compared(self.store.view)
        if compared is not None:
            self._caption.setText(words.describe_cell(compared, row, column))

    # --- controls

    def _choices(self) -> QWidget:
        labels: dict[str, str] = {measure: LABELS[measure] for measure in LABELS}
        tips: dict[str, str] = {measure: words.MEANINGS[measure] for measure in LABELS}
        self._measures = Segments(labels, tips, "Measure")
        self._measures.chosen.connect(self._choose_measure)
        self._models = ChoiceButton(
            "Compared with",
            "against",
            (FOLDER, HUB),
            "Compare with the same model's layers, or another's",
        )
        self._models.chosen.connect(self._choose_model)
        self._models.other_wanted.connect(self._ask_model)
        self._texts = ChoiceButton(
            "Sentences", "on", ("Text file…",), "Which sentences are read, a file has one a line"
        )
        self._texts.chosen.connect(self._choose_text)
        self._texts.other_wanted.connect(self._ask_file)
        self._space = SpaceChoice("Layer similarity")
        self._space.chosen.connect(lambda space: self.store.choose("hidden", space=space))
        self.heading.add(self._measures)  # the room below is the map's
        return ChoiceRow(self._space, (self._models, self._texts))

    def _show_choices(self, view: View) -> None:
        self._controls.setVisible(view.model is not None)
        self._measures.setVisible(view.model is not None)
        if view.model is None:
            return
        wish = self._wish(view)
        width = self._widths.get(wish.against, view.model.d_model)
        unequal = width != view.model.d_model
        self._measures.rule_out({"cosine": words.UNEQUAL} if unequal else {})
        models = {"": "same model", "mini": "mini · built in"}
        models |= {name: name for name in self._cached} | self._opened
        models = {source: name for source, name in models.items() if source != view.model.source}
        self._measures.set_choice(self._measure)
        self._models.set_choices(models, wish.against)
        texts = {"": "reference"}
        if self._file is not None:
            texts[str(self._file)] = self._file.name
        self._texts.set_choices(texts, "" if self._file is None else str(self._file))
        self._space.set_space(view.choices.hidden.space)

    def _choose_measure(self, measure: Measure) -> None:
        self._measure = measure
        self._ask_again()

    def _choose_model(self, source: str) -> None:
        self._against = source
        self._ask_again()

    def _choose_text(self, file: str) -> None:
        self._file = Path(file) if file else None
        self._ask_again()

    def _ask_model(self, how: str) -> None:
        if how == HUB:
            name, accepted = QInputDialog.getText(
                self.window(),
                "Compare with a model from the hub",
                "A RoBERTa model's name on the Hugging Face hub, such as roberta-base:",
            )
            source = name.strip() if accepted else ""
        else:
            source = QFileDialog.getExistingDirectory(
                self.window(), "Compare with a model folder", self._folder
            )
            self._folder = str(Path(source).parent) if source else self._folder
        if source:
            self._opened[source] = source if how == HUB else Path(source).name
            self._tries[source] = self._tries.get(source, 0) + 1
            self._choose_model(source)

    def _ask_file(self, _how: str) -> None:
        file, _ = QFileDialog.getOpenFileName(
            self.window(), "Sentences, one a line", self._folder, "Text (*.txt);;All files (*)"
        )
        if file:
            self._folder = str(Path(file).parent)
            self._tries[file] = self._tries.get(file, 0) + 1
            self._choose_text(file)

    def _ask_again(self) -> None:
        """Let the new wish be computed; what went wrong with the last one is past."""
        self.store.report(f"panel:{self.name}", None)
        self._drawn = None
        self._refresh()


def _recall(known: SimilarityResult, stop: Stop, report: Report) -> SimilarityResult:
    return known
