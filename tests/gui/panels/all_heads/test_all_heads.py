"""All heads: every thumbnail is its own head, on the stated scale."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.choices import Scale
from roberta_gui.findings.all_heads import THUMBNAIL
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.panels.all_heads.panel import AllHeadsPanel
from roberta_gui.gui.widgets.controls.tool_tip import why_ruled_out
from roberta_gui.records import FloatArray
from tests.gui.clicks import double_click
from tests.gui.panels.shown_heads import grid_of, measured, order_of, read_order, sort_by
from tests.gui.shown_panel import ShownPanel, finished
from tests.made_up import (
    MADE_UP,
    MadeUpModel,
    made_up_analysis,
)

TEXT = "The cat sat"
# Half a step of rounding, and neighbours in the map that share one colour of 8 bits.
NEAR = 1.51
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


pytestmark = pytest.mark.panel(kind=AllHeadsPanel, size=(700, 560))


def drawn_places(shown: ShownPanel, layer: int, head: int, size: int) -> FloatArray:
    """Read one thumbnail's pixels back as rows of the colour map."""
    image, rect = grid_of(shown).grab().toImage(), grid_of(shown).cell_rect(layer, head)
    rows = {QColor(*rgba).name(): i for i, rgba in enumerate(LIGHT.weight_map().tolist())}
    step = rect.width() / size

    def place(row: int, column: int) -> int:
        point = QPointF(rect.left() + (column + 0.5) * step, rect.top() + (row + 0.5) * step)
        return rows[QColor(image.pixel(int(point.x()), int(point.y()))).name()]

    return np.array([[place(r, c) for c in range(size)] for r in range(size)], dtype=np.float32)


@pytest.mark.parametrize("scale", ["head", "layer", "all"])
def test_each_thumbnail_is_its_own_head_on_the_chosen_scale(
    shown: ShownPanel, scale: Scale
) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.choose("attention", scale=scale)
    attention = analysis.attention

    for layer, head in ((0, 0), (3, 5), (2, 1)):
        part = {"head": attention[layer, head], "layer": attention[layer], "all": attention}[scale]
        expected = attention[layer, head] / part.max() * 255
        got = drawn_places(shown, layer, head, len(analysis.tokens))
        np.testing.assert_allclose(got, expected, atol=NEAR)


def test_the_logarithmic_scale_shows_the_same_order_as_the_weights(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.choose("attention", scale="log")

    weights = analysis.attention[1, 2]
    expected = (np.log10(np.maximum(weights, 1e-4)) + 4) / (np.log10(analysis.attention.max()) + 4)
    got = drawn_places(shown, 1, 2, len(analysis.tokens))
    np.testing.assert_allclose(got, expected * 255, atol=NEAR)


def test_hidden_specials_are_hidden_in_the_thumbnails_too(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.choose("attention", specials="hide")
    shown.derive()

    inner = analysis.attention[2, 3, 1:-1, 1:-1]
    got = drawn_places(shown, 2, 3, len(inner))
    np.testing.assert_allclose(got, inner / inner.max() * 255, atol=NEAR)


def test_long_sentences_keep_their_strongest_weights(shown: ShownPanel) -> None:
    analysis = made_up_analysis(" ".join(["word"] * 200))
    shown.show(analysis)
    (derivation,) = shown.wanted

    made = finished(derivation.work(lambda: False, lambda _text, _fraction: None))
    small = made.thumbnails

    assert made.analysis is analysis
    assert small.shape[:2] == analysis.attention.shape[:2]
    assert max(small.shape[2:]) <= THUMBNAIL
    np.testing.assert_array_equal(small.max(axis=(2, 3)), analysis.attention.max(axis=(2, 3)))


def test_the_work_is_cut_into_steps_of_a_layer(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TEXT))
    (derivation,) = shown.wanted

    steps = derivation.work(lambda: False, lambda _text, _fraction: None)

    assert len(list(steps)) == MADE_UP.n_layers


def test_a_click_chooses_and_a_hover_previews(shown: ShownPanel, qtbot: QtBot) -> None:
    shown.show_text(TEXT)
    grid = grid_of(shown)

    QTest.mouseClick(grid, LEFT, NONE, grid.cell_rect(2, 4).center().toPoint())
    QTest.mouseMove(grid, grid.cell_rect(1, 1).center().toPoint())
    qtbot.waitUntil(lambda: shown.store.view.selection.hovered_head == (1, 1))

    selection = shown.store.view.selection
    assert (selection.attention_layer, selection.head) == (2, 4)
    assert selection.shown_head == (1, 1)
    shown.store.end_hover()


def test_a_double_click_chooses_the_head_and_asks_for_it_alone(
    shown: ShownPanel, qtbot: QtBot
) -> None:
    shown.show_text(TEXT)
    grid, panel = grid_of(shown), shown.panel
    assert isinstance(panel, AllHeadsPanel)

    with qtbot.waitSignal(panel.solo_wanted):
        double_click(grid, LEFT, NONE, grid.cell_rect(3, 2).center().toPoint())

    assert shown.store.view.selection.shown_head == (3, 2)


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        ("head", "each head's largest weight"),
        ("layer", "each layer's largest weight"),
        ("all", "in all heads"),
        ("log", "logarithmic"),
    ],
)
def test_the_caption_states_the_scale(shown: ShownPanel, scale: Scale, words: str) -> None:
    shown.show_text(TEXT)

    shown.store.choose("attention", scale=scale)

    assert words in shown.panel.caption_text()


