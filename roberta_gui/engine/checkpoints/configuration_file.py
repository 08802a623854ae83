"""Read ``config.json`` into the shape of the network, refusing what the network does not build."""

from typing import Any

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint_files import check_architecture
from roberta_gui.engine.roberta import Configuration
from roberta_gui.outside import COPY_AGAIN, brief

# What transformers assumes for a key that is not in the file.
_ASSUMED_VOCABULARY = {"roberta": 50265, "xlm-roberta": 30522, "camembert": 30522}
_ASSUMED: dict[str, int | float] = {
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "pad_token_id": 1,
    "hidden_dropout_prob": 0.1,
}

_LIMIT = 2**31
"""No size of a network comes near it."""


def is_tied(content: dict[str, Any]) -> bool:
    """Tell whether the file wants the decoder to be the word embeddings themselves."""
    return bool(content.get("tie_word_embeddings", True))


def read_configuration(
    content: dict[str, Any], *, has_mask_head: bool, tied_decoder: bool
) -> Configuration:
    """Turn the content of ``config.json`` into our configuration.

    Parameters
    ----------
    has_mask_head, tied_decoder
        What the weights say; the file alone does not know.

    Raises
    ------
    problems.NotRoberta
        It is another architecture, or a variant that the network does not build.
    problems.BrokenCheckpoint
        A number is missing, is none, or contradicts the others.
    """
    check_architecture(content)
    assumed = {"vocab_size": _ASSUMED_VOCABULARY[content["model_type"]], **_ASSUMED}
    values = {key: _number(content, key, default) for key, default in assumed.items()}
    return Configuration(
        n_layers=int(values["num_hidden_layers"]),
        n_heads=int(values["num_attention_heads"]),
        d_model=int(values["hidden_size"]),
        d_feedforward=int(values["intermediate_size"]),
        vocab_size=int(values["vocab_size"]),
        max_positions=int(values["max_position_embeddings"]),
        n_types=int(values["type_vocab_size"]),
        padding_id=int(values["pad_token_id"]),
        layer_norm_eps=float(values["layer_norm_eps"]),
        activation=str(content.get("hidden_act", "gelu")),
        tied_decoder=tied_decoder,
        has_mask_head=has_mask_head,
        dropout=float(values["hidden_dropout_prob"]),
    )


def _number(content: dict[str, Any], key: str, assumed: int | float) -> int | float:
    value = content.get(key, assumed)
    whole = isinstance(assumed, int)
    fits = isinstance(value, int) if whole else isinstance(value, int | float)
    least = 0 if key == "pad_token_id" or not whole else 1
    limit = _LIMIT if whole else 1  # a share, or what is added to a variance near 1
    if not fits or isinstance(value, bool) or not least <= value < limit:
        raise problems.BrokenCheckpoint(
            f"config.json is damaged: {key} is {brief(value)}.", COPY_AGAIN
        )
    return value  # type: ignore[no-any-return]
