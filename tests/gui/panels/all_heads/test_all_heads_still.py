"""All heads keeps still: what somebody points at stays where it is."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from roberta_gui.analysis.heads.roles import HeadRoles
from roberta_gui.findings.all_heads import HeadPictures
from roberta_gui.gui.panels.all_heads.panel import AllHeadsPanel
from roberta_gui.gui.widgets.controls.tall_area import TallArea
from roberta_gui.lanes import panel_lane
from roberta_gui.problems import Stopped
from roberta_gui.view import Derived
from roberta_gui.wording import counted
from tests.gui.panels.shown_heads import grid_of, measured, order_of, read_order, sort_by
from tests.gui.shown_panel import ShownPanel
from tests.made_up import (
    MADE_UP,
    MadeUpModel,
)

TEXT = "The cat sat"


pytestmark = pytest.mark.panel(kind=AllHeadsPanel, size=(700, 560))


def first_measured(shown: ShownPanel, value: str) -> tuple[HeadPictures, HeadRoles]:
    """Ask for an order, and return what comes when some of it is measured."""
    order_of(shown).chosen.emit(value)
    steps = shown.wanted[-1].work(
        MadeUpModel(MADE_UP), lambda: False, lambda _text, _fraction: None
    )
    first = next(part for part in steps if part is not None and part.roles is not None)
    assert not first.is_measured
    return first, first.roles


def test_heads_under_the_pointer_stay_where_they_are_until_all_is_measured(
    shown: ShownPanel,
) -> None:
    shown.show_text(TEXT)
    first, roles = first_measured(shown, "entropy")
    key = shown.wanted[-1].key
    shown.store.derive("heads", Derived(key, first))
    at_first = read_order(shown)
    # As when the measured order of these heads is the other way round.
    turned = replace(roles, entropy_sums=-roles.entropy_sums)
    grid_of(shown).setAttribute(Qt.WidgetAttribute.WA_UnderMouse)

    shown.store.derive("heads", Derived(key, replace(first, roles=turned)))
    pointed_at = read_order(shown)
    grid_of(shown).setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    shown.store.derive("heads", Derived(key, replace(first, roles=turned)))
    let_go = read_order(shown)
    grid_of(shown).setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    shown.store.derive("heads", Derived(key, replace(first, roles=measured(), is_measured=True)))

    assert pointed_at == at_first
    values = [turned.entropy_bits[head] for head in let_go]
    assert values == sorted(values)
    assert let_go != at_first
    assert read_order(shown) != let_go


def test_the_pointer_coming_and_going_scrolls_nothing(shown: ShownPanel) -> None:
    shown.panel.resize(300, 220)
    shown.show_text(TEXT)
    sort_by(shown, "entropy")
    (area,) = shown.panel.findChildren(TallArea)
    bar = area.verticalScrollBar()
    assert bar.maximum() > 0
    lowest = [head for head in read_order(shown) if head != (0, 0)][-1]
    shown.store.select_head(*lowest)
    chosen_at = bar.value()

    bar.setValue(0)
    for head in read_order(shown)[:3]:
        shown.store.hover_head(*head)
        shown.store.toggle_heads([head])
        shown.store.end_hover()

    assert chosen_at > 0  # choosing does scroll
    assert bar.value() == 0


def test_a_stopped_measurement_says_on_how_much_it_rests(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    first, roles = first_measured(shown, "entropy")

    shown.store.derive("heads", Derived(shown.wanted[-1].key, first))
    shown.store.report(panel_lane("heads"), Stopped())

    said = [label.text() for label in shown.panel.heading.findChildren(QLabel)]
    assert any(counted(roles.n_sentences, "reference sentence") in text for text in said)
    assert counted(roles.n_sentences, "reference sentence") in shown.panel.caption_text()
