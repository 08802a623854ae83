"""How tokens turn from layer to layer, measured in short steps and said."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import STANDARDISED, Space
from roberta_gui.analysis.axes.preparation import Preparation, Preparations
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.layer_maps.steps import clear_step
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.stepped import result_of
from roberta_gui.analysis.through_layers.paths import (
    ReferenceCurves,
    TokenPaths,
    reference_curves,
    repeated_tokens,
    token_paths,
    with_partners,
)
from roberta_gui.choices import Against, PathPicture
from roberta_gui.findings.comparison.against import (
    describe_states,
    names_of,
    sides_of,
)
from roberta_gui.findings.notation.marks import Line
from roberta_gui.findings.notation.names import (
    ordinary,
    the_layer,
    token_name,
)
from roberta_gui.findings.notation.numbers import written
from roberta_gui.findings.notation.places import need_places
from roberta_gui.findings.tables import Arrays, Table, grid, ids_of, layers_and_tokens
from roberta_gui.records import Analysis, FloatArray, Report, Stop, Token
from roberta_gui.wording import counted

HALF = 0.5  # a cosine that captions call half the way
NONE = 0.01
"""A turn by less, from a cosine of 1, is no change to speak of."""


@dataclass(frozen=True, eq=False)
class PathsResult:
    """What was computed for a sentence in one space, and what it was made from.

    ``of_b`` is the same of B's tokens, on A's layers; None where the space is none of B's.
    ``with_b``, float64 (layer + 1, token), is each token with its partner in B, nan for none.
    """

    analysis: Analysis
    preparations: Preparations
    paths: TokenPaths
    curves: ReferenceCurves
    comparison: Comparison | None = None
    of_b: TokenPaths | None = None
    with_b: NDArray[np.float64] | None = None

    @property
    def space(self) -> Space:
        """The space that the cosines are of."""
        return self.preparations.space

    def numbers(self, token: int | None = None) -> dict[str, FloatArray]:
        """Name what is known of each token in each layer, float (layer + 1, token), and A − B.

        nan where it is not known; ``token`` is the one that the others are compared with.
        """
        numbers = _numbers(self.paths, token)
        if self.comparison is None or self.with_b is None:
            return numbers
        compared: dict[str, FloatArray] = {"with_partner_in_b": self.with_b}
        if self.of_b is not None:
            at = -1 if token is None else int(self.comparison.tokens[token])
            for name, in_b in _numbers(self.of_b, at if at >= 0 else None).items():
                found = self.comparison.difference(numbers[name].T, in_b.T, "token")
                compared[f"{name}_a_minus_b"] = found.T
        return numbers | compared

    def table(self, token: int | None = None) -> Table:
        """Return each token's cosines in every layer; with ``token`` where one is selected."""
        axes = layers_and_tokens(len(self.paths.sentence) - 1, self.analysis.tokens)
        return grid(axes, self.numbers(token), unknown="")

    def arrays(self) -> Arrays:
        """Return the cosines, (layer + 1, token), those of all pairs, and the curves."""
        paths, curves, numbers = self.paths, self.curves, self.numbers()
        return {name: each for name, each in numbers.items() if "selected" not in name} | {
            "between": paths.between,
            "sentence": paths.sentence,
            "repeated": paths.repeated,
            "random_pairs": curves.random_pairs,
            "self_similarity": curves.self_similarity,
            "ids": ids_of(self.analysis.tokens),
        }


def _numbers(paths: TokenPaths, token: int | None) -> dict[str, FloatArray]:
    nowhere = np.full_like(paths.with_last, np.nan)
    return {
        "with_layer_before": paths.with_before,
        "mean_with_others": paths.with_others,
        "with_selected_token": nowhere if token is None else paths.between[:, token],
        "with_embeddings": paths.with_embeddings,
        "with_last_layer": paths.with_last,
    }


