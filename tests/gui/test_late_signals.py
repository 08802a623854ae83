"""What was pointed at may be gone before it is answered: an old click then means nothing.

Nor does it mean what stands in its place by then, be it another token of another sentence.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.widgets.painting.figure import Figure
from tests.gui.clicks import double_click
from tests.gui.shown_panel import ShownPanel, axes_of
from tests.made_up import MADE_UP, made_up_analysis

LONG = " ".join(["<mask>", *(f"w{nth}" for nth in range(30)), "<mask>"])
SMALL = replace(MADE_UP, name="small", n_layers=1, n_heads=1, d_model=4)
BARE = replace(SMALL, name="bare", special_tokens=())

Late = tuple[QWidget, str, tuple[Any, ...]]
"""A widget, the name of its signal, and what that said."""


@pytest.fixture(params=PANELS, ids=lambda kind: kind.name)
def made(request: pytest.FixtureRequest, qapp: object) -> ShownPanel:
    return ShownPanel(request.param, (900, 700))


def signals(widget: QWidget) -> Iterator[str]:
    """Name the signals of a widget that are the product's own."""
    for kind in type(widget).__mro__:
        if kind.__module__.startswith("roberta_gui"):
            yield from (name for name, one in vars(kind).items() if isinstance(one, Signal))


def point_everywhere(figure: Figure[Any]) -> None:
    """Hover, click, double-click and walk where something is, at both ends and in the middle."""
    spots, place = figure.parts()
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for spot in [*spots][:: max(len(spots) - 1, 1)]:
        at = place(spot).center().toPoint()
        QTest.mouseMove(figure, at + QPoint(1, 1))
        QTest.mouseMove(figure, at)
        QTest.mouseClick(figure, left, none, at)
        double_click(figure, left, none, at)
    for key in (
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Return,
    ):
        QTest.keyClick(figure, key)


def heard(shown: ShownPanel) -> list[Late]:
    """Point at everything, and return what the widgets said of it, each thing once."""
    said: dict[tuple[int, str, str], Late] = {}

    def note(widget: QWidget, name: str, *told: Any) -> None:
        said.setdefault((id(widget), name, repr(told)), (widget, name, told))

    widgets = [*shown.panel.findChildren(QWidget), *shown.panel.heading.findChildren(QWidget)]
    for widget in widgets:
        for name in signals(widget):
            getattr(widget, name).connect(partial(note, widget, name))
    for widget in widgets:
        if isinstance(widget, Figure) and widget.isVisible():
            point_everywhere(widget)
    return [*said.values()]


def show_small(shown: ShownPanel, text: str, model: Any) -> None:
    shown.store.use_model(model)
    shown.store.use_axes(axes_of(SMALL))
    shown.show(made_up_analysis(text, model))
    shown.panel.start()
    shown.derive()


CHANGES: dict[str, Callable[[ShownPanel], object]] = {
    "one word": lambda shown: shown.show_text("a"),
    "empty": lambda shown: shown.show_text(""),
    "other model": partial(show_small, text="a", model=SMALL),
    "no token at all": partial(show_small, text="", model=BARE),
    "still computed": lambda shown: shown.show(made_up_analysis("a")),
    "hidden": lambda shown: shown.panel.hide(),
}


def test_what_was_pointed_at_before_it_changed_means_nothing(shown: ShownPanel) -> None:
    shown.show_text(LONG)
    said, before = tuple(heard(shown)), shown.store.view

    for name, change in CHANGES.items():
        shown.store.apply(lambda _view: before)
        shown.show_text(LONG)
        change(shown)

        for widget, signal, told in said:
            if shiboken6.isValid(widget):
                getattr(widget, signal).emit(*told)
        shown.store.end_hover()
        assert shown.picture().width(), name


OTHER = LONG.replace("w", "v")


def wanted_of(shown: ShownPanel) -> list[object]:
    """Gather what the panel wants to be done to the sentence."""
    told: list[object] = []
    for name in ("mask_wanted", "replacement_wanted", "replacements_wanted", "text_wanted"):
        getattr(shown.panel, name).connect(lambda *args: told.append(args))
    return told


def in_the_middle(shown: ShownPanel) -> Iterator[tuple[Figure[Any], QPoint]]:
    """Give each picture in sight with a place where something is."""
    for figure in shown.panel.findChildren(Figure):
        spots, place = figure.parts()
        if figure.isVisible() and spots:
            yield figure, place([*spots][len(spots) // 2]).center().toPoint()


@pytest.mark.parametrize("clicks", [1, 2])
def test_a_press_on_a_token_of_one_sentence_chooses_none_of_another(
    shown: ShownPanel, clicks: int
) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    shown.show_text(LONG)
    for nth, (figure, at) in enumerate([*in_the_middle(shown)]):
        if clicks == 2:
            QTest.mouseClick(figure, left, none, at)
        else:
            QTest.mousePress(figure, left, none, at)
        shown.show_text(OTHER if nth % 2 == 0 else LONG)
        before, wanted = shown.store.view, wanted_of(shown)
        if clicks == 2:
            QTest.mouseDClick(figure, left, none, at)
        QTest.mouseRelease(figure, left, none, at)

        assert shown.store.view.selection.tokens == before.selection.tokens
        assert shown.store.view.selection.shown_head == before.selection.shown_head
        assert wanted == []
