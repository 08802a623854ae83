"""The menus that choose a model and what it computes on."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QActionGroup, QDropEvent
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QWidget

from roberta_gui.findings.notation.names import device_name
from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.widgets.controls.drop_down import name_in
from roberta_gui.gui.widgets.controls.named import literal
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.records import ModelInfo
from roberta_gui.wording import counted, gigabytes, on_one_line

MOST_RECENT: Final = 8
"""So many folders are remembered."""

_WHERE: Final = 40
"""Characters that a menu shows of where a folder lies."""

_ITEMSIZE: Final = {"float32": 4, "bfloat16": 2, "float16": 2}


class _OneInUse(QMenu):
    """Offers things of which one is in use: the mark moves when that is so, not by a click."""

    def __init__(self, parent: QWidget | None, want: Callable[[Any], object]) -> None:
        super().__init__(parent)
        self._want = want
        self._current: object = None
        self._group = QActionGroup(self)

    def _offer(self, choice: Any, name: str, tip: str = "", where: str = "") -> None:
        action = self.addAction(f"{name_in(self, name)}{literal(where)}")
        action.setToolTip(plain_tip(on_one_line(tip)))
        action.setCheckable(True)
        action.setData(choice)
        action.setChecked(choice == self._current)
        action.triggered.connect(self._check_current)
        action.triggered.connect(lambda: self._want(choice))
        self._group.addAction(action)

    def _check_current(self) -> None:
        for action in self._group.actions():
            action.setChecked(action.data() == self._current)


class ModelMenu(_OneInUse):
    """The built-in model, recent folders, models in the hub's cache, a folder, a hub name.

    Its submenu ``second`` offers the same once more, to compare with, and "Nothing", the source "".
    """

    model_wanted = Signal(str)
    second_wanted = Signal(str)

    def __init__(
        self, preferences: Preferences, parent: QWidget | None = None, *, is_second: bool = False
    ) -> None:
        super().__init__(parent, lambda source: self.model_wanted.emit(source))
        self.setToolTipsVisible(True)
        self._preferences = preferences
        self.second = None if is_second else ModelMenu(preferences, parent, is_second=True)
        if self.second is not None:
            self.second.model_wanted.connect(self.second_wanted)
        self._current = ""
        self.list_models({})
        self.aboutToShow.connect(self._rule_out_missing)

    def list_models(self, n_parameters: Mapping[str, int]) -> None:
        """Offer the models of the hub's cache; hear how large they and the folders' are."""
        self._n_parameters = dict(n_parameters)
        self._fill()
        if self.second is not None:
            self.second.list_models(n_parameters)

    def _fill(self) -> None:
        self.clear()
        if self.second is None:
            self.setTitle("Compare with")
            self._offer("", "Nothing", "Hold the model in use against no other one")
        self._offer("mini", "mini · built in", "mini")
        if self._preferences.recent_folders:
            self.addSection("Recent folders")
            for folder in self._preferences.recent_folders:
                self._offer(folder, Path(folder).name, folder, _place_of(folder))
        if cached := [name for name in self._n_parameters if not _is_path(name)]:
            self.addSection("In the hub's cache")
            for name in cached:
                self._offer(name, name, name)
        self.addSeparator()
        keys = ("", "") if self.second is None else ("\tCtrl+O", "\tCtrl+Shift+O")
        self.addAction(f"Open folder…{keys[0]}", self.ask_folder)
        self.addAction(f"Load from the hub…{keys[1]}", self.ask_name)
        if self.second is not None:
            self.addSeparator()
            self.addMenu(self.second)

    def mark(self, source: str) -> None:
        """Show which model is in use; a folder is offered again from now on."""
        self._current = source
        if _is_path(source):
            others = (f for f in self._preferences.recent_folders if f != source)
            self._preferences.recent_folders = (source, *others)[:MOST_RECENT]
            self._fill()
        self._check_current()

    def mark_second(self, model: ModelInfo | None) -> None:
        """Show which second model there is."""
        if self.second is not None:
            self.second.mark("" if model is None else model.source)
            self._fill()  # its folder is offered here, too

    def ask_folder(self) -> None:
        """Let the user choose a folder in the Hugging Face layout."""
        folder = QFileDialog.getExistingDirectory(
            self._window(), "Open a model folder (config.json, model.safetensors, tokenizer.json)",
            self._preferences.model_folder,
        )  # fmt: skip
        if folder:
            self._preferences.model_folder = str(Path(folder).parent)
            self.model_wanted.emit(folder)

    def ask_name(self) -> None:
        """Let the user type a hub name."""
        name, accepted = QInputDialog.getText(
            self._window(),
            "Load from the hub",
            "A RoBERTa model's name on the Hugging Face hub, such as roberta-base:",
        )
        if accepted and name.strip():
            self.model_wanted.emit(name.strip())

    def _rule_out_missing(self) -> None:
        """Grey out the folders that are not there now, such as those on a disk not plugged in."""
        for action in self._group.actions():
            folder = str(action.data())
            gone, name = _is_path(folder) and not Path(folder).is_dir(), on_one_line(folder)
            rule_out(action, f"There is no such folder now: {name}" if gone else "")
            n_bytes = self._n_parameters.get(folder, 0) * _ITEMSIZE.get(self._preferences.dtype, 4)
            if self.second is None and n_bytes and not gone:
                memory = f"Takes about {gigabytes(n_bytes)} of memory beside the model in use"
                action.setToolTip(plain_tip(f"{name}\n{memory}"))

    def _window(self) -> QWidget | None:
        parent = self.parentWidget()
        return parent.window() if parent else None


class DeviceMenu(_OneInUse):
    """What this machine can compute on, and in which precision."""

    device_wanted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, lambda choice: self.device_wanted.emit(*choice.split()))

    def offer(self, choices: Iterable[tuple[str, str]], current: tuple[str, str]) -> None:
        """Offer these devices and precisions; ``current`` is in use."""
        self.clear()
        self._current = " ".join(current)
        for choice in choices:
            self._offer(" ".join(choice), device_text(*choice))
        self.addSeparator()
        best = self.addAction(f"Best device · {current[1]}")
        best.triggered.connect(lambda: self.device_wanted.emit("auto", current[1]))


class FolderDrop(QObject):
    """Opens a folder that is dropped anywhere in the window, also on an editor, as a model."""

    dropped = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        self.watch(window)

    def watch(self, part: QWidget) -> None:
        """Watch a part of the window that has come to it since."""
        for widget in (part, *part.findChildren(QWidget)):
            if widget.acceptDrops():
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is a folder, and let everything else through."""
        if not isinstance(event, QDropEvent) or (folder := _folder_in(event)) is None:
            return False
        event.acceptProposedAction()
        if event.type() is QEvent.Type.Drop:
            self.dropped.emit(folder)
        return True


