"""Similarity: how alike the layers are, each with each, of one model or of two."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu

from roberta_gui.analysis.layer_maps.layer_map import Measure
from roberta_gui.findings import similarity as words
from roberta_gui.findings.similarity import cells_of, changes_of
from roberta_gui.findings.steps.similarity import SimilarityRequest, SimilarityResult, compare
from roberta_gui.gui.panels.picture_panel import PicturePanel
from roberta_gui.gui.panels.reasons import Reason, reading_reference
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.breaking_text import BreakingLabel
from roberta_gui.gui.widgets.controls.choice_button import ChoiceButton
from roberta_gui.gui.widgets.controls.drop_down import drop_down
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.layers.beside import Beside
from roberta_gui.gui.widgets.layers.similarity_map import SimilarityMap
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.lanes import AXES
from roberta_gui.problems import Problem, Stopped
from roberta_gui.records import ModelInfo
from roberta_gui.view import View
from roberta_gui.wording import on_one_line

LABELS: dict[Measure, str] = {
    "cka": "CKA", "cosine": "Cosine", "rsa": "RSA", "procrustes": "Procrustes",
    "neighbours": "Neighbours",
}  # fmt: skip
MEASURES = {str(measure): (label, words.MEANINGS[measure]) for measure, label in LABELS.items()}


class SimilarityPanel(PicturePanel[SimilarityResult]):
    """A map of likeness with what it says in words; a click chooses the row's layer."""

    name = "similarity"
    title = "Layer similarity"
    tip = "How alike any two layers are, measured on many sentences and never on one."
    obeys_switches = False
    busy = "Comparing every layer"
    lanes = (AXES,)
    in_space = True

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._folder = ""
        self._n_opened = 0
        self._beside_it: Problem | None = None
        self._map = SimilarityMap()
        self._map.cell_hovered.connect(self.say_again)
        self._map.cell_left.connect(self.say_again)
        self._map.row_chosen.connect(store.select_layer)
        self._beside = Beside(self._map)
        self._beside.rearranged.connect(self.say_again)
        bars = self._beside.words.bars
        bars.item_hovered.connect(lambda step: self._map.point_at((step, step + 1)))
        bars.hover_left.connect(lambda: self._map.point_at(None))
        bars.item_clicked.connect(lambda step, _extend: store.select_layer(step + 1))
        self._trouble = named("note", BreakingLabel())
        self._measures = self.segments("measure", MEASURES, "Measure")
        self.heading.add(self._measures)  # the room below is the map's
        tip = "Compare with the same model's layers, or another's"
        self._models = ChoiceButton("Compared with", "against", (), tip)
        self._texts = ChoiceButton(
            "Sentences", "on", ("Text file…",), "Which sentences are read, a file has one a line"
        )
        self._texts.chosen.connect(
            lambda file: self.choose(self.name, file=Path(file) if file else None)
        )
        self._texts.other_wanted.connect(self._ask_file)
        self.show_picture(
            self._beside, self.space_choice(), self._models, self._texts, drawn=self._map
        )
        self.body.insertWidget(1, self._trouble)

    # --- what is computed

    def derive(self, view: View) -> Derivation | None:
        """Ask for the map; no sentence in the window has a part in it."""
        preparations = self.prepared(view)
        if view.model is None or preparations is None:
            return None
        request = self._request(view)
        # What lies in a file may have changed since it was chosen last.
        key = view.model, request, self._n_opened
        return Derivation(key, partial(compare, request, preparations), view.model)

    def offer_second_models(self, menu: QMenu) -> None:
        """Let the menu that chooses what A is held against open here, too."""
        drop_down(self._models, menu)

    def _request(self, view: View) -> SimilarityRequest:
        chosen, second = view.choices.similarity, view.right_side.model
        against = None if second == view.model else second
        return SimilarityRequest(chosen.measure, view.choices.hidden.space, against, chosen.file)

    def result(self, view: View) -> SimilarityResult | None:
        """Return what can be drawn: nothing of another model."""
        compared = super().result(view)
        return compared if compared is not None and compared.left == view.model else None

    # --- drawing

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give what the caption tells of: how far it is, and how it ended."""
        return view.progress.get(self.lane), view.problems.get(self.lane)

    def draw_result(self, compared: SimilarityResult, view: View, *, is_new: bool) -> None:
        """Draw the map that has arrived."""
        if is_new:
            self._map.set_cells(cells_of(compared))
            self._beside.say(words.findings(compared), changes_of(compared))

    def highlight(self, compared: SimilarityResult, view: View) -> None:
        """Outline the chosen layer."""
        self._map.set_row(view.selection.layer)

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say what is read: no sentence of yours has a part in it."""
        fitting, reading = map(view.progress.get, (AXES, self.lane))
        if fitting is not None and self.derive(view) is None:
            yield reading_reference(view, "Once for each model: it centres and scales its states.")
        if reading is not None:
            yield Reason(
                reading.text or "Comparing the layers",
                "Layers are compared on many sentences; from one, nothing could be said.",
                reading.fraction,
                is_busy=True,
            )

    def show_choices(self, view: View) -> None:
        """Show what is chosen, and what went wrong since the map was drawn."""
        compared, problem = self.result(view), view.problems.get(self.lane)
        wanted, known = self.derive(view), view.derived.get(self.name)
        if isinstance(problem, Stopped) and known and wanted and known.key == wanted.key:
            problem = None  # what is drawn is what was known by then
        self._beside_it = problem if compared is not None else None
        self._trouble.setVisible(self._beside_it is not None)
        if self._beside_it is not None:
            told = self._beside_it
            self._trouble.setText(f"{told.title} {told.hint} The old map stays.")
        self._measures.setVisible(view.model is not None)
        if view.model is not None:
            self._show_models_and_texts(view, view.model)

    def tells(self, problem: Problem) -> bool:
        """Tell whether it is said, beside the old map or instead of any."""
        return problem is self._beside_it or super().tells(problem)

    # --- what is said

    def remark_of(self, compared: SimilarityResult, view: View) -> str:
        """Say how much was read, and of which measure."""
        return words.remark(compared, self.heading.ended)

    def caption_of(self, compared: SimilarityResult, view: View) -> str:
        """Say what was compared; or what the pair of layers under the pointer has."""
        if self._map.current is not None:
            return words.describe_cell(compared, *self._map.current)
        text = self._caption_of(compared, 0 if self._beside.has_words else 2)
        progress = view.progress.get(self.lane)
        return f"{progress.text} … {text}" if progress is not None and progress.text else text

    def whole_caption(self, compared: SimilarityResult, view: View) -> str:
        """Say what was compared, on how much, in which space."""
        if compared.found is None:
            return ""
        found = " ".join(words.findings(compared))
        return f"{self._caption_of(compared)} {found}".strip()

    def _caption_of(self, compared: SimilarityResult, with_findings: int = 0) -> str:
        scale, ended = cells_of(compared).scale.labels(), self.heading.ended
        return words.describe(compared, scale, ended, with_findings=with_findings)

    # --- controls

    def _show_models_and_texts(self, view: View, model: ModelInfo) -> None:
        request = self._request(view)
        against = request.against or model
        self._measures.rule_out(
            {"cosine": words.UNEQUAL} if against.d_model != model.d_model else {}
        )
        name = "same model" if request.against is None else request.against.name
        self._models.set_choices({name: name}, name)
        texts = {"": "reference"} | (
            {} if request.file is None else {str(request.file): on_one_line(request.file.name)}
        )
        self._texts.set_choices(texts, "" if request.file is None else str(request.file))

    def _ask_file(self, _how: str) -> None:
        file, _ = QFileDialog.getOpenFileName(
            self.window(), "Sentences, one a line", self._folder, "Text (*.txt);;All files (*)"
        )
        if file:
            self._folder = str(Path(file).parent)
            self._n_opened += 1
            self.choose(self.name, file=Path(file))
            self.draw_again()

    def choose(self, panel: str, **changes: object) -> None:
        """Let something else be compared; what went wrong with the last choice is past."""
        self.store.report(self.lane, None)
        super().choose(panel, **changes)
