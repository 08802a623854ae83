"""What every painted picture has in common: the figure, its zoom, its keys, labels and scales."""
