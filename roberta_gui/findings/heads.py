"""How heads are named, and what is said of those that are switched off."""

from collections.abc import Iterable
from typing import Final

from roberta_gui.findings.names import array_index
from roberta_gui.records import Ablation


def place_name(layer: int, head: int) -> str:
    """Name a head for the tool tip: as people count, and as the arrays do."""
    return f"Layer {layer + 1}, head {head + 1}\n{array_index('attention', layer, head)}"


_MOST_NAMED: Final = 8


def head_names(heads: Iterable[tuple[int, int]], most: int | None = None) -> str:
    """List heads as layer.head, counted from 1; only the first ``most`` of them by name."""
    names = [f"{layer + 1}.{head + 1}" for layer, head in sorted(heads)]
    if most is not None and len(names) > most:
        names = [*names[:most], f"{len(names) - most} more"]
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + "".join(names[-1:])


def describe_switched_heads(heads: Iterable[tuple[int, int]], ablation: Ablation) -> str:
    """Say which heads are off and what they give instead; "" if none is."""
    heads = frozenset(heads)
    if not heads:
        return ""
    one = len(heads) == 1
    mean = f"{'its mean' if one else 'their means'} over the tokens"
    instead = "zeros" if ablation == "zero" else mean
    return f"{_named(heads)}, {'its' if one else 'their'} output replaced by {instead}."


def _named(heads: Iterable[tuple[int, int]]) -> str:
    heads = frozenset(heads)
    names = head_names(heads, _MOST_NAMED)
    if len(heads) == 1:
        return f"Head {names} is switched off"
    return f"{len(heads)} heads are switched off ({names})"
