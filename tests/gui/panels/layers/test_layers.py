"""All layers side by side: places, shares and what the first axis goes with, recomputed."""

import csv
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea, QToolButton

from roberta_gui import lanes
from roberta_gui.analysis.axes.modes import SPACES, STANDARDISED, Space
from roberta_gui.analysis.projection import Basis
from roberta_gui.gui.panels.layers.panel import LayersPanel
from roberta_gui.gui.widgets.multiples.small_multiples import SmallMultiples
from roberta_gui.problems import NoNetwork
from roberta_gui.records import FloatArray
from roberta_gui.view import Progress
from tests.gui.shown_panel import ShownPanel, axes_of
from tests.made_up import MADE_UP, made_up_analysis

TEXT = "The cat sat on the <mask>"
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


pytestmark = pytest.mark.panel(kind=LayersPanel, size=(700, 560))


def cells_of(shown: ShownPanel) -> SmallMultiples:
    cells = shown.panel.picture()
    assert isinstance(cells, SmallMultiples)
    return cells


def choose(shown: ShownPanel, name: str) -> None:
    """Press a button by what a screen reader calls it."""
    buttons = {b.accessibleName(): b for b in shown.panel.findChildren(QToolButton)}
    buttons[name].click()
    shown.derive()


def table_of(shown: ShownPanel) -> tuple[list[str], FloatArray]:
    """Return the layers' names and float (layer + 1, token, 2)."""
    table = shown.panel.table()
    assert table is not None
    rows = list(csv.DictReader(table.to_csv().splitlines()))
    places = np.array([[float(row["pc1"]), float(row["pc2"])] for row in rows])
    layers = list(dict.fromkeys(row["layer"] for row in rows))
    return layers, places.reshape(len(layers), -1, 2).astype(np.float32)


def scale_of(shown: ShownPanel, layer: int) -> float:
    """Measure how many pixels one unit of the axes is in a layer's picture."""
    _, places = table_of(shown)
    spots = cells_of(shown).spots(layer)
    inside = [
        i for i, spot in enumerate(spots) if "further" not in cells_of(shown).tip_of(layer, i)
    ]
    one, other = inside[0], inside[-1]
    moved = np.linalg.norm(spots[one] - spots[other])
    return float(moved / np.linalg.norm(places[layer, one] - places[layer, other]))


@pytest.mark.parametrize("basis", ["joint", "per_layer"])
@pytest.mark.parametrize("space", [Space("raw"), STANDARDISED, Space("drop_top", 3)])
def test_the_table_holds_the_places_on_the_axes_of_the_chosen_space_and_basis(
    shown: ShownPanel, space: Space, basis: Basis
) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.choose("hidden", space=space)
    shown.store.choose("layers", basis=basis)
    shown.derive()
    fitted = axes_of(MADE_UP).fitted(space, basis)
    assert fitted is not None
    assert (fitted.axes.space, fitted.axes.basis) == (space, basis)
    # Independently of Axes.transform: one product a layer, in float64.
    expected = np.stack(
        [
            hidden.astype(np.float64) @ loadings[:, :2].astype(np.float64) - offset[:2]
            for hidden, loadings, offset in zip(
                analysis.hidden, fitted.axes.loadings, fitted.axes.offset, strict=True
            )
        ]
    )

    layers, places = table_of(shown)

    assert layers == ["emb", "1", "2", "3", "4"]
    np.testing.assert_allclose(places, expected, atol=1e-4)