def test_heads_of_which_much_would_be_too_faint_are_drawn_in_square_roots_and_counted(
    shown: ShownPanel,
) -> None:
    analysis = made_up_analysis("word " * 18)
    attention = np.full_like(analysis.attention, 0)
    attention[..., np.arange(20), np.arange(20)] = 1
    attention[1, 2] = 0.04
    attention[1, 2, 7, 7] = 1
    shown.show(replace(analysis, attention=attention))
    shown.panel.start()
    shown.derive()
    places = [drawn_places(shown, *head, 20) for head in ((1, 2), (0, 0))]

    assert places[0][0, 0] == pytest.approx(0.2 * 255, abs=NEAR)  # the root of 0.04
    assert places[1][0, 1] == 0
    assert "1 of 24 in square roots" in shown.panel.caption_text()
    shown.store.choose("attention", scale="head")
    assert drawn_places(shown, 1, 2, 20)[0, 0] == pytest.approx(0.04 * 255, abs=NEAR)
    assert "square roots" not in shown.panel.caption_text()


def test_changes_of_which_much_would_be_too_faint_have_a_square_root_scale(
    shown: ShownPanel,
) -> None:
    shown.show_text(TEXT)
    baseline = shown.store.view.analysis
    assert baseline is not None
    off = shown.switch_off((0, 1))
    attention = baseline.attention + np.float32(0.004)
    attention[0, 0, 1, 1] += 0.4
    shown.store.show(replace(off, attention=attention), baseline)
    next(
        b for b in shown.panel.heading.findChildren(QToolButton) if b.text() == "Difference"
    ).click()
    shown.derive()

    assert "difference to every head on, square-root scale" in shown.panel.caption_text()
    shown.store.choose("attention", scale="all")
    assert "difference to every head on, scale −0.4 to 0.4" in shown.panel.caption_text()


