"""RoBERTa, written out: read it from the top and you know the whole network.

The body is BERT's encoder (Devlin et al. 2019, section 3; the Transformer encoder of Vaswani et
al. 2017) as RoBERTa trains it (Liu et al. 2019): ids become embeddings, twelve or so blocks
rewrite them one after the other, and the masked-LM head turns any row back into guesses.

Axis words in the shape comments: batch, head, query, key, token, feature, vocabulary.
``attention`` is what softmax gives; before softmax it is called ``scores``.
"""

import math
from collections.abc import Callable
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from roberta_gui import problems
from roberta_gui.engine.configuration import ACTIVATIONS, Configuration

Edit = Callable[[Tensor], Tensor]
"""Changes what the heads found, (batch, head, token, d_head), before W_O mixes them."""

__all__ = ["Configuration", "Edit", "Roberta", "key_mask"]


class Roberta(nn.Module):
    """The whole network: embeddings, blocks and, where the checkpoint has one, the mask head."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        self.configuration = configuration
        self.embeddings = Embeddings(configuration)
        self.blocks = nn.ModuleList(Block(configuration) for _ in range(configuration.n_layers))
        self.mask_head = MaskHead(configuration) if configuration.has_mask_head else None
        if not self.embeddings.word.weight.is_meta:
            self.initialise()

    @torch.no_grad()
    def initialise(self) -> None:
        """Draw every weight anew, as before training.

        The scheme of BERT's published code: weights are normal with spread 0.02 (from torch's
        own generator), biases and padding rows are 0, LayerNorm gains 1.
        """
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                parameter.normal_(0.0, 0.02)
            else:
                parameter.fill_(1.0 if name.endswith("norm.weight") else 0.0)
        for padded in (self.embeddings.word, self.embeddings.position):
            padded.weight[self.configuration.padding_id] = 0.0

    def forward(
        self, ids: Tensor, real: Tensor | None = None, shift: Tensor | None = None
    ) -> Tensor:
        """Turn token ids into the hidden states of the last layer.

        Parameters
        ----------
        ids
            int64 (batch, token).
        real
            bool (batch, token), False where a row was filled up with padding; None: nowhere.
        shift
            int64 (batch,): how many positions later than usual each row begins; None: none.

        Returns
        -------
        Tensor
            (batch, token, feature), in the dtype of the weights.
        """
        hidden: Tensor = self.embeddings(ids, shift)  # (batch, token, feature)
        mask = key_mask(real, hidden.dtype)  # (batch, 1, 1, key) or None
        for block in self.blocks:
            hidden = block(hidden, mask)  # (batch, token, feature)
        return hidden

    def logits(self, hidden: Tensor) -> Tensor:
        """Score every word of the vocabulary for each of the given rows.

        Parameters
        ----------
        hidden
            (..., feature): any rows of the last layer, as many as somebody asks about.

        Returns
        -------
        Tensor
            (..., vocabulary), before softmax.

        Raises
        ------
        problems.NoMaskHead
            The checkpoint came without the head.
        """
        if self.mask_head is None:
            raise problems.NoMaskHead(
                "This model has no masked-LM head, so it cannot guess words.",
                "Open a checkpoint saved as RobertaForMaskedLM.",
            )
        scored: Tensor = self.mask_head(hidden, self.embeddings.word.weight)
        return scored


def key_mask(real: Tensor | None, dtype: torch.dtype) -> Tensor | None:
    """Make what is added to the scores so that no query looks at padding: 0 or −infinity.

    Parameters
    ----------
    real
        bool (batch, token), or None where there is no padding.

    Returns
    -------
    Tensor | None
        (batch, 1, 1, key): the same for every head and every query.
    """
    if real is None:
        return None
    mask = torch.zeros(real.shape, dtype=dtype, device=real.device)  # (batch, key)
    return mask.masked_fill_(~real, -math.inf)[:, None, None, :]  # (batch, 1, 1, key)


def table(rows: int, features: int, padding_id: int | None = None) -> nn.Embedding:
    """Make an embedding with its values still open; its padding row is never trained."""
    # nn.Embedding(...) draws them at once, which on the meta device draws nothing and yet makes
    # torch import its compiler: over a second before the first sentence.
    make: Callable[..., nn.Embedding] = nn.Embedding.from_pretrained
    return make(torch.empty(rows, features), freeze=False, padding_idx=padding_id)


class Embeddings(nn.Module):
    """Word + position + type, normalised (Devlin et al. 2019, section 3, figure 2)."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = configuration
        self.padding_id = c.padding_id
        self.dropout = c.dropout
        self.word = table(c.vocab_size, c.d_model, c.padding_id)
        self.position = table(c.max_positions, c.d_model, c.padding_id)
        self._modules["type"] = table(c.n_types, c.d_model)
        self.norm = nn.LayerNorm(c.d_model, eps=c.layer_norm_eps)

    def forward(
        self, ids: Tensor, shift: Tensor | None = None, types: Tensor | None = None
    ) -> Tensor:
        """Look up int64 ids (batch, token) and give (batch, token, feature).

        ``types``, int64 and of a shape that fits ids, are rows of the type table.
        """
        word = self.word(ids)  # (batch, token, feature)
        position = self.position(self.positions(ids, shift))  # (batch, token, feature)
        # RoBERTa dropped next-sentence prediction (Liu et al. 2019, section 4.2), and with it
        # the second type: every token, of either segment, is of type 0, unless a model of the
        # family that kept both types says otherwise.
        kinds = torch.zeros_like(ids) if types is None else types  # (batch, token)
        summed = word + self.types(kinds) + position  # (batch, token, feature)
        hidden: Tensor = self.norm(summed)  # (batch, token, feature)
        return F.dropout(hidden, self.dropout, self.training)

    @property
    def types(self) -> nn.Embedding:
        """The type table; as ``self.type`` it would be hidden by a method of nn.Module."""
        return cast("nn.Embedding", self._modules["type"])

    def positions(self, ids: Tensor, shift: Tensor | None = None) -> Tensor:
        """Count the tokens from ``padding_id`` + 1; padding itself stays at ``padding_id``.

        An inheritance from fairseq, where RoBERTa was trained: the position table has a padding
        row as the word table has, and the rows below it were never used. ``shift``, (batch,),
        begins a row later: training on short rows reaches every position that way.
        """
        counts = ids != self.padding_id  # (batch, token)
        place = counts.cumsum(dim=1)  # (batch, token), from 1
        if shift is not None:
            place = place + shift[:, None]  # (batch, token)
        return place * counts + self.padding_id  # (batch, token)


