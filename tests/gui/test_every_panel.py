"""What every panel must stand, whichever it is: a new one in PANELS is tested at once."""

import csv
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QAccessible, QAccessibleInterface, QImage
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui import lanes
from roberta_gui.analysis.axes.modes import STANDARDISED, Space
from roberta_gui.gui.export.exporter import picture_of
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import DARK, LIGHT
from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.widgets.lens.lens_page import LensBar
from roberta_gui.gui.widgets.painting.spoken import Spoken
from roberta_gui.problems import NoNetwork
from roberta_gui.records import Run
from roberta_gui.view import View
from tests.gui.idle_window import settle
from tests.gui.painted import colours
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, made_up_analysis

SENTENCE = "The cat sat on the <mask> tonight"
OTHER_TEXTS = [
    "",
    "🧑‍🚀 سلام <mask> שלום",
    "a\x00b <mask> \u200b \ufeff",
    "x" * 300 + " <mask>",
    "\n\t<mask>\u00a0é",
]
SMALLER = replace(MADE_UP, name="smaller", n_layers=1, n_heads=2)
BARE = replace(MADE_UP, name="bare", special_tokens=())
"""Its tokenizer puts nothing around a text."""


@pytest.fixture(params=PANELS, ids=lambda kind: kind.name)
def made(request: pytest.FixtureRequest, qapp: object) -> ShownPanel:
    return ShownPanel(request.param)


@pytest.fixture(scope="module", params=PANELS, ids=lambda kind: kind.name)
def drawn(request: pytest.FixtureRequest, qapp: object) -> Iterator[ShownPanel]:
    """Show a sentence in each panel once, for all tests that only look at it."""
    made = ShownPanel(request.param)
    made.panel.heading.show()
    with QtBot(request).waitExposed(made.panel):
        made.panel.show()
    made.show_text(SENTENCE)
    yield made
    for widget in (made.panel, made.panel.heading):
        widget.close()
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    vars(made).clear()  # pytest keeps what a fixture gave until leaks have been counted


@pytest.fixture
def read(drawn: ShownPanel) -> Iterator[ShownPanel]:
    """Give a panel that shows a sentence, and take back what was chosen or hovered in it."""
    before = drawn.store.view
    yield drawn
    drawn.store.end_hover()
    drawn.store.apply(lambda _view: before)


def words(n_tokens: int) -> str:
    """Return a sentence of so many tokens, specials counted, with a mask where there is room."""
    return " ".join(["<mask>", *(f"w{i}" for i in range(n_tokens - 3))][: n_tokens - 2])


def is_scrolled(widget: QWidget) -> bool:
    """Tell whether a widget is in a page of which only a part is in sight."""
    area = widget.parentWidget()
    while area is not None and not isinstance(area, QAbstractScrollArea):
        area = area.parentWidget()
    return area is not None


def stands_on_its_parent(widget: QWidget) -> bool:
    below = widget.parentWidget()
    return below is None or below.rect().contains(widget.geometry())


