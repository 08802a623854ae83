"""PicturePanel: what every panel repeats, around the one picture that it draws of one result."""

import math
from collections.abc import Iterator
from functools import partial
from typing import ClassVar, Final, Generic, Protocol, TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from roberta_gui.analysis.axes.preparation import Preparations
from roberta_gui.findings.comparison.against import describe_b, names_of, why_not
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.panels.choosing_panel import ChoosingPanel
from roberta_gui.gui.panels.reasons import (
    Reason,
    guess_first,
    no_model,
    no_room,
    no_sentence,
    problem_in,
    reading_reference,
    taking_turns,
)
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.breaking_text import Caption
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.painting.figure import Figure
from roberta_gui.lanes import MODEL, SENTENCE, Lane
from roberta_gui.problems import Problem, Stopped
from roberta_gui.records import Analysis
from roberta_gui.view import View, only_progressed

LOW: Final = 300
"""Pixels of height, at a text zoom of 1, below which a short caption has one line only."""
LEAST: Final = 64
"""Pixels of height that a picture keeps at a text zoom of 1: so all fits into 1024 × 700."""
GROWTH: Final = 2.3
"""Power of the text zoom by which it grows: where all is twice as large, a fifth of it fits.

A third of a window is 315 pixels.
"""
MOST: Final = 0.25
"""Share of a panel's height beyond which no caption grows: the picture needs the rest."""
UNSEEN: Final = 2
"""Lines of the caption of a panel that is not seen."""
WIDE: Final = 640
"""Pixels of width from which on it needs two lines, and no third."""


class Finding(Protocol):
    """What can be drawn: it knows the numbers behind its picture."""

    def table(self) -> Table | None:
        """Return the numbers as a table, or None where there are none yet."""

    def arrays(self) -> Arrays | None:
        """Return the arrays by name, or None where there are none yet."""


Result = TypeVar("Result", bound=Finding)


