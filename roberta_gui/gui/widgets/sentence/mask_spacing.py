"""Where a mask token needs a space beside it to read well in a sentence."""

_OPENING = frozenset("([{<“‘«‹¿¡#@$€£/-–—_")
_STRAIGHT_QUOTES = frozenset("\"'")


def spaced(mask_token: str, before: str, after: str) -> tuple[str, str, str]:
    """Return the mask token with the space that it needs before and after it.

    Parameters
    ----------
    mask_token
        The token's own text.
    before, after
        The text around the place where it goes.

    Examples
    --------
    >>> spaced("<mask>", "The", "sat.")
    (' ', '<mask>', ' ')
    >>> spaced("<mask>", "(", ".")
    ('', '<mask>', '')
    """
    left = " " if before and not _opens(before) else ""
    right = " " if after and (after[0].isalnum() or after[0] in _OPENING) else ""
    return left, mask_token, right


def _opens(before: str) -> bool:
    """Whether a word may follow ``before`` directly."""
    last = before[-1]
    if last in _STRAIGHT_QUOTES:  # opening if it stands at the start or behind a space
        return len(before) == 1 or before[-2].isspace()
    return last.isspace() or last in _OPENING
