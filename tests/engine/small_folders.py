"""Small checkpoint folders whose tokenizers are of other kinds than RoBERTa's own."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers import models as algorithms

from tests.models import make_checkpoint

SPECIALS = ("[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]")
WORDS = (*SPECIALS, "the", "cat", "##s", "sat", "on", "mat", ".", "Cat", "dog")


def word_pieces(folder: Path, **shape: Any) -> Path:
    """Save a model with a WordPiece tokenizer, as many RoBERTas of other languages have it."""
    made = Tokenizer(algorithms.WordPiece(_rows(WORDS), unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=False)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 0), ("[SEP]", 2)],
    )
    made.add_special_tokens(list(SPECIALS))
    settings = {"tokenizer_class": "BertTokenizer", "do_lower_case": False}
    return _save(folder, made, settings, **shape)


def without_template(folder: Path, **shape: Any) -> Path:
    """Save a model whose tokenizer puts nothing around a text."""
    made = Tokenizer(algorithms.WordLevel(_rows(WORDS), unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.add_special_tokens(list(SPECIALS))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "mask_token": "[MASK]"}
    return _save(folder, made, settings, **shape)


def with_spaces(folder: Path, words: Sequence[str], **shape: Any) -> Path:
    """Save a model whose ``words`` hold the space in front of them, as ``▁``, or have none."""
    rows = _rows((*SPECIALS, *words))
    made = Tokenizer(algorithms.WordLevel(rows, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    made.decoder = decoders.Metaspace(prepend_scheme="never")
    made.add_special_tokens(list(SPECIALS))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "mask_token": "[MASK]"}
    return _save(folder, made, settings, **shape)


def _save(folder: Path, tokenizer: Tokenizer, settings: dict[str, Any], **shape: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "made.json"
    tokenizer.save(str(file))
    make_checkpoint(folder, tokenizer_json=file, **shape)
    file.unlink()
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return folder


def _rows(words: tuple[str, ...]) -> dict[str, int]:
    return {word: row for row, word in enumerate(words)}
