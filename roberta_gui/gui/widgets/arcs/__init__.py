"""Attention as arcs between two columns of tokens."""
