"""What two models do not have in common is said, and not made up, in every such panel."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.export.exporter import notes_of
from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.panels.compare_layers.panel import CompareLayersPanel
from roberta_gui.gui.panels.comparison_panel import ComparisonPanel
from roberta_gui.gui.panels.contrast.panel import ContrastPanel
from roberta_gui.gui.panels.patching.panel import PatchingPanel
from roberta_gui.records import ModelInfo, Run
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, SMALLER, made_up_analysis

TEXT = "The cat sat on the <mask> tonight"
KINDS = [kind for kind in PANELS if issubclass(kind, ComparisonPanel) and kind is not PatchingPanel]
"""Patching puts states of one run into another: two models have none to exchange, see below."""


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def shown(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[ShownPanel]:
    shown = ShownPanel(request.param, size=(900, 600))
    qtbot.addWidget(shown.panel)
    qtbot.addWidget(shown.panel.heading)
    with qtbot.waitExposed(shown.panel):
        shown.panel.show()
    yield shown
    vars(shown).clear()


def hold_against(shown: ShownPanel, model: ModelInfo) -> None:
    shown.show_text(TEXT)
    shown.store.type_second(None)
    shown.store.hold_against(model=model)
    second = Run.of(made_up_analysis(TEXT, model, seed=1))
    shown.store.show_second(second.analysis) if second.analysis else None
    shown.derive()


def test_a_model_of_the_same_shape_is_compared_and_named(shown: ShownPanel) -> None:
    hold_against(shown, replace(MADE_UP, name="twin", weights_sha256="1" * 64))

    assert shown.panel.table() is not None
    assert "Held against the same sentence in twin (B)." in shown.panel.caption_text()
    assert any(note.startswith("B: twin") for note in notes_of(shown.panel))


def test_a_model_of_another_shape_is_not_and_it_is_said_why(shown: ShownPanel) -> None:
    other = replace(
        MADE_UP, name="other", n_layers=2, n_heads=3, d_model=8, tokenizer_sha256="another"
    )
    hold_against(shown, other)

    if isinstance(shown.panel, ContrastPanel):  # words are compared by their text
        assert shown.panel.table() is not None
        assert "Words are compared by their text" in shown.panel.caption_text()
        return
    assert shown.panel.table() is None
    assert "Not comparable here" in shown.words()
    states = isinstance(shown.panel, CompareLayersPanel)
    lacking = "hidden states of 8 dimensions" if states else "3 heads instead of 6 in each layer"
    assert f"other has {lacking}" in shown.said()


@pytest.mark.parametrize("shown", [PatchingPanel], indirect=True, ids=["patching"])
@pytest.mark.parametrize("other", [replace(MADE_UP, name="twin", weights_sha256="1" * 64), SMALLER])
def test_no_states_are_copied_from_one_model_into_another(
    shown: ShownPanel, other: ModelInfo
) -> None:
    hold_against(shown, other)

    assert shown.panel.table() is None
    assert shown.wanted == []
    assert "Another model stands on the other side" in shown.words()
