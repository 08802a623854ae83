"""Surprisal: how many bits each token costs the model."""
