"""Names are shown as they are written: an & in one is no shortcut, and one layer is no layers."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.widgets.controls.choice_button import ChoiceButton
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.window.model_menu import ModelMenu
from roberta_gui.gui.work.engine_worker import Loaded
from tests.gui.idle_window import IdleWindow
from tests.made_up import made_up_analysis

NAME = "Q&A\t&s"
SHOWN = NAME.replace("\t", " ")


def texts(root: QWidget) -> list[str]:
    buttons = [button.text() for button in root.findChildren(QAbstractButton)]
    return buttons + [action.text() for action in root.findChildren(QAction)]


def seen(text: str) -> str:
    """Return what is read of a button's or an entry's text, the keys behind a tab left out."""
    return text.partition("\t")[0].replace("&&", "\0").replace("&", "").replace("\0", "&")


def mnemonics(root: QWidget) -> list[str]:
    return [text for text in texts(root) if not QKeySequence.mnemonic(text).isEmpty()]


def test_the_window_shows_the_name_of_its_model_and_its_one_layer_and_head(
    qtbot: QtBot, tmp_path: Path
) -> None:
    idle = IdleWindow(tmp_path, qtbot)
    try:
        idle.show()
        info = replace(made_up_analysis("a").model, name=NAME, n_layers=1, n_heads=1)
        no_engine: Any = None  # the window shows what is loaded and asks it nothing
        idle.window.show_model(Loaded(no_engine, info, no_engine, ()))
        idle.store.use_model(info)

        assert f"{SHOWN} · 1 layer × 1 head · " in " ".join(map(seen, texts(idle.window)))
        assert mnemonics(idle.window) == []
    finally:
        idle.close()


@pytest.mark.parametrize("kind", ["model menu", "choice"])
def test_a_menu_shows_the_names_of_models(kind: str, qtbot: QtBot, tmp_path: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    if kind == "choice":
        button = ChoiceButton("Model", "of", (), "The model")
        button.setParent(window)
        button.set_choices({"a": NAME, "b": "mini"}, "a")
        (menu,) = button.findChildren(QMenu)
        assert f"of {SHOWN} ▾" == seen(button.text())
    else:
        menu = ModelMenu(Preferences(model_folder=str(tmp_path)), window)
        menu.list_models(dict.fromkeys([NAME], 0))

    assert SHOWN in [seen(action.text()) for action in menu.actions()]
    assert mnemonics(window) == []


def test_a_folders_name_turns_no_entry_of_the_menu_around(qtbot: QtBot, tmp_path: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    folders = (str(tmp_path / "\u202eabc\n"),)
    menu = ModelMenu(Preferences(model_folder=str(tmp_path), recent_folders=folders), window)

    assert any(a.text().startswith("\ufffdabc\ufffd · ") for a in menu.actions())


def test_no_two_menus_have_one_name_and_no_two_tints(qtbot: QtBot, tmp_path: Path) -> None:
    idle = IdleWindow(tmp_path, qtbot)
    try:
        idle.show()
        names = list[str]()
        for button in idle.window.findChildren(QToolButton):
            is_of_b = idle.window.compare.second.isAncestorOf(button)  # B has what A has
            is_one_of_many = isinstance(button.parent(), Segments) or button.text() == "More ▾"
            is_choice = button.menu() is not None or "Tint" in button.text()
            if button.text() and is_choice and not (is_of_b or is_one_of_many):
                names.append(button.text())

        assert "View ▾" in names
        assert {"Tint", "Tint sentence"} <= set(names)
        assert [name for name, n in Counter(names).items() if n > 1] == []
    finally:
        idle.close()
