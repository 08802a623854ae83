"""Layers, heads, tokens and masks that somebody names: what a run has not is refused."""

from numbers import Integral

from roberta_gui.problems import BadArgument, NoSuchHead
from roberta_gui.records import FloatArray


def need_places(**places: tuple[object, int]) -> None:
    """Refuse places that there are not: each from 0, and of how many; None is no place.

    Examples
    --------
    >>> need_places(layer=(6, 7), token=(None, 9))
    >>> need_places(layer=(7, 7))
    Traceback (most recent call last):
    roberta_gui.problems.BadArgument: There is no layer 7. They go from 0 to 6.
    """
    for what, (place, n) in places.items():
        if place is not None and not _is_among(place, n):
            there_is = f"They go from 0 to {n - 1}." if n else "There is none."
            raise BadArgument(f"There is no {what} {place!r}.", there_is)


def need_head(attention: FloatArray, layer: int, head: int) -> None:
    """Refuse a head, from 0, that attention (layer, head, …) has not: `problems.NoSuchHead`."""
    n_layers, n_heads = attention.shape[:2]
    if not (_is_among(layer, n_layers) and _is_among(head, n_heads)):
        raise NoSuchHead(
            f"There is no head ({layer!r}, {head!r}).",
            f"Layers go from 0 to {n_layers - 1}, heads from 0 to {n_heads - 1}.",
        )


def _is_among(place: object, n: int) -> bool:
    return isinstance(place, Integral) and not isinstance(place, bool) and 0 <= int(place) < n
