"""Texts that people rarely type and programs often stumble over."""

from random import Random
from typing import Final

WORDS: Final = (
    "The cat sat on the <mask>.", "Paris is the <mask> of <mask>.", "<mask>", " <mask> <mask> ", "",
    "word ", "it's", "don't stop", "naïve café", "Straße", "ﬁne ligatures", "…", "1,000.5 %", "\n",
    "<s> </s> <pad> <unk>", "<b>bold</b> &amp; <img src=x>", "'; DROP TABLE cats; --", "\\n %s {0}",
)  # fmt: skip

ODD: Final = (
    "e\u0301\u0323\u0308", "\u0301", "a" + "\u0300" * 40, "क्षि", "தமிழ்",
    "한국어 조합 ㅎㅏㄴ", "日本語テキスト",
    "שלום עולם", "مرحبا بالعالم", "abc \u202eright to left\u202c abc", "\u200f\u200e\u2067x\u2069",
    "😀", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇪🇺🇩🇪", "👍🏽", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "\U0010ffff", "\U000e0001",
    "\x00", "a\x00b", "\x01\x02\x1b[31m\x7f", "\x85\x9f", "\x0b\x0c\x1c\x1d", "\t\t", "\r\n\r",
    "\ufffe", "\uffff", "\ufdd0", "\ufeffmark", "\ufffd", "\ufffc", "\u2028\u2029",
    "\u00a0\u3000\u200b\u2060", "\u00ad soft\u00adhyphen", "ℵ₀ ∑ ∫ ≠", "ǅ İ ı ß ẞ", "\u034f\u180e",
)  # fmt: skip

BYTES: Final = (
    b"\xed\xa0\x80", b"half \xf0\x9f", b"\xff\xfe\x00\x00", b"\xc0\x80", b"caf\xe9", b"", b"\x00",
    b"\xef\xbb\xbfmark",
)  # fmt: skip
"""What other programs put on the clipboard and call text."""


def short_text(rng: Random) -> str:
    """Draw a few words and oddities."""
    return "".join(rng.choice(rng.choice((WORDS, ODD))) for _ in range(rng.randint(1, 6)))


def long_text(rng: Random) -> str:
    """Draw a text of thousands of characters, now and then of more than the editor holds."""
    kinds = (
        "The cat sat on the mat. ", "x", "<mask> ", "😀", "e\u0301", "日本", "a\n", "\x00",
        short_text(rng),
    )  # fmt: skip
    length = rng.choice((300, 1_000, 3_000, 10_000, 10_000, 19_999, 20_001, 100_000))
    unit = rng.choice(kinds) or " "
    return (unit * (length // len(unit) + 1))[:length]


def any_text(rng: Random) -> str:
    """Draw a text of any kind."""
    return long_text(rng) if rng.random() < 0.08 else short_text(rng)
