"""SpaceChoice: the one switch for what happens to hidden states before they are looked at."""

from itertools import pairwise
from typing import Final

from PySide6.QtCore import Signal

from roberta_gui.analysis.axes.modes import SPACES, TAKING_MODES, Space
from roberta_gui.gui.widgets.controls.segments import Segments

_TIPS: Final = {
    "raw": "Hidden states as they are; a few large dimensions may rule what you see",
    "centred": "Minus each layer's own mean over the reference sentences",
    "standardised": "Each dimension centred and divided by its own standard deviation",
    "drop_top": "Centred, without the dimensions of the largest variance",
    "all_but_the_top": "Centred, without the leading principal components",
}
_SHORT: Final = {"drop_top": "−{} dim ▾", "all_but_the_top": "−{} PCs ▾"}
"""What the button says; its menu and all captions have the whole names."""
_RARE: Final = {s: _SHORT[s.mode].format(s.k) for s in SPACES if s.mode in TAKING_MODES}
_NO_SPACE: Final = "Drop the largest dimensions, or take the leading components out"


class SpaceChoice(Segments):
    """Raw, centred and standardised in sight, the spaces that take something away in a menu."""

    chosen = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__({s: (s.label, _TIPS[s.mode]) for s in SPACES}, name, _RARE, _NO_SPACE)
        for before, space in pairwise(SPACES):
            if space in _RARE and space.mode != before.mode:
                self._menu_button.menu().insertSeparator(self._actions[space])
        self.set_choice(Space())
