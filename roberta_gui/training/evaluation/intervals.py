"""How sure a share is that was counted."""

from roberta_gui.records.finetuning import Interval


def wilson(right: int, n: int) -> Interval:
    """Give a share with the 95 % interval of Wilson (1927), "Probable Inference"."""
    from scipy.stats import binomtest

    interval = binomtest(right, n).proportion_ci(0.95, method="wilson")
    return Interval(right / n, float(interval.low), float(interval.high))
