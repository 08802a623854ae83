"""The tokenizers that tests of tokens run on, each beside the library's own untouched one."""

import json
from functools import cache
from typing import Literal, NamedTuple

from hypothesis import strategies as st
from tokenizers import Tokenizer

from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.resources import resource
from tests.models import ROBERTA_TOKENIZER, unigram_tokenizer

Kind = Literal["roberta-base", "mini", "prefix space", "unigram", "whitespace split"]

BYTE_LEVEL: tuple[Kind, ...] = ("roberta-base", "mini")
EVERY_KIND: tuple[Kind, ...] = (*BYTE_LEVEL, "prefix space", "unigram", "whitespace split")

_AWKWARD = [
    "<mask>",
    " <mask>",
    "\n\t<mask> ",
    "<s>",
    "</s>",
    "<pad>",
    "<unk>",
    " ",
    "  ",
    "\r\n",
    "\t",
    "\x00",
    "\x1c",
    "\u00a0",
    "\u3000",
    "\u200d",
    "é",
    "e\u0301",
    "😀",
    "👨‍👩‍👧",
    "שלום",
    "مرحبا",
    "世界",
    "ﬁ",
    "don't",
    " The cat",
    "hello",
    "▁",
    "Ġ",
]

any_text = st.lists(
    st.sampled_from(_AWKWARD) | st.text(st.characters(codec="utf-8"), max_size=6), max_size=12
).map("".join)
"""Any Unicode text without surrogates, rich in what tokenizers treat in a special way."""


class Both(NamedTuple):
    """Ours, and the library's own with nothing changed."""

    ours: TextTokenizer
    library: Tokenizer


@cache
def both(kind: Kind) -> Both:
    description = _description(kind)
    return Both(TextTokenizer(description), Tokenizer.from_str(description))


def _description(kind: Kind) -> str:
    if kind == "mini":
        return (resource("models/mini") / "tokenizer.json").read_text(encoding="utf-8")
    if kind == "unigram":
        return unigram_tokenizer("xlm-roberta").to_str()
    if kind == "whitespace split":
        content = json.loads(unigram_tokenizer("xlm-roberta").to_str())
        split = {"type": "WhitespaceSplit"}
        content["pre_tokenizer"] = {
            "type": "Sequence",
            "pretokenizers": [split, content["pre_tokenizer"]],
        }
        return json.dumps(content)
    description = ROBERTA_TOKENIZER.read_text(encoding="utf-8")
    if kind == "roberta-base":
        return description
    content = json.loads(description)
    content["pre_tokenizer"]["add_prefix_space"] = True
    content["post_processor"]["add_prefix_space"] = True
    return json.dumps(content)