def tree(access: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """Walk through what assistive tools meet, from the outside in."""
    yield access
    for nth in range(access.childCount()):
        if (child := access.child(nth)) is not None:
            yield from tree(child)


def test_no_analysis_yet_is_a_designed_state_without_numbers(shown: ShownPanel) -> None:
    assert len(colours(shown.picture())) > 1  # words stand there, not nothing
    assert shown.panel.table() is None
    assert shown.panel.arrays() is None
    assert shown.panel.caption_text() == ""
    assert shown.panel.is_current


def test_a_loaded_model_without_a_sentence_is_a_designed_state_too(shown: ShownPanel) -> None:
    shown.store.use_model(MADE_UP)
    shown.store.report(lanes.AXES, NoNetwork("No axes.", "None at all."))

    assert len(colours(shown.picture())) > 1
    assert shown.panel.table() is None


def test_a_hidden_panel_asks_for_nothing_and_catches_up_when_shown(
    hidden: ShownPanel, qtbot: QtBot
) -> None:
    calls: list[View] = []
    draw = hidden.panel.draw

    def counted(view: View, previous: View | None) -> None:
        calls.append(view)
        draw(view, previous)

    hidden.panel.draw = counted  # type: ignore[method-assign]
    hidden.show(made_up_analysis("one"))
    hidden.show(made_up_analysis(SENTENCE))
    assert calls == []
    assert hidden.wanted == []
    assert not hidden.panel.is_current

    with qtbot.waitExposed(hidden.panel):
        hidden.panel.show()
    hidden.derive()

    assert calls[0].analysis is hidden.store.view.analysis
    assert hidden.panel.is_current


def test_sentences_grow_and_shrink(shown: ShownPanel) -> None:
    for n_tokens in (40, 1, 9, 3, 40, 3, 1):
        text = words(n_tokens) if n_tokens > 2 else ""
        analysis = shown.show(made_up_analysis(text))
        shown.store.select_token(len(analysis.tokens) - 1, extend=True)
        shown.store.hover_token(len(analysis.tokens) - 1)
        shown.picture()  # before the new derivation is there
        shown.derive()
        shown.picture()
        assert shown.panel.is_current
        assert shown.store.view.analysis is analysis
    shown.store.end_hover()


def test_another_model_with_fewer_layers_and_heads_is_drawn(shown: ShownPanel) -> None:
    shown.show_text(SENTENCE)
    shown.store.select_head(MADE_UP.n_layers - 1, MADE_UP.n_heads - 1)
    shown.store.hover_head(MADE_UP.n_layers - 1, MADE_UP.n_heads - 1)
    shown.picture()

    shown.store.use_model(SMALLER)
    shown.picture()
    shown.show(made_up_analysis(SENTENCE, SMALLER))
    shown.picture()
    shown.derive()
    shown.picture()

    assert shown.panel.is_current
    assert shown.store.view.selection.layer == SMALLER.n_layers
    assert shown.store.view.selection.head == SMALLER.n_heads - 1


def test_another_theme_and_text_size_are_drawn_and_the_first_comes_back(shown: ShownPanel) -> None:
    shown.show_text(SENTENCE)
    first = shown.picture()

    seen = []
    for theme in (DARK, LIGHT, replace(LIGHT, zoom=0.8), replace(LIGHT, zoom=2.0)):
        wear(theme)
        seen.append(shown.picture())

    dark, again, smaller, larger = seen
    assert dark != first
    assert again == first
    assert all(one != other for one, other in combinations((first, smaller, larger), 2))


def test_any_text_is_drawn(shown: ShownPanel) -> None:
    shown.show_text(SENTENCE)
    for text in OTHER_TEXTS:
        shown.show_text(text)

        for token in range(len(shown.store.view.analysis.tokens)):  # type: ignore[union-attr]
            shown.store.hover_token(token)
        shown.picture()

        assert shown.panel.is_current, text
        shown.store.end_hover()


def test_every_way_of_showing_is_drawn_and_undone(shown: ShownPanel) -> None:
    shown.show_text(SENTENCE)
    before = shown.picture()

    # Each value once: that values go together is for the tests of the panels that have both.
    for specials, scale, space, dimensions in (
        ("show", "head", Space("raw"), 3),
        ("hide", "layer", Space("centred"), 2),
        ("renormalise", "all", Space("raw"), 3),
        ("show", "log", Space("centred"), 2),
    ):
        shown.store.choose("attention", specials=specials, scale=scale)
        shown.store.choose("hidden", space=space, dimensions=dimensions)
        shown.derive()
        shown.picture()
        shown.store.choose("attention", specials="show", scale="auto")
        shown.store.choose("hidden", space=STANDARDISED, dimensions=2, trails=True)
        shown.derive()

        assert shown.panel.is_current, (specials, scale)
        assert shown.picture() == before, (specials, scale)


def test_in_the_lowest_panel_nothing_stands_beyond_what_it_stands_on(shown: ShownPanel) -> None:
    shown.show_text(SENTENCE)
    for _ in range(3):  # how many lines its caption may take depends on its height
        shown.panel.resize(420, shown.panel.body.totalMinimumHeightForWidth(420))
        settle()

    beyond = [
        f"{type(one).__name__} at {one.geometry()}"
        for one in shown.panel.findChildren(QWidget)
        if one.isVisible() and not is_scrolled(one) and not stands_on_its_parent(one)
    ]
    assert beyond == []


def test_a_picture_is_saved_as_png_with_its_sentence_and_model(read: ShownPanel) -> None:
    image = QImage.fromData(picture_of(read.panel).encoder(".png")())

    assert image.width() >= 2 * read.panel.picture().width()
    assert len(colours(image)) > 3
    assert image.text("Title") == read.panel.title
    assert SENTENCE in image.text("Description")
    assert MADE_UP.name in image.text("Description")


def test_a_picture_is_saved_as_svg_with_its_sentence_and_model(read: ShownPanel) -> None:
    text = picture_of(read.panel).encoder(".svg")().decode()

    assert "<svg" in text
    assert "The cat sat on the &lt;mask&gt; tonight" in text
    assert MADE_UP.name in text


def test_numbers_come_back_from_csv_as_they_were(shown: ShownPanel) -> None:
    shown.show_text(SENTENCE + ' , ; "quoted"')
    table = shown.panel.table()
    assert table is not None
    columns = list(table.columns)

    header, *rows = csv.reader(table.to_csv().splitlines())

    assert header == columns
    assert rows
    assert {len(row) for row in rows} == {len(columns)}
    numbers = [float(row[-1]) for row in rows]
    assert all(math.isfinite(number) for number in numbers)
    assert any(number != round(number, 4) for number in numbers)  # to the last digit, not rounded


def test_arrays_come_along_with_the_numbers(read: ShownPanel) -> None:
    arrays = read.panel.arrays()

    assert arrays
    assert any(np.issubdtype(array.dtype, np.floating) for array in arrays.values())
    assert all(array.dtype != object for array in arrays.values())


def test_numbers_taken_for_an_export_stay_what_they_were(shown: ShownPanel) -> None:
    shown.show_text(SENTENCE)
    table, arrays = shown.panel.table(), shown.panel.arrays()
    again = shown.panel.table()
    assert table is not None
    assert again is not None
    assert arrays is not None
    csv_then = again.to_csv()
    arrays_then = {name: array.copy() for name, array in arrays.items()}

    shown.show_text("Another sentence, before the worker has written anything")
    shown.store.select_layer(2)

    assert table.to_csv() == csv_then
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, arrays_then[name])


