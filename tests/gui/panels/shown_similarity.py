"""What tests of the map of likeness look at and click."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QToolButton

from roberta_gui.analysis.axes.reference_sentences import reference_sentences
from roberta_gui.analysis.layer_maps.layer_map import Measure
from roberta_gui.analysis.layer_maps.samples import Sample
from roberta_gui.analysis.stepped import result_of
from roberta_gui.gui.panels.similarity.panel import LABELS
from roberta_gui.gui.widgets.controls.choice_button import ChoiceButton
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.layers.similarity_map import SimilarityMap
from roberta_gui.records import FloatArray
from roberta_gui.resources import resource
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MadeUpModel


def written(value: float) -> str:
    """Write a value as people do: no minus before what rounds to zero."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def map_of(shown: ShownPanel) -> SimilarityMap:
    widget = shown.panel.picture()
    assert isinstance(widget, SimilarityMap)
    return widget


def measure_button(shown: ShownPanel, measure: Measure) -> QToolButton:
    (segments,) = shown.panel.heading.findChildren(Segments)
    buttons = segments.findChildren(QToolButton)
    return next(button for button in buttons if button.text() == LABELS[measure])


def choose(shown: ShownPanel, measure: Measure) -> None:
    measure_button(shown, measure).click()


def choice_button(shown: ShownPanel, name: str) -> ChoiceButton:
    buttons = shown.panel.findChildren(ChoiceButton)
    return next(b for b in buttons if b.accessibleName().startswith(name))


def choices(shown: ShownPanel, name: str) -> dict[str, bool]:
    """Return what a menu lists, and whether it is marked."""
    return {
        a.text(): a.isChecked()
        for a in choice_button(shown, name).menu().actions()
        if a.isCheckable()
    }


def trigger(shown: ShownPanel, name: str, text: str) -> None:
    next(a for a in choice_button(shown, name).menu().actions() if a.text() == text).trigger()


def is_grey(heat: SimilarityMap) -> bool:
    """Tell whether all cells have one colour, as where nothing is known."""
    image, row, column = heat.grab().toImage(), *heat.layout_now().shape
    ratio = image.devicePixelRatio()
    corners = (
        heat.layout_now().cell_rect(r, c).topLeft() for r in range(1, row) for c in range(column)
    )
    places = ((corner + QPoint(4, 4)) * ratio for corner in corners)
    # The chosen row's outline is left out: below it.
    return len({image.pixel(place.toPoint()) for place in places}) == 1


def values_of(shown: ShownPanel) -> FloatArray:
    arrays = shown.panel.arrays()
    assert arrays is not None
    return arrays["values"]


def made_up_sample(model: MadeUpModel) -> Sample:
    sentences = reference_sentences(resource("reference_sentences.txt"))
    return result_of(model.sample(sentences, 4096))