class PicturePanel(ChoosingPanel, Generic[Result]):
    """A row of controls, a picture or why there is none, and a caption that keeps its room.

    Subclasses call `show_picture` once, say in `lacks` why nothing can be drawn, and
    draw in `draw_result` and `highlight`.
    """

    busy: ClassVar[str] = "Drawing"
    """What is said while the picture is computed."""
    lanes: ClassVar[tuple[Lane, ...]] = (SENTENCE,)
    """The lanes besides its own without whose work nothing can be drawn."""
    in_space: ClassVar[bool] = False
    """Whether it draws hidden states in the chosen space, which must be fitted first."""
    longest: ClassVar[int] = 0
    """For how many characters the caption keeps room, where it grows while somebody looks."""
    tells_guesses: ClassVar[bool] = False
    """Whether it shows what the model guesses, and so waits while somebody guesses first."""
    why_reference: ClassVar[str] = ""
    """What the reference sentences are read for, where that is waited for."""
    narrowest: ClassVar[int] = 0
    """Pixels, at a text zoom of 1: in a narrower panel the words of its list would be gone."""

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self.caption = named("caption", Caption())
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._page: QWidget = self._empty
        self._picture: QWidget = self._empty
        self._is_captioned = True
        self._reason: Reason | None = None
        self._drawn_result: Result | None = None
        self._pointed_at: object = None

    # --- what a panel is made of

    def show_picture(
        self,
        page: QWidget,
        *controls: QWidget,
        drawn: QWidget | None = None,
        captioned: bool = True,
    ) -> None:
        """Put a page below its controls, and a caption below it.

        What is ``drawn`` on it is the picture, where the page is more: scroll bars, say.
        """
        self._page, self._picture = page, drawn or page
        self._stack.addWidget(page)
        self.row.add(*controls)
        if controls:
            self.body.addWidget(self.row)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self.caption)
        self._is_captioned = captioned

    # --- what a subclass says

    def result(self, view: View) -> Result | None:
        """Return what can be drawn for ``view``, be it of an earlier sentence."""
        derived = view.derived.get(self.name)
        if derived is None or (self.in_space and self.prepared(view) is None):
            return None
        found: Result = derived.value
        return found

    def seen(self, view: View) -> Result | None:
        """Return what may be seen of the result: none of the guesses where somebody guesses first.

        All that is drawn, said and exported is taken from here.
        """
        return None if self.is_secret(view) else self.result(view)

    def is_secret(self, view: View) -> bool:
        """Tell whether somebody is to guess first what the panel shows."""
        return self.tells_guesses and bool(view.unanswered)

    def prepared(self, view: View) -> Preparations | None:
        """Return what the chosen space does to hidden states, once it is fitted."""
        return view.axes.preparations.get(view.choices.hidden.space) if view.axes else None

    def reasons(self, view: View) -> Iterator[Reason | None]:
        """Give the reasons for which nothing can be drawn: the first that holds is said."""
        yield problem_in(view, *self.lanes, self.lane)
        yield no_model(view)
        if self.in_space:
            yield no_room(view)
        if self.why_reference:
            yield reading_reference(view, self.why_reference)
        yield from self.lacks(view)
        if SENTENCE in self.lanes:
            yield no_sentence(view)
        yield taking_turns(self.busy)

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Give the reasons that are this panel's own."""
        yield None

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Return what the picture depends on besides its result: what is chosen in the panel."""
        return (getattr(view.choices, self.name, None),)

    def draw_result(self, result: Result, view: View, *, is_new: bool) -> None:
        """Draw a result that is new, or what it depends on has changed."""
        raise TypeError(f"{type(self).__name__} draws nothing")

    def highlight(self, result: Result, view: View) -> None:
        """Outline what is locked, and light up what is hovered."""

    def caption_of(self, result: Result, view: View) -> str:
        """Say below the picture what it shows."""
        raise TypeError(f"{type(self).__name__} says nothing")

    def whole_caption(self, result: Result, view: View) -> str:
        """Say that below an exported picture, where everything has room."""
        return self.caption_of(result, view)

    def remark_of(self, result: Result, view: View) -> str:
        """Say beside the panel's name what is shown, in a few words."""
        return ""

    def show_choices(self, view: View) -> None:
        """Show what is chosen in the controls."""

    def offers_choices(self, view: View) -> bool:
        """Tell whether something can be chosen although nothing is drawn."""
        return self._reason is not None and self._reason.keeps_choices

    # --- drawing

    def _changed(self, view: View, previous: View) -> None:
        gone_on = only_progressed(view, previous)
        is_seen_here = not gone_on.isdisjoint((MODEL, self.lane, *self.lanes))
        if gone_on and not is_seen_here and self._drawn is previous:
            self._drawn = view  # others' work goes on hundreds of times
        else:
            super()._changed(view, previous)

    def draw(self, view: View, previous: View | None) -> None:
        """Draw what differs, or say why there is nothing."""
        self.show_chosen(view)
        self.show_choices(view)
        result, before = self.seen(view), self._drawn_result
        self._drawn_result = result
        self._let_go_of_others()
        self._reason = None if result is not None else self._find_reason(view)
        self.caption.setVisible(result is not None and self._is_captioned)
        offers = self.offers_choices(view) and not self.is_secret(view)
        has_place = self.body.indexOf(self.row) >= 0  # where there is anything in it
        self.row.setVisible(has_place and (result is not None or offers))
        if result is None:
            self.heading.set_remark("")
            self._stack.setCurrentWidget(self._empty)
            return
        self._stack.setCurrentWidget(self._page)
        is_new = previous is None or before is not result
        if is_new or (previous and self.depends_on(previous) != self.depends_on(view)):
            self.draw_result(result, view, is_new=is_new)
            self._say_all(result, view)
        elif previous and previous.comparison is not view.comparison:
            self._say_all(result, view)
        self.highlight(result, view)

    def _let_go_of_others(self) -> None:
        """Forget what is pressed where the same place is by now another sentence's, or model's."""
        known = (self.shown, None if self.compared is None else self.compared.b)
        there = [None if run is None else (run.model.name, run.tokens) for run in known]
        if there != self._pointed_at:
            self._pointed_at = there
            for figure in self.findChildren(Figure):
                figure.lose()

    def _say_all(self, result: Result, view: View) -> None:
        remarks = self.remark_of(result, view), self._only_a(result, view)
        self.heading.set_remark(" · ".join(filter(None, remarks)))
        if self._is_captioned:
            self.say(self.caption_of(result, view))

    def _only_a(self, result: Result, view: View) -> str:
        """Say that A is held against nothing here, where other panels hold it against something."""
        sides = view.comparison
        if sides is None or hasattr(result, "comparison") or not self.is_of(result, sides.a):
            return ""
        return f"only {names_of(sides).in_a}"

    def is_of(self, result: Result, run: Analysis) -> bool:
        """Tell whether a result was read in this run, and in no other."""
        return getattr(result, "analysis", None) is run

    def say_again(self) -> None:
        """Say anew what is seen: there is room for more of it, or less."""
        if (known := self.known) is not None:
            self._say_all(known, self.store.view)

    def say(self, text: str) -> None:
        """Write the caption; the whole of it can be read in its tip."""
        self.caption.setText(text)
        self.caption.setToolTip(plain_tip(self.caption_text()))

    def draw_again(self) -> None:
        """Draw everything anew: something was chosen that no View knows."""
        self._drawn = None
        self._refresh()

    def _find_reason(self, view: View) -> Reason:
        """Find the reason for which nothing is drawn, and say it."""
        go = partial(self.panel_wanted.emit, "cloze")
        secret = guess_first(view, go) if self.tells_guesses else None
        found = (reason for reason in (secret, *self.reasons(view)) if reason is not None)
        reason = next(found, taking_turns("Drawing"))
        self._empty.say(reason.title, reason.text, reason.fraction, busy=reason.is_busy)
        problem = view.problems.get(self.lane)
        if problem is not None and reason.problem is problem:
            again = "Start again" if isinstance(problem, Stopped) else "Try again"
            self._empty.offer((again, self.retry_wanted.emit))
        else:
            self._empty.offer(reason.offer)
        return reason

    def fit(self) -> None:
        """Keep the room of picture and controls, and for the caption what this size can spare."""
        self._stack.setMinimumHeight(self.least_height)
        self.setMinimumWidth(self.theme.pixels(self.narrowest))
        for field in self._followed:
            field.setFixedWidth(self.theme.pixels(self.word_width))
        for part in (self.row, self.caption) if self._is_captioned else (self.row,):
            # What is clicked, and what is looked at, must not move when they come or go.
            keeping = part.sizePolicy()
            keeping.setRetainSizeWhenHidden(True)
            part.setSizePolicy(keeping)
        if not self.is_in_sight:
            # A tab behind another has not the size that it will have, and asks for little.
            self.caption.set_lines(1, UNSEEN)
            return
        is_wide = self.width() >= self.theme.pixels(WIDE)
        wide = self.caption.fontMetrics().averageCharWidth() * self.longest
        n_lines = math.ceil(wide / max(self.caption.width(), 1))
        least = max(n_lines, 1 if self.is_low else 2 if is_wide else 3)
        most = int(MOST * self.height() / self.caption.fontMetrics().lineSpacing())
        self.caption.set_lines(least, max(least, most))

    @property
    def is_low(self) -> bool:
        """Whether the picture needs the room of words."""
        return self.height() < self.theme.pixels(LOW)

    @property
    def least_height(self) -> int:
        """The pixels of height that the picture keeps."""
        return round(LEAST * math.pow(self.theme.zoom, GROWTH))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while the panel was hidden."""
        self.fit()
        super().showEvent(event)

    def set_covered(self, behind: bool) -> None:
        """Ask for no room while another tab has it."""
        super().set_covered(behind)
        self.fit()

    # --- what other parts of the window ask

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        super().customEvent(event)
        self.fit()

    def tells(self, problem: Problem) -> bool:
        """Tell whether the panel says what went wrong instead of its picture."""
        return self._reason is not None and self._reason.problem is problem

    def forget(self) -> None:
        """Let go of what was drawn."""
        super().forget()
        self._drawn_result = None

    @property
    def known(self) -> Result | None:
        """What can be drawn for the View that is shown now."""
        return self.seen(self.store.view)

    def picture(self) -> QWidget:
        """Return the picture."""
        return self._picture

    def caption_text(self) -> str:
        """Say what the picture shows."""
        known = self.known
        return "" if known is None else self.with_b(self.whole_caption(known, self.store.view))

    def with_b(self, text: str) -> str:
        """Say behind what is said of a difference what B is, or why there is none."""
        compared, view = self.compared, self.store.view
        if not text or view.comparison is None:
            return text
        if compared is not None:
            return f"{text} {describe_b(compared)}"
        if (known := self.known) is not None and (only := self._only_a(known, view)):
            return f"{text} Shown {only}."
        return f"{text} {why_not(view.comparison, self.needs_of(view))}".rstrip()


def scrolled(*parts: QWidget, spacing: int = 8) -> QScrollArea:
    """Put parts below each other, in a column that scrolls where it is too low."""
    inner, area = QWidget(), QScrollArea()
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what lies in it takes the keyboard
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    return area
