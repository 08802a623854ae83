"""The menus of models and devices."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QMenu,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.widgets.controls.tool_tip import why_ruled_out
from roberta_gui.gui.window.model_menu import (
    MOST_RECENT,
    DeviceMenu,
    FolderDrop,
    ModelMenu,
    device_text,
    model_text,
)
from tests.gui.idle_window import IdleWindow
from tests.made_up import make_model


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(model_folder=str(tmp_path))


@pytest.fixture
def menu(window: QWidget, preferences: Preferences) -> ModelMenu:
    return ModelMenu(preferences, window)


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
        "Compare with",
    ]


def test_models_of_the_cache_are_offered_and_the_one_in_use_is_marked(menu: ModelMenu) -> None:
    menu.mark("roberta-base")
    menu.list_models(dict.fromkeys(["distilroberta-base", "roberta-base"], 0))

    assert "distilroberta-base" in texts(menu)
    assert checked(menu) == ["roberta-base"]
    menu.mark("mini")
    assert checked(menu) == ["mini · built in"]


def test_a_list_that_is_made_anew_holds_nothing_of_the_old_one(menu: ModelMenu) -> None:
    menu.list_models(dict.fromkeys(["a", "b"], 0))
    menu.list_models(dict.fromkeys(["c"], 0))

    assert [text for text in texts(menu) if len(text) == 1] == ["c"]


@pytest.mark.parametrize(("text", "source"), [("mini", "mini"), ("roberta-base", "roberta-base")])
def test_choosing_a_model_asks_for_it(menu: ModelMenu, text: str, source: str) -> None:
    wanted: list[str] = []
    menu.model_wanted.connect(wanted.append)
    menu.list_models(dict.fromkeys(["roberta-base"], 0))

    action(menu, text).trigger()

    assert wanted == [source]


def test_a_folder_is_asked_for_and_the_next_search_begins_beside_it(
    menu: ModelMenu,
    window: QWidget,
    preferences: Preferences,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    wanted: list[str] = []
    menu.model_wanted.connect(wanted.append)
    chosen = tmp_path / "models" / "mine"
    asked = answer(monkeypatch, QFileDialog, "getExistingDirectory", str(chosen))

    action(menu, "Open folder").trigger()

    assert wanted == [str(chosen)]
    assert preferences.model_folder == str(chosen.parent)
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


def test_no_folder_chosen_asks_for_nothing(
    menu: ModelMenu, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_folders_that_were_in_use_are_offered_again_the_last_one_first(
    menu: ModelMenu, preferences: Preferences, tmp_path: Path
) -> None:
    folders = [tmp_path / f"model {n}" for n in range(MOST_RECENT + 2)]
    for folder in folders:
        folder.mkdir()
        menu.mark(str(folder))
    menu.mark("mini")
    menu.mark(str(folders[4]))
    menu.list_models(dict.fromkeys(["roberta-base"], 0))

    recent = [folders[4], *(f for f in reversed(folders) if f != folders[4])][:MOST_RECENT]
    assert preferences.recent_folders == tuple(map(str, recent))
    names = [text.partition(" · ")[0] for text in texts(menu) if text.startswith("model ")]
    assert names == [folder.name for folder in recent]
    assert [text.partition(" · ")[0] for text in checked(menu)] == ["model 4"]
    assert {"mini · built in", "roberta-base"} <= set(texts(menu))


def test_a_recent_folder_is_opened_and_one_that_is_gone_says_so(
    window: QWidget, tmp_path: Path
) -> None:
    here, gone = tmp_path / "here & now", tmp_path / "gone"
    here.mkdir()
    menu = ModelMenu(Preferences(recent_folders=(str(here), str(gone))), window)
    wanted: list[str] = []
    menu.model_wanted.connect(wanted.append)
    menu.aboutToShow.emit()

    action(menu, "here").trigger()
    action(menu, "gone").trigger()

    assert wanted == [str(here)]
    assert why_ruled_out(action(menu, "gone")).startswith("There is no such folder now:")
    gone.mkdir()
    menu.aboutToShow.emit()
    assert action(menu, "gone").isEnabled()


def test_a_long_name_makes_no_menu_wide_and_its_tip_has_all_of_it(window: QWidget) -> None:
    name = "first-" + 200 * "w" + "-last\u202e"
    menu = ModelMenu(Preferences(recent_folders=(f"/models/{name}",)), window)
    menu.list_models({f"somebody/{name}": 0})
    menu.aboutToShow.emit()

    for each in (menu, menu.second):
        assert each is not None
        folder, cached = (action for action in each.actions() if "first-" in action.text())
        assert folder.text().startswith("first-ww")
        assert "w-last� · /models" in folder.text().replace("\\", "/")
        assert "…" in cached.text()
        for entry in (folder, cached):
            tip = "".join(entry.toolTip().split())
            assert f"{name[:-1]}�" in tip
        assert each.sizeHint().width() < 100 * each.fontMetrics().averageCharWidth()


def drop(widget: QWidget, *paths: Path) -> bool:
    """Drag files over a widget and let go; return whether they were taken."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    where, copy = QPoint(5, 5), Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where, copy, mime, left, none)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(where, copy, mime, left, none))
    return enter.isAccepted()


