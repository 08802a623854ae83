"""The one place that makes models for tests: small, random, and built by transformers.

Every parameter is drawn at random (biases and LayerNorms too), because a checkpoint fresh from
its initialiser has zero biases and unit norms: a network that forgot them would still agree.
Queries and keys are drawn wide, so that some attention exceeds 0.9 and softmax is put to work.
"""

import json
import math
import shutil
from pathlib import Path
from typing import Any, Literal

import torch
from tokenizers import AddedToken, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers import models as algorithms

from roberta_gui.engine.roberta import Configuration, Roberta

Family = Literal["roberta", "xlm-roberta", "camembert"]

ROBERTA_TOKENIZER = Path(__file__).parent / "data" / "tokenizers" / "roberta-base.json"

_CLASSES = {"roberta": "Roberta", "xlm-roberta": "XLMRoberta", "camembert": "Camembert"}
_SPECIALS = {
    "xlm-roberta": ("<s>", "<pad>", "</s>", "<unk>"),
    "camembert": (
        "<s>NOTUSED",
        "<pad>",
        "</s>NOTUSED",
        "<unk>",
        "<unk>NOTUSED",
        "<s>",
        "</s>",
    ),
}

_NAMES = (
    # Of the two biases that an untied model holds, transformers adds the decoder's.
    ("mask_head.bias", "lm_head.decoder.bias"),
    ("mask_head.norm", "lm_head.layer_norm"),
    ("mask_head", "lm_head"),
    ("embeddings.word", "embeddings.word_embeddings"),
    ("embeddings.position", "embeddings.position_embeddings"),
    ("embeddings.token_type", "embeddings.token_type_embeddings"),
    ("embeddings.norm", "embeddings.LayerNorm"),
    ("blocks", "encoder.layer"),
    ("attention.output", "attention.output.dense"),
    ("attention.query", "attention.self.query"),
    ("attention.key", "attention.self.key"),
    ("attention.value", "attention.self.value"),
    ("attention_norm", "attention.output.LayerNorm"),
    ("feedforward.expand", "intermediate.dense"),
    ("feedforward.contract", "output.dense"),
    ("feedforward_norm", "output.LayerNorm"),
)


def make_oracle(
    *,
    n_layers: int = 2,
    n_heads: int = 4,
    d_model: int = 32,
    d_feedforward: int = 48,
    vocab_size: int = 50265,
    max_positions: int = 66,
    n_types: int = 1,
    padding_id: int = 1,
    layer_norm_eps: float = 1e-5,
    activation: str = "gelu",
    tied: bool = True,
    mask_head: bool = True,
    family: Family = "roberta",
    seed: int = 0,
) -> Any:
    """Build transformers' own random model (eager attention, float32, evaluation mode)."""
    import transformers
    from transformers.initialization import no_init_weights

    prefix = _CLASSES[family]
    first = 5 if family == "camembert" else 0
    configuration = getattr(transformers, f"{prefix}Config")(
        vocab_size=vocab_size,
        hidden_size=d_model,
        num_hidden_layers=n_layers,
        num_attention_heads=n_heads,
        intermediate_size=d_feedforward,
        hidden_act=activation,
        max_position_embeddings=max_positions,
        type_vocab_size=n_types,
        layer_norm_eps=layer_norm_eps,
        pad_token_id=padding_id,
        bos_token_id=first,
        eos_token_id=first + 1 if first else 2,
        tie_word_embeddings=tied,
        attn_implementation="eager",
    )
    kind = getattr(transformers, f"{prefix}{'ForMaskedLM' if mask_head else 'Model'}")
    with no_init_weights():
        oracle = kind(configuration) if mask_head else kind(configuration, add_pooling_layer=False)
    oracle.tie_weights()
    draw_every_parameter(oracle, seed)
    return oracle.eval()


