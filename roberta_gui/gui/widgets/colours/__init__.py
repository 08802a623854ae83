"""Colours of values: rasters of them, their scales and bars."""
