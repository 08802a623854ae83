"""Guesses, A against B: every word's probability on both sides."""
