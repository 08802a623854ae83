"""Pair what two tokenizers made of the same text, by the characters they stand for.

Tokens that share characters belong together, and so do all that share characters with those: what
comes out are the smallest stretches of text at whose ends both tokenizers cut. ``un|believ|able``
and ``unbeliev|able`` have two, ``unbeliev`` and ``able``. A stretch's hidden state is the mean over
its tokens.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.layer_maps.samples import Sample
from roberta_gui.records import FloatArray, read_only

_UNPAIRED = -1


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """Which stretch of text each token of two samples belongs to."""

    left: NDArray[np.int64]  # int64 (token,): the stretch, from 0; -1: nothing on the other side
    right: NDArray[np.int64]  # int64 (token,): the same
    sentence: NDArray[np.int64]  # int64 (stretch,): the sentence that a stretch is in

    @property
    def n_stretches(self) -> int:
        """Stretches that both sides have."""
        return len(self.sentence)


def align(left: Sample, right: Sample) -> Alignment:
    """Pair the tokens of two samples of the same sentences.

    Sentences that only one sample holds, tokens that stand for no characters, and those whose
    characters no token of the other side stands for (a space, as a rule) are left out.
    """
    stretches = (np.full(left.n_tokens, _UNPAIRED), np.full(right.n_tokens, _UNPAIRED))
    sentences: list[int] = []
    places = [_by_sentence(sample.sentence) for sample in (left, right)]
    for sentence in sorted(places[0].keys() & places[1].keys()):
        for group in _joined(
            _spanned(left, places[0][sentence], 0) + _spanned(right, places[1][sentence], 1)
        ):
            if {side for _, _, side, _ in group} != {0, 1}:
                continue
            for _, _, side, token in group:
                stretches[side][token] = len(sentences)
            sentences.append(sentence)
    return Alignment(
        read_only(stretches[0].astype(np.int64)),
        read_only(stretches[1].astype(np.int64)),
        read_only(np.array(sentences, dtype=np.int64)),
    )


def averaged(states: FloatArray, stretch: NDArray[np.int64], n: int) -> NDArray[np.float32]:
    """Average a layer's states, (token, feature), over stretches: float32 (stretch, feature).

    ``stretch`` is `Alignment.left` or ``right``; each of the ``n`` has at least one token.
    """
    paired = np.flatnonzero(stretch != _UNPAIRED)
    order = paired[np.argsort(stretch[paired], kind="stable")]
    counts = np.bincount(stretch[order], minlength=n)
    starts = np.cumsum(counts) - counts
    sums = np.add.reduceat(states[order], starts, axis=0, dtype=np.float64) if n else states[:0]
    return read_only((sums / counts[:, np.newaxis]).astype(np.float32))


_Span = tuple[int, int, int, int]
"""Start, end, side, token."""


def _by_sentence(sentence: NDArray[np.int64]) -> dict[int, list[int]]:
    """List the tokens of each sentence."""
    tokens: dict[int, list[int]] = {}
    for token, number in enumerate(sentence.tolist()):
        tokens.setdefault(number, []).append(token)
    return tokens


def _spanned(sample: Sample, tokens: list[int], side: int) -> list[_Span]:
    spans = sample.spans[tokens].tolist()
    return [
        (start, end, side, token)
        for (start, end), token in zip(spans, tokens, strict=True)
        if start < end
    ]


def _joined(spans: list[_Span]) -> list[list[_Span]]:
    """Group spans that overlap, directly or through others."""
    groups: list[list[_Span]] = []
    reached = -1
    for span in sorted(spans):
        if span[0] >= reached:
            groups.append([])
        groups[-1].append(span)
        reached = max(reached, span[1])
    return groups
