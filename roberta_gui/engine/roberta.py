"""RoBERTa, written out: read it from the top and you know the whole network.

The body is BERT's encoder (Devlin et al. 2019, section 3; the Transformer encoder of Vaswani et
al. 2017) as RoBERTa trains it (Liu et al. 2019): ids become embeddings, twelve or so blocks
rewrite them one after the other, and the masked-LM head turns any row back into guesses.

Axis words in the shape comments: batch, head, query, key, token, feature, vocabulary.
Before softmax a head's numbers are called ``scores``, after it ``weights``.

``python -m roberta_gui.engine.roberta`` sends a sentence through a small network, step by step.
"""

import math
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from roberta_gui import problems
from roberta_gui.engine.configuration import ACTIVATIONS, Configuration
from roberta_gui.engine.fast_layers import Embedding, linear
from roberta_gui.records import Task
from roberta_gui.resources import resource

Edit = Callable[[Tensor], Tensor]
"""Changes the heads' outputs, (batch, head, token, d_head), before W_O mixes them."""

Attend = Callable[[Tensor, Tensor, Tensor, Tensor | None], tuple[Tensor, Tensor | None]]
"""Query, key, value and mask in; context out, and the weights where they are kept: see `attend`."""

__all__ = ["Attend", "Configuration", "Edit", "Roberta", "attend", "fused_attend", "key_mask"]


class Roberta(nn.Module):
    """The whole network: embeddings, blocks and the heads that the checkpoint has."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        self.configuration = configuration
        self.embeddings = Embeddings(configuration)
        self.blocks = nn.ModuleList(Block(configuration) for _ in range(configuration.n_layers))
        self.mask_head = MaskHead(configuration) if configuration.has_mask_head else None
        self.task_head = TaskHead(configuration, configuration.task) if configuration.task else None
        if not self.embeddings.word.weight.is_meta:
            self.initialise()

    @classmethod
    def holding(cls, configuration: Configuration, weights: Mapping[str, Tensor]) -> Self:
        """Build the network around tensors that are there: nothing is allocated or drawn."""
        with torch.device("meta"):
            network = cls(configuration)
        network.load_state_dict(weights, assign=True)
        return network

    @torch.no_grad()
    def initialise(self) -> None:
        """Draw every weight anew, as before training.

        The scheme of BERT's published code: weights are normal with spread 0.02, biases and padding
        rows are 0, LayerNorm gains 1.
        """
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                parameter.normal_(0.0, 0.02)
            else:
                parameter.fill_(1.0 if name.endswith("norm.weight") else 0.0)
        for padded in (self.embeddings.word, self.embeddings.position):
            padded.weight[self.configuration.padding_id] = 0.0

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return self.embeddings.word.weight.device

    def forward(self, ids: Tensor, real: Tensor | None = None) -> Tensor:
        """Turn ids, int64 (batch, token), into the last hidden states, (batch, token, feature).

        ``real``, bool (batch, token), is False where a row was filled up with padding.
        """
        return self.encode(self.embeddings(ids), real)

    def encode(self, hidden: Tensor, real: Tensor | None = None) -> Tensor:
        """Send embeddings, (batch, token, feature), through all blocks; ``real``: see `forward`."""
        mask = key_mask(real, hidden.dtype)  # (batch, 1, 1, key) or None
        dropout = self.configuration.dropout if self.training else 0.0
        for block in self.blocks:
            hidden, _ = block(hidden, mask, attend=partial(fused_attend, dropout=dropout))
        return hidden

    def logits(self, hidden: Tensor) -> Tensor:
        """Score every word of the vocabulary, before softmax: (..., feature) to (..., vocabulary).

        Any rows of the last layer will do. Raises `problems.NoMaskHead`.
        """
        if self.mask_head is None:
            raise problems.NoMaskHead
        scored: Tensor = self.mask_head(hidden, self.embeddings.word.weight)
        return scored


def key_mask(real: Tensor | None, dtype: torch.dtype) -> Tensor | None:
    """Make what is added to the scores so that no query looks at padding: 0 or −infinity.

    ``real`` is bool (batch, token); what it gives is the same for every head and every query.
    """
    if real is None:
        return None
    mask = torch.zeros(real.shape, dtype=dtype, device=real.device)  # (batch, key)
    return mask.masked_fill_(~real, -math.inf)[:, None, None, :]  # (batch, 1, 1, key)


class Embeddings(nn.Module):
    """Word + position + type, normalised (Devlin et al. 2019, section 3, figure 2)."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = configuration
        self.padding_id = c.padding_id
        self.word = Embedding(c.vocab_size, c.d_model, c.padding_id)
        self.position = Embedding(c.max_positions, c.d_model, c.padding_id)
        self.token_type = Embedding(c.n_types, c.d_model)
        self.norm = nn.LayerNorm(c.d_model, eps=c.layer_norm_eps)
        self.dropout = nn.Dropout(c.dropout)

    def forward(
        self, ids: Tensor, types: Tensor | None = None, positions: Tensor | None = None
    ) -> Tensor:
        """Look up int64 ids (batch, token) and give (batch, token, feature).

        ``types`` and ``positions``, int64 and of a shape that fits ids, are rows of their tables.
        """
        # Without next-sentence prediction (Liu et al. 2019, section 4.2) there is no second type:
        # every token is of type 0, unless a model of the family that kept both says otherwise.
        types = torch.zeros_like(ids) if types is None else types  # (batch, token)
        positions = self.positions(ids) if positions is None else positions  # (batch, token)
        summed = self.word(ids) + self.token_type(types) + self.position(positions)
        hidden: Tensor = self.dropout(self.norm(summed))  # (batch, token, feature)
        return hidden

    def positions(self, ids: Tensor) -> Tensor:
        """Count the tokens from ``padding_id`` + 1; padding itself stays at ``padding_id``.

        An inheritance from fairseq, where RoBERTa was trained: the position table has a padding
        row as the word table has, and the rows below it were never used.
        """
        real = ids.ne(self.padding_id)  # (batch, token)
        return real.cumsum(dim=1) * real + self.padding_id  # (batch, token)


