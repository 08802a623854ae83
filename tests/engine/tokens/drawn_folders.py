"""Random tokenizer folders and random texts: kinds, settings, added tokens and templates."""

import json
import random
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers import models as algorithms

ROBERTA = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
BERT = ("[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]")
_ROLES = ("cls_token", "pad_token", "sep_token", "unk_token", "mask_token")
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,'!?é"
_WORDS = ("the", "cat", "sat", "on", "mat", "The", "Cat", "naïve", "CAFÉ", "世", "界")
_FURTHER = ("[E1]", "[/E1]", "<ent>", "extra", "New York")
_CLASSES = (
    None,
    "RobertaTokenizer",
    "RobertaTokenizerFast",
    "BertTokenizer",
    "BertTokenizerFast",
    "XLMRobertaTokenizer",
    "CamembertTokenizer",
    "PreTrainedTokenizerFast",
    "TokenizersBackend",
    "GPT2Tokenizer",
    "ElectraTokenizer",
    "NobodysTokenizer",
    "CTRLTokenizer",
)
_AWKWARD = (
    *ROBERTA, *BERT, *_FURTHER, *_WORDS,
    " ", "  ", "\n", "\t", "\u00a0", "\u3000", "\u200d", "\x00", "e\u0301", "ﬁ", "😀", "שלום",
    "don't", "▁", "Ġ", "##s", "IJ",
)  # fmt: skip


def draw_text(chance: random.Random) -> str:
    """Draw a text rich in what tokenizers treat in a special way."""
    return "".join(chance.choice(_AWKWARD) for _ in range(chance.randrange(9)))


def draw_folder(folder: Path, chance: random.Random) -> None:
    """Write a folder with a tokenizer in it, and no weights."""
    specials = chance.choice((ROBERTA, BERT))
    kind = chance.choice(("bpe", "bpe", "wordpiece", "wordlevel", "unigram"))
    tokenizer = _tokenizer(kind, specials, chance)
    content = json.loads(tokenizer.to_str())
    if kind == "bpe" and chance.random() < 0.2:
        _write(folder, "vocab.json", content["model"]["vocab"])
        merges = "".join(f"{left} {right}\n" for left, right in content["model"]["merges"])
        (folder / "merges.txt").write_text(f"#version: 0.2\n{merges}")
    elif kind == "wordpiece" and chance.random() < 0.3:
        (folder / "vocab.txt").write_text("\n".join(content["model"]["vocab"]) + "\n")
    else:
        _write(folder, "tokenizer.json", content)
    model_type = chance.choice(("roberta", "roberta", "xlm-roberta", "camembert"))
    _write(folder, "config.json", {"model_type": model_type})
    _write(folder, "tokenizer_config.json", _settings(kind, specials, tokenizer, chance))
    if chance.random() < 0.2:
        rows = {word: 300 + place for place, word in enumerate(_some(_FURTHER, chance))}
        _write(folder, "added_tokens.json", rows)
    if chance.random() < 0.2:
        _write(folder, "special_tokens_map.json", _named(specials, chance))


def _tokenizer(kind: str, specials: tuple[str, ...], chance: random.Random) -> Tokenizer:
    words = [*specials, *_WORDS, *_LETTERS]
    if kind == "bpe":
        alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
        rows = {word: row for row, word in enumerate([*specials, *alphabet, "th", "the", "Ġt"])}
        made = Tokenizer(algorithms.BPE(rows, [("t", "h"), ("th", "e"), ("Ġ", "t")]))
        prefix = chance.random() < 0.3
        made.pre_tokenizer = pre_tokenizers.ByteLevel(prefix, use_regex=chance.random() < 0.9)
    elif kind == "wordpiece":
        pieces = [*words, *(f"##{letter}" for letter in _LETTERS)]
        rows = {word: row for row, word in enumerate(dict.fromkeys(pieces))}
        made = Tokenizer(algorithms.WordPiece(rows, unk_token=specials[3]))
        lower = chance.random() < 0.5
        made.normalizer = normalizers.BertNormalizer(lowercase=lower)
        made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    elif kind == "wordlevel":
        rows = {word: row for row, word in enumerate(dict.fromkeys(words))}
        made = Tokenizer(algorithms.WordLevel(rows, unk_token=specials[3]))
        made.pre_tokenizer = pre_tokenizers.Whitespace()
    else:
        scored = [*specials, "▁", *(f"▁{word}" for word in _WORDS), *_LETTERS]
        made = Tokenizer(
            algorithms.Unigram([(word, -float(row)) for row, word in enumerate(scored)], unk_id=3)
        )
        made.normalizer = chance.choice((None, normalizers.NFKC(), normalizers.Lowercase()))
        made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.add_special_tokens(
        [AddedToken(word, lstrip=word == specials[4], normalized=False) for word in specials]
    )
    for word in _some(_FURTHER, chance) if chance.random() < 0.3 else ():
        made.add_tokens([AddedToken(word, single_word=chance.random() < 0.3, normalized=False)])
    _put_around(made, kind, specials, chance)
    return made


def _put_around(
    made: Tokenizer, kind: str, specials: tuple[str, ...], chance: random.Random
) -> None:
    cls, sep = (specials[0], 0), (specials[2], 2)
    how = chance.choice(("class's", "class's", "template", "types", "none"))
    if how == "none":
        return
    if how == "class's" and kind == "bpe":
        made.post_processor = processors.RobertaProcessing(sep, cls, True, chance.random() < 0.2)
        return
    second = ":1" if how == "types" else ""
    made.post_processor = processors.TemplateProcessing(
        single=f"{cls[0]} $A {sep[0]}",
        pair=f"{cls[0]} $A {sep[0]} $B{second} {sep[0]}{second}",
        special_tokens=[cls, sep],
    )


def _settings(
    kind: str, specials: tuple[str, ...], tokenizer: Tokenizer, chance: random.Random
) -> dict[str, Any]:
    fitting = {
        "bpe": "RobertaTokenizer",
        "wordpiece": "BertTokenizer",
        "unigram": "XLMRobertaTokenizer",
    }
    drawn = chance.choice((fitting.get(kind), fitting.get(kind), chance.choice(_CLASSES)))
    settings: dict[str, Any] = {} if drawn is None else {"tokenizer_class": drawn}
    for name in (
        "add_prefix_space", "trim_offsets", "do_lower_case", "strip_accents",
        "tokenize_chinese_chars", "split_special_tokens", "clean_up_tokenization_spaces",
    ):  # fmt: skip
        if chance.random() < 0.25:
            settings[name] = chance.random() < 0.5
    if chance.random() < 0.4:
        settings |= _named(specials, chance)
    if chance.random() < 0.2:
        settings["additional_special_tokens"] = _some(_FURTHER, chance)
    if chance.random() < 0.2:
        flags = {"special": True, "normalized": False, "lstrip": False, "rstrip": False}
        first = tokenizer.get_vocab_size()
        settings["added_tokens_decoder"] = {
            str(first + place): {"content": word, "single_word": False, **flags}
            for place, word in enumerate(_some(_FURTHER, chance))
        }
    return settings


def _named(specials: tuple[str, ...], chance: random.Random) -> dict[str, str]:
    named = {"bos_token": specials[0], "eos_token": specials[2]} if chance.random() < 0.8 else {}
    return named | dict(zip(_ROLES, specials, strict=True))


def _some(words: tuple[str, ...], chance: random.Random) -> list[str]:
    return chance.sample(words, chance.randrange(1, len(words)))


def _write(folder: Path, name: str, content: object) -> None:
    (folder / name).write_text(json.dumps(content))
