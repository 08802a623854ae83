"""Fitting axes on the reference sentences, and what a space does to hidden states."""