def attend(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None, out: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Compute softmax(Q Kᵀ / √d_head) V (Vaswani et al. 2017, equation 1) and keep the softmax.

    Dividing the queries instead of the scores is the same product with fewer divisions. Softmax
    runs in float32 whatever the weights are in: in half precision, rows of many small
    probabilities do not sum to 1. Query, key and value are (batch, head, token, d_head); ``out``
    is memory for the weights, where somebody keeps those of all layers in one array.

    Gives each head's context, (batch, head, query, d_head), and its weights, float32 (batch, head,
    query, key), whose rows sum to 1 over key.
    """
    scores = query / math.sqrt(query.shape[-1]) @ key.transpose(-1, -2)  # (batch, head, query, key)
    if mask is not None:
        scores = scores + mask  # (batch, head, query, key)
    weights = torch.softmax(scores, dim=-1, dtype=torch.float32, out=out)
    return weights.to(value.dtype) @ value, weights


def fused_attend(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None, dropout: float = 0.0
) -> tuple[Tensor, None]:
    """Compute what `attend` does by torch's own kernel, which is quicker and keeps no weights."""
    return F.scaled_dot_product_attention(query, key, value, mask, dropout), None


class Block(nn.Module):
    """Attention, then feed-forward: each adds to its input, then normalises the sum.

    This order is post-LayerNorm (Vaswani et al. 2017, section 3.1): nothing follows the last one.
    LayerNorm is that of Ba et al. (2016), section 3: over the features of one token.
    """

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = configuration
        self.attention = Attention(c)
        self.attention_norm = nn.LayerNorm(c.d_model, eps=c.layer_norm_eps)
        self.feedforward = Feedforward(c)
        self.feedforward_norm = nn.LayerNorm(c.d_model, eps=c.layer_norm_eps)
        self.dropout = nn.Dropout(c.dropout)

    def forward(
        self,
        hidden: Tensor,
        mask: Tensor | None = None,
        edit: Edit | None = None,
        attend: Attend = attend,
    ) -> tuple[Tensor, Tensor | None]:
        """Rewrite (batch, token, feature); arguments and weights are those of `Attention`."""
        attention_output, weights = self.attention(hidden, mask, edit, attend)
        hidden = self.attention_norm(hidden + self.dropout(attention_output))
        feedforward_output = self.feedforward(hidden)  # (batch, token, feature)
        hidden = self.feedforward_norm(hidden + self.dropout(feedforward_output))
        return hidden, weights


