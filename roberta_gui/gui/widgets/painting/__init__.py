"""What every painted picture has in common: the figure, its zoom, labels and scales."""
