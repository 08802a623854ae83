"""Guesses, A against B: every word's probability in both sentences."""
