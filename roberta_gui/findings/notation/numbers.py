"""Numbers as people read them: with a true minus, and no sign on what rounds to nothing."""

import math


def percentage(probability: float) -> str:
    """Write a probability with one decimal, and never a zero that is none."""
    if 0 < probability < 0.0005:
        return "< 0.1 %"
    return f"{probability * 100:.1f} %"


def bits_likelier(here: float, there: float) -> float:
    """Return log₂ of one probability over another; nan where either is 0.

    Examples
    --------
    >>> bits_likelier(0.5, 0.125), bits_likelier(0.0, 0.1)
    (2.0, nan)
    """
    return math.log2(here) - math.log2(there) if here > 0 and there > 0 else math.nan


def true_minus(text: str) -> str:
    """Put the minus sign for the hyphens of a written number.

    Examples
    --------
    >>> true_minus(f"{-2.5:.4g}")
    '−2.5'
    """
    return text.replace("-", "\N{MINUS SIGN}")


def written(value: float, digits: int = 2) -> str:
    """Write a value with so many decimals; nothing is never negative.

    Examples
    --------
    >>> written(-0.1264, 3), written(-0.0004, 3)
    ('−0.126', '0.000')
    """
    return true_minus(f"{value:z.{digits}f}")


def whole_percent(share: float) -> str:
    """Write a share of 1 in per cent; what is little is not called nothing.

    Examples
    --------
    >>> whole_percent(0.314), whole_percent(0.001), whole_percent(0.0)
    ('31 %', 'under 1 %', '0 %')
    """
    return "under 1 %" if 0 < share <= 0.005 else f"{share * 100:.0f} %"


def written_change(value: float, digits: int) -> str:
    """Write a change, a finite number, with its sign.

    Examples
    --------
    >>> written_change(0.126, 2), written_change(-0.126, 2), written_change(-0.004, 2)
    ('+0.13', '−0.13', '0.00')
    """
    text = f"{value:+z.{digits}f}"
    return true_minus(text) if float(text) else text[1:]
