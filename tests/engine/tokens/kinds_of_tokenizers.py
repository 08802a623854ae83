"""Small tokenizers of every kind that a RoBERTa may come with, each as a ``tokenizer.json``."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from tokenizers import (
    AddedToken,
    ByteLevelBPETokenizer,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.resources import resource
from tests.models import ROBERTA_TOKENIZER, unigram_tokenizer

SENTENCES = (
    "The cat sat on the mat. ",
    "The cats sat on mats, unhappily! ",
    "A crew of seven sails the sea; the crews sing. ",
    "Sailing is singing? Yes: sing, sail, sit. ",
)
_CORPUS = [sentence.strip() for sentence in SENTENCES] * 20
_SPECIALS = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def _edited(description: str, change: Callable[[dict[str, Any]], None]) -> str:
    content = json.loads(description)
    change(content)
    return json.dumps(content)


def _roberta() -> str:
    return ROBERTA_TOKENIZER.read_text(encoding="utf-8")


def _mini() -> str:
    return (resource("models/mini") / "tokenizer.json").read_text(encoding="utf-8")


def _mask_keeps_space() -> str:
    """Make a mask that leaves the space before it a token of its own."""

    def change(content: dict[str, Any]) -> None:
        for token in content["added_tokens"]:
            token["lstrip"] = False

    return _edited(_mini(), change)


def _with_template(tokenizer: Tokenizer) -> str:
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return tokenizer.to_str()


def _trained(model: Any, trainer: Any, pre_tokenizer: Any, normalizer: Any = None) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.train_from_iterator(_CORPUS, trainer)
    return tokenizer


def _word_piece() -> str:
    words = "The the cat cats mat sat on A crew of un sails a two One ##s ##ing ##happy ##ly ##e"
    signs = ". , ! ; ? : y i o h s l"
    rows = [*_SPECIALS, *words.split(), *signs.split()]
    vocabulary = {name: row for row, name in enumerate(rows)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(_SPECIALS)
    return _with_template(tokenizer)


def _word_level() -> str:
    trainer = trainers.WordLevelTrainer(vocab_size=90, special_tokens=_SPECIALS)
    model = models.WordLevel(unk_token="<unk>")
    return _with_template(_trained(model, trainer, pre_tokenizers.Whitespace()))


def _bare_bpe() -> str:
    """Make what the library's own trainer saves: no template, and a mask that strips nothing."""
    made = ByteLevelBPETokenizer()
    made.train_from_iterator(_CORPUS, vocab_size=340, special_tokens=_SPECIALS)
    description: str = made.to_str()
    return description


def _suffix_bpe() -> str:
    trainer = trainers.BpeTrainer(
        vocab_size=120, special_tokens=_SPECIALS, end_of_word_suffix="</w>"
    )
    model = models.BPE(unk_token="<unk>", end_of_word_suffix="</w>")
    tokenizer = _trained(model, trainer, pre_tokenizers.Whitespace())
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("</w>", " "), decoders.Strip(" ", 0, 1)]
    )
    return _with_template(tokenizer)


def _normalized_bpe() -> str:
    """Make one whose normalizer writes spaces as ▁, as SentencePiece models are converted to."""
    trainer = trainers.BpeTrainer(vocab_size=120, special_tokens=_SPECIALS)
    marked = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    splitter = pre_tokenizers.Split("▁", "merged_with_next")
    tokenizer = _trained(models.BPE(unk_token="<unk>"), trainer, splitter, marked)
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.Strip(" ", 1, 0)])
    return _with_template(tokenizer)


def _trained_unigram() -> str:
    trainer = trainers.UnigramTrainer(vocab_size=100, special_tokens=_SPECIALS, unk_token="<unk>")
    normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(" {2,}", " ")])
    tokenizer = _trained(models.Unigram(), trainer, pre_tokenizers.Metaspace(), normalizer)
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, normalized=False)])
    return _with_template(tokenizer)


KINDS: dict[str, Callable[[], str]] = {
    "roberta-base": _roberta,
    "mini": _mini,
    "mask that keeps its space": _mask_keeps_space,
    "WordPiece": _word_piece,
    "WordLevel": _word_level,
    "byte BPE as trained": _bare_bpe,
    "BPE with word ends": _suffix_bpe,
    "BPE with ▁ of a normalizer": _normalized_bpe,
    "Unigram": lambda: unigram_tokenizer("xlm-roberta").to_str(),
    "Unigram as trained": _trained_unigram,
}


@cache
def description(kind: str) -> str:
    """Give a tokenizer's ``tokenizer.json``."""
    return KINDS[kind]()


@cache
def tokenizer(kind: str) -> TextTokenizer:
    """Give our own tokenizer of a kind."""
    return TextTokenizer(description(kind))
