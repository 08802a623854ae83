"""Hidden states: places on fixed axes, against the product of states and loadings."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider, QToolButton

from roberta_gui import lanes
from roberta_gui.analysis.axes.modes import SPACES, STANDARDISED, Space
from roberta_gui.gui.panels.hidden_states.panel import HiddenStatesPanel
from roberta_gui.gui.widgets.charts.scatter import Scatter
from roberta_gui.problems import NoNetwork
from roberta_gui.records import FloatArray
from roberta_gui.view import Progress
from tests.gui.clicks import double_click
from tests.gui.shown_panel import ShownPanel, axes_of, settle_layout
from tests.made_up import MADE_UP, made_up_analysis

TEXT = "The cat sat on the <mask>"
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


pytestmark = pytest.mark.panel(kind=HiddenStatesPanel)


def scatter_of(shown: ShownPanel) -> Scatter:
    scatter = shown.panel.picture()
    assert isinstance(scatter, Scatter)
    return scatter


def table_of(shown: ShownPanel) -> tuple[list[str], FloatArray]:
    """Return the layers' names and float (layer + 1, token, 3)."""
    table = shown.panel.table()
    assert table is not None
    rows = list(csv.DictReader(table.to_csv().splitlines()))
    places = np.array([[float(row[f"pc{i}"]) for i in (1, 2, 3)] for row in rows])
    layers = list(dict.fromkeys(row["layer"] for row in rows))
    return layers, places.reshape(len(layers), -1, 3).astype(np.float32)


def view_range(shown: ShownPanel) -> list[list[float]]:
    found: list[list[float]] = scatter_of(shown).arranged().viewRange()
    return found


@pytest.mark.parametrize("space", SPACES)
def test_the_table_holds_the_places_on_the_axes_of_the_chosen_space(
    shown: ShownPanel, space: Space
) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.choose("hidden", space=space)
    shown.derive()
    fitted = axes_of(MADE_UP).fitted(space)
    assert fitted is not None
    axes = fitted.axes
    # Independently of Axes.transform: one product a layer, in float64.
    expected = np.stack(
        [
            hidden.astype(np.float64) @ loadings.astype(np.float64) - offset
            for hidden, loadings, offset in zip(
                analysis.hidden, axes.loadings, axes.offset, strict=True
            )
        ]
    )

    layers, places = table_of(shown)

    assert layers == ["emb", "1", "2", "3", "4"]
    np.testing.assert_allclose(places, expected, atol=1e-4)