class Block(nn.Module):
    """Attention, then feed-forward: each adds to its input, then normalises the sum.

    This order is post-LayerNorm (Vaswani et al. 2017, section 3.1): the stream that leaves a
    block is already normalised, so nothing follows the last one.
    """

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = configuration
        self.dropout = c.dropout
        self.attention = Attention(c)
        self.attention_norm = nn.LayerNorm(c.d_model, eps=c.layer_norm_eps)
        self.feedforward = Feedforward(c)
        self.feedforward_norm = nn.LayerNorm(c.d_model, eps=c.layer_norm_eps)

    def forward(
        self,
        hidden: Tensor,
        mask: Tensor | None = None,
        attention: Tensor | None = None,
        edit: Edit | None = None,
    ) -> Tensor:
        """Rewrite (batch, token, feature); the rest is as in `Attention.forward`.

        LayerNorm is that of Ba et al. (2016), section 3: over the features of one token, with a
        gain and a bias.
        """
        mixed = self.attention(hidden, mask, attention, edit)  # (batch, token, feature)
        mixed = F.dropout(mixed, self.dropout, self.training)  # (batch, token, feature)
        hidden = self.attention_norm(hidden + mixed)  # (batch, token, feature)
        feedforward_output = self.feedforward(hidden)  # (batch, token, feature)
        feedforward_output = F.dropout(
            feedforward_output, self.dropout, self.training
        )  # (batch, token, feature)
        rewritten: Tensor = self.feedforward_norm(
            hidden + feedforward_output
        )  # (batch, token, feature)
        return rewritten