class Attention(nn.Module):
    """Every token gathers from every token, once for each head (Vaswani et al. 2017, 3.2)."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = configuration
        self.d_head = c.d_head
        # Three matrices, not one fused: measured at 12 to 512 tokens of roberta-base's shape, one
        # large product is no faster on a CPU, and this way each can be read and named.
        self.query = nn.Linear(c.d_model, c.d_model)
        self.key = nn.Linear(c.d_model, c.d_model)
        self.value = nn.Linear(c.d_model, c.d_model)
        self.output = nn.Linear(c.d_model, c.d_model)

    def forward(
        self,
        hidden: Tensor,
        mask: Tensor | None = None,
        edit: Edit | None = None,
        attend: Attend = attend,
    ) -> tuple[Tensor, Tensor | None]:
        """Compute MultiHead(X, X, X) for X (batch, token, feature), without the residual.

        ``mask``, from `key_mask`, is added to the scores; ``edit`` changes the heads' outputs
        before W_O; ``attend`` makes a context of query, key and value: `fused_attend` where nobody
        asks for the weights, float32 (batch, head, query, key).
        """
        query = self.split_heads(self.query(hidden))  # (batch, head, query, d_head)
        key = self.split_heads(self.key(hidden))  # (batch, head, key, d_head)
        value = self.split_heads(self.value(hidden))  # (batch, head, key, d_head)
        context, weights = attend(query, key, value, mask)  # (batch, head, query, d_head)
        if edit is not None:
            context = edit(context)  # (batch, head, query, d_head)
        joined = context.transpose(1, 2).flatten(2)  # (batch, query, feature)
        return self.output(joined), weights

    def split_heads(self, features: Tensor) -> Tensor:
        """Share the features out among the heads, in order: the first d_head go to head 0."""
        # The number of heads is spelled out: of no tokens, torch could not tell how many there are.
        n_heads = features.shape[-1] // self.d_head
        per_head = features.view(*features.shape[:2], n_heads, self.d_head)  # (batch, token, …)
        return per_head.transpose(1, 2)  # (batch, head, token, d_head)


class Feedforward(nn.Module):
    """Two layers, each token alone: expand, bend, contract (Vaswani et al. 2017, section 3.3)."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = configuration
        self.activation = ACTIVATIONS[c.activation]
        self.expand = nn.Linear(c.d_model, c.d_feedforward)
        self.contract = nn.Linear(c.d_feedforward, c.d_model)

    def forward(self, hidden: Tensor) -> Tensor:
        """Map (batch, token, feature) to the same shape.

        The bend is GELU, x · Φ(x) (Hendrycks & Gimpel 2016, section 2), unless the
        configuration names another.
        """
        wide = self.activation(self.expand(hidden))  # (batch, token, d_feedforward)
        contracted: Tensor = self.contract(wide)  # (batch, token, feature)
        return contracted


