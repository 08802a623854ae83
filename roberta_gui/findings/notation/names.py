"""How layers, heads and tokens are named in labels, lists, tables and sentences: one way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from roberta_gui.findings.notation.glyphs import SPACE, visible
from roberta_gui.records import Ablation, Head, ModelInfo, Token


def layer_name(layer: int) -> str:
    """Name a hidden-state layer on an axis: 0 is the embedding output."""
    return str(layer) if layer else "emb"


def layer_names(n_layers: int) -> tuple[str, ...]:
    """Name all hidden-state layers: ``emb``, then from 1."""
    return tuple(map(layer_name, range(n_layers + 1)))


def the_layer(layer: int) -> str:
    """Name a hidden-state layer in the middle of a sentence."""
    return f"layer {layer}" if layer else "the embeddings"


def the_layer_first(layer: int) -> str:
    """Name a hidden-state layer where a sentence begins."""
    return f"Layer {layer}" if layer else "The embeddings"


def array_index(name: str, *index: int | str) -> str:
    """Write where in an array something is: the only place where tips count from 0.

    Examples
    --------
    >>> array_index("attention", 4, 2)
    'array index: attention[4, 2]'
    """
    return f"array index: {name}[{', '.join(map(str, index))}]"


LabelKind: TypeAlias = Literal["plain", "special", "mask"]


@dataclass(frozen=True)
class AxisLabel:
    """A token's name on both axes, how it is drawn, and which token it is.

    ``index`` is the token's place in the sentence, which is not the row's where some tokens are
    hidden; -1 is the row's own number. ``last`` is the place of the last of several tokens that
    share one name, as the pieces of a word do; -1 where there is one only.
    """

    text: str
    kind: LabelKind = "plain"
    index: int = field(default=-1, kw_only=True)
    last: int = field(default=-1, kw_only=True)

    def token_numbers(self, row: int, start: int = 1) -> str:
        """Write which tokens it stands for, counted from ``start``; ``row`` is its own place."""
        first = (row if self.index < 0 else self.index) + start
        last = self.last + start
        return f"{first}–{last}" if last > first else str(first)


def spaced_word(text: str, leading_space: bool) -> str:
    """Write a word with its leading space made visible."""
    return (SPACE if leading_space else "") + visible(text)


def token_name(token: Token) -> str:
    """Write a token as a person can read it."""
    if token.is_special or token.is_mask:
        return token.text
    return spaced_word(token.text, token.leading_space)


def ordinary(tokens: Sequence[Token], among: Sequence[bool] | None = None) -> list[int]:
    """Return the tokens (``among`` some) that the template did not add, or all if it added all."""
    known = [t for t in tokens if among is None or among[t.index]]
    return [t.index for t in known if not t.is_special] or [t.index for t in known]


def axis_label(*same: Token, name: str = "") -> AxisLabel:
    """Name a token, or one of A and its partner in B, on the axes of a heatmap."""
    kind: LabelKind = "special" if all(token.is_special for token in same) else "plain"
    if all(token.is_mask for token in same):
        kind = "mask"
    return AxisLabel(name or token_name(same[0]), kind, index=same[0].index)


def literal(written: str) -> str:
    """Read a word to watch as somebody wrote it: a visible space stands for a space."""
    return written.replace(SPACE, " ")


def spelled(word: str) -> str:
    """Write a literal word with the space in front of it made visible."""
    return spaced_word(word.removeprefix(" "), word.startswith(" "))


def formula(word: str, against: str | None = None) -> str:
    """Write a word's log-probability in bits, less that of another word.

    Examples
    --------
    >>> formula("is", "are")
    'log₂ p(“is”) − log₂ p(“are”)'
    """
    less = "" if against is None else f" − log₂ p(“{against}”)"
    return f"log₂ p(“{word}”){less}"


def what_is_watched(written: str, watched: str) -> str:
    """Say which word is watched, if it is spelled otherwise than it was written; else ""."""
    if watched == written:
        return ""
    return f"Watching {watched}, the form of “{written}” that is one token here."


def place_name(layer: int, head: int) -> str:
    """Name a head for the tool tip: as people count, and as the arrays do."""
    return f"Layer {layer + 1}, head {head + 1}\n{array_index('attention', layer, head)}"


_MOST_NAMED: Final = 8


def head_name(head: Head) -> str:
    """Name a head in short: layer.head, counted from 1."""
    return f"{head[0] + 1}.{head[1] + 1}"


def head_names(heads: Iterable[Head], most: int | None = None) -> str:
    """List heads as layer.head, counted from 1; only the first ``most`` of them by name."""
    names = [*map(head_name, sorted(heads))]
    if most is not None and len(names) > most:
        names = [*names[:most], f"{len(names) - most} more"]
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + "".join(names[-1:])


def name_switched_heads(heads: Iterable[Head]) -> str:
    """Say which heads are off, up to where a full stop or what they give instead follows."""
    heads = frozenset(heads)
    names = head_names(heads, _MOST_NAMED)
    if len(heads) == 1:
        return f"Head {names} is switched off"
    return f"{len(heads)} heads are switched off ({names})"


def describe_switched_heads(heads: Iterable[Head], ablation: Ablation) -> str:
    """Say which heads are off and what they give instead; "" if none is."""
    heads = frozenset(heads)
    if not heads:
        return ""
    its, mean = ("its", "its mean") if len(heads) == 1 else ("their", "their means")
    instead = "zeros" if ablation == "zero" else f"{mean} over the tokens"
    return f"{name_switched_heads(heads)}, {its} output replaced by {instead}."


_DEVICES: Final = {"cpu": "CPU", "cuda": "GPU (CUDA)", "mps": "GPU (Metal)"}


def device_name(device: str) -> str:
    """Name a device as people know it.

    Examples
    --------
    >>> device_name("cuda:1"), device_name("xpu")
    ('GPU (CUDA)', 'xpu')
    """
    return _DEVICES.get(device.partition(":")[0], device)


def identity(model: ModelInfo) -> str:
    """Name a model so that a picture can be traced back to it."""
    sha = f"{model.weights_sha256[:4]}…{model.weights_sha256[-4:]}"
    return f"{model.name} · sha256 {sha} · {model.dtype} · {device_name(model.device)}"
