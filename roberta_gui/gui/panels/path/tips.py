"""What hovering the maps of tokens through the layers says."""

from collections.abc import Sequence

import numpy as np

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import Against
from roberta_gui.findings.comparison.against import layer_of_b
from roberta_gui.findings.notation.names import array_index, the_layer, the_layer_first, token_name
from roberta_gui.findings.notation.numbers import written, written_change
from roberta_gui.records import Token


def tip_of_itself(value: float, token: Token, against: Against, layer: int) -> str:
    """Return what hovering a cell of the first map says."""
    if not np.isfinite(value):
        missing = "partner on the other side" if against == "b" else "layer before the embeddings"
        return f"{token_name(token)}\nThere is no {missing}."
    before = {
        "before": the_layer(layer - 1), "embeddings": "the embeddings", "last": "the last layer",
        "b": "its partner on the other side",
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


def tip_of_change(value: float, change: float, comparison: Comparison, layer: int) -> str:
    """Return the line of a tip that says what a cosine is on the other side; "" without one."""
    if not np.isfinite(change):
        return ""
    in_b, difference = written(value - change, 3), written_change(change, 3)
    return f"\n{layer_of_b(comparison, layer)}: {in_b}, a difference of {difference}"
