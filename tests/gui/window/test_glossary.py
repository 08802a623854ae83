"""The glossary: every panel's terms are explained, and found."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QTextBrowser, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.window.glossary import GlossaryDialog
from roberta_gui.resources import resource
from tests.gui.idle_window import IdleWindow

TERMS = json.loads(resource("glossary.json").read_text("utf-8"))


def text_of(dialog: QWidget) -> str:
    (browser,) = dialog.findChildren(QTextBrowser)
    return browser.toPlainText()


def test_every_term_says_what_it_is_how_it_is_read_when_it_misleads_and_where_it_is_from() -> None:
    for one in TERMS:
        assert all(one[name] for name in ("term", "what", "read", "misleads", "source"))
    names = [one["term"] for one in TERMS]
    assert len(set(names)) == len(names)
    assert {name for one in TERMS for name in one["panels"]} == {kind.name for kind in PANELS}


@pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.name)
def test_a_panel_shows_its_own_terms(qtbot: QtBot, kind: type[Panel]) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    said = text_of(GlossaryDialog(parent, kind.name))

    for one in TERMS:
        assert (one["what"] in said) == (kind.name in one["panels"])
    assert "<" not in said.replace("<s>", "").replace("<mask>", "").replace("</s>", "")


def test_a_term_is_found_by_its_letters(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = GlossaryDialog(parent)
    (search,) = dialog.findChildren(QLineEdit)

    search.setText("ROLLout")
    assert "Attention multiplied through the layers" in text_of(dialog)
    assert "PCA" not in text_of(dialog)
    search.setText("no such term")
    assert text_of(dialog) == "No term has these letters."


def test_the_glossary_opens_by_its_key_and_a_panels_menu(idle: IdleWindow) -> None:
    QTest.keyClick(idle.window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    (dialog,) = idle.window.findChildren(GlossaryDialog)
    assert dialog.isVisible()
    assert "Fine-tuning" in text_of(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()

    menu = idle.window.docks.panel_menu(idle.window.docks.panels[0], idle.window)
    (entry,) = [one for one in menu.actions() if one.text() == "What am I looking at?"]
    entry.trigger()
    shown = [one for one in idle.window.findChildren(GlossaryDialog) if one.isVisible()]
    assert [one.windowTitle() for one in shown] == ["What am I looking at?"]
    shown[0].close()
