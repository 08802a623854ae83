"""The Attention panel's ways of drawing: map or arcs, strips, controls in little room."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from roberta_gui.choices import AttentionChoices
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.panels.attention.panel import AttentionPanel
from roberta_gui.gui.widgets.arcs.arcs import Arcs
from roberta_gui.gui.widgets.controls.stepper import Stepper
from roberta_gui.gui.widgets.controls.tool_tip import why_ruled_out
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from tests.gui.clicks import double_click
from tests.gui.shown_panel import ShownPanel
from tests.made_up import made_up_analysis

TEXT = "The cat sat on the <mask>"
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


pytestmark = pytest.mark.panel(kind=AttentionPanel, size=(640, 520))


def arcs_of(shown: ShownPanel) -> Arcs:
    arcs = shown.panel.picture()
    assert isinstance(arcs, Arcs)
    return arcs


def action(shown: ShownPanel, text: str) -> QAction:
    return next(a for a in shown.panel.findChildren(QAction) if a.text() == text)


def caption(shown: ShownPanel) -> QLabel:
    label = shown.panel.findChild(QLabel, "caption")
    assert label is not None
    return label


# Arcs


def test_arcs_show_the_strongest_lines_of_each_row_and_say_how_much_they_hold(
    shown: ShownPanel,
) -> None:
    analysis = shown.show_text(TEXT)
    weights = np.sort(analysis.attention[0, 0].astype(np.float64))[:, ::-1]
    needed = sum(1 + int((np.cumsum(row) < 0.8 * (1 - 1e-6)).sum()) for row in weights)

    shown.store.choose("attention", drawn_as="arcs")
    some = shown.panel.caption_text()
    shown.store.choose("attention", line_mass=100)
    every = shown.panel.caption_text()

    assert some.startswith("Left = from (query), right = to (key). Layer 1, head 1 · ")
    assert f"lines hold 80 % of each row ({needed} of 64)" in some
    assert "lines hold 100 % of each row (64 of 64)" in every


def test_where_not_all_lines_have_room_the_caption_counts_those_that_are_drawn(
    shown: ShownPanel, qtbot: QtBot
) -> None:
    every = int((shown.show(made_up_analysis("word " * 80)).attention[0, 0] > 0).sum())
    shown.panel.start()
    shown.store.choose("attention", drawn_as="arcs", line_mass=100)
    few = caption(shown).text()
    n_few = arcs_of(shown).n_drawn()
    with qtbot.waitSignal(arcs_of(shown).room_changed):
        shown.panel.resize(640, 900)
    n_more = arcs_of(shown).n_drawn()

    assert n_few is not None
    assert n_more is not None
    assert n_few < n_more < every
    # Of all lines the weakest are within rounding of nothing.
    assert f"the {n_few:,} strongest lines in sight (100 % of each row would be 6,7" in few
    assert f"the {n_more:,} strongest lines in sight" in caption(shown).text()


def test_the_numbers_behind_arcs_are_those_behind_the_map(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    as_map = shown.panel.arrays()

    shown.store.choose("attention", drawn_as="arcs")
    as_arcs = shown.panel.arrays()

    assert as_map is not None
    assert as_arcs is not None
    np.testing.assert_array_equal(as_arcs["attention"], as_map["attention"])


def test_hovering_a_name_tells_in_words_where_it_looks(shown: ShownPanel, qtbot: QtBot) -> None:
    analysis = shown.show_text(TEXT)
    shown.store.choose("attention", drawn_as="arcs")
    row = analysis.attention[0, 0, 2]
    most = int(row.argmax())
    names = ["<s>", "The", "␣cat", "␣sat", "␣on", "␣the", "<mask>", "</s>"]
    layout = arcs_of(shown).layout_now()

    QTest.mouseMove(arcs_of(shown), layout.name_rect("from", 2, 8).center().toPoint())
    qtbot.waitUntil(lambda: shown.store.view.selection.hovered_token == 2)
    outgoing = caption(shown).text()
    QTest.mouseMove(arcs_of(shown), layout.name_rect("to", 2, 8).center().toPoint())
    qtbot.waitUntil(lambda: caption(shown).text() != outgoing)

    assert f" · from “␣cat”: “{names[most]}” {row[most]:.3f}, " in outgoing
    column = analysis.attention[0, 0, :, 2]
    source = int(column.argmax())
    assert f" · to “␣cat”: “{names[source]}” {column[source]:.3f}, " in caption(shown).text()
    shown.store.end_hover()


def test_arcs_lock_by_click_and_mask_by_double_click(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.store.choose("attention", drawn_as="arcs", specials="hide")
    asked: list[int] = []
    shown.panel.mask_wanted.connect(asked.append)
    name = arcs_of(shown).layout_now().name_rect("to", 3, 8).center().toPoint()

    QTest.mouseClick(arcs_of(shown), LEFT, NONE, name)
    locked = shown.store.view.selection.tokens
    double_click(arcs_of(shown), LEFT, NONE, name)

    assert locked == (4,)  # the fourth row without <s>
    assert asked == [4]


def test_old_arcs_choose_no_token_of_the_new_sentence(shown: ShownPanel) -> None:
    shown.store.choose("attention", drawn_as="arcs", unit="words")
    shown.show_text(TEXT)
    shown.show(made_up_analysis("a quite different and longer sentence follows here"))
    asked: list[int] = []
    shown.panel.mask_wanted.connect(asked.append)
    name = arcs_of(shown).layout_now().name_rect("from", 3, 8).center().toPoint()

    QTest.mouseMove(arcs_of(shown), name)
    double_click(arcs_of(shown), LEFT, NONE, name)

    assert asked == []
    assert shown.store.view.selection.tokens == ()
    assert shown.store.view.selection.hovered_token is None


# Strips


def test_strips_can_be_left_out_and_the_map_takes_their_room(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    heatmap = shown.panel.picture()
    assert isinstance(heatmap, Heatmap)
    heatmap.resize(300, 300)
    with_strips = heatmap.layout_now().field.width()
    told = shown.panel.caption_text()

    action(shown, "Strips along the map").trigger()
    heatmap.resize(300, 300)

    assert shown.store.view.choices.attention.strips is False
    assert heatmap.layout_now().field.width() > with_strips
    assert "received, the mean of the column" in told
    assert "Strips" not in shown.panel.caption_text()


def test_both_strips_have_scales_of_their_own_and_say_where_they_end(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    weights = analysis.attention[0, 0].astype(np.float64)
    bits = -(weights * np.log2(weights)).sum(1)
    caption = shown.panel.caption_text()
    heatmap = shown.panel.picture()
    assert isinstance(heatmap, Heatmap)
    layout, image = heatmap.layout_now(), heatmap.grab().toImage()
    ramp = LIGHT.weight_map()
    ends = (weights.mean(0).argmax(), layout.below, 255), (bits.argmin(), layout.beside, 0)

    assert f"the mean of the column, 0 – {weights.mean(0).max():.2g};" in caption
    assert f"{bits.min():.2g} – {bits.max():.2g}." in caption
    for row, strip, place in ends:
        x = layout.column_rect(row).center().x() if place else strip.center().x()
        y = strip.center().y() if place else layout.row_rect(row).center().y()
        colour = QColor(image.pixel(round(x), round(y)))
        assert colour.getRgb() == tuple(ramp[place].tolist())


def test_a_few_tokens_of_a_long_text_do_not_make_all_entropies_look_alike(
    shown: ShownPanel,
) -> None:
    analysis = made_up_analysis("word " * 58)
    attention = analysis.attention.copy()
    attention[0, 0] = 1 / 60
    attention[0, 0, 7] = np.eye(60)[3]
    attention[0, 0, ::2, :30] *= 1.5
    attention[0, 0, ::2, 30:] *= 0.5
    shown.show(replace(analysis, attention=attention))
    shown.panel.start()
    even = 2 * attention[0, 0, 0].astype(np.float64)
    low = -(even / 2 * np.log2(even / 2)).sum()

    assert f"≤ {low:.3g} – {np.log2(60):.3g}" in shown.panel.caption_text()


def test_what_the_strips_show_is_among_the_arrays(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    weights = analysis.attention[0, 0].astype(np.float64)

    arrays = shown.panel.arrays()

    assert arrays is not None
    np.testing.assert_allclose(arrays["received"], weights.mean(0), rtol=1e-5)
    bits = -(weights * np.log2(weights)).sum(1)
    np.testing.assert_allclose(arrays["row_bits"], bits, rtol=1e-5)
    np.testing.assert_array_equal(arrays["row_of_token"], np.arange(8))


def test_the_strip_of_a_contribution_is_all_that_the_head_adds(shown: ShownPanel) -> None:
    shown.store.choose("attention", measure="contribution", specials="hide")
    shown.show_text(TEXT)
    arrays = shown.panel.arrays()

    assert arrays is not None
    assert arrays["given"].shape == (6,)
    assert (arrays["given"] > arrays["contribution"].sum(1)).all()  # <s> and </s> add as well
    assert arrays["row_of_token"].tolist() == [-1, 0, 1, 2, 3, 4, 5, -1]


# Controls


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Contribution", "measure", "contribution"),
        ("Rollout", "measure", "rollout"),
        ("Arcs", "drawn_as", "arcs"),
        ("Words", "unit", "words"),
        ("Hide", "specials", "hide"),
    ],
)
def test_a_button_in_sight_changes_what_is_drawn(
    shown: ShownPanel, text: str, field: str, value: str
) -> None:
    shown.show_text(TEXT)

    shown.button(text).click()

    assert getattr(shown.store.view.choices.attention, field) == value
    assert shown.button(text).isChecked()


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Scale of the layer", "scale", "layer"),
        ("Logarithmic scale", "scale", "log"),
        ("Specials hidden", "specials", "hide"),
        ("Words instead of tokens", "unit", "words"),
        ("Strips along the map", "strips", False),
    ],
)
def test_the_menu_changes_it_too(shown: ShownPanel, text: str, field: str, value: object) -> None:
    shown.show_text(TEXT)

    action(shown, text).trigger()

    assert getattr(shown.store.view.choices.attention, field) == value


def test_the_share_that_arcs_hold_is_chosen_only_for_arcs(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    as_map = action(shown, "Arcs: the strongest 95 %").isEnabled()

    shown.store.choose("attention", drawn_as="arcs")
    action(shown, "Arcs: the strongest 95 %").trigger()
    action(shown, "Arcs: of the chosen token only").trigger()

    assert not as_map
    assert shown.store.view.choices.attention.line_mass == 95
    assert shown.store.view.choices.attention.arcs_of == "chosen"
    assert not action(shown, "Strips along the map").isEnabled()


def test_what_means_nothing_is_greyed_out_and_says_why(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.store.choose("attention", measure="contribution", specials="renormalise")
    renormalise = shown.button("Renormalise")
    told = renormalise.isEnabled(), renormalise.toolTip(), shown.button("Hide").isChecked()

    shown.store.choose("attention", measure="rollout", specials="show", scale="head")
    _, head = shown.panel.findChildren(Stepper)

    assert told == (False, "Contributions are lengths: their rows have no sum to scale to", True)
    assert renormalise.isEnabled()
    assert not head.isEnabled()
    assert head.toolTip() == "Rollout follows all heads of a layer together"
    assert not action(shown, "Scale of this head").isEnabled()
    assert action(shown, "Scale of the layer").isChecked()
    assert shown.store.view.choices.attention == AttentionChoices(
        "head", measure="rollout"
    )  # what was chosen is kept


def test_the_difference_is_offered_while_there_is_a_b(shown: ShownPanel) -> None:
    baseline = shown.show_text(TEXT)
    switch = shown.button("Difference")
    before = switch.isEnabled(), switch.isVisible(), why_ruled_out(switch)
    shown.store.toggle_heads([(0, 0)])
    shown.store.show(made_up_analysis(TEXT, seed=1), baseline)
    meanwhile = switch.isEnabled()
    switch.click()
    chosen = shown.store.view.choices.attention.difference
    shown.store.restore_heads()

    assert before[:2] == (False, True)
    assert before[2].startswith("Nothing to compare with: switch a head off")
    assert (meanwhile, chosen, switch.isEnabled()) == (True, True, False)


def test_little_room_leaves_specials_and_words_to_the_menu(shown: ShownPanel, qtbot: QtBot) -> None:
    shown.show_text(TEXT)
    wide = shown.button("Words").isVisible(), shown.button("Renormalise").isVisible()

    shown.panel.resize(380, 480)
    qtbot.waitUntil(lambda: not shown.button("Words").isVisible())

    assert wide == (True, True)
    assert not shown.button("Renormalise").isVisible()
    assert action(shown, "Specials hidden").isEnabled()
    for text in ("Attention", "Rollout", "View ▾"):
        right = shown.button(text).mapTo(shown.panel, QPoint(shown.button(text).width(), 0)).x()
        assert right <= shown.panel.width()


def test_a_hover_changes_the_captions_words_and_not_its_room(shown: ShownPanel) -> None:
    shown.panel.resize(380, 480)
    shown.store.choose("attention", drawn_as="arcs")
    shown.show_text(TEXT)
    height = arcs_of(shown).height()
    text = caption(shown).text()

    shown.store.hover_token(3)
    shown.picture()

    assert caption(shown).text() != text
    assert arcs_of(shown).height() == height
    shown.store.end_hover()


def test_every_control_can_be_reached_and_is_named(shown: ShownPanel) -> None:
    shown.show_text(TEXT)

    for text in ("Contribution", "Words", "View ▾", "Arcs", "Hide"):
        each = shown.button(text)
        # Tab stops at the chosen one of a row; the arrow keys reach the others.
        row = each.group().buttons() if each.group() else [each]
        assert any(button.focusPolicy() & Qt.FocusPolicy.TabFocus for button in row)
        assert each.toolTip()
        assert each.accessibleName() or each.text()
