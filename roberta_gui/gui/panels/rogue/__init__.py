"""Rogue dimensions: the few features that rule mean cosine and variance."""
