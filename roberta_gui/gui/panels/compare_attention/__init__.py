"""Attention, A − B: what one head does otherwise on the other side."""