def test_a_folder_that_is_dropped_on_the_window_is_opened(window: QWidget, tmp_path: Path) -> None:
    editor = QTextEdit(window)
    (tmp_path / "file.txt").write_text("text")
    wanted: list[str] = []
    FolderDrop(window).dropped.connect(wanted.append)

    taken = [drop(window, tmp_path), drop(editor.viewport(), tmp_path)]
    refused = [drop(window, tmp_path / "file.txt"), drop(window, tmp_path, tmp_path), drop(window)]

    assert (taken, refused) == ([True, True], [False, False, False])
    assert wanted == [str(tmp_path)] * 2
    assert editor.toPlainText() == ""


def test_a_folder_that_is_dropped_on_a_panel_made_since_is_opened(
    idle: IdleWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wanted: list[str] = []
    monkeypatch.setattr(
        idle.session.controller, "load_model", lambda *asked: wanted.append(asked[0])
    )
    idle.window.compare.choose("words")
    field = next(one for one in idle.panel("words").findChildren(QLineEdit) if one.acceptDrops())

    assert drop(field, tmp_path)

    assert (wanted, field.text()) == ([str(tmp_path)], "")


def test_a_second_model_is_chosen_beside_the_first(
    menu: ModelMenu, preferences: Preferences, tmp_path: Path, qtbot: QtBot
) -> None:
    preferences.recent_folders, preferences.dtype = (str(tmp_path),), "bfloat16"
    menu.list_models({"roberta-base": 125_000_000, str(tmp_path): 355_000_000})
    second = menu.second
    assert second is not None
    assert second.menuAction() in menu.actions()
    assert second.title() == "Compare with"
    offered = [action for action in second.actions() if action.isCheckable()]
    assert [action.data() for action in offered] == ["", "mini", str(tmp_path), "roberta-base"]
    assert offered[0].isChecked()

    with qtbot.assertNotEmitted(menu.model_wanted), qtbot.waitSignal(second.model_wanted) as wanted:
        offered[1].trigger()
    assert wanted.args == ["mini"]

    menu.mark_second(make_model(name="/models/later"))
    assert "/models/later" in [action.data() for action in menu.actions()]
    menu.mark_second(make_model(name="mini"))
    offered = [action for action in second.actions() if action.isCheckable()]
    offered = [action for action in offered if action.data() != "/models/later"]
    second.aboutToShow.emit()
    assert [action.isChecked() for action in offered] == [False, True, False, False]
    assert "0.71 GB of memory beside the model in use" in offered[2].toolTip()
    assert "0.25 GB of memory beside the model in use" in offered[3].toolTip()
    large = make_model(name="large")
    assert "against large" in model_text(make_model(), large)