def test_the_arrays_are_those_of_the_picture(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    fitted = axes_of(MADE_UP).fitted(STANDARDISED)
    arrays = shown.panel.arrays()
    assert arrays is not None
    assert fitted is not None

    np.testing.assert_allclose(arrays["coordinates"][..., :2], table_of(shown)[1], rtol=1e-6)
    assert arrays["coordinates"].shape == (5, len(analysis.tokens), 3)
    assert arrays["explained"] is fitted.axes.explained
    assert arrays["background"] is fitted.background
    assert arrays["ids"].tolist() == [token.id for token in analysis.tokens]


@pytest.mark.parametrize("basis", ["joint", "per_layer"])
def test_each_picture_says_what_its_two_axes_hold(shown: ShownPanel, basis: Basis) -> None:
    shown.show_text(TEXT)
    shown.store.choose("layers", basis=basis)
    shown.derive()
    axes = axes_of(MADE_UP)
    fitted = axes.fitted(STANDARDISED, basis)
    assert fitted is not None

    for layer in range(5):
        held = float(fitted.axes.explained[layer, :2].sum()) * 100
        assert f"hold {held:.0f} %" in cells_of(shown).cell_name(layer)
        # The same share, from the reference sample itself: it is only a part of the tokens.
        states = axes.sample[layer].astype(np.float64)
        states = (states - states.mean(0)) / states.std(0)
        along = fitted.background[layer, :, :2].astype(np.float64)
        assert held / 100 == pytest.approx(along.var(0).sum() / states.shape[1], abs=0.08)


@pytest.mark.parametrize("layer", [0, 3])
@pytest.mark.parametrize("space", [Space("raw"), STANDARDISED])
def test_the_caption_says_what_the_first_axis_goes_with(
    shown: ShownPanel, space: Space, layer: int
) -> None:
    shown.show_text(TEXT)
    shown.store.choose("hidden", space=space)
    shown.derive()
    shown.store.select_layer(layer)
    axes = axes_of(MADE_UP)
    fitted = axes.fitted(space)
    assert fitted is not None
    along, states = fitted.background[layer, :, 0], axes.sample[layer]
    with_dimensions = [np.corrcoef(along, feature)[0, 1] for feature in states.T]
    best = int(np.argmax(np.abs(with_dimensions)))
    expected = {
        f"dimension {best}": with_dimensions[best],
        "position": np.corrcoef(along, axes.positions)[0, 1],
        "norm": np.corrcoef(along, np.linalg.norm(states, axis=1))[0, 1],
    }

    caption = shown.panel.caption_text()

    assert f"n = {len(along)})" in caption
    for name, r in expected.items():
        written = f"{r:.2f}".replace("-", "−")
        assert f"{name}: {written}" in caption or f"{name} (r = {written}" in caption


def moves_of(places: FloatArray) -> NDArray[np.float64]:
    """Measure step by step how far the words go, float (step,)."""
    steps = [
        np.mean([np.hypot(*(b - a)) for a, b in zip(here[1:-1], there[1:-1], strict=True)])
        for here, there in pairwise(places.astype(np.float64))
    ]
    return np.array(steps)


def test_the_caption_names_the_largest_step_only_where_one_stands_out(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    moves = moves_of(table_of(shown)[1])
    even = shown.panel.caption_text()
    # The same sentence, all of whose words leap between layers 2 and 3.
    analysis = made_up_analysis(TEXT)
    hidden = analysis.hidden.copy()
    hidden[3:] += 40 * np.random.default_rng(0).normal(size=hidden.shape[2])
    shown.show(replace(analysis, hidden=hidden))
    shown.derive()
    leaping = moves_of(table_of(shown)[1])

    assert moves.max() < 1.3 * moves.mean()
    assert "No step stands out in how far the tokens move." in even
    assert leaping.argmax() == 2
    assert "The tokens move farthest from layer 2 to layer 3." in shown.panel.caption_text()
    choose(shown, "Axes: Per layer")
    assert "farthest" not in shown.panel.caption_text()  # places that must not be compared


def test_the_caption_tells_where_the_first_axis_leaves_what_it_goes_with(
    shown: ShownPanel,
) -> None:
    shown.show_text(TEXT)
    fitted = axes_of(MADE_UP).fitted(STANDARDISED)
    assert fitted is not None
    firsts = fitted.first
    falls = {}
    for layer, (here, there) in enumerate(pairwise(firsts)):
        every = {"position": here.position, "norm": here.norm}
        every[f"dimension {here.dimension}"] = here.dimension_r
        name = max(every, key=lambda key: abs(every[key]))
        later = {"position": there.position, "norm": there.norm}
        later[f"dimension {there.dimension}"] = there.dimension_r
        if name in later:
            falls[layer] = (abs(every[name]) - abs(later[name]), name)
    layer, (fall, name) = max(falls.items(), key=lambda each: each[1], default=(0, (0.0, "")))
    start = "What PC1 goes with changes most from"
    expected = f" to layer {layer + 1}: {name}, r " if fall >= 0.1 else None
    caption = shown.panel.caption_text()
    assert (expected in caption) if expected else (start not in caption)


def test_while_heads_are_off_lines_lead_from_where_tokens_lay_and_the_layer_is_named(
    shown: ShownPanel,
) -> None:
    baseline = shown.show_text(TEXT)
    before = shown.picture()
    shown.switch_off((0, 1))
    fitted = axes_of(MADE_UP).fitted(STANDARDISED)
    arrays = shown.panel.arrays()
    assert fitted is not None
    assert arrays is not None
    axes = fitted.axes
    layers = zip(baseline.hidden, axes.loadings, axes.offset, strict=True)
    expected = np.stack([hidden @ loadings - offset for hidden, loadings, offset in layers])

    moved = arrays["coordinates"] - expected
    np.testing.assert_allclose(arrays["coordinates_a_minus_b"], moved, atol=1e-4)
    moved = np.linalg.norm(moved[:, 1:-1, :2], axis=-1).mean(axis=1)
    farthest = int(moved.argmax())
    where = f"layer {farthest}" if farthest else "the embeddings"
    said = f"The tokens lie farthest from their partners with every head on in {where}."
    assert said in shown.panel.caption_text()
    assert shown.picture() != before

    shown.store.restore_heads()
    shown.derive()
    assert shown.panel.arrays() is not None
    assert "B" not in shown.panel.caption_text()
    assert "coordinates_a_minus_b" not in (shown.panel.arrays() or {})


def test_on_joint_axes_all_pictures_have_one_scale_and_on_their_own_they_have_not(
    shown: ShownPanel,
) -> None:
    shown.show_text("a b c d e f g h i j k l m n o p")
    joint = [scale_of(shown, layer) for layer in range(5)]

    choose(shown, "Axes: Per layer")
    own = [scale_of(shown, layer) for layer in range(5)]

    assert joint == pytest.approx([joint[0]] * 5, rel=1e-3)
    assert max(own) > 1.02 * min(own)
    assert shown.store.view.choices.layers.basis == "per_layer"
    assert "must not be compared" in shown.panel.caption_text()
    assert "has its own axes" in " ".join(
        shown.panel.heading.findChildren(QLabel)[1].text().split()
    )


def test_every_space_that_the_model_has_room_for_is_drawn(shown: ShownPanel) -> None:
    shown.show_text(TEXT)

    seen = set()
    for space in axes_of(MADE_UP).spaces:
        shown.store.choose("hidden", space=space)
        shown.derive()
        assert f"Layer 1 ({space.label.lower()}): PC1 holds" in shown.panel.caption_text()
        seen.add(table_of(shown)[1].tobytes())

    assert len(seen) == len(axes_of(MADE_UP).spaces) >= len(SPACES) - 2


def test_pictures_do_not_move_while_typing(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    before = scale_of(shown, 2), cells_of(shown).frame(2)

    for text in ("The cat", TEXT * 5):
        shown.show_text(text)
        after = scale_of(shown, 2), cells_of(shown).frame(2)
        assert after[0] == pytest.approx(before[0], rel=1e-3)
        assert after[1] == before[1]


def test_hovering_a_token_lights_it_up_everywhere(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    before = shown.picture()

    QTest.mouseMove(cells_of(shown), cells_of(shown).spot(3, 2).toPoint())

    assert shown.store.view.selection.hovered_token == 2
    assert shown.picture() != before
    shown.store.end_hover()


def test_clicks_and_lassos_lock_tokens_in_every_panel(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    cells, asked = cells_of(shown), list[int]()
    shown.panel.mask_wanted.connect(asked.append)

    cells.lassoed.emit((1, 4), False)
    around_some = shown.store.view.selection.tokens
    cells.lassoed.emit((4, 6), True)
    around_more = shown.store.view.selection.tokens
    cells.lassoed.emit((), False)
    around_none = shown.store.view.selection.tokens
    QTest.mouseClick(cells, LEFT, NONE, cells.spot(2, 3).toPoint())
    cells.item_clicked.emit(5, True)
    cells.item_double_clicked.emit(2)

    assert (around_some, around_more, around_none) == ((1, 4), (1, 4, 6), ())
    assert shown.store.view.selection.tokens == (3, 5)
    assert asked == [2]
    assert len(analysis.tokens) == 8


def test_a_loop_drawn_around_everything_locks_all_tokens_of_the_sentence(
    shown: ShownPanel,
) -> None:
    analysis = shown.show_text(TEXT)
    cells = cells_of(shown)
    frame = cells.frame(1).toRect().adjusted(1, 1, -1, -1)

    QTest.mousePress(cells, LEFT, NONE, frame.topLeft())
    for corner in (frame.topRight(), frame.bottomRight(), frame.bottomLeft()):
        QTest.mouseMove(cells, corner)
    QTest.mouseRelease(cells, LEFT, NONE, frame.bottomLeft())

    assert shown.store.view.selection.tokens == tuple(range(len(analysis.tokens)))


def test_names_and_arrow_keys_choose_the_layer_and_it_is_outlined(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    cells = cells_of(shown)
    header = cells.cell_rect(3).topLeft().toPoint() + QPoint(8, 6)

    QTest.mouseClick(cells, LEFT, NONE, header)
    by_name = shown.store.view.selection.layer
    QTest.keyClick(cells, Qt.Key.Key_Right)
    by_key = shown.store.view.selection.layer
    shown.store.select_layer(0)

    assert (by_name, by_key) == (3, 4)
    assert cells.accessibleDescription().startswith("embeddings")
    assert shown.panel.caption_text().startswith("The embeddings (standardised): PC1")


def test_a_chosen_layer_out_of_sight_is_scrolled_to(shown: ShownPanel) -> None:
    shown.panel.resize(230, 420)
    shown.show_text(TEXT)
    (area,) = shown.panel.findChildren(QScrollArea)
    shown.store.select_layer(0)

    shown.store.select_layer(4)

    assert area.verticalScrollBar().isVisible()
    seen = cells_of(shown).visibleRegion().boundingRect()
    assert seen.contains(cells_of(shown).frame(4).center().toPoint())


def test_the_layer_of_the_last_time_is_in_sight_from_the_start(shown: ShownPanel) -> None:
    shown.panel.resize(230, 420)
    shown.store.select_layer(4)

    shown.show_text(TEXT)

    seen = cells_of(shown).visibleRegion().boundingRect()
    assert seen.contains(cells_of(shown).frame(4).center().toPoint())


def test_clicks_on_an_old_picture_change_nothing(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.show(made_up_analysis("something else"))  # what it derives is not there yet
    view = shown.store.view

    cells_of(shown).item_hovered.emit(1)
    cells_of(shown).item_clicked.emit(1, False)
    cells_of(shown).lassoed.emit((1, 2), False)
    cells_of(shown).cell_chosen.emit(4)
    assert shown.store.view is view


def test_while_axes_are_fitted_the_panel_says_so(shown: ShownPanel) -> None:
    shown.store.use_model(MADE_UP)
    shown.store.show(made_up_analysis(TEXT))
    shown.store.progress(lanes.AXES, Progress("Fitting the axes", 0.4))
    assert "Fitting the axes" in shown.words()

    shown.store.report(lanes.AXES, NoNetwork("No axes.", "Because of this."))
    assert {"No axes.", "Because of this."} <= set(shown.words())
