"""DrawMenu: how a head is drawn, and all choices of Attention that have no room in its row."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, get_args

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from roberta_gui.choices import AttentionChoices, LineMass
from roberta_gui.gui.panels.head_panel import SPECIALS
from roberta_gui.gui.widgets.controls.drop_down import drop_down
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out

MEASURES: Final = {
    "attention": ("Attention", "Weights after softmax: where the head looks"),
    "contribution": (
        "Contribution",
        "The length of what the head really adds to a token from another",
    ),
    "rollout": (
        "Rollout",
        "How much of each token's start is left after the layer, through all heads",
    ),
}
DRAWN_AS: Final = {
    "map": ("Map", "Rows look from, columns are looked at"),
    "arcs": ("Arcs", "A line from each token at the left to those at the right that it looks at"),
}  # fmt: skip
SCALES: Final = {
    "auto": (
        "Automatic scale",
        "Linear, up to this head's largest value. Where more than a quarter would be too faint to "
        "see, maps take square roots, and the few largest values share the full colour",
    ),
    "head": ("Scale of this head", "Full colour = this head's largest value"),
    "layer": ("Scale of the layer", "Full colour = the largest value of this layer"),
    "all": ("Scale of all heads", "Full colour = the largest value of all heads"),
    "log": ("Logarithmic scale", "Logarithmic, the same for all heads"),
}
ROOT: Final = (
    "Square-root scale",
    "The square roots of this head's differences, with their sign: small ones are seen as well",
)
WORDS: Final = "Pieces of a word together: to a word their sum, from a word their mean"
STRIPS: Final = "What each token receives, and gives to words"
NO_SUM: Final = "Contributions are lengths: their rows have no sum to scale to"
NO_HEAD: Final = "Rollout follows all heads of a layer together"
_SPECIALS: Final = {
    "show": "Specials shown",
    "hide": "Specials hidden",
    "renormalise": "Specials hidden, rows renormalised",
}


class _ChoiceValue(NamedTuple):
    """A value of a choice; ``otherwise`` is what it has where it is no choice among several."""

    field: str
    value: Any
    text: str
    tip: str
    otherwise: Any = None


def _groups() -> Iterator[list[_ChoiceValue]]:
    yield [_ChoiceValue("scale", scale, *named_so) for scale, named_so in SCALES.items()]
    yield [_ChoiceValue("specials", way, text, SPECIALS[way][1]) for way, text in _SPECIALS.items()]
    yield [
        _ChoiceValue("unit", "words", "Words instead of tokens", WORDS, "tokens"),
        _ChoiceValue("strips", True, "Strips along the map", STRIPS, False),
    ]
    arcs = [(m, f"Arcs: the strongest {m} %" if m < 100 else "Arcs: all lines")
            for m in get_args(LineMass)]  # fmt: skip
    tip = "Lines that together hold so much of each row"
    blot = "In a long sentence all arcs at once are one blot"
    of_chosen = _ChoiceValue("arcs_of", "chosen", "Arcs: of the chosen token only", blot, "all")
    yield [*(_ChoiceValue("line_mass", mass, text, tip) for mass, text in arcs), of_chosen]


class DrawMenu(QToolButton):
    """A button with a menu of all ways to draw a head.

    Signals
    -------
    chosen(name, value)
        A choice of Attention shall have another value.
    """

    chosen = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        named("action", self)
        self.setText("Draw ▾")
        self.setToolTip("Colour scale, special tokens, words, strips, lines")
        self.setAccessibleName("Drawing of attention")
        self._actions: dict[tuple[str, Any], QAction] = {}
        menu = QMenu(self)
        for ways in _groups():
            menu.addSeparator()  # Qt draws none before the first
            group = QActionGroup(menu)
            for way in ways:
                action = self._actions[way.field, way.value] = menu.addAction(way.text)
                action.setCheckable(True)
                action.setToolTip(plain_tip(way.tip))
                action.triggered.connect(lambda on, way=way: self._choose(way, on))
                if way.otherwise is None:
                    group.addAction(action)
        drop_down(self, menu)

    def show_choices(
        self, chosen: AttentionChoices, why_not: Mapping[str, str], *, difference: bool
    ) -> None:
        """Show what is chosen; ``why_not`` says of values or whole choices what forbids them."""
        for (field, value), action in self._actions.items():
            if action.actionGroup() is None or getattr(chosen, field) == value:
                action.setChecked(getattr(chosen, field) == value)
            rule_out(action, why_not.get(field, "") or why_not.get(value, ""))
        text, tip = ROOT if difference else SCALES["log"]
        self._actions["scale", "log"].setText(text)
        self._actions["scale", "log"].setToolTip(plain_tip(tip))

    def _choose(self, way: _ChoiceValue, on: bool) -> None:
        self.chosen.emit(way.field, way.value if on or way.otherwise is None else way.otherwise)
