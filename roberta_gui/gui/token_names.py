"""How tokens are named in labels, lists and tables: one way, everywhere."""

from roberta_gui.gui.widgets.painting.axis_label import AxisLabel
from roberta_gui.gui.widgets.tokens.token_glyphs import SPACE, visible
from roberta_gui.records import Token


def spaced_word(text: str, leading_space: bool) -> str:
    """Write a word with its leading space made visible."""
    return (SPACE if leading_space else "") + visible(text)


def token_name(token: Token) -> str:
    """Write a token as a person can read it."""
    if token.is_special or token.is_mask:
        return token.text
    return spaced_word(token.text, token.leading_space)


def axis_label(token: Token) -> AxisLabel:
    """Name a token on the axes of a heatmap."""
    name = token_name(token)
    if token.is_mask:
        return AxisLabel(name, "mask", index=token.index)
    return AxisLabel(name, "special" if token.is_special else "plain", index=token.index)
