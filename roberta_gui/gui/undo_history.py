"""UndoHistory: one way back, through what was typed and through which heads were switched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextDocument

from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.sentence.sentence_edit import SentenceEdit
from roberta_gui.records import Ablation
from roberta_gui.view import View

Switches: TypeAlias = tuple[frozenset[tuple[int, int]], Ablation]
"""Which heads are off, and what they give instead."""


@dataclass(frozen=True)
class _Switch:
    """Heads were switched, when each editor had so many ``steps`` to undo."""

    before: Switches
    after: Switches
    steps: tuple[int, ...]


class UndoHistory(QObject):
    """Undoes what was done last: to the sentence that is in use, or to the heads.

    Each editor remembers its own edits; here is what heads were switched between them.
    """

    changed = Signal(bool, bool)
    """Whether something can be undone, and done again."""

    def __init__(
        self,
        store: ViewStore,
        editors: Sequence[SentenceEdit],
        in_use: Callable[[], SentenceEdit],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._editors, self._in_use = store, tuple(editors), in_use
        self._done: list[_Switch] = []
        self._undone: list[_Switch] = []
        self._is_travelling = False
        store.changed.connect(self._follow)
        for editor in self._editors:
            editor.undoAvailable.connect(lambda _can: self.tell())
            editor.redoAvailable.connect(lambda _can: self.tell())
            editor.document().undoCommandAdded.connect(self._take_edit)

    def undo(self) -> None:
        """Take back what was done last."""
        editor = self._in_use()
        if self._done and self._steps(editor) <= self._steps_at(self._done[-1], editor):
            self._undone.append(self._done.pop())
            self._put(self._undone[-1].before)
        else:
            editor.undo()
        self._end_step()

    def redo(self) -> None:
        """Do again what was taken back last."""
        editor = self._in_use()
        can_type = editor.document().isRedoAvailable()
        if self._undone and not (
            can_type and self._steps(editor) < self._steps_at(self._undone[-1], editor)
        ):
            self._done.append(self._undone.pop())
            self._put(self._done[-1].after)
        else:
            editor.redo()
        self._end_step()

    def tell(self) -> None:
        """Say what can be done, for the sentence that is in use now."""
        document = self._in_use().document()
        self.changed.emit(
            bool(self._done) or document.isUndoAvailable(),
            bool(self._undone) or document.isRedoAvailable(),
        )

    def _steps(self, editor: SentenceEdit) -> int:
        return editor.document().availableUndoSteps()

    def _steps_at(self, switch: _Switch, editor: SentenceEdit) -> int:
        return switch.steps[self._editors.index(editor)]

    def _put(self, switches: Switches) -> None:
        self._is_travelling = True
        try:
            self._store.switch_heads(*switches)
        finally:
            self._is_travelling = False

    def _follow(self, view: View, previous: View) -> None:
        """Note that heads were switched; another model's heads are others."""
        before, after = _switches(previous), _switches(view)
        if view.model is None or not view.model.has_heads_of(previous.model):
            self._done.clear()
            self._undone.clear()
            self.tell()
        elif before != after and not self._is_travelling:
            steps = tuple(map(self._steps, self._editors))
            self._done.append(_Switch(before, after, steps))
            self._undone.clear()
            for editor in self._editors:
                editor.document().clearUndoRedoStacks(QTextDocument.Stacks.RedoStack)
            self._end_step()

    def _take_edit(self) -> None:
        """Forget what was taken back: after an edit it cannot be done again."""
        self._undone.clear()
        self.tell()

    def _end_step(self) -> None:
        """Let what is typed next be a step of its own, and tell what can be done."""
        for editor in self._editors:
            # Qt joins what is typed to the step before only while the document counts as modified.
            editor.document().setModified(False)
        self.tell()


def _switches(view: View) -> Switches:
    """Return what heads do; what they would give instead is nothing while all of them are on."""
    return view.switched_off, view.ablation if view.switched_off else "zero"
