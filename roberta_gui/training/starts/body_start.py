"""Start values from another encoder's body: BERT's blocks are RoBERTa's, under our vocabulary.

What has to be learnt then is the masked-LM head, and what our own tokens have of their own.
"""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint import configuration_of
from roberta_gui.engine.checkpoints.checkpoint_files import CONFIGURATION, read_json, weight_files
from roberta_gui.engine.checkpoints.parameters import fit_to_network
from roberta_gui.engine.checkpoints.weights import read_tensors
from roberta_gui.engine.roberta import Roberta
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.engine.tokens.tokenizer_files import open_tokenizer
from roberta_gui.training.starts.start import Start, open_for_training
from roberta_gui.training.text.packing import Specials

_APART = 0.05
"""Spread of what is added to each vector, as a share of theirs: the body may know no capitals, and
rows that are wholly alike would be slow to tell apart."""


class Transplant(NamedTuple):
    """A start with a body from elsewhere, and how many of its words the body knew as a whole."""

    start: Start
    n_known: int


@torch.no_grad()
def from_body(folder: Path, tokenizer_folder: Path, seed: int = 0) -> Transplant:
    """Put the blocks of a BERT model under a tokenizer of ours.

    Blocks, positions and the first type are taken as they are; each token gets the vector of the
    same word or ``##`` piece, else the mean of the pieces that the body cuts it into, or of all
    words where it knows none. The masked-LM head is drawn. Raises `problems.NotRoberta` where the
    folder holds no BERT, and `problems.BrokenCheckpoint` where it is damaged.
    """
    content = read_json(folder / CONFIGURATION)
    if content.get("model_type") != "bert":
        raise problems.NotRoberta(
            f"{folder.name} is no BERT model.", "Its config.json needs the model_type bert."
        )
    # But for its positions and its name, a BERT is described as a RoBERTa is.
    content |= {"model_type": "roberta", "architectures": None}
    body, weights = fit_to_network(
        read_tensors(weight_files(folder)), configuration_of(content), tie=True
    )
    weights = {name: tensor.float() for name, tensor in weights.items()}
    tokenizer, sha256 = open_for_training(tokenizer_folder)
    specials = Specials.of(tokenizer)
    configuration = replace(
        body,
        vocab_size=specials.vocab_size,
        max_positions=body.max_positions + specials.padding + 1,
        n_types=1,
        padding_id=specials.padding,
        has_mask_head=True,
    )
    torch.manual_seed(seed)
    network = Roberta(configuration)
    words = weights["embeddings.word.weight"]  # (body's vocabulary, feature)
    vectors, n_known = _vectors(tokenizer, open_tokenizer(folder).tokenizer, words)
    positions = network.embeddings.position.weight
    positions[specials.padding + 1 :] = weights["embeddings.position.weight"]
    taken = weights | {
        "embeddings.word.weight": vectors,
        "embeddings.position.weight": positions,
        "embeddings.token_type.weight": weights["embeddings.token_type.weight"][:1],
    }
    network.load_state_dict(taken, strict=False)
    assert network.mask_head is not None
    torch.nn.init.orthogonal_(network.mask_head.dense.weight)
    return Transplant(Start(network, tokenizer, sha256, tokenizer_folder), n_known)


def _vectors(ours: TextTokenizer, theirs: TextTokenizer, words: Tensor) -> tuple[Tensor, int]:
    """Give each of our tokens a vector, (vocabulary, feature), and count those known as a whole."""
    special = dict(zip(Specials.of(ours).all, Specials.of(theirs).all, strict=True))
    rows = {theirs.spell(row)[0]: row for row in range(theirs.vocab_size)}
    read = [ours.spell(row) for row in range(ours.vocab_size)]
    # The body's own tokenizer takes capitals away where it knows none.
    cut = theirs.ids_of([text for text, _ in read])
    mean, n_known = words.mean(dim=0), 0
    vectors = torch.empty(len(read), words.shape[1])
    for row, ((text, opens_word), pieces) in enumerate(zip(read, cut, strict=True)):
        inside = rows.get(f"##{text}")
        if row in special:
            pieces = [special[row]]
        elif inside is not None and not opens_word:
            pieces = [inside]
        known = [piece for piece in pieces if piece != theirs.unknown_id]
        n_known += len(pieces) == len(known) == 1
        vectors[row] = words[known].mean(dim=0) if known else mean
    apart = _APART * words.std() * torch.randn_like(vectors)
    apart[list(special)] = 0.0
    return vectors + apart, n_known
