"""The buttons beside the sentence: icons alone where words would take its room, and no flicker."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT, ZOOM_STEPS
from roberta_gui.gui.sentence.second_card import SecondCard
from roberta_gui.gui.sentence.sentence_card import SentenceCard
from roberta_gui.gui.sentence.token_alignment import TokenAlignment
from roberta_gui.gui.store import ViewStore
from roberta_gui.records import Run
from tests.gui.shown_panel import settle_layout
from tests.made_up import MADE_UP, made_up_analysis

TEXT = "The cat sat on the <mask> tonight"


@pytest.fixture(params=[SentenceCard, SecondCard])
def card(request: pytest.FixtureRequest, qtbot: QtBot) -> SentenceCard:
    store = ViewStore()
    made: SentenceCard = request.param(store, TokenAlignment())
    qtbot.addWidget(made)
    store.changed.connect(made.draw)
    store.use_model(MADE_UP)
    store.type(Run(TEXT, made_up_analysis(TEXT).tokens))
    with qtbot.waitExposed(made):
        made.show()
    return made


def styles(card: SentenceCard) -> list[Qt.ToolButtonStyle]:
    """Return how each button with an icon and a text is shown."""
    buttons = (one for one in card.findChildren(QToolButton) if one.text() and one.isVisible())
    return [one.toolButtonStyle() for one in buttons]


@pytest.mark.parametrize("zoom", ZOOM_STEPS)
def test_at_every_width_they_settle(card: SentenceCard, zoom: float) -> None:
    wear(replace(LIGHT, zoom=zoom))

    unsettled = []
    for width in (*range(1600, 300, -40), *range(300, 1600, 40)):
        card.resize(width, 300)
        settle_layout()
        shown = styles(card)
        for _ in range(4):
            settle_layout()
            if styles(card) != shown:
                unsettled.append(width)

    assert unsettled == []


def test_their_words_come_back_with_the_room(card: SentenceCard) -> None:
    seen = []
    for width in (3000, 400, 3000):
        card.resize(width, 300)
        settle_layout()
        seen.append({*styles(card)})

    words, icons = (
        Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
        Qt.ToolButtonStyle.ToolButtonIconOnly,
    )
    assert seen == [{words}, {icons}, {words}]