def test_the_axes_do_not_move_while_typing_and_layers_change(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    before = view_range(shown)

    for nth, text in enumerate(("T", "The cat", "", TEXT * 5)):
        shown.show_text(text)
        shown.store.select_layer(nth)
        shown.picture()

    assert view_range(shown) == before


def test_the_variance_of_the_chosen_layer_is_printed(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.store.select_layer(3)

    fitted = axes_of(MADE_UP).fitted(STANDARDISED)
    assert fitted is not None
    first, second, third = fitted.axes.explained[3] * 100
    assert f"PC1 {first:.1f} % · PC2 {second:.1f} % of the variance in layer 3" in (
        shown.panel.caption_text()
    )
    shown.store.choose("hidden", dimensions=3)
    assert f"PC3 {third:.1f} %" in shown.panel.caption_text()


def test_the_slider_chooses_the_layer_and_follows_it(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    (slider,) = shown.panel.findChildren(QSlider)

    slider.setValue(4)
    chosen = shown.store.view.selection.layer
    shown.store.select_layer(0)

    assert chosen == 4
    assert (slider.minimum(), slider.maximum(), slider.value()) == (0, MADE_UP.n_layers, 0)
    assert "Embeddings" in shown.words()


def test_play_walks_on_and_stops_when_the_panel_is_hidden(shown: ShownPanel) -> None:
    panel = shown.panel
    assert isinstance(panel, HiddenStatesPanel)
    shown.show_text(TEXT)
    shown.store.select_layer(MADE_UP.n_layers)

    panel.toggle_play()
    after_start = shown.store.view.selection.layer
    panel.hide()

    assert after_start == 0  # after the last layer comes the first; a running clock would leak


def test_trails_appear_for_locked_tokens_and_can_be_switched_off(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.store.select_layer(4)
    switch = next(
        b for b in shown.panel.findChildren(QToolButton) if b.accessibleName() == "Trails"
    )
    shown.store.select_token(2)
    with_trail = shown.picture()

    switch.click()

    assert shown.store.view.choices.hidden.trails is False
    assert shown.picture() != with_trail


def test_a_click_on_a_point_locks_its_token_and_a_double_click_asks_to_mask_it(
    shown: ShownPanel,
) -> None:
    analysis = shown.show_text("one")
    scatter, asked = scatter_of(shown), list[int]()
    shown.panel.mask_wanted.connect(asked.append)
    _, places = table_of(shown)
    x, y = places[shown.store.view.selection.layer, 1, :2]

    double_click(scatter, LEFT, NONE, scatter.place(float(x), float(y)).toPoint())

    assert len(analysis.tokens) == 3
    assert shown.store.view.selection.tokens == (1,)
    assert asked == [1]


def test_turning_in_three_dimensions_changes_the_picture_and_not_the_view(
    shown: ShownPanel,
) -> None:
    shown.show_text(TEXT)
    shown.store.choose("hidden", dimensions=3)
    before, view = shown.picture(), shown.store.view

    scatter_of(shown).turned.emit(30.0, 10.0)

    assert shown.picture() != before
    assert shown.store.view is view


def test_while_the_axes_are_fitted_the_panel_says_how_far_that_is(shown: ShownPanel) -> None:
    shown.store.use_model(MADE_UP)
    shown.store.show(made_up_analysis(TEXT))
    shown.store.progress(lanes.AXES, Progress("Fitting the axes", 0.4))

    assert "Fitting the axes" in shown.words()


def test_a_space_that_is_not_fitted_yet_says_so_and_comes(shown: ShownPanel) -> None:
    whole = axes_of(MADE_UP)
    fits = {name: fitted for name, fitted in whole.fits.items() if name[0] in SPACES[:3]}
    shown.show(made_up_analysis(TEXT), replace(whole, fits=fits))
    shown.derive()
    assert len(table_of(shown)[1]) == 5

    shown.store.progress(lanes.AXES, Progress("Fitting the axes", 0.7))
    shown.store.choose("hidden", space=Space("drop_top", 3))
    assert "Fitting drop top 3" in shown.words()
    assert shown.wanted == []

    shown.store.use_axes(whole)
    shown.derive()
    assert "Fitting drop top 3" not in shown.words()
    assert "drop top 3; joint axes" in shown.panel.caption_text()


def test_a_space_that_stays_the_same_is_not_asked_for_again_when_others_come(
    shown: ShownPanel,
) -> None:
    whole = axes_of(MADE_UP)
    fits = {name: fitted for name, fitted in whole.fits.items() if name[0] in SPACES[:3]}
    shown.show(made_up_analysis(TEXT), replace(whole, fits=fits))
    shown.derive()

    shown.store.use_axes(whole)

    assert shown.wanted == []
    assert shown.panel.is_current


def test_a_model_too_small_for_a_space_is_told_so(shown: ShownPanel) -> None:
    small = replace(MADE_UP, name="small", d_model=8)
    shown.store.choose("hidden", space=Space("all_but_the_top", 10))

    shown.show(made_up_analysis(TEXT, small))

    assert "No room for “all but the top 10”" in shown.words()
    assert shown.wanted == []


def test_axes_that_cannot_be_fitted_are_explained_in_their_place(shown: ShownPanel) -> None:
    shown.store.use_model(MADE_UP)
    shown.store.show(made_up_analysis(TEXT))
    shown.store.report(lanes.AXES, NoNetwork("No axes.", "Because of this."))

    assert {"No axes.", "Because of this."} <= set(shown.words())


def test_axes_of_another_shape_are_never_used(shown: ShownPanel) -> None:
    other = replace(MADE_UP, name="other", n_layers=2, d_model=8)
    shown.store.use_model(MADE_UP)
    shown.store.use_axes(axes_of(MADE_UP))

    shown.store.show(made_up_analysis(TEXT, other))

    assert shown.wanted == []


def picture_anew(shown: ShownPanel) -> QImage:
    """Paint the panel as if its width had just changed: a caption gives its second line back."""
    for width in (461, 460):
        shown.panel.resize(width, 420)
        settle_layout()
    return shown.picture()


def test_while_heads_are_off_thin_lines_lead_from_where_tokens_lay(shown: ShownPanel) -> None:
    baseline = shown.show_text(TEXT)
    before, caption = picture_anew(shown), shown.panel.caption_text()
    shown.switch_off((0, 1))
    fitted = axes_of(MADE_UP).fitted(STANDARDISED)
    assert fitted is not None
    arrays = shown.panel.arrays()
    assert arrays is not None

    axes = fitted.axes
    layers = zip(baseline.hidden, axes.loadings, axes.offset, strict=True)
    expected = np.stack([hidden @ loadings - offset for hidden, loadings, offset in layers])
    moved = arrays["coordinates"] - expected
    np.testing.assert_allclose(arrays["coordinates_a_minus_b"], moved, atol=1e-4)
    assert shown.picture() != before
    assert "with every head on" in shown.panel.caption_text()

    shown.store.restore_heads()
    shown.derive()
    assert picture_anew(shown) == before
    assert shown.panel.caption_text() == caption


def test_the_picture_fits_the_words_of_this_sentence_where_that_is_asked_for(
    shown: ShownPanel,
) -> None:
    analysis = shown.show_text("one two <mask> three")
    far = view_range(shown)
    shown.store.choose("hidden", fit="tokens")
    shown.store.select_layer(4)
    _, places = table_of(shown)
    words = [t.index for t in analysis.tokens if t.is_mask or not t.is_special]
    (left, right), (bottom, top) = view_range(shown)
    x, y = places[4, words, 0], places[4, words, 1]

    assert left < x.min() <= x.max() < right
    assert bottom < y.min() <= y.max() < top
    # One of both directions is filled, but for the room of names.
    assert max(np.ptp(x) / (right - left), np.ptp(y) / (top - bottom)) > 0.6
    shown.store.choose("hidden", fit="cloud")
    assert view_range(shown) == far


def test_a_button_shows_all_again_while_a_part_is_in_sight(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    whole, button = view_range(shown), shown.button("Show all")
    before = button.isVisible()

    QTest.keyClick(scatter_of(shown), Qt.Key.Key_Plus)
    while_zoomed = button.isVisible(), view_range(shown) != whole
    button.click()

    assert (before, *while_zoomed, button.isVisible()) == (False, True, True, False)
    assert view_range(shown) == whole
