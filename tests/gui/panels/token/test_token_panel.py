"""The Token panel: the locked token, else the hovered one; a typed word; a click goes on."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from roberta_gui.findings.surprisal import TokenSurprisal
from roberta_gui.gui.panels.token.panel import TokenInspectorPanel
from roberta_gui.gui.widgets.tokens.fact_list import FactList
from roberta_gui.view import Derived
from tests.gui.shown_panel import ShownPanel
from tests.made_up import made_up_analysis

pytestmark = pytest.mark.panel(kind=TokenInspectorPanel, size=(460, 400))

TEXT = "The cat <mask> here"


def listed(shown: ShownPanel) -> FactList:
    figure = shown.panel.picture()
    assert isinstance(figure, FactList)
    return figure


def rows(shown: ShownPanel) -> list[str]:
    figure = listed(shown)
    return [figure.say(row).split(": ", 1)[1] for row in range(figure.n_items)]


def test_the_locked_token_is_looked_at_and_else_the_hovered_one(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TEXT))
    assert "Which token?" in shown.said()

    shown.store.hover_token(2)
    shown.derive()
    assert "position, 3 of 6; the network reads position 4" in rows(shown)

    shown.store.select_token(1)
    shown.derive()
    assert "position, 2 of 6; the network reads position 3" in rows(shown)
    assert not listed(shown).has_bars
    assert shown.picture().width() > 0


def test_a_click_on_a_near_token_looks_at_that_one(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    names = rows(shown)
    headed = next(nth for nth, row in enumerate(names) if row.startswith("Nearest tokens"))
    near = int(names[headed + 1].split(",")[0]) - 1

    figure = listed(shown)
    spot = figure.item_rect(headed + 1).center().toPoint()
    QTest.mouseClick(figure, Qt.MouseButton.LeftButton, pos=spot)

    assert shown.store.view.selection.token == near


def test_a_typed_word_is_cut_in_place_of_the_tokens_own(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    (field,) = shown.panel.findChildren(QLineEdit)

    QTest.keyClicks(field, "zebra")
    shown.derive()

    assert shown.store.view.choices.token.word == "zebra"
    assert "merge 1, ze · b · r · a, rank 7" in rows(shown)


def test_a_remembered_word_stands_in_the_field(shown: ShownPanel) -> None:
    shown.store.choose("token", word="zebra")
    shown.show_text(TEXT)

    assert shown.panel.findChildren(QLineEdit)[0].text() == "zebra"


def test_surprisal_is_told_where_it_is_known_already(shown: ShownPanel) -> None:
    analysis = shown.show_text(TEXT)
    assert not any(row.startswith("surprisal") for row in rows(shown))

    measured = TokenSurprisal(analysis, "pll", np.full(len(analysis.tokens), 2.5))
    shown.store.derive("surprisal", Derived("a key", measured))

    assert any(row.endswith("2.500 bits") for row in rows(shown))
    table = shown.panel.table()
    assert table is not None
    assert ("surprisal", "bits", 2.5) in [(row[1], *row[3:]) for row in table.rows]


def test_a_token_of_the_sentence_before_is_not_shown(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.store.select_token(None)

    shown.show(made_up_analysis("Other words"))

    assert "Which token?" in shown.said()
