"""What the panel "Through the layers" says: whole sentences about what is seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.layer_maps.steps import clear_step
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import Against, PathPicture
from roberta_gui.findings.comparison.against import describe_states, where_b_is
from roberta_gui.findings.names import (
    array_index,
    ordinary,
    the_layer,
    the_layer_first,
    token_name,
)
from roberta_gui.findings.numbers import written, written_change
from roberta_gui.findings.path.numbers import FoundPaths
from roberta_gui.records import FloatArray, Token
from roberta_gui.wording import counted

HALF = 0.5
"""A cosine that captions call half the way."""

NONE = 0.01
"""A turn by less, from a cosine of 1, is no change to speak of."""


@dataclass(frozen=True, eq=False)
class PathState:
    """What a caption speaks of: the numbers, the selected token if any, the chosen layer."""

    found: FoundPaths
    token: int | None
    layer: int

    @property
    def tokens(self) -> Sequence[Token]:
        """The sentence."""
        return self.found.analysis.tokens

    @property
    def name(self) -> str:
        """The selected token's name, quoted."""
        return "" if self.token is None else quoted(self.tokens[self.token])


def quoted(token: Token) -> str:
    """Name a token inside a sentence."""
    return f"“{token_name(token)}”"


def caption(
    found: FoundPaths,
    layer: int,
    token: int | None = None,
    pictures: Sequence[PathPicture] = ("itself", "others", "contexts"),
    against: Against = "before",
) -> str:
    """Say what is seen in some pictures, and first where A and B part."""
    told = PathState(found, token, layer)
    sentences = [describe(told, each, against) for each in pictures]
    if (comparison := found.comparison) is not None and found.with_b is not None:
        first = apart(told, found.with_b) if comparison.can_compare_states else ""
        raw = "" if found.of_b else "In the raw space B's own cosines stand beside A's."
        sentences = [first, describe_states(comparison), raw, *sentences]
    return " ".join(sentence for sentence in sentences if sentence)


def headings(against: Against, tokens: Sequence[Token], token: int | None) -> list[str]:
    """Return what stands above the three pictures."""
    itself = {
        "before": "Each token with itself one layer before",
        "embeddings": "Each token with its own embedding",
        "last": "Each token with itself in the last layer",
        "b": "Each token with its partner in B",
    }[against]
    if token is None:
        others = "Each token with all others, on average: click one to compare it with each"
    else:
        others = f"{quoted(tokens[token])} with every other token of its layer"
    return [itself, others, "Mean cosine of like tokens, against chance"]


def describe(told: PathState, picture: PathPicture, against: Against) -> str:
    """Say in a sentence or two what one picture shows."""
    if picture == "contexts":
        return _contexts(told)
    if picture == "others":
        return _others(told)
    if not told.tokens:
        return ""
    if against == "b":
        return ""  # where A and B part stands in every caption
    return _turn(told) if against == "before" else _way(told, against)


def tip_of_itself(value: float, token: Token, against: Against, layer: int) -> str:
    """Return what hovering a cell of the first map says."""
    if not np.isfinite(value):
        missing = "partner in B" if against == "b" else "layer before the embeddings"
        return f"{token_name(token)}\nThere is no {missing}."
    before = {
        "before": the_layer(layer - 1), "embeddings": "the embeddings", "last": "the last layer",
        "b": "its partner in B",
    }  # fmt: skip
    text = f"{the_layer_first(layer)} with {before[against]}: {written(value, 3)}"
    index = array_index("hidden", layer, token.index)
    return f"{token_name(token)}, token {token.index + 1}\n{text}\n{index}"


def tip_of_others(
    value: float, tokens: Sequence[Token], token: int | None, layer: int, column: int
) -> str:
    """Return what hovering a cell of the second map says."""
    name, text = token_name(tokens[column]), f"{the_layer_first(layer)}: {written(value, 3)}"
    if token is None:
        return f"{name} with all others, on average\n{text}"
    chosen = token_name(tokens[token])
    if token == column:
        return f"{chosen}: the selected token itself"
    where = f"tokens {token + 1} and {column + 1}"
    return f"{chosen} with {name}\n{text}\n{where}\n{array_index('between', layer, token, column)}"


def tip_of_change(value: float, change: float, comparison: Comparison) -> str:
    """Return the line of a tip that says what a cosine is in B; "" without one."""
    if not np.isfinite(change):
        return ""
    where = where_b_is(comparison)
    in_b, difference = written(value - change, 3), written_change(change, 3)
    return f"\n{where[0].upper()}{where[1:]}: {in_b}; A − B: {difference}"


def apart(told: PathState, with_b: NDArray[np.float64]) -> str:
    """Say in which layer the tokens are least like their partners in B."""
    is_paired = np.isfinite(with_b.min(axis=0)).tolist()
    if not any(is_paired):
        return "No token has a partner in B."
    if (np.nan_to_num(with_b, nan=1.0) == 1).all():
        return "Every token is as its partner in B."
    mean = with_b[:, ordinary(told.tokens, is_paired)].mean(axis=1)
    layer = int(mean.argmin())
    own = ""
    if told.token is not None and is_paired[told.token]:
        at = int(with_b[:, told.token].argmin())
        own = f", {told.name} in {the_layer(at)} ({written(float(with_b[at, told.token]), 2)})"
    return (
        f"The tokens are least like their partners in B in {the_layer(layer)} "
        f"(mean cosine {written(float(mean[layer]), 2)}){own}."
    )


