"""How counts are written, in every sentence of the library and the window."""

from collections.abc import Sequence


def special_names(names: Sequence[str]) -> str:
    """Name the tokens that a model's tokenizer puts around a text.

    Examples
    --------
    >>> special_names(("[CLS]", "[SEP]")), special_names(())
    ('[CLS] and [SEP]', 'special tokens')
    """
    return " and ".join(names) or "special tokens"


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
