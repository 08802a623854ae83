"""Everything the monkey can do: one small function each, and how often."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.monkey import pointer_actions, text_actions, window_actions
from tests.monkey.hands import Hands, Steps

Action = Callable[[Hands], Steps]

ACTIONS: Final[Mapping[Action, int]] = {
    **text_actions.ACTIONS,
    **pointer_actions.ACTIONS,
    **window_actions.ACTIONS,
}
