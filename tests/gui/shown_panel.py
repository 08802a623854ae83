"""One panel without a window: its derivations wait until a test has them made."""

from collections.abc import Generator, Hashable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QLabel

from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.stepped import result_of
from roberta_gui.findings.steps.similarity import SimilarityRequest
from roberta_gui.gui.panels.cloze.panel import ClozePanel
from roberta_gui.gui.panels.comparison_panel import ComparisonPanel
from roberta_gui.gui.panels.moving.panel import MovingPanel
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.panels.train.panel import TrainPanel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.records import Analysis, ModelInfo, Run
from roberta_gui.view import Derived, with_second
from tests.gui import made_up_run
from tests.made_up import (
    MadeUpModel,
    made_up_analysis,
    made_up_axes,
    made_up_second,
)


class ShownPanel:
    """Shows sentences in one panel, and makes what it wants derived when a test says so."""

    def __init__(self, kind: type[Panel], size: tuple[int, int] = (460, 420)) -> None:
        self.store = ViewStore()
        self.panel = kind(self.store)
        self.panel.resize(*size)
        self.panel.derivation_wanted.connect(self._want)
        self.wanted: list[Derivation] = []

    def show(
        self,
        analysis: Analysis,
        axes: ReferenceAxes | None = None,
        second: Run | None = None,
    ) -> Analysis:
        """Show an analysis as the controller would, beside a second one; derivations wait."""
        if self.store.view.model != analysis.model:
            self.store.use_model(analysis.model)
        if self.store.view.axes is None:
            self.store.use_axes(axes or axes_of(analysis.model))
        self.store.type(Run.of(analysis))
        if second is None and isinstance(self.panel, ComparisonPanel):
            second = made_up_second(analysis.request.text, analysis.model)
        if second is not None:
            self.store.apply(with_second, second)
        self.store.show(analysis)
        return analysis

    def show_text(self, text: str) -> Analysis:
        """Show a made-up analysis of ``text`` with everything that the panel derives from it."""
        analysis = self.show(made_up_analysis(text))
        if isinstance(self.panel, ClozePanel):
            self.store.choose("cloze", guess="floor")
        self.panel.start()
        self.derive()
        return analysis

    def switch_off(self, *heads: tuple[int, int]) -> Analysis:
        """Switch heads off in the made-up sentence that is shown, as the controller would."""
        baseline = self.store.view.baseline or self.store.view.analysis
        assert baseline is not None
        self.store.toggle_heads(heads)
        off = self.store.view.switched_off
        # The seed by which MadeUpEngine invents a pass with so many heads switched off.
        made = made_up_analysis(baseline.request.text, baseline.model, seed=len(off))
        request = replace(made.request, switched_off=off, ablation=self.store.view.ablation)
        analysis = replace(made, request=request)
        self.store.show(analysis, baseline)
        self.derive()
        return analysis

    def derive(self) -> None:
        """Make the newest derivation that was asked for, as the worker would."""
        if isinstance(self.panel, TrainPanel | MovingPanel):
            made_up_run.show(self.panel, self.store)
        if self.wanted:
            derivation = self.wanted[-1]
            self.wanted.clear()
            self.store.derive(self.panel.name, Derived(derivation.key, worked(derivation)))
        settle_layout()

    def words(self) -> list[str]:
        """Return what the labels in sight say."""
        return [label.text() for label in self.panel.findChildren(QLabel) if label.isVisible()]

    def said(self) -> str:
        """Return what the labels in sight say, in one piece."""
        return " ".join(self.words()).replace("\N{NO-BREAK SPACE}", " ")

    def button(self, name: str) -> QAbstractButton:
        """Return the button, of the panel or its heading, with this text or accessible name."""
        places = (self.panel, self.panel.heading)
        buttons = (each for place in places for each in place.findChildren(QAbstractButton))
        return next(each for each in buttons if name in (each.text(), each.accessibleName()))

    def picture(self) -> QImage:
        """Paint the panel, whatever it shows."""
        settle_layout()
        return self.panel.grab().toImage()

    def _want(self, derivation: Derivation) -> None:
        self.wanted.append(derivation)


def settle_layout() -> None:
    """Put everything in its place before anybody points: a caption may take a second line."""
    for _ in range(3):  # what is inside tells what is around it
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def axes_of(model: ModelInfo) -> ReferenceAxes:
    """Return made-up axes for a model."""
    return made_up_axes(model)


_COMPARED: dict[Hashable, Any] = {}


def worked(derivation: Derivation) -> Any:
    """Do the work as the worker would, but with a made-up model.

    Layers are compared once a session: no sentence has a part in it, and it takes a while.
    """
    quiet: tuple[Any, ...] = (lambda: False, lambda _text, _fraction: None)
    if derivation.model is None:
        return finished(derivation.work(*quiet))
    model, key = MadeUpModel(derivation.model), derivation.key
    if not (isinstance(key, tuple) and any(isinstance(one, SimilarityRequest) for one in key)):
        return finished(derivation.work(model, *quiet))
    if key not in _COMPARED:
        _COMPARED[key] = finished(derivation.work(model, *quiet))
    return _COMPARED[key]


def finished(result: Any) -> Any:
    """Run stepped work to its end and return its result; plain results stay as they are."""
    return result_of(result) if isinstance(result, Generator) else result
