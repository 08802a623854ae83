"""FolderDrop: a folder that is dropped on the window is opened as a model."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget


class FolderDrop(QObject):
    """Takes one folder at a time, wherever in the window it is dropped, also on an editor.

    Signals
    -------
    dropped(folder)
        This folder was dropped.
    """

    dropped = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        for widget in (window, *window.findChildren(QWidget)):
            if widget.acceptDrops():
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is a folder, and let everything else through."""
        if not isinstance(event, QDropEvent) or (folder := folder_in(event)) is None:
            return False
        event.acceptProposedAction()
        if event.type() is QEvent.Type.Drop:
            self.dropped.emit(folder)
        return True


def folder_in(event: QDropEvent) -> str | None:
    """Return the one folder that is dragged, None where it is something else."""
    urls = event.mimeData().urls()
    path = urls[0].toLocalFile() if len(urls) == 1 else ""
    return path if path and Path(path).is_dir() else None
