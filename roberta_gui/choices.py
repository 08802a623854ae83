"""What can be chosen in the panels: declared here once, shared, remembered, asked for (no Qt).

A choice is a field: its type says what there is to choose from, its default where it begins. From
that follow the name under which it is remembered and what ``--set attention.scale=log`` may say.
"""

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args, get_type_hints

from roberta_gui.analysis.axes.modes import SPACES, STANDARDISED, Space
from roberta_gui.analysis.layer_maps.layer_map import Measure as LayerMeasure
from roberta_gui.analysis.projection import Basis
from roberta_gui.records import AttributionMethod, Estimator, WordOrRow

Scale: TypeAlias = Literal["auto", "head", "layer", "all", "log"]
Specials: TypeAlias = Literal["show", "hide", "renormalise"]
Measure: TypeAlias = Literal["attention", "contribution", "rollout"]
DrawnAs: TypeAlias = Literal["map", "arcs"]
Unit: TypeAlias = Literal["tokens", "words"]
LineMass: TypeAlias = Literal[50, 80, 95, 100]
ArcsOf: TypeAlias = Literal["all", "chosen"]
HeadSort: TypeAlias = Literal[
    "layer", "specials", "previous", "next", "self", "punctuation", "entropy", "distance",
    "difference", "word",
]  # fmt: skip
Tint: TypeAlias = Literal["probability", "entropy", "kl", "rank", "difference"]
Against: TypeAlias = Literal["before", "embeddings", "last", "b"]
PathPicture: TypeAlias = Literal["itself", "others", "contexts"]
Order: TypeAlias = Literal["cosine", "variance"]
Tinting: TypeAlias = Literal[True, False, "why"]


_PASSING: Final = {"is_remembered": False}
"""Of a choice that ends with the window: it is about one sentence, or takes minutes."""


@dataclass(frozen=True, slots=True)
class AttentionChoices:
    """How heads are drawn, in Attention and wherever else there are heads.

    ``scale`` "auto" is linear for each head, and takes square roots where much would be too pale
    to be seen. ``strips`` beside the map tell what is received and given. Arcs show the strongest
    ``line_mass`` per cent of each row; ``difference`` draws A − B, where there is a B.
    """

    scale: Scale = "auto"
    specials: Specials = "show"
    measure: Measure = "attention"
    drawn_as: DrawnAs = "map"
    unit: Unit = "tokens"
    strips: bool = True
    line_mass: LineMass = 80
    arcs_of: ArcsOf = "all"
    difference: bool = False


@dataclass(frozen=True, slots=True)
class AllHeadsChoices:
    """By what heads are sorted, whether bars tell what each looks at, whether A − B is drawn.

    ``word`` is the one that is watched, "" for the best guess, where they are sorted by it.
    """

    sort: HeadSort = "layer"
    roles: bool = False
    difference: bool = field(default=False, metadata=_PASSING)
    word: str = field(default="", metadata=_PASSING)


@dataclass(frozen=True, slots=True)
class HiddenStatesChoices:
    """What happens to hidden states before they are looked at, wherever that is; how many axes.

    ``fit`` says what fills the picture: the whole cloud of every layer, or these tokens;
    ``partners`` whether those in B are drawn, where there is a B.
    """

    space: Space = STANDARDISED
    dimensions: Literal[2, 3] = 2
    trails: bool = True
    fit: Literal["cloud", "tokens"] = "cloud"
    partners: bool = True


@dataclass(frozen=True, slots=True)
class LayersChoices:
    """On which axes the small pictures are drawn."""

    basis: Basis = "joint"


@dataclass(frozen=True, slots=True)
class SimilarityChoices:
    """How likeness is measured, and on which file's sentences."""

    measure: LayerMeasure = "cka"
    file: Path | None = field(default=None, metadata=_PASSING)


@dataclass(frozen=True, slots=True)
class LensChoices:
    """What the cells' colours mean, and the word that is watched ("" for none)."""

    tint: Tint = "probability"
    watch: WordOrRow = field(default="", metadata=_PASSING)


@dataclass(frozen=True, slots=True)
class PathChoices:
    """With what each token is compared; ``picture``, here and below, where one only has room."""

    against: Against = "before"
    picture: PathPicture = "itself"


@dataclass(frozen=True, slots=True)
class RogueChoices:
    """By what the dimensions are the largest."""

    order: Order = "cosine"
    picture: Literal["layer", "all"] = "layer"


