"""What no installed font can draw: a box stands for it, and somebody should be told why."""

import unicodedata
from functools import cache
from typing import Final

from PySide6.QtGui import QFont, QFontMetrics

_SHOWN: Final = 3
"""Characters that are named; of more there is the number."""

_UNDRAWN: Final = ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp")
"""Kinds of characters of which nothing is drawn, or a sign in their place."""


def describe_missing(text: str, font: QFont) -> str:
    """Say which characters of a text neither a font nor those beside it have; "" if none."""
    missing = [one for one in dict.fromkeys(text) if not _is_drawn(one, font.toString())]
    if not missing:
        return ""
    names = [f"U+{ord(one):04X}" for one in missing[:_SHOWN]]
    more = [f"{len(missing) - _SHOWN:,} more"] if len(missing) > _SHOWN else []
    return f"No installed font has {', '.join([*names, *more])}: boxes stand there."


@cache
def _is_drawn(character: str, font: str) -> bool:
    if character.isascii() or unicodedata.category(character) in _UNDRAWN:
        return True
    if unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
        return True
    look = QFont()
    look.fromString(font)
    return QFontMetrics(look).inFontUcs4(ord(character))
