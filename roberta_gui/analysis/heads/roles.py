"""What each head mostly looks at, measured over many sentences."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from roberta_gui.problems import BadArgument
from roberta_gui.records import FloatArray, ShortRepr, Token, read_only
from roberta_gui.wording import counted

ROLES: Final = ("start", "end", "self", "previous", "next", "punctuation", "rest")
"""Whom a token may look at. Disjoint: a key that could be two of them is the first it fits."""

_START, _END, _SELF, _PREVIOUS, _NEXT, _PUNCTUATION, _REST = range(len(ROLES))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HeadRoles(ShortRepr):
    """Sums over the sentences measured so far; ``+`` joins those of further sentences.

    Only queries that are not special count: ``<s>`` and ``</s>`` have no neighbours to speak of.
    """

    # n_sentences, n_queries: what the sums are taken over
    n_sentences: int
    n_queries: int
    # float64 (layer, head, role): attention from all queries to the keys of each of `ROLES`
    role_sums: NDArray[np.float64]
    entropy_sums: NDArray[np.float64]  # float64 (layer, head): bits, summed over queries
    # distance_sums, distance_weights: float64 (layer, head): attention times distance in tokens,
    # and attention, both summed over queries and over those keys that are not special
    distance_sums: NDArray[np.float64]
    distance_weights: NDArray[np.float64]

    def __add__(self, other: "HeadRoles") -> "HeadRoles":
        counts = self.n_sentences + other.n_sentences, self.n_queries + other.n_queries
        names = ("role_sums", "entropy_sums", "distance_sums", "distance_weights")
        return HeadRoles(
            *counts, *(read_only(getattr(self, name) + getattr(other, name)) for name in names)
        )

    @property
    def shares(self) -> NDArray[np.float64]:
        """(layer, head, role): mean share of a query's attention, sums to 1 over role."""
        return _ratio(self.role_sums, float(self.n_queries))

    @property
    def entropy_bits(self) -> NDArray[np.float64]:
        """(layer, head): mean entropy of a query's attention, over all keys."""
        return _ratio(self.entropy_sums, float(self.n_queries))

    @property
    def distance_tokens(self) -> NDArray[np.float64]:
        """(layer, head): mean distance of what is looked at, in tokens.

        Weighted by attention (Vig & Belinkov 2019, section 4.3) over keys that are not special:
        otherwise it would tell little but how far away ``<s>`` and ``</s>`` are.
        """
        return _ratio(self.distance_sums, self.distance_weights)

    @property
    def strongest(self) -> NDArray[np.intp]:
        """(layer, head): the role, an index into `ROLES`, that gets most; ties to the first."""
        return read_only(np.argmax(self.role_sums, axis=-1))


def no_roles(n_layers: int, n_heads: int) -> HeadRoles:
    """Begin a sum: no sentence yet, every share nan."""
    heads = read_only(np.zeros((n_layers, n_heads)))
    return HeadRoles(
        0, 0, read_only(np.zeros((n_layers, n_heads, len(ROLES)))), heads, heads, heads
    )


def measure(attention: FloatArray, tokens: Sequence[Token]) -> HeadRoles:
    """Measure every head on one sentence.

    Keys fall into disjoint sets, asked in this order: ``<s>`` (start), any other special token
    (end), the query itself, the token before it, the token after it, punctuation, the rest. So a
    full stop right after a query counts as next, not as punctuation.

    Attention is float32 (layer, head, query, key). Raises `problems.BadArgument` where it is that
    of another number of tokens, specials included.
    """
    keys = Keys.of(tokens)
    return keys.roles([keys.measure(layer) for layer in attention])


LayerSums = tuple[NDArray[np.float64], ...]
"""By head: role (head, role), entropy, distance and its weight (head,), summed over queries."""


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """What a sentence's keys are to its queries; measures layers as they come."""

    queries: NDArray[np.intp]  # int (query,): the tokens that are not special
    is_role: NDArray[np.float32]  # float32 (query · key, role), 1 or 0
    distance: NDArray[np.float32]  # float32 (query · key): tokens between them, 0 for special keys
    is_special: NDArray[np.bool_]  # bool (key,)

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> Self:
        """Look at a sentence's tokens, specials included."""
        special = np.array([token.is_special for token in tokens], dtype=bool)
        queries = np.flatnonzero(~special)
        is_role = _roles_of_keys(tokens, special)[queries].reshape(-1, len(ROLES))
        ahead = np.abs(queries[:, np.newaxis] - np.arange(len(tokens))) * ~special
        return cls(queries, is_role, ahead.reshape(-1).astype(np.float32), special)

    def measure(self, attention: FloatArray) -> LayerSums:
        """Sum one layer's attention, float32 (head, query, key), as `measure` does."""
        if attention.shape[-1] != len(self.is_special):
            raise BadArgument(
                f"Attention between {counted(attention.shape[-1], 'token')} is not that of "
                f"{len(self.is_special)}.",
                "Take both from one analysis.",
            )
        weights = np.ascontiguousarray(attention[:, self.queries], dtype=np.float32)
        flat = weights.reshape(len(weights), -1)  # (head, query · key)
        # 0 · log 0 is 0; the smallest number instead of 0 has a logarithm.
        bits = flat * np.log2(np.maximum(flat, np.finfo(np.float32).tiny))
        sums = (
            flat @ self.is_role,
            abs(bits.sum(axis=1, dtype=np.float64)),
            flat @ self.distance,
            weights[:, :, ~self.is_special].sum(axis=(1, 2), dtype=np.float64),
        )
        return tuple(part.astype(np.float64) for part in sums)

    def roles(self, layers: Sequence[LayerSums]) -> HeadRoles:
        """Put the layers of one sentence together."""
        parts = (read_only(np.stack(part)) for part in zip(*layers, strict=True))
        return HeadRoles(1, len(self.queries), *parts)


def _roles_of_keys(tokens: Sequence[Token], special: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Say for each query which role each key has: float32 (query, key, role), 1 or 0."""
    places = np.arange(len(tokens))
    ahead = places - places[:, np.newaxis]  # (query, key): 1 for the next token
    punctuation = np.array([is_punctuation(token) for token in tokens], dtype=bool)
    # From the last role to the first, so that the first that fits has the last word.
    role = np.full((len(tokens), len(tokens)), _REST)
    role[:, punctuation] = _PUNCTUATION
    for offset, name in ((1, _NEXT), (-1, _PREVIOUS), (0, _SELF)):
        role[ahead == offset] = name
    role[:, special] = _END
    if len(tokens) and special[0]:
        role[:, 0] = _START
    one_hot: NDArray[np.float32] = np.eye(len(ROLES), dtype=np.float32)[role]
    return one_hot


def is_punctuation(token: Token) -> bool:
    """Tell whether a token is nothing but punctuation (Unicode's categories P), and no special."""
    text = token.text.strip()
    if token.is_special or token.is_mask or token.is_control or not text:
        return False
    return all(unicodedata.category(letter).startswith("P") for letter in text)


def _ratio(sums: NDArray[np.float64], weights: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Divide, and give nan where there is nothing to divide by."""
    weights = np.broadcast_to(np.asarray(weights, dtype=np.float64), sums.shape)
    unknown = np.full_like(sums, np.nan)
    return read_only(np.divide(sums, weights, out=unknown, where=weights > 0))
