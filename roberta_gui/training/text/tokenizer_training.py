"""Learn a byte-level BPE vocabulary from text (Radford et al. 2019, section 2.2)."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers, processors
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint_files import TOKENIZER
from roberta_gui.training.text.text_files import Skipped, read_documents
from roberta_gui.whole_file import write_whole

_FIRST = ("<s>", "<pad>", "</s>", "<unk>")
_MASK = "<mask>"
_N_BYTES = 256


def train_tokenizer(
    files: Sequence[Path], vocab_size: int, min_count: int = 2, *, shown: bool = True
) -> tuple[Tokenizer, tuple[Skipped, ...]]:
    """Learn merges until the vocabulary has ``vocab_size`` rows, specials counted.

    Rows 0 to 3 are ``<s>``, ``<pad>``, ``</s>``, ``<unk>``; then the 256 bytes, so that any text
    can be written; then merges, commonest first; the last is ``<mask>``, which takes the space
    before it.

    Raises `problems.BadArgument` where the size has no room for the bytes, or no file can be used.
    """
    if vocab_size < _N_BYTES + len(_FIRST) + 1:
        raise problems.BadArgument(
            f"A vocabulary of {vocab_size} has no room for all bytes.", "Use 261 or more."
        )
    skipped: list[Skipped] = []
    n_used = 0

    def lines() -> Iterator[str]:
        nonlocal n_used
        for file in files:
            documents = read_documents(file)
            if isinstance(documents, Skipped):
                skipped.append(documents)
                continue
            n_used += 1
            for document in documents:
                yield from document.split("\n")

    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = BpeTrainer(
        # One row is kept for the mask, which is added after the merges.
        vocab_size=vocab_size - 1,
        min_frequency=min_count,
        show_progress=shown,
        special_tokens=list(_FIRST),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(lines(), trainer)
    if n_used == 0:
        raise problems.BadArgument(
            "None of the text files can be used.", " ".join(str(one) for one in skipped)
        )
    tokenizer.add_special_tokens([AddedToken(_MASK, lstrip=True, normalized=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False
    )
    return tokenizer, tuple(skipped)


def save_tokenizer(tokenizer: Tokenizer, folder: Path, max_tokens: int = 512) -> None:
    """Write ``tokenizer.json`` and what transformers needs beside it."""
    write_whole(folder / TOKENIZER, tokenizer.to_str())
    described = {
        "tokenizer_class": "RobertaTokenizer",
        "model_max_length": max_tokens,
        "bos_token": "<s>",
        "eos_token": "</s>",
        "cls_token": "<s>",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "mask_token": _MASK,
        "add_prefix_space": False,
        "trim_offsets": True,
    }
    write_whole(folder / "tokenizer_config.json", json.dumps(described, indent=1) + "\n")
