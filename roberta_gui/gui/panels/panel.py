"""Panel: what all panels are, namely ``draw(view, previous)``, called only while visible."""

from typing import Any, ClassVar

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.theme import Theme
from roberta_gui.gui.panels.panel_title import End, PanelTitle
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.interaction.navigation import STEPS, modifiers
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.lanes import (
    SECOND_SENTENCE,
    SECOND_TOKENS,
    SENTENCE,
    TOKENS,
    Lane,
    panel_lane,
)
from roberta_gui.problems import Problem, Stopped
from roberta_gui.records import Analysis
from roberta_gui.view import View


class Panel(QFrame):
    """A view of the analysis. Subclasses set ``name`` and ``title`` and write ``draw``."""

    name: ClassVar[str]
    title: ClassVar[str]
    tip: ClassVar[str] = ""
    obeys_switches: ClassVar[bool] = True
    """Whether what is shown is of the sentence and its switched heads; not of the model alone."""
    works_unseen: ClassVar[bool] = False
    """Whether it works on while nobody looks: what goes wrong then is told where it is seen."""
    tells_switched_heads: ClassVar[bool] = False
    """Whether its caption says which heads are off."""

    derivation_wanted = Signal(object)  # a Derivation, before this panel can draw
    # Token, Candidate, and a Replacement, a Problem (why it is not known how), or None.
    replacement_wanted = Signal(int, object, object)
    replacements_wanted = Signal(object)  # several of these at once, in one undo step
    mask_wanted = Signal(int)  # or brought back
    text_wanted = Signal(object)  # a Rewriting of the sentence, in one undo step
    panel_wanted = Signal(str)  # the name of the panel that is to have the keyboard
    solo_wanted = Signal(str)  # the name of the panel to be shown alone
    sight_lost = Signal()  # until it asks for something again
    given_up = Signal()  # nobody wants what is computed for it any more, begun or not
    retry_wanted = Signal()  # what failed here, or was stopped
    models_wanted = Signal(str, str)  # folders or names of a model to use, and of a second one

    def __init__(self, store: ViewStore) -> None:
        super().__init__()
        named("panelBody", self)
        self.store = store
        self.heading = PanelTitle(self.title)
        self.heading.setToolTip(plain_tip(self.tip))
        self.heading.retry_wanted.connect(self.retry_wanted)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(12, 4, 12, 12)
        self.body.setSpacing(8)
        self._drawn: View | None = None
        self._asked: object = None  # the key of what was asked for last
        self._is_asking = False  # since it wanted nothing last
        self._covered = False
        # While docks are rearranged a tab may be in front for a moment that nobody sees.
        self._in_front = QTimer(self, singleShot=True, interval=0)
        self._in_front.timeout.connect(self._refresh)
        store.changed.connect(self._changed)

    @property
    def theme(self) -> Theme:
        """The theme that the application wears."""
        return themes.current()

    def draw(self, view: View, previous: View | None) -> None:
        """Show ``view``; ``previous`` is what was drawn last, None when all must be drawn."""
        raise TypeError(f"{type(self).__name__} has no draw")

    def derive(self, view: View) -> Derivation | None:
        """Name what must be computed in the background for ``view``, if anything."""
        return None

    def tells(self, problem: Problem) -> bool:
        """Tell whether the panel says what went wrong, instead of its picture or beside it."""
        return False

    def is_outdated(self, view: View) -> bool:
        """Tell whether what is computed for ``view`` belongs to an earlier text or model."""
        is_second = self.compared is not None and view.is_second_stale
        return self.obeys_switches and (view.is_stale or is_second)

    @property
    def lane(self) -> Lane:
        """The lane of its work in the background."""
        return panel_lane(self.name)

    @property
    def passes(self) -> tuple[Lane, ...]:
        """The lanes of the shown passes and their tokens: whose failing leaves the picture."""
        of_a, of_b = (SENTENCE, TOKENS), (SECOND_SENTENCE, SECOND_TOKENS)
        return of_a if self.compared is None else (*of_a, *of_b)

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._drawn = None
        self._refresh()

    def offer_second_models(self, menu: QMenu) -> None:
        """Hear by which menu the second model is chosen."""

    def start(self) -> None:
        """Begin what this panel does only when it is asked to, if anything."""

    def fill_all(self) -> None:
        """Put what is listed first for each mask into the sentence, where masks are listed."""

    def leave(self) -> None:
        """Hear that the window closes."""

    def toggle_play(self) -> None:
        """Start or stop what this panel can play, if anything."""

    def set_covered(self, behind: bool) -> None:
        """Hear whether another tab hides this one: then nothing is drawn, and nothing computed."""
        self._covered = behind
        if behind:
            self._in_front.stop()
            self._refresh()
            self.sight_lost.emit()
        else:
            self._in_front.start()

    @property
    def is_in_sight(self) -> bool:
        """Whether somebody can see the panel."""
        return self.isVisible() and not self._covered

    def forget(self) -> None:
        """Let go of what was drawn: a hidden panel must not keep an old pass in memory."""
        self._drawn = None
        self.store.forget(self.name)
        self.given_up.emit()  # before its first result the store has nothing to forget

    @property
    def known(self) -> Any:
        """What can be drawn now, and knows the numbers behind its picture; None if nothing."""
        return None

    @property
    def shown(self) -> Analysis | None:
        """The analysis that the picture, the caption and the table belong to."""
        drawn = self._drawn.analysis if self._drawn is not None else None
        return getattr(self.known, "analysis", None) if self.obeys_switches else drawn

    def picture(self) -> QWidget:
        """Return the widget that shows the picture."""
        return self

    def entrance(self) -> QWidget:
        """Return the widget that takes the keyboard of who goes to the panel: the picture."""
        return self.picture()

    def printed(self) -> QWidget:
        """Return the picture as an export draws it, where that is not how the screen has it."""
        return self.picture()

    def caption_text(self) -> str:
        """Return what the exported picture says under itself."""
        return ""

    @property
    def compared(self) -> Comparison | None:
        """What A is held against in the picture, where it is held against anything."""
        found: Comparison | None = getattr(self.known, "comparison", None)
        return found

    def table(self) -> Table | None:
        """Return the numbers behind the picture, or None where there are none yet."""
        found: Table | None = None if self.known is None else self.known.table()
        return found

    def arrays(self) -> Arrays | None:
        """Return the arrays behind the picture by name, or None where there are none yet."""
        found: Arrays | None = None if self.known is None else self.known.arrays()
        return found

    @property
    def has_picture(self) -> bool:
        """Whether a picture stays in sight while the next one is computed."""
        return self.name in self.store.view.derived

    @property
    def is_current(self) -> bool:
        """Whether the panel shows the newest View with everything it needs, or nobody looks."""
        if self._covered and self.isVisible():
            return True
        view = self.store.view
        wanted = self.derive(view)
        known = view.derived.get(self.name)
        derived = (
            wanted is None or wanted.is_extra or (known is not None and known.key == wanted.key)
        )
        return self._drawn is view and derived

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while the panel was hidden."""
        super().showEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget the picture, unless only the whole window was hidden."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.forget()
            self.sight_lost.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Travel through layers and heads with arrow keys that no widget inside wanted."""
        step = STEPS.get(Qt.Key(event.key()))
        if step is None or modifiers(event):
            super().keyPressEvent(event)
        else:
            self.store.travel(*step)

    def _changed(self, view: View, previous: View) -> None:
        self._refresh()

    def _refresh(self) -> None:
        view = self.store.view
        if not self.is_in_sight:
            if self._drawn is not None and self._drawn.analysis is not view.analysis:
                self.forget()
            return
        wanted = self.derive(view)
        known = view.derived.get(self.name)
        late = wanted is not None and (known is None or known.key != wanted.key)
        if wanted is not None and late:
            self._asked, self._is_asking = wanted.key, True
            self.derivation_wanted.emit(wanted)
        elif wanted is None and self._is_asking:
            self._is_asking = False
            self.given_up.emit()
        waits = late and self.has_picture and wanted is not None and not wanted.is_extra
        self.heading.set_stale(self.is_outdated(view) or waits, ended=self._end(view, wanted, late))
        previous, self._drawn = self._drawn, view
        if previous is not view:
            self.draw(view, previous)

    def _end(self, view: View, wanted: Derivation | None, late: bool) -> End:
        """Tell how it ended: what failed or was stopped does not go on until it is asked to."""
        problem = view.problems.get(self.lane)
        if self.is_outdated(view):
            return "not updated" if view.problem_of(*self.passes) else ""
        if problem is None or not self.has_picture:
            return ""
        if late:
            return "not updated"
        # Another picture may be whole and here again, while what was asked for since was stopped.
        if wanted is None or self._asked not in (None, wanted.key):
            return ""
        return "stopped" if isinstance(problem, Stopped) else "not finished"