def texts_of(model: ModelInfo | None, second: ModelInfo | None) -> tuple[str, str]:
    """Say what the header's two pickers show."""
    if model is None:
        return "Loading the model …", ""
    return model_text(model, second), device_text(model.device, model.dtype)


def model_text(model: ModelInfo, second: ModelInfo | None = None) -> str:
    """Say what the model picker shows."""
    origin = {"mini": "built in"}.get(model.source, "folder" if _is_path(model.source) else "hub")
    shape = f"{counted(model.n_layers, 'layer')} × {counted(model.n_heads, 'head')}"
    against = "" if second is None else f" · against {second.name}"
    return f"{model.name} · {shape} · {origin}{against}"


def device_text(device: str, dtype: str) -> str:
    """Say what a line of the device menu shows."""
    return f"{device_name(device)} · {dtype}"


def _folder_in(event: QDropEvent) -> str | None:
    """Return the one folder that is dragged, None where it is something else."""
    urls = event.mimeData().urls()
    path = urls[0].toLocalFile() if len(urls) == 1 else ""
    return path if path and Path(path).is_dir() else None


def _place_of(folder: str) -> str:
    """Say behind a folder's name where it lies, as much of that as is needed."""
    where = str(Path(folder).parent)
    if len(where) > _WHERE:
        where = f"…{where[-_WHERE:]}"
    return on_one_line(f" · {where}")


def _is_path(source: str) -> bool:
    return Path(source).is_absolute()