@dataclass(frozen=True, slots=True)
class SurprisalChoices:
    """How surprisal is asked for, wherever it is shown; whether it tints the sentence, in bits.

    With ``tint`` "why" what each token adds to a guess tints it instead; with ``difference`` it is
    A − B, where there is a B. As many ``passes`` through the model may be made for a text before
    somebody agrees to more.
    """

    estimator: Estimator = "pll"
    tint: Tinting = False
    bits: bool = True
    passes: int = field(default=100, metadata=_PASSING)
    difference: bool = field(default=False, metadata=_PASSING)


@dataclass(frozen=True, slots=True)
class SweepChoices:
    """Which picture, and the word that is watched, "" for the best guess."""

    picture: Literal["map", "ranking"] = "map"
    word: str = field(default="", metadata=_PASSING)


@dataclass(frozen=True, slots=True)
class GuessesChoices:
    """How many words are listed, 0 for all, and which: those that hold a text.

    After a ^ they begin with it. ``whole`` leaves out pieces that go on with a word, ``letters``
    punctuation and byte pieces; ``only`` lists the words that are to be scored, and no others.
    ``token`` lists what could stand in place of the selected token instead of the masks: if it were
    hidden, or ``unmasked``, what the model says with the token in sight.
    """

    n: Literal[10, 20, 50, 0] = 10
    search: str = field(default="", metadata=_PASSING)
    whole: bool = field(default=False, metadata=_PASSING)
    letters: bool = field(default=False, metadata=_PASSING)
    only: bool = field(default=False, metadata=_PASSING)
    token: bool = field(default=False, metadata=_PASSING)
    unmasked: bool = field(default=False, metadata=_PASSING)

    @property
    def most(self) -> int | None:
        """How many words a list has at most; None for as many as there are."""
        return None if self.only else self.n or None

    @property
    def is_filtered(self) -> bool:
        """Whether words are left out that are likelier than some of those that are listed."""
        return bool(self.search.strip() or self.whole or self.letters or self.only)


@dataclass(frozen=True, slots=True)
class WordsChoices:
    """The words that are scored, as somebody has typed them."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class ClozeChoices:
    """Whether guesses stay hidden until somebody has guessed, and which words are hidden.

    That is one word in ``every``, from word ``start`` on; 0 begins where counting comes to it.
    ``guess`` is what is typed and not answered yet.
    """

    first: bool = False
    every: Literal[2, 3, 4, 5, 6, 7, 8, 9, 10] = 5
    start: Literal[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] = 0
    guess: str = ""


@dataclass(frozen=True, slots=True)
class TrainChoices:
    """Which task is learnt, an example or a file's; how much of the network learns, how long.

    The columns are a file's, "" looks for a usual name; ``kind`` is what they are learnt for.
    """

    task: Literal["kinds", "grammar"] = "kinds"
    layers: Literal["all", "top", "head"] = "all"
    epochs: Literal[1, 3, 10] = 3
    file: Path | None = field(default=None, metadata=_PASSING)
    kind: Literal["classification", "regression", "tokens"] = field(
        default="classification", metadata=_PASSING
    )
    text: str = field(default="", metadata=_PASSING)
    pair: str = field(default="", metadata=_PASSING)
    label: str = field(default="", metadata=_PASSING)


@dataclass(frozen=True, slots=True)
class MovingChoices:
    """Which snapshot of the layers is shown; −1 is the newest."""

    nth: int = field(default=-1, metadata=_PASSING)


@dataclass(frozen=True, slots=True)
class FillChoices:
    """What is looked for: a word for every mask, together, or words of several pieces at one."""

    what: Literal["together", "words"] = "together"


@dataclass(frozen=True, slots=True)
class TokenChoices:
    """A word to cut, as somebody has typed it; "" is the word of the selected token."""

    word: str = ""


@dataclass(frozen=True, slots=True)
class PatchingChoices:
    """The word whose log-probability is brought back, "" for A's best guess, less another's."""

    word: str = ""
    against: str = ""


@dataclass(frozen=True, slots=True)
class WhyChoices:
    """By which method a guess is followed back, and whose: "" is the best guess, and no other.

    Occlusion takes a tenth of the time of integrated gradients: it follows what is typed.
    """

    method: AttributionMethod = "occlusion"
    word: str = ""
    against: str = ""


@dataclass(frozen=True, slots=True)
class DifferenceChoices:
    """Which picture."""

    picture: Literal["head", "heads"] = "head"


@dataclass(frozen=True, slots=True)
class ContrastChoices:
    """Which picture."""

    picture: Literal["words", "list"] = "words"


@dataclass(frozen=True, slots=True)
class AlignedChoices:
    """Which picture."""

    picture: Literal["tokens", "mean"] = "tokens"


@dataclass(frozen=True, slots=True)
class Choices:
    """What is chosen in each panel, by the panels' names."""

    attention: AttentionChoices = AttentionChoices()
    heads: AllHeadsChoices = AllHeadsChoices()
    hidden: HiddenStatesChoices = HiddenStatesChoices()
    layers: LayersChoices = LayersChoices()
    similarity: SimilarityChoices = SimilarityChoices()
    lens: LensChoices = LensChoices()
    path: PathChoices = PathChoices()
    rogue: RogueChoices = RogueChoices()
    sweep: SweepChoices = SweepChoices()
    guesses: GuessesChoices = GuessesChoices()
    words: WordsChoices = WordsChoices()
    cloze: ClozeChoices = ClozeChoices()
    train: TrainChoices = TrainChoices()
    moving: MovingChoices = MovingChoices()
    fill: FillChoices = FillChoices()
    token: TokenChoices = TokenChoices()
    why: WhyChoices = WhyChoices()
    surprisal: SurprisalChoices = SurprisalChoices()
    difference: DifferenceChoices = DifferenceChoices()
    contrast: ContrastChoices = ContrastChoices()
    aligned: AlignedChoices = AlignedChoices()
    patching: PatchingChoices = PatchingChoices()

    def chosen(self, panel: str, **changes: Any) -> "Choices":
        """Choose something else in a panel, for example ``scale="log"``."""
        return replace(self, **{panel: replace(getattr(self, panel), **changes)})

    def with_option(self, option: str) -> "Choices":
        """Choose what the command line asks for: ``attention.drawn_as=arcs``, or by the key alone.

        Raises
        ------
        ValueError
            There is no such choice, or it has no such value.
        """
        name, _, value = option.partition("=")
        for choice in CHOICES:
            if name in (str(choice), choice.key):
                return choice.taken(self, value)
        raise ValueError(f"{name[:40]!r} is none of {', '.join(map(str, CHOICES))}")


