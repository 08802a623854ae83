"""The controls of the Attention panel: which head, which measure, and how it is drawn."""

from typing import Final, get_args

from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QMenu, QToolButton

from roberta_gui.choices import LineMass, Scale
from roberta_gui.findings.attention_head import look_of
from roberta_gui.findings.names import array_index
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.panels.attention.measured import compared, subtracted
from roberta_gui.gui.panels.difference_switch import DifferenceSwitch
from roberta_gui.gui.panels.head_controls import HeadControls
from roberta_gui.gui.widgets.controls.drop_down import drop_down
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import Labelled
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.view import View

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
WORDS: Final = "Pieces of a word together: to a word their sum, from a word their mean"
DIFFERENCE: Final = "Draw A − B in place of A"
NO_SUM: Final = "Contributions are lengths: their rows have no sum to scale to"
NO_HEAD: Final = "Rollout follows all heads of a layer together"
ROOT: Final = (
    "Square-root scale",
    "The square roots of this head's differences, with their sign: small ones are seen as well",
)

_WIDE = 500
"""Pixels, at a text zoom of 1, from which on specials and words have room beside the menu."""


class AttentionControls(HeadControls):
    """Layer and head, the choices in sight, the others in a menu."""

    def __init__(self) -> None:
        super().__init__()
        self._measure = self.segments("measure", MEASURES, "Measure")
        self.drawn_as = self.segments("drawn_as", DRAWN_AS, "Drawn as")
        self._words = _toggle("Words", WORDS)
        self._words.clicked.connect(
            lambda on: self.chosen.emit("unit", "words" if on else "tokens")
        )
        self._difference = DifferenceSwitch("Attention", DIFFERENCE)
        self._difference.clicked.connect(lambda on: self.chosen.emit("difference", on))
        self._more = named("action", QToolButton())
        self._more.setText("Draw ▾")
        self._more.setToolTip("Colour scale, special tokens, words, strips, lines")
        self._more.setAccessibleName("Drawing of attention")
        self._scales: dict[str, QAction] = {}
        self._masses: dict[int, QAction] = {}
        drop_down(self._more, self._menu())
        self._lay_out()

    def show_view(self, view: View) -> None:
        """Show what is chosen, and grey out what means nothing for it."""
        choices = view.choices.attention
        scale, specials = look_of(choices, choices.measure)
        rollout, contribution = (choices.measure == m for m in ("rollout", "contribution"))
        difference, arcs = subtracted(view) is not None, choices.drawn_as == "arcs"
        self._measure.set_choice(choices.measure)
        for words in (self._words, self._words_too):
            words.setChecked(choices.unit == "words")
        self.drawn_as.set_choice(choices.drawn_as)
        self.specials.rule_out({"renormalise": NO_SUM} if contribution else {})
        self.show_specials(specials)
        rule_out(self.ways_of_specials["renormalise"], NO_SUM * contribution)
        self._difference.show_choice(choices.difference, *compared(view))
        self._scales[scale].setChecked(True)
        rule_out(self._scales["head"], NO_HEAD * rollout)
        self._scales["log"].setText(ROOT[0] if difference else SCALES["log"][0])
        self._scales["log"].setToolTip(plain_tip(ROOT[1] if difference else SCALES["log"][1]))
        self._strips.setChecked(choices.strips)
        rule_out(self._strips, "Strips stand along the map, not along arcs" * arcs)
        for mass, action in self._masses.items():
            action.setChecked(mass == choices.line_mass)
            rule_out(action, "" if arcs else "Only arcs leave weak lines out")
        self._only_chosen.setChecked(choices.arcs_of == "chosen")
        rule_out(self._only_chosen, "" if arcs else "A map has no lines")
        self._show_steps(view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave to the menu what there is no room for."""
        super().resizeEvent(event)
        wide = self.width() >= themes.current().pixels(_WIDE)
        self.show_control(self._specials_named, wide)
        self.show_control(self._words, wide)

    def _show_steps(self, view: View) -> None:
        layers, heads = (view.analysis.attention.shape if view.analysis else (1, 1))[:2]
        shown = view.selection
        layer, head = shown.attention_layer, shown.head
        self.layer.show_value(layer + 1, layers)
        self.head.show_value(head + 1, heads)
        where = f"Layer (Alt+Up, Alt+Down)\n{array_index('attention', layer)}"
        self.layer.setToolTip(plain_tip(where))
        where = f"Head (Alt+Left, Alt+Right)\n{array_index('attention', layer, head)}"
        if view.choices.attention.measure != "rollout":
            self.head.setToolTip(plain_tip(where))
        rule_out(self.head, NO_HEAD * (view.choices.attention.measure == "rollout"))

    def _menu(self) -> QMenu:
        menu = QMenu(self._more)
        menu.setToolTipsVisible(True)
        scales = QActionGroup(menu)
        for scale in get_args(Scale):
            text, tip = SCALES[scale]
            self._scales[scale] = self.add_action(menu, text, tip, "scale", scale)
            scales.addAction(self._scales[scale])
        menu.addSeparator()
        self.add_specials(menu)
        menu.addSeparator()
        self._words_too = menu.addAction("Words instead of tokens")
        self._words_too.setCheckable(True)
        self._words_too.setToolTip(plain_tip(WORDS))
        self._words_too.triggered.connect(self._words.click)
        self._strips = menu.addAction("Strips along the map")
        self._strips.setCheckable(True)
        self._strips.setToolTip("What each token receives, and gives to words")
        self._strips.triggered.connect(lambda on: self.chosen.emit("strips", on))
        menu.addSeparator()
        masses = QActionGroup(menu)
        for mass in get_args(LineMass):
            text = f"Arcs: the strongest {mass} %" if mass < 100 else "Arcs: all lines"
            tip = "Lines that together hold so much of each row"
            self._masses[mass] = self.add_action(menu, text, tip, "line_mass", mass)
            masses.addAction(self._masses[mass])
        self._only_chosen = menu.addAction("Arcs: of the chosen token only")
        self._only_chosen.setCheckable(True)
        self._only_chosen.setToolTip("In a long sentence all arcs at once are one blot")
        self._only_chosen.triggered.connect(
            lambda on: self.chosen.emit("arcs_of", "chosen" if on else "all")
        )
        return menu

    def _lay_out(self) -> None:
        self._specials_named = Labelled("Specials", self.specials)
        self.add(
            self._measure,
            self._more,
            self._difference,
            self._specials_named,
            self._words,
        )


def _toggle(text: str, tip: str) -> QToolButton:
    button = named("toggle", QToolButton())
    button.setText(text)
    button.setCheckable(True)
    button.setToolTip(plain_tip(tip))
    return button
