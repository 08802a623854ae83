"""WordField: where words are typed, or taken from a menu of those that are at hand."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu

from roberta_gui.findings.notation import names
from roberta_gui.findings.notation.glyphs import SPACE
from roberta_gui.findings.notation.names import spaced_word
from roberta_gui.findings.sweep import SweepRequest
from roberta_gui.findings.words.scoring import words_in
from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.widgets.controls.drop_down import name_in
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.view import View

OFFERED = "The words of the panel Words, and the best guesses (Down)"


class WordField(QLineEdit):
    """A field with a name and a tip; ``offered`` gives the words of its menu, if it has one."""

    picked = Signal(str)  # a word of the menu, which stands in the field by then

    def __init__(
        self,
        name: str,
        tip: str,
        placeholder: str = "",
        offered: Callable[[], Sequence[str]] | None = None,
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(plain_tip(tip))
        self.setPlaceholderText(placeholder)
        self.setClearButtonEnabled(True)
        self._offered = offered
        if offered is not None:
            place = QLineEdit.ActionPosition.TrailingPosition
            action = self.addAction(icon("chevron-down", "muted"), place)
            action.setText("Offer words")
            action.setToolTip(plain_tip(OFFERED))
            action.triggered.connect(self.open_menu)

    def write(self, text: str) -> None:
        """Show a text; the cursor stays where somebody types."""
        if self.text() != text:
            place = self.cursorPosition()
            self.setText(text)
            self.setCursorPosition(place)

    def open_menu(self) -> None:
        """Offer words below the field."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for word in self._offered() if self._offered is not None else ():
            action = menu.addAction(name_in(menu, word), partial(self._pick, word))
            action.setToolTip(plain_tip(word))
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _pick(self, word: str) -> None:
        self.setText(word)
        self.picked.emit(word)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the menu by the key that leads down to it."""
        if event.key() == Qt.Key.Key_Down and self._offered is not None:
            self.open_menu()
        else:
            super().keyPressEvent(event)


def best_guess(view: View) -> str:
    """Return the best guess at the chosen mask, written with its space; "" where there is none."""
    return "" if view.unanswered else next(iter(_answers(view)), "")


def sweep_wanted(view: View, typed: str, attempt: int = 0) -> SweepRequest | None:
    """Say what a sweep of a word would ask now, of the best guess for ""; None without a mask."""
    analysis = view.analysis
    if analysis is None or not analysis.fills or analysis.model != view.model:
        return None
    mask = min(view.selection.mask, len(analysis.fills) - 1)
    return SweepRequest(
        analysis.request, analysis.model, analysis.tokens, mask,
        names.literal(typed) or analysis.fills[mask].candidates[0].id,
        view.ablation, attempt, "" if typed else best_guess(view),
    )  # fmt: skip


def words_at_hand(view: View) -> list[str]:
    """List words to follow at the chosen mask: those to score, and the two best answers.

    These are A's best guess and B's, or A's second where that is the same, or there is no B.
    Behind a space it is one word with a space of its own and without, and offered once, as guessed.
    """
    if view.unanswered:
        return []  # they are what somebody is to guess
    typed = [word.replace(" ", SPACE) for word in words_in(view.choices.words.words)]
    words, is_spaced, analysis = [*typed, *_answers(view)], False, view.analysis
    if analysis is not None and analysis.fills:
        fill = analysis.fills[min(view.selection.mask, len(analysis.fills) - 1)]
        mask = analysis.tokens[fill.token_index]
        is_spaced = analysis.request.segment_text(mask.segment)[: mask.start][-1:].isspace()
    return list({word.lstrip(SPACE * is_spaced): word for word in words}.values())


def _answers(view: View) -> list[str]:
    b = None if view.comparison is None else view.comparison.b
    found = list[str]()
    for run, n in ((view.analysis, 1), (b, 1), (view.analysis, 2)):
        if run is not None and run.fills:
            fill = run.fills[min(view.selection.mask, len(run.fills) - 1)]
            found += [spaced_word(one.text, one.leading_space) for one in fill.candidates[:n]]
    return list(dict.fromkeys(found))[:2]