AS_AT_FIRST: Final = Choices()
"""What is chosen until somebody chooses."""


@dataclass(frozen=True)
class Choice:
    """One of the choices that can be written down; ``key`` is its name among what is remembered.

    Without ``options`` it is any text.
    """

    panel: str
    name: str
    key: str
    options: tuple[Any, ...]

    def __str__(self) -> str:
        """Give the name by which the command line calls it."""
        return f"{self.panel}.{self.name}"

    def value(self, choices: Choices) -> Any:
        """Return what is chosen."""
        return getattr(getattr(choices, self.panel), self.name)

    def taken(self, choices: Choices, written: str) -> Choices:
        """Choose what is written as `spelled` writes it.

        Raises
        ------
        ValueError
            That is not one of the options.
        """
        for option in self.options or (written[:_LONGEST_TEXT],):
            if not self.options or spelled(option) == (
                written.lower() if isinstance(option, bool) else written
            ):
                return choices.chosen(self.panel, **{self.name: option})
        there_is = ", ".join(map(spelled, self.options))
        raise ValueError(f"{written[:40]!r} is none of {there_is}")


def spelled(option: object) -> str:
    """Write an option as people do."""
    return str(option).lower() if isinstance(option, bool) else str(option)


def _options(kind: Any) -> tuple[Any, ...]:
    if kind is bool:
        return (True, False)
    return SPACES if kind is Space else get_args(kind)


_LONGEST_TEXT: Final = 4_000
"""Characters of a remembered text."""

_BARE: Final = ("attention", "heads", "hidden", "layers", "surprisal")
"""Their keys are older than a second panel's choices: they name no panel."""

CHOICES: Final = tuple(
    Choice(
        panel.name, each.name, each.name if panel.name in _BARE else f"{panel.name}_{each.name}",
        _options(get_type_hints(type(getattr(AS_AT_FIRST, panel.name)))[each.name]),
    )
    for panel in fields(Choices)
    for each in fields(getattr(AS_AT_FIRST, panel.name))
    if each.metadata.get("is_remembered", True)
)  # fmt: skip
"""All that can be remembered, and asked for."""
