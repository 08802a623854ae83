"""What makes a tokenizer, as text: everything that decides which ids a text becomes."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from tokenizers import Tokenizer

from roberta_gui import problems
from roberta_gui.engine.interruption import TooSlow
from roberta_gui.outside import COPY_AGAIN, reading

_NO_TOKENIZER = "tokenizer.json does not describe a tokenizer."

PATIENCE_S = 10.0
"""How long the tokens of a text are waited for: some rules that people wrote match for hours."""


@dataclass(frozen=True, slots=True)
class TokenizerDescription:
    """The text of a ``tokenizer.json``, and the settings that stand outside it.

    ``names`` are those of the special tokens (``"mask_token"``, …); ``kind`` the class that
    transformers built it by; ``gives_types``: the model is told the template's types;
    ``splits_specials``: special tokens in a text are letters like any other.
    """

    json: str
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    kind: str = "RobertaTokenizer"
    gives_types: bool = True
    splits_specials: bool = False


def read_description(text: str) -> dict[str, Any]:
    """Read a tokenizer's JSON and switch off what would hide parts of the text.

    Raises `problems.BrokenCheckpoint` where it is none of a tokenizer.
    """
    try:
        content: dict[str, Any] = json.loads(text)
        content["truncation"] = content["padding"] = None
        content.setdefault("added_tokens", [])
        # Leaving merges out at random is for training: it would give other ids every time.
        content["model"] |= {"dropout": None} if "dropout" in content["model"] else {}
        pending = [content.get("post_processor")]
        while pending:
            part = pending.pop()
            if part is not None:
                # With trim_offsets, spans leave out leading spaces and lone spaces have none.
                part |= {"trim_offsets": False} if "trim_offsets" in part else {}
                pending += part.get("processors", ())
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise problems.BrokenCheckpoint(_NO_TOKENIZER, COPY_AGAIN) from error
    return content


def build_tokenizer(content: Mapping[str, Any]) -> Tokenizer:
    """Build what `read_description` gave, or raise `problems.BrokenCheckpoint`."""
    with reading("tokenizer.json", verdict="does not describe a tokenizer"):
        return Tokenizer.from_str(json.dumps(content))


@contextmanager
def cutting() -> Iterator[None]:
    """Tell truly of a text for which a tokenizer has no tokens, not even an unknown one.

    Raises `problems.BrokenCheckpoint` where it took longer than `PATIENCE_S`, and
    `problems.UnencodableText` where the library could not cut it.
    """
    try:
        yield
    except problems.Problem:
        raise
    except TooSlow as error:
        raise problems.BrokenCheckpoint(
            "The tokenizer of this model takes too long.",
            f"It was given {PATIENCE_S:.0f} seconds. Shorten the text, or choose another model.",
        ) from error
    except BaseException as error:  # plain Exception, or a panic of the Rust side
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        raise problems.UnencodableText(
            "This model's tokenizer cannot cut the text.",
            f"It has no token for something in it ({str(error)[:100]}): write it otherwise.",
        ) from error
