"""The model that is measured: random weights of roberta-base's shape, its real tokenizer.

How fast a network is depends on its shape and not on what it has learned, so nothing needs to be
downloaded. Both sides of every comparison read these same files.
"""

import json
import shutil
from pathlib import Path

from benchmarks.settings import VOCABULARY, Settings

TOKENIZER = Path(__file__).parents[1] / "tests" / "data" / "tokenizers" / "roberta-base.json"

_TOKENIZER_CONFIGURATION = {
    "tokenizer_class": "RobertaTokenizer",
    "model_max_length": 512,
    "bos_token": "<s>",
    "eos_token": "</s>",
    "cls_token": "<s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}


def make(settings: Settings) -> None:
    """Save the model and its tokenizer in the Hugging Face layout, the same in every run."""
    import torch
    from transformers import RobertaConfig, RobertaForMaskedLM

    shape = settings.shape
    configuration = RobertaConfig(
        vocab_size=VOCABULARY,
        hidden_size=shape.d_model,
        num_hidden_layers=shape.n_layers,
        num_attention_heads=shape.n_heads,
        intermediate_size=shape.d_feedforward,
        max_position_embeddings=514,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
    )
    torch.manual_seed(0)
    RobertaForMaskedLM(configuration).save_pretrained(settings.model)
    shutil.copyfile(TOKENIZER, settings.model / "tokenizer.json")
    described = json.dumps(_TOKENIZER_CONFIGURATION, indent=1)
    (settings.model / "tokenizer_config.json").write_text(described, encoding="utf-8")
