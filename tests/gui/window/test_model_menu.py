"""The menus of models and devices."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.window.model_menu import DeviceMenu, ModelMenu, device_text, model_text
from tests.made_up import make_model


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def menu(window: QWidget, tmp_path: Path) -> ModelMenu:
    return ModelMenu(str(tmp_path), window)


def texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.text()]


def action(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text().startswith(text))


def checked(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.isChecked()]


def answer(monkeypatch: pytest.MonkeyPatch, kind: type, name: str, given: object) -> list[QWidget]:
    """Answer a dialog in the user's place; return the windows that it was asked for."""
    asked: list[QWidget] = []

    def dialog(parent: QWidget, *_rest: object) -> object:
        asked.append(parent)
        return given

    monkeypatch.setattr(kind, name, dialog)
    return asked


def test_the_built_in_model_a_folder_and_a_name_are_always_offered(menu: ModelMenu) -> None:
    assert texts(menu) == [
        "mini · built in",
        "Open folder…\tCtrl+O",
        "Load from the hub…\tCtrl+Shift+O",
    ]


def test_models_of_the_cache_are_offered_and_the_one_in_use_is_marked(menu: ModelMenu) -> None:
    menu.mark("roberta-base")
    menu.list_models(["distilroberta-base", "roberta-base"])

    assert "distilroberta-base" in texts(menu)
    assert checked(menu) == ["roberta-base"]
    menu.mark("mini")
    assert checked(menu) == ["mini · built in"]


def test_a_list_that_is_made_anew_holds_nothing_of_the_old_one(menu: ModelMenu) -> None:
    menu.list_models(["a", "b"])
    menu.list_models(["c"])

    assert [text for text in texts(menu) if len(text) == 1] == ["c"]


@pytest.mark.parametrize(("text", "source"), [("mini", "mini"), ("roberta-base", "roberta-base")])
def test_choosing_a_model_asks_for_it(menu: ModelMenu, text: str, source: str) -> None:
    wanted: list[str] = []
    menu.model_wanted.connect(wanted.append)
    menu.list_models(["roberta-base"])

    action(menu, text).trigger()

    assert wanted == [source]


def test_a_folder_is_asked_for_and_the_next_search_begins_beside_it(
    menu: ModelMenu, window: QWidget, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wanted: list[str] = []
    menu.model_wanted.connect(wanted.append)
    chosen = tmp_path / "models" / "mine"
    asked = answer(monkeypatch, QFileDialog, "getExistingDirectory", str(chosen))

    action(menu, "Open folder").trigger()

    assert wanted == [str(chosen)]
    assert menu.folder == str(chosen.parent)
    assert asked == [window]  # the dialog stands in front of the window


@pytest.mark.parametrize(
    ("given", "expected"),
    [(("  roberta-base ", True), ["roberta-base"]), (("", True), []), (("x", False), [])],
)
def test_a_name_is_asked_for_and_nothing_is_no_name(
    menu: ModelMenu, monkeypatch: pytest.MonkeyPatch, given: object, expected: list[str]
) -> None:
    wanted: list[str] = []
    menu.model_wanted.connect(wanted.append)
    answer(monkeypatch, QInputDialog, "getText", given)

    action(menu, "Load from the hub").trigger()

    assert wanted == expected


def test_no_folder_chosen_is_no_wish(menu: ModelMenu, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[str] = []
    menu.model_wanted.connect(wanted.append)
    answer(monkeypatch, QFileDialog, "getExistingDirectory", "")

    menu.ask_folder()

    assert wanted == []


def test_devices_are_offered_and_chosen(window: QWidget) -> None:
    menu, wanted = DeviceMenu(window), []
    menu.device_wanted.connect(lambda *choice: wanted.append(choice))
    menu.offer([("cpu", "float32"), ("cuda", "bfloat16")], ("cpu", "float32"))

    assert checked(menu) == ["CPU · float32"]
    action(menu, "GPU (CUDA)").trigger()

    assert wanted == [("cuda", "bfloat16")]


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        (lambda _folder: "mini", "built in"),
        (lambda folder: str(folder), "folder"),
        (lambda _folder: "FacebookAI/roberta-base", "hub"),
    ],
)
def test_the_picker_says_what_the_model_is_and_where_it_came_from(
    source: Callable[[Path], str], origin: str, tmp_path: Path
) -> None:
    from dataclasses import replace

    text = model_text(replace(make_model(name="tiny"), source=source(tmp_path)))

    assert text.startswith(f"tiny · 3 layers × 4 heads · {origin}")


def test_an_unknown_device_is_named_as_it_is() -> None:
    assert device_text("xpu", "float16") == "xpu · float16"