class Attention(nn.Module):
    """Every token gathers from every token, once for each head (Vaswani et al. 2017, 3.2)."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = configuration
        self.d_head = c.d_head
        self.dropout = c.dropout
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
        attention: Tensor | None = None,
        edit: Edit | None = None,
    ) -> Tensor:
        """Compute MultiHead(X, X, X), and leave the attention where somebody wants to see it.

        Parameters
        ----------
        hidden
            (batch, token, feature).
        mask
            (batch, 1, 1, key), from `key_mask`, added to the scores.
        attention
            float32 (batch, head, query, key), filled with each head's attention: probability,
            rows sum to 1 over key. None: nobody looks, and it is never stored.
        edit
            Changes the heads' outputs before W_O.

        Returns
        -------
        Tensor
            (batch, token, feature), before the residual is added.
        """
        query = self.split_heads(self.query(hidden))  # (batch, head, query, d_head)
        key = self.split_heads(self.key(hidden))  # (batch, head, key, d_head)
        value = self.split_heads(self.value(hidden))  # (batch, head, key, d_head)
        if attention is None:
            dropout = self.dropout if self.training else 0.0
            context = F.scaled_dot_product_attention(query, key, value, mask, dropout)
        else:
            self.attend(query, key, mask, attention)
            context = attention.to(value.dtype) @ value  # (batch, head, query, d_head)
        if edit is not None:
            context = edit(context)  # (batch, head, query, d_head)
        joined = context.transpose(1, 2).flatten(2)  # (batch, query, feature)
        mixed: Tensor = self.output(joined)  # (batch, query, feature)
        return mixed

    def attend(self, query: Tensor, key: Tensor, mask: Tensor | None, attention: Tensor) -> None:
        """Write softmax(Q Kᵀ / √d_head) into ``attention`` (Vaswani et al. 2017, equation 1).

        Dividing the queries instead of the scores is the same product with fewer divisions.
        Softmax runs in float32 whatever the weights are in: in half precision, rows of many
        small probabilities do not sum to 1.
        """
        query = query / math.sqrt(self.d_head)  # (batch, head, query, d_head)
        scores = query @ key.transpose(-1, -2)  # (batch, head, query, key)
        if mask is not None:
            scores = scores + mask  # (batch, head, query, key)
        torch.softmax(scores, dim=-1, dtype=torch.float32, out=attention)

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
        ready = self.prepare(hidden)  # (..., feature)
        matrix = self.matrix(word_embeddings)  # (vocabulary, feature)
        if _is_few(ready):
            # (W xᵀ)ᵀ instead of x Wᵀ: the kernels then walk along the long side.
            across = torch.addmm(self.bias[:, None], matrix, ready.T)  # (vocabulary, row)
            return across.T.contiguous()  # (row, vocabulary)
        return F.linear(ready, matrix, self.bias)  # (..., vocabulary)

    def prepare(self, hidden: Tensor) -> Tensor:
        """Turn (..., feature) into what the decoder reads, of the same shape."""
        ready: Tensor = self.norm(F.gelu(self.dense(hidden)))  # (..., feature)
        return ready

    def matrix(self, word_embeddings: Tensor) -> Tensor:
        """Return the decoder's matrix, (vocabulary, feature): the word embeddings where tied."""
        return word_embeddings if self.decoder is None else self.decoder.weight


def _is_few(rows: Tensor) -> bool:
    """Whether a product with a whole vocabulary takes less time with its sides exchanged.

    So it is for 2 to 6 rows of float32 on CPUs with and without AVX-512 (50,265 × 768: 1.3 to
    3.0 times as fast), and on more than one thread up to 8; from 12 on it loses.
    """
    if rows.ndim != 2 or rows.dtype is not torch.float32 or rows.device.type != "cpu":
        return False
    most = 8 if torch.get_num_threads() > 1 else 6
    return 2 <= len(rows) <= most and not torch.is_grad_enabled()
