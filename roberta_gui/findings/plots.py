"""Pictures for notebooks, drawn with matplotlib (`problems.MissingPackage` without it).

Each function draws one record into the matplotlib Axes that it is given, or into a new figure's,
and returns them. Layers and heads count from 0, as in the records; layer 0 of hidden states and
lens is the embedding output. Every scale is printed.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from roberta_gui.analysis.projection import Axes as FittedAxes
from roberta_gui.extras import need
from roberta_gui.findings.notation.names import layer_name, spaced_word, spelled, token_name
from roberta_gui.findings.notation.places import need_head, need_places
from roberta_gui.findings.words.patching import need_tokens
from roberta_gui.findings.words.why import METHODS, Why
from roberta_gui.problems import BadArgument
from roberta_gui.records import Analysis, Attribution, FloatArray, Lens, Patching, Token
from roberta_gui.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes


BASES = {"joint": "joint axes", "per_layer": "the layer's own axes"}


def attention(analysis: Analysis, layer: int, head: int, axes: "Axes | None" = None) -> "Axes":
    """Draw one head's attention, a row a query, linear from 0 to its largest weight.

    Raises
    ------
    problems.NoSuchHead
        The model has no such layer or head.
    """
    need_head(analysis.attention, layer, head)
    weights = analysis.attention[layer, head]  # (query, key)
    axes = _ready(axes)
    picture = axes.imshow(weights, vmin=0, vmax=max(float(weights.max(initial=0)), 1e-9))
    _print_scale(axes, picture, "attention (each row sums to 1)")
    _name_tokens(axes, analysis.tokens)
    axes.set_yticks(range(len(analysis.tokens)), _names(analysis.tokens))
    axes.set(xlabel="key", ylabel="query", title=f"attention[{layer}, {head}]")
    return axes


def hidden_states(
    analysis: Analysis, fitted: FittedAxes, layer: int, axes: "Axes | None" = None
) -> "Axes":
    """Draw where each token lies in a layer, on the first two of ``fitted``'s axes.

    Raises
    ------
    problems.BadArgument
        There is no such layer, or there are fewer than two axes.
    """
    need_places(layer=(layer, len(analysis.hidden)))
    coordinates = fitted.transform(analysis.hidden)[layer]  # (token, n)
    if coordinates.shape[1] < 2:
        raise BadArgument("There is one axis only.", "Fit two: Axes.fit(hidden, n=2).")
    axes = _ready(axes)
    axes.scatter(coordinates[:, 0], coordinates[:, 1])
    for name, (x, y) in zip(_names(analysis.tokens), coordinates[:, :2], strict=True):
        axes.annotate(name, (x, y), xytext=(4, 4), textcoords="offset points")
    first, second = (f"axis {n + 1} ({fitted.explained[layer, n]:.0%} of variance)" for n in (0, 1))
    title = f"hidden[{layer}], {fitted.mode}, {BASES[fitted.basis]}"
    axes.set(xlabel=first, ylabel=second, title=title)
    return axes


def lens(read: Lens, axes: "Axes | None" = None) -> "Axes":
    """Draw each layer's best guess at each token, tinted by the layer's entropy; layers go up."""
    axes = _ready(axes)
    picture = axes.imshow(read.entropy_bits, origin="lower", aspect="auto", vmin=0)
    _print_scale(axes, picture, "entropy (bits)")
    middle = float(np.nanmean(picture.get_clim()))
    for layer, token in np.ndindex(read.entropy_bits.shape):
        for best in read.candidates(layer, token)[:1]:
            # Viridis is dark below its middle and light above.
            ink = "white" if read.entropy_bits[layer, token] < middle else "black"
            word = _plain(spaced_word(best.text, best.leading_space))
            axes.text(token, layer, word, ha="center", va="center", fontsize="small", color=ink)
    _name_tokens(axes, read.tokens)
    axes.set_yticks(range(len(read.ids)), list(map(layer_name, range(len(read.ids)))))
    axes.set(xlabel="token", ylabel="layer", title="logit lens")
    return axes


def surprisal(analysis: Analysis, bits: FloatArray, axes: "Axes | None" = None) -> "Axes":
    """Draw what each token costs, as `Engine.surprisal` gives it; no bar where it is nan.

    Raises
    ------
    problems.BadArgument
        There are not as many bits as tokens.
    """
    if np.shape(bits) != (len(analysis.tokens),):
        raise BadArgument(
            f"Bits of shape {np.shape(bits)} are not this sentence's.",
            f"It has {counted(len(analysis.tokens), 'token')}.",
        )
    axes = _ready(axes)
    axes.bar(range(len(analysis.tokens)), np.nan_to_num(bits))
    _name_tokens(axes, analysis.tokens)
    axes.set(ylabel="surprisal (bits)", title="surprisal")
    return axes


def attribution(found: Attribution, axes: "Axes | None" = None) -> "Axes":
    """Draw what each token adds to a guess, in bits, as `Engine.attribute` gives it."""
    axes = _ready(axes)
    bits = np.nan_to_num(found.values) / math.log(2)
    axes.bar(range(len(bits)), bits, color=np.where(bits < 0, "tab:blue", "tab:orange").tolist())
    axes.axhline(0, color="black", linewidth=0.8)
    _name_tokens(axes, found.tokens)
    title = f"{Why(attribution=found).target}, {METHODS[found.method].phrase}"
    axes.set(ylabel="bits added", title=_plain(title))
    return axes


def patching(found: Patching, axes: "Axes | None" = None) -> "Axes":
    """Draw which share of a word each copied state brings back, layers upwards.

    Raises
    ------
    problems.BadArgument
        Whole layers were copied, not single states.
    """
    need_tokens(found)
    shares = found.regained
    axes = _ready(axes)
    most = max(1.0, float(np.nanmax(np.abs(shares), initial=0)))
    picture = axes.imshow(shares, vmin=-most, vmax=most, cmap="RdBu_r", origin="lower")
    _print_scale(axes, picture, "share regained (0: as corrupted, 1: as clean)")
    _name_tokens(axes, found.tokens)
    axes.set_yticks(range(len(shares)), list(map(layer_name, range(len(shares)))))
    axes.set(ylabel="layer", title=_plain(f"where “{spelled(found.word)}” comes from"))
    return axes


def _ready(axes: "Axes | None") -> "Axes":
    """Return the given Axes, or those of a new figure."""
    pyplot = need("matplotlib.pyplot")
    made: Axes = pyplot.subplots(layout="constrained")[1] if axes is None else axes
    return made


def _print_scale(axes: "Axes", picture: Any, label: str) -> None:
    """Put a colour bar beside a picture."""
    axes.get_figure(root=False).colorbar(picture, ax=axes, label=label)  # type: ignore[union-attr]


def _name_tokens(axes: "Axes", tokens: Sequence[Token]) -> None:
    """Write the tokens below a picture."""
    axes.set_xticks(range(len(tokens)), _names(tokens), rotation=90)


def _names(tokens: Sequence[Token]) -> list[str]:
    return [_plain(token_name(token)) for token in tokens]


def _plain(text: str) -> str:
    """Keep matplotlib from reading a formula between two dollar signs."""
    return text.replace("$", r"\$")
