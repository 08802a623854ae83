"""What a made-up engine says of words at masks, by an analysis of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from roberta_gui.analysis.sentences.alignment import align
from roberta_gui.problems import SeveralPieces
from roberta_gui.records import (
    Analysis,
    AnalysisRequest,
    Attribution,
    AttributionMethod,
    Filling,
    Fillings,
    FloatArray,
    Patching,
    Prediction,
    WholeWord,
    WordOrRow,
    WordScores,
    read_only,
)


def refuse(*words: WordOrRow | None) -> None:
    """Refuse words of several pieces, as an engine does: those with "-", or a space inside."""
    for word in words:
        if isinstance(word, str) and ("-" in word or " " in word.strip()):
            raise SeveralPieces(f"“{word}” is not one token.", "It has several pieces.")


def attributed(
    analysis: Analysis, word: str, against: str | None, method: AttributionMethod, mask: int
) -> Iterator[Attribution]:
    """Invent what each token adds, half of the tokens at first."""
    refuse(word, against)
    n_tokens = len(analysis.tokens)
    random = np.random.default_rng([len(method), len(analysis.request.switched_off)])
    invented = random.normal(0, 1.5, size=n_tokens)
    begun = Attribution(
        analysis.request, analysis.model, analysis.tokens, word, against, method,
        analysis.fills[mask].token_index, np.full(n_tokens, np.nan), np.nan, np.nan, 0.0,
    )  # fmt: skip
    yield begun
    begun = replace(begun, score=-1.0, baseline_score=-1.0 - float(invented.sum()))
    for fraction in (0.5, 1.0):
        values = invented.copy()
        values[round(fraction * n_tokens) :] = np.nan
        yield replace(begun, values=read_only(values), fraction=fraction)


def patched(
    runs: tuple[Analysis, Analysis],
    requests: tuple[AnalysisRequest, AnalysisRequest],
    word: str,
    mask: int,
) -> Iterator[Patching]:
    """Invent what comes back of a word, a layer a step, from the top; tokens are aligned."""
    a, b = runs
    partners = align(a.tokens, b.tokens).pairs[:, 1]
    begun = np.full((b.model.n_layers + 1, len(b.tokens)), np.nan)
    invented = np.random.default_rng(len(b.tokens)).uniform(-5.0, 0.0, size=begun.shape)
    found = Patching(
        *requests, b.model, b.tokens, word, b.fills[mask].token_index, begun, np.nan, np.nan, 0.0
    )
    yield found
    found = replace(found, clean_log_probability=-1.0, corrupted_log_probability=-4.0)
    for layer in range(b.model.n_layers, -1, -1):
        known = found.log_probability.copy()
        known[layer, partners] = invented[layer, partners]
        found = replace(found, log_probability=known, fraction=1 - layer / len(known))
        yield found


def filled_together(analysis: Analysis, n: int) -> Iterator[Fillings]:
    """Invent fillings of the analysis's guesses, one more a step, then the simpler ways."""
    begun = Fillings(analysis.request, analysis.model, analysis.tokens)
    yield begun
    if not analysis.fills:
        yield replace(begun, complete=True)
        return

    def filling(nth: int) -> Filling:
        words = tuple(fill.candidates[(nth + at) % 8] for at, fill in enumerate(analysis.fills))
        alone = float(sum(np.log(word.probability) for word in words))
        order = -1.0 - nth, -1.5 - 1.5 * nth
        return Filling(words, sum(order) / 2, order, alone, 1 if nth < 5 else -1)

    for known in range(1, n + 1):
        yield replace(begun, together=tuple(map(filling, range(known))))
    best = tuple(map(filling, range(n)))
    yield replace(begun, together=best, apart=filling(7), in_turn=filling(0), complete=True)


def whole_words(analysis: Analysis, mask: int) -> Iterator[tuple[WholeWord, ...]]:
    """Invent words of one piece, the analysis's guesses in two forms each, then of several."""
    ones = tuple(
        WholeWord(
            c.text, (c.id,), float(np.log(c.probability)), float(np.log(c.probability)) - 0.1,
            (((c.id,), -2.0), ((c.id + 1,), -9.0)),
        )
        for c in analysis.fills[mask].candidates
    )  # fmt: skip
    yield ()
    yield ones
    longer = [
        WholeWord(f"un{one.text}", (3, *one.ids), -9.0, -4.5, (((3, *one.ids), -9.0),))
        for one in ones
    ]
    yield (*ones, *longer)


def scored(
    analysis: Analysis,
    words: Sequence[str],
    pieces_elsewhere: tuple[int, ...],
    spell: Callable[[Sequence[int]], tuple[tuple[str, bool], ...]],
) -> WordScores:
    """Score guesses as the analysis has them; other words are ``pieces_elsewhere``."""
    known = [{c.text: c for c in fill.candidates} for fill in analysis.fills]
    pieces = tuple(
        tuple((by[w].id,) if w in by else pieces_elsewhere for w in words) for by in known
    )
    shape = len(known), len(words)
    scores, ranks = np.full(shape, -12.5), np.full(shape, -1)
    for (mask, nth), _ in np.ndenumerate(scores):
        if (one := known[mask].get(words[nth])) is not None:
            scores[mask, nth], ranks[mask, nth] = np.log(one.probability), one.rank
    rows = sorted({row for at_mask in pieces for of_word in at_mask for row in of_word})
    return WordScores(
        analysis.request, analysis.model, tuple(words), pieces[0] if pieces else ((),) * len(words),
        read_only(scores), read_only(ranks), pieces, dict(zip(rows, spell(rows), strict=True)),
    )  # fmt: skip


def predicted(analysis: Analysis, hidden: FloatArray) -> Prediction:
    """Take logits from the first token's last state, or from each token's."""
    task = analysis.model.task
    assert task is not None
    n = len(task.labels)
    logits = hidden[-1, :, :n] if task.kind == "tokens" else hidden[-1, 0, :n]
    return Prediction(
        analysis.request, analysis.model, task, analysis.tokens, read_only(logits.copy())
    )
