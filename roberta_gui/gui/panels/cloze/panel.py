"""Guess first: somebody guesses at each mask, and only then sees what the model guesses there."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from roberta_gui.findings.steps.model import ModelHandle
from roberta_gui.findings.words.cloze import (
    Cloze,
    Hidden,
    answers,
    answers_again,
    describe,
    hide_every,
    hide_marked,
    listed,
    of_other_heads,
    restore,
)
from roberta_gui.gui.panels.picture_panel import PicturePanel, scrolled
from roberta_gui.gui.panels.reasons import FIRST_TIP, Reason, no_head, no_typed_mask
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.breaking_text import Paragraph
from roberta_gui.gui.widgets.controls.drop_down import add_choices, drop_down
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.widgets.sentence.mask_chips import NO_MASK_TO_TYPE
from roberta_gui.gui.widgets.tokens.guess_list import GuessList
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.problems import Problem
from roberta_gui.records import Analysis, Answer, Report, Stop
from roberta_gui.view import View

TIP: Final = (
    "Your guess at the mask, of however many pieces: Enter shows what it is worth, and the model's "
    "own. Once more goes on to the next mask"
)
_NTH: Final = {2: "2nd", 3: "3rd", **{n: f"{n}th" for n in range(4, 11)}}
_NOT_YET: Final = "The sentence has just changed: it is read first"


@dataclass(frozen=True, eq=False)
class _Asked:
    """A guess, "" for none, that waits for its numbers."""

    analysis: Analysis
    mask: int
    guess: str


class ClozePanel(PicturePanel[Cloze]):
    """A field for a guess; then what it is worth, the model's list, and the score so far."""

    name = "cloze"
    title = "Guess first"
    tip = "Guess a hidden word before you see what the model guesses, and keep the score."
    busy = "Scoring your guess"
    narrowest = 165

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._guessed: _Asked | None = None
        self._made = Cloze(())
        self._field = self.word_field("guess", "Your guess", TIP, "Your guess")
        self._field.returnPressed.connect(self._enter)
        self._field.setClearButtonEnabled(False)  # an answer clears it
        self._list = GuessList()
        self._list.setAccessibleName("The model's guesses, and yours")
        self._list.setCursor(Qt.CursorShape.ArrowCursor)  # it is for reading: a gap stays one
        self._verdict, self._score = named("noticeHint", Paragraph()), named("caption", Paragraph())
        self._hide = self._hide_menu()
        self._reveal = self._button("Reveal", "Show the model's guesses without a guess of yours")
        self._reveal.clicked.connect(lambda: self._ask(""))
        self._next = self._button("Next", "Go on to the next mask without a guess (F3: to any)")
        self._next.clicked.connect(self._go_on)
        self._again = self._button("Start again", "Forget all guesses: a new score begins")
        self._again.clicked.connect(store.forget_answers)
        self.show_picture(
            scrolled(self._verdict, self._list, self._score),
            self.toggle("first", "Guess first", FIRST_TIP),
            self._hide,
            self._reveal,
            self._next,
            self._again,
            drawn=self._list,
            captioned=False,
        )
        self.body.insertWidget(self.body.indexOf(self.row) + 1, self._field)
        self.fit()

    # --- what is computed

    def derive(self, view: View) -> Derivation | None:
        """Ask what a guess is worth, and what stood there; again where heads were switched."""
        asked, run = self._guessed, view.analysis
        if run is None or not view.choices.cloze.first:
            return None
        if asked is not None and asked.analysis is run:
            work = partial(_answer, asked, dict(view.hidden_words))
            return Derivation(asked, work, run.model)
        others = of_other_heads(view.answered, run)
        key = run, tuple(others.values())
        return Derivation(key, partial(_answer_again, run, others), run.model) if others else None

    def result(self, view: View) -> Cloze | None:
        """Return all answers, and the sentence to guess at."""
        run = view.analysis
        if run is None or not (run.fills or view.answers) or not view.choices.cloze.first:
            return None
        if self._made.analysis is not run or self._made.answers != view.answers:
            self._made = Cloze(view.answers, run)
        return self._made

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say that nobody wants to guess, or that nothing is hidden."""
        yield no_head(view.model)
        yield no_typed_mask(view.model)
        if not view.choices.cloze.first:
            text = f"{FIRST_TIP}."
            yield Reason(
                "Guess before the model",
                text,
                keeps_choices=True,
                offer=("Guess first", self.start),
            )
        if view.analysis is not None and not view.analysis.fills:
            text = "Hide every 5th word, or words that you click: the menu “Hide words” above does."
            yield Reason("No word is hidden", text, keeps_choices=True)

    def start(self) -> None:
        """Begin to guess, with the guess that is typed if there is one."""
        self.choose(self.name, first=True)
        self._field.setFocus()
        if guess := self._typed():
            self._ask(guess)

    # --- drawing

    def draw(self, view: View, previous: View | None) -> None:
        """Take an answer that has arrived, and show what is known."""
        derived, asked, wanted = view.derived.get(self.name), self._guessed, self.derive(view)
        if derived is not None and asked is not None and derived.key is asked:
            self._guessed = None
            if asked.guess == self._typed():
                self.choose(self.name, guess="")
            self.store.answer(derived.value)
        elif derived is not None and wanted is not None and derived.key == wanted.key:
            self.store.answer(derived.value)
        super().draw(view, previous)

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give the chosen mask, and what went wrong with a guess."""
        return view.selection.mask, self._problem(view)

    def draw_result(self, found: Cloze, view: View, *, is_new: bool) -> None:
        """Show what was guessed at the chosen mask, or that it waits for a guess."""
        answer = view.answered.get(view.selection.mask)
        run = view.analysis
        if is_new and answer is None:
            self.store.select_mask(view.selection.mask)  # outlined, so that all see which it is
        self._list.set_guesses(listed(answer, run) if answer is not None and run else ())
        self._verdict.setText(self._told(view, answer))
        self._score.setText(found.score())

    def _told(self, view: View, answer: Answer | None) -> str:
        problem = self._problem(view)
        if problem is not None:
            return f"{problem.title} {problem.hint}"
        run = view.analysis
        is_known = answer is not None and run is not None and not of_other_heads({0: answer}, run)
        if answer is not None and is_known:
            return describe(answer)
        if self._guessed is not None or answer is not None:
            return "Your guess is being scored."
        is_hidden = run is not None and run.fills
        return (
            "The model's guesses are hidden until you guess." if is_hidden else "No word is hidden."
        )

    def _problem(self, view: View) -> Problem | None:
        return view.problems.get(self.lane)

    def tells(self, problem: Problem) -> bool:
        """Tell that what went wrong with a guess stands where its worth would."""
        return super().tells(problem) or (
            self.known is not None and self._problem(self.store.view) is problem
        )

    def show_choices(self, view: View) -> None:
        """Rule out what cannot be done now."""
        run = view.analysis
        n_masks = 0 if run is None else len(run.fills)
        is_known = n_masks == 0 or view.answered.get(view.selection.mask) is not None
        late = _NOT_YET if view.is_stale else ""
        rule_out(self._reveal, late or ("These guesses are shown already" if is_known else ""))
        rule_out(self._next, "" if n_masks > 1 else "There is no other mask")
        rule_out(self._again, "" if view.answers else "Nothing is guessed yet")
        marked = "" if self._marked(view) else "Click tokens first; with Ctrl several"
        rule_out(self._hide, NO_MASK_TO_TYPE if no_typed_mask(view.model) else "")
        rule_out(self._hide_marked, late or marked)
        rule_out(self._restore, "" if view.hidden_words else "No word was hidden here")
        self._every[view.choices.cloze.every].setChecked(True)
        self._starts[view.choices.cloze.start].setChecked(True)

    def remark_of(self, found: Cloze, view: View) -> str:
        """Say which mask it is, and how many wait for a guess."""
        if view.analysis is None or not view.analysis.fills:
            return ""
        n_masks = len(view.analysis.fills)
        return f"mask {view.selection.mask + 1}/{n_masks} · {len(view.unanswered)} left"

    def caption_of(self, found: Cloze, view: View) -> str:
        """Say what a guess is worth, and the score."""
        return f"{self._told(view, view.answered.get(view.selection.mask))} {found.score()}"

    def entrance(self) -> QWidget:
        """Return the field."""
        return self._field

    # --- what is done with it

    def _typed(self) -> str:
        return " ".join(self.store.view.choices.cloze.guess.split())

    def _enter(self) -> None:
        """Take a guess; where the model's are shown already, go on to the next mask."""
        view = self.store.view
        if not view.choices.cloze.first:
            self.start()
        elif view.answered.get(view.selection.mask) is not None:
            self._go_on()
        elif guess := self._typed():
            self._ask(guess)

    def _ask(self, guess: str) -> None:
        """Ask what a guess at the chosen mask is worth, "" for none."""
        view = self.store.view
        if view.analysis is None or not view.analysis.fills or view.is_stale:
            return
        if view.answered.get(view.selection.mask) is None:
            self._guessed = _Asked(view.analysis, view.selection.mask, guess)
            self.draw_again()

    def _go_on(self) -> None:
        """Choose the next mask that waits for a guess; where none does, the next one."""
        view = self.store.view
        n_masks = 0 if view.analysis is None else len(view.analysis.fills)
        if n_masks:
            after = [(view.selection.mask + step) % n_masks for step in range(1, n_masks + 1)]
            self.store.select_mask(next((m for m in after if m in view.unanswered), after[0]))

    @staticmethod
    def _marked(view: View) -> list[tuple[int, int]]:
        tokens = () if view.analysis is None else view.analysis.tokens
        chosen = [tokens[at] for at in view.selection.tokens if at < len(tokens)]
        return [(one.start, one.end) for one in chosen if not (one.is_special or one.is_mask)]

    # --- building

    def _button(self, text: str, tip: str) -> QToolButton:
        button = named("action", QToolButton())
        button.setText(text)
        button.setToolTip(plain_tip(tip))
        return button

    def _hide_menu(self) -> QToolButton:
        """Make the button whose menu hides words, and brings them back."""
        button = self._button(
            "Hide words ▾", "Put a mask in place of each word, however many pieces it has"
        )
        button.setAccessibleName("Hide words")
        menu = QMenu(button)
        every = {
            n: (f"Every {nth} word", "Words hidden before come back") for n, nth in _NTH.items()
        }
        self._every = add_choices(menu, every, self._hide_words)
        starts = {0: ("As counting comes to it", "Every 5th word: the 5th, the 10th …")}
        starts |= {n: (f"Word {n}", "Punctuation is none") for n in range(1, 11)}
        inner = menu.addMenu("The first to be hidden")
        self._starts = add_choices(inner, starts, lambda n: self.choose(self.name, start=n))
        menu.addSeparator()
        self._hide_marked = menu.addAction("The words I marked", self._hide_selected)
        self._restore = menu.addAction("Bring all words back", self._bring_back)
        drop_down(button, menu)
        return button

    def _hide_words(self, every: int) -> None:
        self.choose(self.name, every=every)
        start = self.store.view.choices.cloze.start
        self._rewrite(partial(hide_every, every=every, start=start))

    def _hide_selected(self) -> None:
        self._rewrite(partial(hide_marked, marked=self._marked(self.store.view)))

    def _bring_back(self) -> None:
        self._rewrite(lambda *known: (restore(*known), {}))

    def _rewrite(self, change: Callable[..., tuple[str, Hidden]]) -> None:
        """Have the sentence rewritten, and be ready for a guess."""
        self.text_wanted.emit(change)
        self._field.setFocus()


def _answer(
    asked: _Asked, hidden: Hidden, model: ModelHandle, stop: Stop, report: Report
) -> Generator[None, None, tuple[Answer, ...]]:
    engine, guesses = model.engine_of(asked.analysis.model), {asked.mask: asked.guess}
    return (yield from answers(asked.analysis, guesses, hidden, engine, stop, report))


def _answer_again(
    run: Analysis, known: Mapping[int, Answer], model: ModelHandle, stop: Stop, report: Report
) -> Generator[None, None, tuple[Answer, ...]]:
    engine = model.engine_of(run.model)
    return (yield from answers_again(run, known, engine, stop, report))
