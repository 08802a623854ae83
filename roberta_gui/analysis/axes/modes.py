"""What happens to a layer's hidden states before they are looked at.

Hidden states have a few features that otherwise rule every distance and every first axis
(Timkey & van Schijndel 2021, "All Bark and No Bite"); each mode is one way to deal with them.
How it is done: `roberta_gui.analysis.axes.preparation`.

``raw``
    Nothing.
``centred``
    Minus the layer's own reference mean.
``standardised``
    Centred, then each feature divided by its reference deviation (0 counts as 1).
``drop_top``
    Centred, then the ``k`` features with the largest share of the layer's reference variance
    set to zero. Share of variance rather than of mean cosine, because centring has already
    taken away what a constant offset adds to the cosine.
``all_but_the_top``
    Centred, then the layer's own ``k`` leading principal components taken out
    (Mu & Viswanath 2018, "All-but-the-Top", algorithm 1).
"""

from typing import Literal, NamedTuple, Self

from roberta_gui.problems import BadArgument

Mode = Literal["raw", "centred", "standardised", "drop_top", "all_but_the_top"]

TAKING_MODES: frozenset[Mode] = frozenset({"drop_top", "all_but_the_top"})
"""The modes that take ``k`` features or components away."""

_PHRASES: dict[Mode, str] = {
    "raw": "raw", "centred": "centred", "standardised": "standardised",
    "drop_top": "drop top {k}", "all_but_the_top": "all but the top {k}",
}  # fmt: skip


class Space(NamedTuple):
    """What is looked at: hidden states after one of the modes.

    The one switch of the window that every similarity and projection obeys and names.
    """

    mode: Mode = "standardised"  # see the module
    k: int = 0  # features or components taken away; 0 in the modes that take none

    @property
    def label(self) -> str:
        """What controls call it."""
        return self.phrase.capitalize()

    @property
    def phrase(self) -> str:
        """What it is called inside a sentence."""
        return _PHRASES[self.mode].format(k=self.k)

    def __str__(self) -> str:
        """Give the text that `named` reads, such as ``"drop_top 3"``."""
        return f"{self.mode} {self.k}" if self.mode in TAKING_MODES else self.mode

    @classmethod
    def named(cls, text: str) -> Self:
        """Find the space that ``str`` turned into ``text``.

        Raises `problems.BadArgument` where none of `SPACES` is called that.
        """
        for space in SPACES:
            if str(space) == text:
                return cls(*space)
        raise BadArgument(f"No such space: {text!r}.", f"One of {', '.join(map(str, SPACES))}.")


STANDARDISED = Space("standardised")
"""Where everything starts: no single feature rules it."""

SPACES: tuple[Space, ...] = (
    *(Space("raw"), Space("centred"), STANDARDISED),
    *(Space("drop_top", k) for k in (1, 3, 10)),
    *(Space("all_but_the_top", k) for k in (1, 3, 10)),
)
"""The spaces that the window offers, in the order it lists them."""
