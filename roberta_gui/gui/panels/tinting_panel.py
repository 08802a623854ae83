"""TintingPanel: bits of tokens that take long to measure, by which the sentence can be tinted."""

from PySide6.QtWidgets import QToolButton

from roberta_gui.gui.panels.picture_panel import Result
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.gui.sentence.sentence_tint import NAME, TINTED, tinted_by
from roberta_gui.view import View


class TintingPanel(TokenPanel[Result]):
    """A panel whose values stay while the sentence is tinted by them, though nobody sees it."""

    def tint_toggle(self, text: str, tip: str) -> QToolButton:
        """Make the button by which they tint the sentence."""
        button = self.toggle("tint", text, tip, TINTED[self.name], panel=NAME)
        button.setAccessibleName("Tint the sentence")
        return button

    def forget(self) -> None:
        """Let go of the picture; the values stay while the sentence is tinted by them."""
        self._drawn = self._drawn_result = None
        if tinted_by(self.store.view) != self.name:
            super().forget()

    def set_covered(self, behind: bool) -> None:
        """Give the measuring up where nobody sees it any more: it can take minutes."""
        super().set_covered(behind)
        if behind:
            self.forget()

    def _changed(self, view: View, previous: View) -> None:
        super()._changed(view, previous)
        if not self.is_in_sight and self.name in view.derived:
            self.forget()  # nobody shows them any more
