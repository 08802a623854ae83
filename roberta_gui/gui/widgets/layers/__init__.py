"""Layers side by side: maps, grids and small multiples."""
