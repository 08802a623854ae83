"""Paragraph: plain text that wraps and stands at the top of its room."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


class Paragraph(QLabel):
    """A label for sentences in which ``<s>`` is a token and no mark-up."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
