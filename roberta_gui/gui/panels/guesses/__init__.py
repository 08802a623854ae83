"""Guesses: what the model would put at each mask."""
