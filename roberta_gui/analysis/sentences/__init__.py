"""Sentences against each other, and how surprising their tokens are."""
