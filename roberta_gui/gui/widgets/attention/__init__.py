"""Attention as a heatmap, as arcs, and of all heads at once."""