def draw_every_parameter(network: torch.nn.Module, seed: int) -> None:
    """Overwrite all parameters of a transformers model, in the order of their names."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(network.named_parameters()):
            mean, spread = 0.0, 0.3
            if "LayerNorm.weight" in name or "layer_norm.weight" in name:
                mean = 1.0
            elif parameter.ndim == 2:
                wide = 2.0 if ".query." in name or ".key." in name else 1.0
                spread = wide / math.sqrt(parameter.shape[1])
            parameter.normal_(mean, spread, generator=generator)


def network_of(oracle: Any) -> Roberta:
    """Build our network with the weights of transformers' model.

    The names are translated here independently of the product's own reading of checkpoints.
    """
    with torch.device("meta"):  # a network whose values are all about to be replaced
        network = Roberta(_configuration_of(oracle))
    theirs = {name.removeprefix("roberta."): value for name, value in oracle.state_dict().items()}
    ours = {name: theirs[their_name(name)].clone() for name in network.state_dict()}
    network.load_state_dict(ours, assign=True)
    return network.eval().requires_grad_(False)


def _configuration_of(oracle: Any) -> Configuration:
    given = oracle.config
    return Configuration(
        n_layers=given.num_hidden_layers,
        n_heads=given.num_attention_heads,
        d_model=given.hidden_size,
        d_feedforward=given.intermediate_size,
        vocab_size=given.vocab_size,
        max_positions=given.max_position_embeddings,
        n_types=given.type_vocab_size,
        padding_id=given.pad_token_id,
        layer_norm_eps=given.layer_norm_eps,
        activation=given.hidden_act,
        tied_decoder=bool(given.tie_word_embeddings),
        has_mask_head=hasattr(oracle, "lm_head"),
    )


def their_name(name: str) -> str:
    """Translate one of our parameter names to transformers' own, without its model prefix."""
    for ours, theirs in _NAMES:
        name = name.replace(ours, theirs)
    return name


def make_checkpoint(
    folder: Path,
    *,
    family: Family = "roberta",
    vocab_size: int | None = None,
    tokenizer_json: Path | None = None,
    **shape: Any,
) -> Path:
    """Save a random model of ``family`` and its tokenizer in the Hugging Face layout.

    Parameters
    ----------
    folder
        Where to save; made if need be.
    vocab_size
        Rows of the word embedding; None takes the tokenizer's own number.
    tokenizer_json
        A tokenizer file to copy; None takes roberta-base's own for ``"roberta"``, and a small
        SentencePiece-like one for the other families.
    shape
        As for `make_oracle`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "tokenizer.json"
    if tokenizer_json is None and family != "roberta":
        unigram_tokenizer(family).save(str(target))
    else:
        shutil.copyfile(tokenizer_json or ROBERTA_TOKENIZER, target)
    if vocab_size is None:
        vocab_size = Tokenizer.from_file(str(target)).get_vocab_size()
    oracle = make_oracle(family=family, vocab_size=vocab_size, **shape)
    oracle.save_pretrained(folder)
    described = {
        "tokenizer_class": f"{_CLASSES[family]}Tokenizer",
        "model_max_length": 1000000000000000019884624838656,
        "bos_token": "<s>",
        "eos_token": "</s>",
        "cls_token": "<s>",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "mask_token": "<mask>",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(described, indent=1))
    return folder


def unigram_tokenizer(family: Family) -> Tokenizer:
    """Build a tokenizer of the SentencePiece kind: ``▁`` for spaces, letters and a few words."""
    words = ["▁The", "▁the", "▁cat", "▁sat", "▁on", "▁mat", "▁Le", "▁chat", "ing", "é", "▁"]
    letters = [chr(code) for code in range(33, 127)]
    pieces = [(token, 0.0) for token in _SPECIALS[family]]
    pieces += [(word, -2.0 - 0.1 * rank) for rank, word in enumerate(words)]
    pieces += [(letter, -8.0 - 0.01 * rank) for rank, letter in enumerate(letters)]
    tokenizer = Tokenizer(algorithms.Unigram([*pieces, ("<mask>", 0.0)], unk_id=3))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    plain = [name for name in _SPECIALS[family] if not name.endswith("NOTUSED")]
    tokenizer.add_special_tokens([AddedToken(name, normalized=False) for name in plain])
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, normalized=False)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[(name, tokenizer.token_to_id(name)) for name in ("<s>", "</s>")],
    )
    return tokenizer
