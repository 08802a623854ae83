"""Layers move: what each layer learnt of a task and what was forgotten, step by step."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from roberta_gui.findings.finetuning import LayersMoved, TuningProgress
from roberta_gui.findings.notation.names import layer_name
from roberta_gui.findings.notation.numbers import written
from roberta_gui.gui.panels.picture_panel import PicturePanel
from roberta_gui.gui.panels.plane import Plane
from roberta_gui.gui.panels.reasons import Reason
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.charts.line_chart import LineChart
from roberta_gui.gui.widgets.charts.scatter import Point
from roberta_gui.gui.widgets.controls.play_bar import PlayBar
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.multiples.cell_marks import Cell, Mark
from roberta_gui.gui.widgets.multiples.small_multiples import MultiplesArea, SmallMultiples
from roberta_gui.records import FloatArray
from roberta_gui.records.finetuning import Snapshot
from roberta_gui.view import View

_LEAST_ROW: Final = 150
"""Pixels of height, at a text zoom of 1, of a row of small pictures."""


class MovingPanel(PicturePanel[LayersMoved]):
    """Numbers over the layers, and the held-out texts in each layer, at any step of the run."""

    name = "moving"
    title = "Which layers learnt it"
    tip = (
        "What a linear probe reads of the label in each layer, how like the layer is to its "
        "start, and where the held-out texts lie on axes that were fitted at the start."
    )
    obeys_switches = False
    lanes = ()

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._chart = LineChart("What each layer learnt of the task")
        self._cells = SmallMultiples()
        self._area = MultiplesArea(self._cells)
        self._steps = PlayBar("Step of the training", "Walk through the steps (Ctrl+P)")
        self.slider = self._steps.slider
        self.slider.setToolTip(plain_tip("Step of the training; arrow keys move it"))
        self._steps.chosen.connect(self._choose_step)
        self._chart.item_clicked.connect(lambda layer, _extend: store.select_layer(layer))
        self._cells.cell_chosen.connect(store.select_layer)
        both = QWidget()
        self._column = QVBoxLayout(both)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._steps)
        self._column.addWidget(self._chart, 2)
        self._column.addWidget(self._area, 3)
        self._first: Snapshot | None = None  # of the run whose points are drawn
        self.show_picture(both, drawn=self._chart)

    def result(self, view: View) -> LayersMoved | None:
        """Return the chosen snapshot of the run, the newest one where none is chosen."""
        derived = view.derived.get("train")
        progress: TuningProgress | None = None if derived is None else derived.value
        if progress is None or not progress.snapshots:
            return None
        known = self._drawn_result
        nth = view.choices.moving.nth
        now = progress.snapshots, nth
        if known is not None and (known.progress.snapshots, known.nth) == now:
            return known
        return LayersMoved(progress, nth)

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say that nothing is learnt yet."""
        yield Reason(
            "Nothing is watched yet", "Start fine-tuning: the layers are measured on the way."
        )

    def draw_result(self, found: LayersMoved, view: View, *, is_new: bool) -> None:
        """Draw the numbers over the layers, and the texts in each."""
        progress, snapshot = found.progress, found.progress.snapshot(found.nth)
        first = progress.snapshots[0]
        if snapshot is None:
            return
        self._chart.set_lines(progress.layers(found.nth))
        self.fit()
        last = len(progress.snapshots) - 1
        self._steps.show_place(found.nth if 0 <= found.nth <= last else last, last)
        reach = np.concatenate([one.points for one in progress.snapshots], axis=1)
        self._cells.set_cells(_cells(snapshot, reach), np.zeros((len(reach), 0, 2), np.float32))
        self._area.fit()
        names = sorted(set(first.labels))
        points = [
            Point(label, self.theme.categorical(names.index(label)), label)
            for label in snapshot.labels
        ]
        self._cells.set_points(snapshot.points, points, glides=self._first is first)
        self._first = first
        self._cells.set_marks([Mark("dot", nth, name) for nth, name in enumerate(names)])

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give the chosen step."""
        return (view.choices.moving,)

    def highlight(self, found: LayersMoved, view: View) -> None:
        """Outline the chosen layer."""
        layer = min(view.selection.layer, self._cells.n_cells - 1)
        self._chart.set_selected([layer])
        self._cells.set_chosen(layer)

    def caption_of(self, found: LayersMoved, view: View) -> str:
        """Say which layers learnt it, and what was forgotten."""
        return found.progress.layers_caption(found.nth)

    def remark_of(self, found: LayersMoved, view: View) -> str:
        """Say which step it is."""
        snapshot = found.progress.snapshot(found.nth)
        return "" if snapshot is None else f"step {snapshot.step:,}"

    @property
    def is_current(self) -> bool:
        """Whether the newest step is drawn and nothing is on its way any more."""
        return super().is_current and not self._cells.is_gliding

    def toggle_play(self) -> None:
        """Start or stop walking through the steps."""
        self._steps.toggle_play()

    def fit(self) -> None:
        """Keep room for the lines below their legend, and for one row of small pictures."""
        self._chart.setMinimumHeight(self._chart.least_height())
        self._area.setMinimumHeight(self.theme.pixels(_LEAST_ROW))
        super().fit()

    @property
    def least_height(self) -> int:
        """The pixels of height that both keep below the slider: neither is drawn over the other."""
        parts = self._chart.minimumHeight() + self._area.minimumHeight()
        room = self._steps.sizeHint().height() + parts + 2 * self._column.spacing()
        return max(super().least_height, room)

    def _choose_step(self, nth: int) -> None:
        """Look at a snapshot; at the end of the slider at whatever comes."""
        is_last = nth == self.slider.maximum()
        self.choose(self.name, nth=-1 if is_last else nth)


def _cells(snapshot: Snapshot, reach: FloatArray) -> list[Cell]:
    """Describe each layer's picture: the same part of its axes at every step."""
    plane, cells = Plane(), []
    for layer, points in enumerate(reach):
        name = f"layer {layer_name(layer)}" if layer else "embeddings"
        probe = written(float(snapshot.probe[layer]), 2)
        tip = f"A probe reads the label at {probe}. Axes were fitted at the start."
        short = (name if layer else "emb", str(layer or "emb"))
        cells.append(Cell(name, probe, tip, plane.extent(points[None]), short_names=short))
    return cells
