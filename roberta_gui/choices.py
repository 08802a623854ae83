"""How things are drawn: what can be chosen in the panels, shared, remembered (no Qt)."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from roberta_gui.analysis.axes.modes import STANDARDISED, Space
from roberta_gui.analysis.projection import Basis
from roberta_gui.records import Estimator

Scale: TypeAlias = Literal["auto", "head", "layer", "all", "log"]


Specials: TypeAlias = Literal["show", "hide", "renormalise"]


Measure: TypeAlias = Literal["attention", "contribution", "rollout"]


DrawnAs: TypeAlias = Literal["map", "arcs"]


Unit: TypeAlias = Literal["tokens", "words"]


HeadSort: TypeAlias = Literal[
    "layer", "specials", "previous", "next", "self", "punctuation", "entropy", "distance"
]


LINE_MASSES = (50, 80, 95, 100)
"""How many per cent of each row's attention arcs can show, the strongest first."""


@dataclass(frozen=True, slots=True)
class Display:
    """How things are drawn, shared by all panels and remembered.

    Attributes
    ----------
    scale
        What the colours of a head's values mean; "auto" is linear for each head, and takes
        square roots where much would be too pale to be seen.
    measure, drawn_as, unit
        What the Attention panel draws of a head, in which way, and between what.
    strips
        Whether strips beside its map tell what is received and given.
    line_mass
        Per cent of each row that its arcs show, one of `LINE_MASSES`.
    difference
        Whether it draws what switching heads off has changed, while some are off.
    sort, roles
        By what All heads is sorted, and whether bars there tell what each head looks at.
    estimator
        How surprisal is asked for, wherever it is shown.
    tint, bits
        Whether the sentence's tokens are tinted by their surprisal, and it is written under them.
    """

    scale: Scale = "auto"
    specials: Specials = "show"
    measure: Measure = "attention"
    drawn_as: DrawnAs = "map"
    unit: Unit = "tokens"
    strips: bool = True
    line_mass: int = 80
    difference: bool = False
    sort: HeadSort = "layer"
    roles: bool = False
    space: Space = STANDARDISED
    basis: Basis = "joint"
    dimensions: Literal[2, 3] = 2
    trails: bool = True
    estimator: Estimator = "pll"
    tint: bool = False
    bits: bool = True


DEFAULT = Display()
"""How things are drawn until somebody chooses."""
