"""Made-up sentences of exactly so many tokens, a new one each time."""

import random

_TEXT = (
    "the of and to in that was his he it with is for as had you not be her on at by which have "
    "or from this him but all she they were my are me one their so an said them we who would "
    "been will no when there if more out up into do any your what has man could other than our "
    "some very time upon about may its only now like little then can made should did us such "
    "great before must two these see know over much down after first good men house water"
)
_WORDS = _TEXT.split()


def sentence(n_tokens: int, seed: int, *, masked: bool = True) -> str:
    """Make a sentence of ``n_tokens`` tokens, ``<s>`` and ``</s>`` counted.

    Every word is one token of roberta-base's tokenizer. With ``masked``, the word in the middle
    is ``<mask>``.
    """
    drawn = random.Random(f"{n_tokens} {seed}")
    words = ["The", *drawn.choices(_WORDS, k=n_tokens - 3)]
    if masked:
        words[len(words) // 2] = "<mask>"
    return " ".join(words)


def sentences(n_tokens: int, count: int, *, masked: bool = True) -> list[str]:
    """Make ``count`` different sentences of one length."""
    return [sentence(n_tokens, seed, masked=masked) for seed in range(count)]