def find_paths(
    analysis: Analysis,
    axes: ReferenceAxes,
    preparations: Preparations,
    comparison: Comparison | None,
    known: PathsResult | None,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Generator[None, None, PathsResult]:
    """Compute in short steps; of ``known`` is taken what is of the same space."""
    known = known if known is not None and known.preparations is preparations else None
    paths = yield from token_paths(analysis.tokens, analysis.hidden, preparations)
    curves = known.curves if known else (yield from reference_curves(axes, preparations))
    if comparison is None:
        return PathsResult(analysis, preparations, paths, curves)
    b = comparison.b
    of_b = known.paths if known is not None and known.analysis is b else None
    for_b = preparations if comparison.can_compare_states else _untouched(b, preparations)
    if of_b is None and for_b is not None:
        of_b = yield from token_paths(b.tokens, b.hidden[comparison.layers], for_b)
    with_b = yield from with_partners(comparison, preparations)
    return PathsResult(analysis, preparations, paths, curves, comparison, of_b, with_b)


def _untouched(b: Analysis, preparations: Preparations) -> Preparations | None:
    """Return a space for states of another width; only raw ones need no reference sentences."""
    if preparations.space.mode != "raw":
        return None
    raw = Preparation(np.zeros(n := b.model.d_model), np.ones(n), np.zeros((n, 0)), 1.0)
    return Preparations(preparations.space, (raw,) * len(preparations.layers))


def table(
    run: Analysis | Comparison, axes: ReferenceAxes, space: Space = STANDARDISED,
    token: int | None = None,
) -> Table:  # fmt: skip
    """Return each token's cosines in every layer; with ``token`` also those with that one.

    Raises
    ------
    problems.BadArgument
        The axes are not fitted in that space or are of a model of other layers, or there is no
        such layer or token, as for all functions here.
    """
    return _found(run, axes, space, token=token).table(token)


def arrays(run: Analysis | Comparison, axes: ReferenceAxes, space: Space = STANDARDISED) -> Arrays:
    """Return the cosines, (layer + 1, token), those of all pairs, and the reference's curves."""
    return _found(run, axes, space).arrays()


def caption(
    run: Analysis | Comparison, axes: ReferenceAxes, layer: int, token: int | None = None,
    space: Space = STANDARDISED,
) -> str:  # fmt: skip
    """Say where the tokens, or one of them, turn most, and what is like what in a layer."""
    return describe(_found(run, axes, space, layer, token), layer, token)


def _found(
    run: Analysis | Comparison, axes: ReferenceAxes, space: Space, layer: int = 0,
    token: int | None = None,
) -> PathsResult:  # fmt: skip
    a, comparison = sides_of(run)
    need_places(layer=(layer, len(a.hidden)), token=(token, len(a.tokens)))
    return result_of(find_paths(a, axes, axes.need_preparation(space), comparison, None))


def lines_of(found: PathsResult) -> list[Line]:
    """Return the curves that are there, the baseline first, each with its n."""
    paths, curves = found.paths, found.curves
    baseline = f"random pairs, the baseline ({counted(curves.n_sample, 'token')})"
    lines = [Line(baseline, curves.random_pairs)]
    if curves.n_words:
        n = f"{counted(curves.n_words, 'word')}, {counted(curves.n_contexts, 'context')}"
        name = f"same word, other contexts ({n})"
        lines.append(Line(name, curves.self_similarity, 0, filled=True))
    if paths.n_tokens > 1:
        lines.append(Line(f"this sentence ({counted(paths.n_tokens, 'token')})", paths.sentence, 1))
    if (of_b := found.of_b) is not None and of_b.n_tokens > 1:
        name = f"{names_of(found.comparison).b} ({counted(of_b.n_tokens, 'token')})"
        lines.append(Line(name, of_b.sentence, 1, dashed=True))
    if n_repeated := paths.repeated.shape[1]:
        places, _words = repeated_tokens(found.analysis.tokens)
        name = f"{counted(n_repeated, 'token')} that this sentence repeats"
        if n_repeated == 1:
            word = _quoted(found.analysis.tokens[places[0]])
            name = f"{word} in this sentence ({len(places)} times)"
        lines.append(Line(name, paths.repeated.mean(axis=1), 2))
    return lines


def _quoted(token: Token) -> str:
    return f"“{token_name(token)}”"


def describe(
    found: PathsResult,
    layer: int,
    token: int | None = None,
    pictures: Sequence[PathPicture] = ("itself", "others", "contexts"),
    against: Against = "before",
) -> str:
    """Say what is seen in some pictures, and first where A and B part."""
    sentences = []
    if (comparison := found.comparison) is not None and found.with_b is not None:
        first = _apart(found, token, found.with_b) if comparison.can_compare_states else ""
        sides = names_of(comparison)
        sentences = [first, describe_states(comparison)]
        if not found.of_b:
            told = f"In the raw space cosines {sides.in_b} stand beside those {sides.in_a}."
            sentences.append(told)
    for each in pictures:
        if each == "contexts":
            sentences.append(_contexts(found, layer))
        elif each == "others":
            sentences.append(_others(found, layer, token))
        elif found.analysis.tokens and against == "before":
            sentences.append(_turn(found, token))
        elif found.analysis.tokens and against != "b":  # that stands in every caption
            sentences.append(_way(found, layer, token, against))
    return " ".join(sentence for sentence in sentences if sentence)


def headings(against: Against, tokens: Sequence[Token], token: int | None) -> list[str]:
    """Return what stands above the three pictures."""
    itself = {
        "before": "Each token with itself one layer before",
        "embeddings": "Each token with its own embedding",
        "last": "Each token with itself in the last layer",
        "b": "Each token with its partner on the other side",
    }[against]
    others = "Each token with all others, on average: click one to compare it with each"
    if token is not None:
        others = f"{_quoted(tokens[token])} with every other token of its layer"
    return [itself, others, "Mean cosine of like tokens, against chance"]


def _apart(found: PathsResult, token: int | None, with_b: NDArray[np.float64]) -> str:
    """Say in which layer the tokens are least like their partners on the other side."""
    in_b = names_of(found.comparison).in_b
    tokens, is_paired = found.analysis.tokens, np.isfinite(with_b.min(axis=0)).tolist()
    if not any(is_paired):
        return f"No token has a partner {in_b}."
    if (np.nan_to_num(with_b, nan=1.0) == 1).all():
        return f"Every token is as its partner {in_b}."
    mean = with_b[:, ordinary(tokens, is_paired)].mean(axis=1)
    layer = int(mean.argmin())
    own = ""
    if token is not None and is_paired[token]:
        at = int(with_b[:, token].argmin())
        cosine = written(float(with_b[at, token]), 2)
        own = f", {_quoted(tokens[token])} in {the_layer(at)} ({cosine})"
    return (
        f"The tokens are least like their partners {in_b} in {the_layer(layer)} "
        f"(mean cosine {written(float(mean[layer]), 2)}){own}."
    )


def _turn(found: PathsResult, token: int | None) -> str:
    """Say between which layers the big step lies, of the token and of the sentence."""
    turned, space = found.paths.with_before[1:], found.space.phrase
    if len(turned) < 2:
        return ""  # a single step cannot stand out
    mean = turned[:, ordinary(found.analysis.tokens)].mean(axis=1)
    at = clear_step(1 - mean, NONE)
    average = "" if at is None else f"mean cosine {written(float(mean[at]), 2)}"
    if token is None:
        if at is None:
            return f"No step stands out (mean {_range(mean)}, {space})."
        return f"Averaged over the tokens the largest step is {_from_to(at)} ({average}, {space})."
    own, name = turned[:, token], _quoted(found.analysis.tokens[token])
    step = clear_step(1 - own, NONE)
    if step is None:
        text = f"No step of {name} stands out ({_range(own)}, {space})"
    else:
        cosine = written(float(own[step]), 2)
        text = f"{name} changes most {_from_to(step)} (cosine {cosine}, {space})"
    if at is None:
        rest = "" if step is None else "; on average over the tokens no step stands out"
        return f"{text}{rest}."
    if at == step:
        return f"{text}; so do the tokens on average ({average})."
    return f"{text}; the tokens on average change most {_from_to(at)} ({average})."


def _from_to(step: int) -> str:
    return f"from {the_layer(step)} to layer {step + 1}"


def _range(cosines: NDArray[np.float64]) -> str:
    low, high = (written(float(end), 2) for end in (cosines.min(), cosines.max()))
    return f"cosine about {low}" if low == high else f"cosine {low} to {high}"


def _way(found: PathsResult, layer: int, token: int | None, against: Against) -> str:
    """Say how far the token is from its start or end, and where it is half the way."""
    start, tokens = against == "embeddings", found.analysis.tokens
    every = found.paths.with_embeddings if start else found.paths.with_last
    way, whose, mean = every[:, ordinary(tokens)].mean(axis=1), "the tokens", "mean cosine"
    if token is not None:
        way, whose, mean = every[:, token], _quoted(tokens[token]), "cosine"
    what = "the embeddings" if start else "the last layer"
    here = written(float(way[layer]), 2)
    text = f"In {the_layer(layer)} the {mean} of {whose} with {what} is {here}"
    return f"{text} ({found.space.phrase}); {_half_way(way, start)}."


def _half_way(way: FloatArray, start: bool) -> str:
    far = np.flatnonzero(way < HALF)
    if not len(far):
        return f"it never falls below {HALF:g}"
    if start:
        return f"it first falls below {HALF:g} in {the_layer(int(far[0]))}"
    if far[-1] + 1 == len(way):  # a state of length zero has no direction
        return f"it stays below {HALF:g}"
    return f"from {the_layer(int(far[-1]) + 1)} on it is above {HALF:g}"


def _others(found: PathsResult, layer: int, token: int | None) -> str:
    """Say which tokens are most and least like the selected one in the chosen layer."""
    where, tokens = f"In {the_layer(layer)}", found.analysis.tokens
    cosines, whose, kind = found.paths.with_others[layer], "all others", "mean cosine"
    if token is not None:
        cosines = found.paths.between[layer, token].astype(np.float64)
        cosines[token] = np.nan
        whose, kind = _quoted(tokens[token]), "cosine"
    known = np.flatnonzero(np.isfinite(cosines)).tolist()
    if len(known) < (2 if token is None else 1):
        return f"{where} there are no two tokens to compare."
    if len(known) == 1:
        other, cosine = _quoted(tokens[known[0]]), written(float(cosines[known[0]]), 2)
        return f"{where} {whose} and {other} have a cosine of {cosine} ({found.space.phrase})."
    most, least = int(np.nanargmax(cosines)), int(np.nanargmin(cosines))
    high, low = (written(float(cosines[at]), 2) for at in (most, least))
    return (
        f"{where} the token most like {whose} is {_quoted(tokens[most])} "
        f"({kind} {high}, {found.space.phrase}), the least {_quoted(tokens[least])} ({low})."
    )


def _contexts(found: PathsResult, layer: int) -> str:
    """Say how much of the similarity is more than what random pairs have."""
    curves, space, where = found.curves, found.space.phrase, f"In {the_layer(layer)}"
    chance, sample = float(curves.random_pairs[layer]), counted(curves.n_sample, "token")
    baseline = f"random pairs of {sample}, one a sentence, have {written(chance, 2)}"
    text = f"{where} {baseline} ({space})."
    if curves.n_words:
        same = float(curves.self_similarity[layer])
        n = f"{counted(curves.n_words, 'word')} in {counted(curves.n_contexts, 'context')}"
        beyond = f"{written(abs(same - chance), 2)} {'above' if same >= chance else 'below'} chance"
        text = (
            f"{where} the same word in other contexts has a mean cosine of {written(same, 2)} "
            f"({space}, {n}); {baseline}: {beyond}."
        )
    if found.paths.n_tokens > 1:
        n, mean = f"{found.paths.n_tokens:,}", float(found.paths.sentence[layer])
        text += f" The {n} tokens of this sentence have {written(mean, 2)}."
    return text
