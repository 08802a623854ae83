"""What can be said of a run: tables, arrays, captions and their words (numpy; no Qt, no torch)."""
