"""A model whose words are single letters: few enough to try all that can stand at its masks."""

import json

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoModelForMaskedLM, AutoTokenizer

from roberta_gui.engine import Engine
from tests.engine.twins import Twins
from tests.models import make_checkpoint


@pytest.fixture(scope="package")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Twins:
    """Give a random model of letters, alone or glued to what stands before, and its oracle."""
    names = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    names += [chr(code) for code in range(ord("a"), ord("a") + 26)]
    vocabulary = {name: row for row, name in enumerate(names)}
    vocabulary |= {f"##{name}": len(vocabulary) + n for n, name in enumerate(names[5:])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(names[:5])
    folder = tmp_path_factory.mktemp("letters")
    tokenizer.save(str(folder / "letters.json"))
    make_checkpoint(folder / "model", tokenizer_json=folder / "letters.json", n_layers=2)
    # RoBERTa's own class would make a byte-level tokenizer of it.
    described = {"tokenizer_class": "PreTrainedTokenizerFast", "mask_token": "<mask>"}
    (folder / "model" / "tokenizer_config.json").write_text(json.dumps(described))
    return Twins(
        Engine.load(folder / "model", device="cpu"),
        AutoModelForMaskedLM.from_pretrained(folder / "model", attn_implementation="eager").eval(),
        AutoTokenizer.from_pretrained(folder / "model"),
    )