def test_the_table_measures_every_head(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    table = shown.panel.table()
    assert table is not None

    rows = list(csv.DictReader(table.to_csv().splitlines()))

    assert len(rows) == MADE_UP.n_layers * MADE_UP.n_heads
    for row in rows:
        weights = analysis.attention[int(row["layer"]) - 1, int(row["head"]) - 1]
        assert float(row["largest_weight"]) == float(weights.max())
        share = (weights[1:-1, 0] + weights[1:-1, -1]).mean()  # as Attention says it of a head
        assert float(row["mean_share_on_specials"]) == pytest.approx(share, rel=1e-6)


@pytest.mark.parametrize("value", ["specials", "previous", "entropy", "distance"])
def test_heads_flow_in_the_order_of_what_they_look_at(shown: ShownPanel, value: str) -> None:
    shown.show_text(TEXT)
    roles = measured()
    by_head = {
        "specials": -(roles.shares[..., 0] + roles.shares[..., 1]),
        "previous": -roles.shares[..., 3],
        "entropy": roles.entropy_bits,
        "distance": -roles.distance_tokens,
    }[value]

    sort_by(shown, value)

    order = read_order(shown)
    sorted_values = [by_head[head] for head in order]
    assert order != sorted(order)
    assert sorted_values == sorted(sorted_values)


def test_order_and_bars_are_part_of_what_is_remembered(shown: ShownPanel) -> None:
    shown.store.choose("heads", sort="previous", roles=True)
    shown.show_text(TEXT)

    assert read_order(shown) != sorted(read_order(shown))
    menu = order_of(shown).menu()
    on = [action.text() for action in menu.actions() if action.isChecked()]
    assert on == ["Previous token", "Bars: what each head looks at"]
    order_of(shown).chosen.emit("next")
    assert shown.store.view.choices.heads.sort == "next"


def test_the_order_of_the_layers_comes_back(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    before = shown.picture()
    sort_by(shown, "entropy")
    assert shown.picture() != before

    sort_by(shown, "layer")

    layers_up = sorted(read_order(shown), key=lambda head: (-head[0], head[1]))
    assert read_order(shown) == layers_up
    assert shown.picture() == before


def test_roles_are_measured_only_when_asked_for_and_once_for_a_model(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.show(made_up_analysis("Another"))
    assert shown.wanted[-1].model is None
    shown.derive()

    order_of(shown).chosen.emit("self")
    assert shown.wanted[-1].model == MADE_UP
    shown.derive()
    shown.show(made_up_analysis("And another"))

    assert shown.wanted[-1].model is None
    shown.derive()
    assert "reference sentences" in shown.panel.caption_text()


def test_thumbnails_come_first_and_roles_stream_in(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    order_of(shown).chosen.emit("self")
    derivation = shown.wanted[-1]
    told: list[float | None] = []
    steps = derivation.work(
        MadeUpModel(MADE_UP), lambda: False, lambda _text, fraction: told.append(fraction)
    )

    first, *others = [partial for partial in steps if partial is not None]

    assert first.roles is None
    counts = [partial.roles.n_sentences for partial in others]
    assert counts == sorted(set(counts))
    assert not any(partial.is_measured for partial in others)
    assert told == sorted(told, key=lambda fraction: fraction or 0.0)


def test_numbers_carry_the_roles_once_they_are_measured(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    sort_by(shown, "next")
    roles, table, arrays = measured(), shown.panel.table(), shown.panel.arrays()
    assert table is not None
    assert arrays is not None

    for row in csv.DictReader(table.to_csv().splitlines()):
        head = int(row["layer"]) - 1, int(row["head"]) - 1
        assert row["switched_off"] == "False"
        assert float(row["reference_share_next"]) == pytest.approx(roles.shares[head][4])
        assert float(row["reference_entropy_bits"]) == pytest.approx(roles.entropy_bits[head])
    np.testing.assert_allclose(arrays["reference_shares"], roles.shares)


def test_a_shift_click_switches_a_head_off_and_on(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    grid = grid_of(shown)
    point = grid.cell_rect(2, 4).center().toPoint()

    QTest.mouseClick(grid, LEFT, Qt.KeyboardModifier.ShiftModifier, point)
    off = shown.store.view.switched_off
    QTest.mouseClick(grid, LEFT, Qt.KeyboardModifier.ShiftModifier, point)

    assert off == {(2, 4)}
    assert shown.store.view.switched_off == frozenset()
    assert shown.store.view.selection.shown_head != (2, 4)


def test_the_change_against_every_head_on_has_its_own_colours(shown: ShownPanel) -> None:
    baseline = shown.show_text(TEXT)
    analysis = shown.switch_off((0, 1))
    (toggle,) = [b for b in shown.panel.heading.findChildren(QToolButton) if b.isCheckable()]
    toggle.click()
    shown.derive()

    change = analysis.attention - baseline.attention
    most = float(np.abs(change).max())
    grid = grid_of(shown)
    image = grid.grab().toImage()
    ramp = LIGHT.difference_map().tolist()
    for layer, head, query, key in [(3, 5, 0, 1), (2, 1, 4, 4), (1, 0, 2, 3)]:
        rect = grid.cell_rect(layer, head)
        side = rect.width() / len(analysis.tokens)
        x, y = rect.left() + (key + 0.5) * side, rect.top() + (query + 0.5) * side
        place = round((change[layer, head, query, key] / most + 1) / 2 * 255)
        expected = {QColor(*ramp[min(max(place + by, 0), 255)]).name() for by in (-1, 0, 1)}
        assert QColor(image.pixel(int(x), int(y))).name() in expected
    assert "difference to every head on" in shown.panel.caption_text()
    assert "Head 1.2 is switched off" in shown.panel.caption_text()


def test_without_a_b_the_difference_is_grey_and_says_how_to_get_one(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    toggle = shown.button("All heads: difference")
    usable = [(toggle.isEnabled(), why_ruled_out(toggle))]

    shown.switch_off((0, 1))
    usable.append((toggle.isEnabled(), why_ruled_out(toggle)))
    shown.store.restore_heads()

    assert usable[0][1].startswith("Nothing to compare with: switch a head off")
    assert [on for on, _ in usable] == [False, True]
    assert not toggle.isEnabled()


def test_heads_are_sorted_by_how_far_they_are_apart_from_b(shown: ShownPanel) -> None:
    baseline = shown.show_text(TEXT)
    analysis = shown.switch_off((0, 1))
    sort_by(shown, "difference")

    apart = np.abs(analysis.attention - baseline.attention).sum(-1).mean(-1) / 2
    in_order = sorted(np.ndindex(apart.shape), key=lambda head: -apart[head])
    assert read_order(shown) == in_order
    caption = shown.panel.caption_text()
    assert "Heads by how far their attention is from that on the other side" in caption
    layer, head = in_order[0]
    most = f"Layer.head most apart: {layer + 1}.{head + 1} ({apart[layer, head]:.3f}), "
    assert most in caption
    assert f"total variation {apart[in_order[0]]:.3f}" in grid_of(shown).describe((in_order[0],))
    assert shown.button("All heads: difference").isChecked() is False
    shown.store.restore_heads()
    shown.derive()
    assert read_order(shown)[0] == (3, 0)  # layers up again: there is nothing to sort by