def test_while_the_new_is_computed_the_old_picture_stays_and_is_no_longer_current(
    shown: ShownPanel,
) -> None:
    shown.show_text(SENTENCE)
    new = made_up_analysis("b")
    shown.show(new)

    assert shown.panel.is_current is (shown.wanted == [])
    shown.picture()
    shown.derive()

    assert shown.panel.is_current


def test_only_a_picture_of_the_sentence_is_old_when_the_next_one_cannot_be_read(
    shown: ShownPanel,
) -> None:
    shown.show_text(SENTENCE)
    shown.store.type(Run.of(made_up_analysis("b")))
    shown.store.report(lanes.SENTENCE, NoNetwork("Not read.", "Not at all."))

    assert (shown.panel.heading.ended == "not updated") is shown.panel.obeys_switches


def test_a_hover_asks_for_no_new_derivation(read: ShownPanel) -> None:
    read.store.hover_token(2)
    read.store.hover_head(1, 1)
    read.store.end_hover()

    assert read.wanted == []


def test_every_panel_has_a_name_of_its_own() -> None:
    assert len({kind.name for kind in PANELS}) == len(PANELS)
    assert all(issubclass(kind, Panel) and kind.title and kind.tip for kind in PANELS)


@pytest.mark.parametrize("text", ["", "<mask>"])
def test_without_special_tokens_a_text_of_no_token_or_of_one_is_drawn(
    shown: ShownPanel, text: str
) -> None:
    shown.show_text(SENTENCE)
    few = made_up_analysis(text, BARE)

    shown.show(few, second=Run.of(few))
    shown.picture()  # before the new derivation is there
    shown.panel.start()
    shown.derive()
    shown.picture()
    shown.panel.table()
    shown.panel.arrays()

    assert len(few.tokens) == len(text.split())
    assert shown.panel.is_current
    assert "nan" not in shown.panel.caption_text()


def test_a_screen_reader_meets_every_figure_part_by_part_with_values(read: ShownPanel) -> None:
    read.store.select_token(2)
    read.picture()
    whole = [*tree(QAccessible.queryAccessibleInterface(read.panel))]
    # A colour bar is a legend: what it explains is told with every part.
    figures = [each for each in whole if isinstance(each.object(), Spoken)]
    figures = [each for each in figures if not isinstance(each.object(), LensBar)]
    in_sight = [each for each in figures if not each.state().invisible]

    assert in_sight
    for figure in in_sight:
        parts = [figure.child(nth) for nth in range(figure.childCount())]
        names = [part.text(QAccessible.Text.Name) for part in parts]
        assert len(set(names)) == len(names) > 1, figure
        assert all(names)
        assert "\n" not in "".join(names)
        assert any(re.search(r"\d\.\d", name) for name in names), names[0]
        assert all(part.isValid() and part.rect().isValid() for part in parts)


def test_choices_of_one_are_radio_buttons_and_no_name_has_an_arrow(read: ShownPanel) -> None:
    places = [QAccessible.queryAccessibleInterface(e) for e in (read.panel, read.panel.heading)]
    whole = [each for place in places for each in tree(place)]

    assert [each for each in whole if "▾" in each.text(QAccessible.Text.Name)] == []
    for each in whole:
        button = each.object()
        if isinstance(button, QAbstractButton) and button.group() is not None:
            is_menu = isinstance(button, QToolButton) and button.menu() is not None
            assert is_menu or each.role() is QAccessible.Role.RadioButton, button