class MaskHead(nn.Module):
    """From a hidden state to a score for every word (Devlin et al. 2019, section 3.1).

    Not the embedding matrix alone: dense, GELU and LayerNorm come first, and each word has a
    bias of its own. Leaving them out gives other guesses altogether.
    """

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = configuration
        self.dense = nn.Linear(c.d_model, c.d_model)
        self.norm = nn.LayerNorm(c.d_model, eps=c.layer_norm_eps)
        self.bias = nn.Parameter(torch.zeros(c.vocab_size))
        self.decoder = None if c.tied_decoder else nn.Linear(c.d_model, c.vocab_size, bias=False)

    def forward(self, hidden: Tensor, word_embeddings: Tensor) -> Tensor:
        """Score (..., feature) with a tied decoder's (vocabulary, feature), or with its own."""
        matrix = self.matrix(word_embeddings)  # (vocabulary, feature)
        return linear(self.prepare(hidden), matrix, self.bias)  # (..., vocabulary)

    def prepare(self, hidden: Tensor) -> Tensor:
        """Turn (..., feature) into what the decoder reads, of the same shape."""
        ready: Tensor = self.norm(F.gelu(self.dense(hidden)))  # (..., feature)
        return ready

    def matrix(self, word_embeddings: Tensor) -> Tensor:
        """Return the decoder's matrix, (vocabulary, feature): the word embeddings where tied."""
        return word_embeddings if self.decoder is None else self.decoder.weight


class TaskHead(nn.Module):
    """From hidden states to the labels of a task (Liu et al. 2019, section 5).

    A text is judged by the state of ``<s>``, which has attended to all of it, through a layer
    with tanh as in BERT's pooler; a token by its own state, directly.
    """

    def __init__(self, configuration: Configuration, task: Task) -> None:
        super().__init__()
        c = configuration
        self.dropout = nn.Dropout(c.dropout)
        self.dense = None if task.kind == "tokens" else nn.Linear(c.d_model, c.d_model)
        self.output = nn.Linear(c.d_model, len(task.labels))

    def forward(self, hidden: Tensor) -> Tensor:
        """Map (batch, token, feature) to (batch, label), or to (batch, token, label)."""
        if self.dense is not None:
            hidden = torch.tanh(self.dense(self.dropout(hidden[:, 0])))  # (batch, feature)
        scored: Tensor = self.output(self.dropout(hidden))  # (batch[, token], label)
        return scored


def example(text: str = "I love to use RoBERTa!") -> str:
    """Send a sentence through a small untrained network and describe every step."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(resource("models/mini/tokenizer.json")))
    configuration = Configuration(
        n_layers=2, n_heads=4, d_model=64, d_feedforward=256, vocab_size=tokenizer.get_vocab_size(),
        max_positions=130, n_types=1, padding_id=1,
        layer_norm_eps=1e-5, activation="gelu", tied_decoder=True, has_mask_head=True,
    )  # fmt: skip
    torch.manual_seed(0)
    network = Roberta(configuration).eval()
    encoding = tokenizer.encode(text)
    ids = torch.tensor([encoding.ids])  # (batch, token)
    lines = [f"tokens      {' '.join(encoding.tokens)}", f"ids         {encoding.ids}"]
    with torch.inference_mode():
        hidden = network.embeddings(ids)  # (batch, token, feature)
        lines.append(f"embeddings  {tuple(hidden.shape)} (batch, token, feature)")
        for layer, block in enumerate(network.blocks, start=1):
            hidden, weights = block(hidden)
            lines.append(f"block {layer}     {tuple(hidden.shape)} (batch, token, feature)")
            lines.append(f"  attention {tuple(weights.shape)} (batch, head, query, key)")
        logits = network.logits(hidden)  # (batch, token, vocabulary)
    lines.append(f"logits      {tuple(logits.shape)} (batch, token, vocabulary)")
    lines.append("best guesses, which mean nothing before training:")
    for token, row in zip(encoding.tokens, logits[0].softmax(dim=-1), strict=True):
        best = zip(*row.topk(3), strict=True)
        guesses = (f"{tokenizer.id_to_token(int(word))} {share:.3%}" for share, word in best)
        lines.append(f"  {token:<10}{', '.join(guesses)}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(example())
