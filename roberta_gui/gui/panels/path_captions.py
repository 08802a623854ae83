"""What the panel "Through the layers" says: whole sentences about what is seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.through_layers.paths import ReferenceCurves, TokenPaths
from roberta_gui.gui.token_names import token_name
from roberta_gui.records import FloatArray, Token

Picture: TypeAlias = Literal["itself", "others", "contexts"]
Against: TypeAlias = Literal["before", "embeddings", "last"]

HALF = 0.5
"""A cosine that captions call half the way."""


@dataclass(frozen=True, eq=False)
class Told:
    """What a caption speaks of: the numbers, the selected token if any, the chosen layer."""

    paths: TokenPaths
    curves: ReferenceCurves
    space: Space
    tokens: Sequence[Token]
    token: int | None
    layer: int

    @property
    def name(self) -> str:
        """The selected token's name, quoted."""
        return "" if self.token is None else quoted(self.tokens[self.token])


def quoted(token: Token) -> str:
    """Name a token inside a sentence."""
    return f"“{token_name(token)}”"


def place(layer: int) -> str:
    """Name a hidden-state layer inside a sentence."""
    return f"layer {layer}" if layer else "the embeddings"


def headings(against: Against, tokens: Sequence[Token], token: int | None) -> list[str]:
    """Return what stands above the three pictures."""
    itself = {
        "before": "Each token with itself one layer before",
        "embeddings": "Each token with its own embedding",
        "last": "Each token with itself in the last layer",
    }[against]
    if token is None:
        others = "Each token with all others, on average: click one to compare it with each"
    else:
        others = f"{quoted(tokens[token])} with every other token of its layer"
    return [itself, others, "Mean cosine of like tokens, against chance"]


def describe(told: Told, picture: Picture, against: Against) -> str:
    """Say in a sentence or two what one picture shows."""
    if picture == "contexts":
        return _contexts(told)
    if picture == "others":
        return _others(told)
    return _turn(told) if against == "before" else _way(told, against)


def tip_of_itself(value: float, token: Token, against: Against, layer: int) -> str:
    """Return what hovering a cell of the first map says."""
    if not np.isfinite(value):
        return f"{token_name(token)}\nThere is no layer before the embeddings."
    before = {"before": place(layer - 1), "embeddings": "the embeddings", "last": "the last layer"}
    text = f"{place(layer)} with {before[against]}: {value:.3f}"
    return f"{token_name(token)}, token {token.index}\n{_capital(text)}\nhidden[{layer}]"


def tip_of_others(
    value: float, tokens: Sequence[Token], token: int | None, layer: int, column: int
) -> str:
    """Return what hovering a cell of the second map says."""
    name = token_name(tokens[column])
    if token is None:
        return f"{name} with all others, on average\n{_capital(place(layer))}: {value:.3f}"
    chosen = token_name(tokens[token])
    if token == column:
        return f"{chosen}: the selected token itself"
    indexes = f"tokens {token} and {column}, hidden[{layer}]"
    return f"{chosen} with {name}\n{_capital(place(layer))}: {value:.3f}\n{indexes}"


def _turn(told: Told) -> str:
    """Say between which layers the big step lies, of the token and of the sentence."""
    turned = told.paths.with_before[1:]
    mean = turned[:, _ordinary(told.tokens)].mean(axis=1)
    step, space = int(mean.argmin()), told.space.label.lower()
    everything = f"the largest step is from {place(step)} to {place(step + 1)}"
    average = f"mean cosine {mean[step]:.2f}"
    if told.token is None:
        return f"Averaged over the tokens {everything} ({average}, {space})."
    own = turned[:, told.token]
    at = int(own.argmin())
    return (
        f"{told.name} changes most from {place(at)} to {place(at + 1)} (cosine {own[at]:.2f}, "
        f"{space}); averaged over the tokens {everything} ({average})."
    )


def _way(told: Told, against: Against) -> str:
    """Say how far the token is from where it starts or ends, and where it is half the way."""
    start = against == "embeddings"
    every = told.paths.with_embeddings if start else told.paths.with_last
    if told.token is None:
        way, whose = every[:, _ordinary(told.tokens)].mean(axis=1), "the tokens"
    else:
        way, whose = every[:, told.token], told.name
    what = "the embeddings" if start else "the last layer"
    mean = "mean cosine" if told.token is None else "cosine"
    here = f"In {place(told.layer)} the {mean} of {whose} with {what} is {way[told.layer]:.2f}"
    return f"{here} ({told.space.label.lower()}); {_half_way(way, start)}."


def _half_way(way: FloatArray, start: bool) -> str:
    far = np.flatnonzero(way < HALF)
    if not len(far):
        return f"it never falls below {HALF:g}"
    if start:
        return f"it first falls below {HALF:g} in {place(int(far[0]))}"
    if far[-1] + 1 == len(way):  # a state of length zero has no direction
        return f"it stays below {HALF:g}"
    return f"from {place(int(far[-1]) + 1)} on it is above {HALF:g}"


def _others(told: Told) -> str:
    """Say which tokens are most and least like the selected one in the chosen layer."""
    where, space = _capital(f"in {place(told.layer)}"), told.space.label.lower()
    if told.token is None:
        cosines = told.paths.with_others[told.layer].copy()
        whose, kind = "all others", "mean cosine"
    else:
        cosines = told.paths.between[told.layer, told.token].astype(np.float64)
        cosines[told.token] = np.nan
        whose, kind = told.name, "cosine"
    if np.isfinite(cosines).sum() < 2:
        return f"{where} there are no two tokens to compare."
    most, least = int(np.nanargmax(cosines)), int(np.nanargmin(cosines))
    return (
        f"{where} the token most like {whose} is {quoted(told.tokens[most])} "
        f"({kind} {cosines[most]:.2f}, {space}), the least {quoted(told.tokens[least])} "
        f"({cosines[least]:.2f})."
    )


def _contexts(told: Told) -> str:
    """Say how much of the similarity is more than what random pairs have."""
    curves, layer, space = told.curves, told.layer, told.space.label.lower()
    chance = curves.random_pairs[layer]
    baseline = f"random pairs of {curves.n_sample} tokens, one a sentence, have {chance:.2f}"
    where = _capital(f"in {place(layer)}")
    if curves.n_words:
        same = curves.self_similarity[layer]
        text = (
            f"{where} the same word in other contexts has a mean cosine of {same:.2f} ({space}, "
            f"{curves.n_words} words in {curves.n_contexts} contexts); {baseline}: "
            f"{same - chance:.2f} is more than chance."
        )
    else:
        text = f"{where} {baseline} ({space})."
    if told.paths.n_tokens > 1:
        n, mean = told.paths.n_tokens, told.paths.sentence[layer]
        text += f" The {n} tokens of this sentence have {mean:.2f}."
    return text


def _ordinary(tokens: Sequence[Token]) -> list[int]:
    """Return the tokens that the template did not add, or all where there are no others."""
    return [t.index for t in tokens if not t.is_special] or [t.index for t in tokens]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
