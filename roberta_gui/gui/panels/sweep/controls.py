"""What a sweep is asked with: the word to watch, the ablation, and the button that runs it."""

from typing import Final

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton

from roberta_gui.findings.glyphs import SPACE
from roberta_gui.findings.names import literal
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.controls.control_row import ControlRow
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import ABLATIONS, Labelled, Segments
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out

NO_SENTENCE: Final = "Heads can be tried as soon as a sentence is read"
BEHIND: Final = "The sentence has just changed: it is read first"
NO_MASK: Final = "No mask in the sentence: Ctrl+M puts one in, and heads are tried at it"


class SweepControls(ControlRow):
    """One row where there is room.

    Signals
    -------
    start_wanted(), stop_wanted()
        A sweep shall begin, or end.
    ablation_chosen(value)
        Heads shall give something else instead.
    word_edited()
        Another word stands in the field.
    """

    start_wanted = Signal()
    stop_wanted = Signal()
    ablation_chosen = Signal(str)
    word_edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._is_running = False
        self._word = QLineEdit()
        self._word.setAccessibleName("Word to watch")
        self._word.setToolTip(
            plain_tip(
                "A word that is one token, as it would stand at the mask. "
                "Empty: the best guess. Enter starts."
            )
        )
        self._word.textEdited.connect(self._spell)
        self._word.returnPressed.connect(self.start_wanted)
        self._ablation = Segments(ABLATIONS, "Instead of what a head found")
        self._ablation.chosen.connect(self.ablation_chosen)
        self._run = named("action", QPushButton())
        self._run.clicked.connect(self._start_or_stop)
        self.add(Labelled("Watch", self._word), self._ablation, self._run)
        self._fit()
        self.show_state(running=False, why_not=NO_SENTENCE)

    @property
    def word(self) -> str:
        """The literal word in the field; "" leaves it to the best guess."""
        return literal(self._word.text())

    def show_best_guess(self, word: str) -> None:
        """Say which word is watched while the field is empty."""
        self._word.setPlaceholderText(word)

    def set_ablation(self, value: str) -> None:
        """Show what heads give instead."""
        self._ablation.set_choice(value)

    def show_state(self, *, running: bool, why_not: str) -> None:
        """Let the button start or stop, or say why it cannot start."""
        self._is_running = running
        self._run.setText("Stop" if running else "Start")
        self._run.setToolTip("Keep what is known" if running else "Try every head")
        rule_out(self._run, "" if running else why_not)

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._fit()

    def _fit(self) -> None:
        self._word.setFixedWidth(themes.current().pixels(112))
        for control in (self._word, self._ablation, self._run):
            control.setFixedHeight(themes.current().pixels(28))

    def _spell(self, text: str) -> None:
        """Make spaces visible while they are typed."""
        place = self._word.cursorPosition()
        self._word.setText(text.replace(" ", SPACE))
        self._word.setCursorPosition(place)
        self.word_edited.emit()

    def _start_or_stop(self) -> None:
        (self.stop_wanted if self._is_running else self.start_wanted).emit()
