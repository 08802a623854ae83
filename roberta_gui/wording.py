"""How counts, amounts and foreign names are written, in every sentence of the product."""

import re
from collections.abc import Sequence

# Control characters, ends of lines, and marks that override a direction (UAX #9); those that join
# letters stay.
_UNRULY = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def special_names(names: Sequence[str]) -> str:
    """Name the tokens that a model's tokenizer puts around a text.

    Examples
    --------
    >>> special_names(("[CLS]", "[SEP]")), special_names(())
    ('[CLS] and [SEP]', 'special tokens')
    """
    return " and ".join(names) or "special tokens"


def rough_time(seconds: float) -> str:
    """Write how long something may take, no more exactly than anybody can know.

    Examples
    --------
    >>> rough_time(0.2), rough_time(41.7), rough_time(200)
    ('about 1 s', 'about 42 s', 'about 3 min')
    """
    if seconds < 90:
        return f"about {max(seconds, 1):.0f} s"
    return f"about {seconds / 60:.0f} min"


def time_left(seconds: float) -> str:
    """Write how much time is left, in minutes and seconds.

    Examples
    --------
    >>> time_left(83.6), time_left(6000)
    ('1:24 left', '100:00 left')
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} left"


def figures(value: float, digits: int) -> str:
    """Write a value with so many digits that count, and all that stand before the point.

    Examples
    --------
    >>> figures(0.09876, 2), figures(99.6, 2), figures(12345.6, 2)
    ('0.099', '100', '12,346')
    """
    if 10**digits - 0.5 <= abs(value) < 1e9:  # where "g" would begin to write powers of ten
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def gigabytes(n_bytes: float) -> str:
    """Write how much memory that is.

    Examples
    --------
    >>> gigabytes(1.42e9), gigabytes(139e9)
    ('1.4 GB', '139 GB')
    """
    return f"{figures(n_bytes / 1e9, 2)} GB"


def counted(n: int, thing: str, things: str = "") -> str:
    """Write how many there are; ``things`` is a plural that takes more than an s.

    Examples
    --------
    >>> counted(1, "layer"), counted(12, "head"), counted(1200, "reference sentence")
    ('1 layer', '12 heads', '1,200 reference sentences')
    >>> counted(2, "guess", "guesses")
    '2 guesses'
    """
    return f"{n:,} {thing if n == 1 else things or f'{thing}s'}"


def on_one_line(name: str) -> str:
    r"""Write a foreign name so that it leaves its line, and the direction of what follows, alone.

    Names of folders and labels may hold line breaks, and marks that turn a whole sentence around.

    Examples
    --------
    >>> on_one_line("R&D <b> é\u200cم"), on_one_line("a\tb\n\u202ec")
    ('R&D <b> é\u200cم', 'a�b��c')
    """
    return _UNRULY.sub("\N{REPLACEMENT CHARACTER}", name)
