"""The glossary: what each term on the screen is, how to read it, and when it misleads."""

import json
from html import escape

from PySide6.QtWidgets import QDialog, QLineEdit, QTextBrowser, QVBoxLayout, QWidget

from roberta_gui.gui.look.theme import current
from roberta_gui.resources import resource


class GlossaryDialog(QDialog):
    """Terms with a search field; those of one panel where ``panel`` names it."""

    def __init__(self, parent: QWidget, panel: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle("What am I looking at?" if panel else "Glossary")
        every: list[dict[str, str]] = json.loads(resource("glossary.json").read_text("utf-8"))
        self._terms = [one for one in every if not panel or panel in one["panels"]]
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search the glossary")
        self._search.setAccessibleName("Search the glossary")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._show)
        self._text = QTextBrowser()
        self._text.setAccessibleName("Terms")
        column = QVBoxLayout(self)
        if not panel:
            column.addWidget(self._search)
        column.addWidget(self._text)
        self._show("")
        self.resize(current().pixels(560), current().pixels(300 if panel else 520))

    def _show(self, wanted: str) -> None:
        """List the terms that have such letters in their names or in what they are."""
        found = [
            one
            for one in self._terms
            if wanted.casefold().strip() in f"{one['term']} {one['what']}".casefold()
        ]
        self._text.setHtml("".join(map(_written, found)) or "No term has these letters.")


def _written(one: dict[str, str]) -> str:
    said = {name: escape(one[name]) for name in ("term", "what", "read", "misleads", "source")}
    return (
        f"<p><b>{said['term']}</b><br>{said['what']}<br>"
        f"<i>How to read it.</i> {said['read']}<br>"
        f"<i>When it misleads.</i> {said['misleads']}<br>"
        f"<i>Source.</i> {said['source']}</p>"
    )
