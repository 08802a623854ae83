"""What can be said of a run: tables, arrays, captions and their words (numpy; no Qt, no torch)."""

from roberta_gui.findings.tables import table

__all__ = ["table"]
