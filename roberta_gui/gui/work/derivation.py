"""Derivation: what is computed in the background for a panel or a tint, and from what."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from roberta_gui.records import ModelInfo


@dataclass(frozen=True, eq=False)
class Derivation:
    """Something that is wanted from the background before it can be drawn.

    Attributes
    ----------
    key
        Names the inputs: equal keys mean equal results.
    work
        Called as ``work(stop, report)``; what a generator yields, if not None, is shown meanwhile.
    model
        Which model the work needs, if any: ``work(asked, stop, report)`` ends silently if it is
        another one that is in use by then.
    is_extra
        The picture is whole without it: nobody waits for it, and nothing is called stale.
    """

    key: Hashable
    work: Callable[..., Any]
    model: ModelInfo | None = None
    is_extra: bool = False