def _turn(told: PathState) -> str:
    """Say between which layers the big step lies, of the token and of the sentence."""
    turned = told.found.paths.with_before[1:]
    if len(turned) < 2:
        return ""  # a single step cannot stand out
    mean, space = (
        turned[:, ordinary(told.tokens)].mean(axis=1),
        told.found.space.phrase,
    )
    at = clear_step(1 - mean, NONE)
    if told.token is None:
        if at is None:
            return f"No step stands out (mean {_range(mean)}, {space})."
        average = f"mean cosine {written(float(mean[at]), 2)}, {space}"
        return f"Averaged over the tokens the largest step is {_from_to(at)} ({average})."
    own = turned[:, told.token]
    step = clear_step(1 - own, NONE)
    if step is None:
        text = f"No step of {told.name} stands out ({_range(own)}, {space})"
    else:
        cosine = written(float(own[step]), 2)
        text = f"{told.name} changes most {_from_to(step)} (cosine {cosine}, {space})"
    if at is None:
        rest = "" if step is None else "; on average over the tokens no step stands out"
        return f"{text}{rest}."
    average = f"(mean cosine {written(float(mean[at]), 2)})"
    if at == step:
        return f"{text}; so do the tokens on average {average}."
    return f"{text}; the tokens on average change most {_from_to(at)} {average}."


def _from_to(step: int) -> str:
    return f"from {the_layer(step)} to {the_layer(step + 1)}"


def _range(cosines: NDArray[np.float64]) -> str:
    """Write the least and the greatest of several cosines."""
    low, high = (written(float(end), 2) for end in (cosines.min(), cosines.max()))
    return f"cosine about {low}" if low == high else f"cosine {low} to {high}"


def _way(told: PathState, against: Against) -> str:
    """Say how far the token is from where it starts or ends, and where it is half the way."""
    start = against == "embeddings"
    every = told.found.paths.with_embeddings if start else told.found.paths.with_last
    if told.token is None:
        way, whose = every[:, ordinary(told.tokens)].mean(axis=1), "the tokens"
    else:
        way, whose = every[:, told.token], told.name
    what = "the embeddings" if start else "the last layer"
    mean = "mean cosine" if told.token is None else "cosine"
    here = written(float(way[told.layer]), 2)
    text = f"In {the_layer(told.layer)} the {mean} of {whose} with {what} is {here}"
    return f"{text} ({told.found.space.phrase}); {_half_way(way, start)}."


def _half_way(way: FloatArray, start: bool) -> str:
    far = np.flatnonzero(way < HALF)
    if not len(far):
        return f"it never falls below {HALF:g}"
    if start:
        return f"it first falls below {HALF:g} in {the_layer(int(far[0]))}"
    if far[-1] + 1 == len(way):  # a state of length zero has no direction
        return f"it stays below {HALF:g}"
    return f"from {the_layer(int(far[-1]) + 1)} on it is above {HALF:g}"


def _others(told: PathState) -> str:
    """Say which tokens are most and least like the selected one in the chosen layer."""
    where, space = f"In {the_layer(told.layer)}", told.found.space.phrase
    if told.token is None:
        cosines = told.found.paths.with_others[told.layer].copy()
        whose, kind = "all others", "mean cosine"
    else:
        cosines = told.found.paths.between[told.layer, told.token].astype(np.float64)
        cosines[told.token] = np.nan
        whose, kind = told.name, "cosine"
    if np.isfinite(cosines).sum() < 2:
        return f"{where} there are no two tokens to compare."
    most, least = int(np.nanargmax(cosines)), int(np.nanargmin(cosines))
    high, low = (written(float(cosines[at]), 2) for at in (most, least))
    return (
        f"{where} the token most like {whose} is {quoted(told.tokens[most])} "
        f"({kind} {high}, {space}), the least {quoted(told.tokens[least])} ({low})."
    )


def _contexts(told: PathState) -> str:
    """Say how much of the similarity is more than what random pairs have."""
    curves, layer, space = told.found.curves, told.layer, told.found.space.phrase
    chance = float(curves.random_pairs[layer])
    sample = counted(curves.n_sample, "token")
    baseline = f"random pairs of {sample}, one a sentence, have {written(chance, 2)}"
    where = f"In {the_layer(layer)}"
    if curves.n_words:
        same = float(curves.self_similarity[layer])
        text = (
            f"{where} the same word in other contexts has a mean cosine of {written(same, 2)} "
            f"({space}, {counted(curves.n_words, 'word')} "
            f"in {counted(curves.n_contexts, 'context')}); {baseline}: "
            f"{written(abs(same - chance), 2)} {'above' if same >= chance else 'below'} chance."
        )
    else:
        text = f"{where} {baseline} ({space})."
    if told.found.paths.n_tokens > 1:
        n, mean = told.found.paths.n_tokens, float(told.found.paths.sentence[layer])
        text += f" The {n:,} tokens of this sentence have {written(mean, 2)}."
    return text
