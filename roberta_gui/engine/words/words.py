"""What an Engine finds out about words at masks that one pass does not say."""

from collections.abc import Iterator
from typing import get_args

import numpy as np

from roberta_gui.analysis.sentences.alignment import align
from roberta_gui.analysis.stepped import last_of
from roberta_gui.engine.arguments import count_of
from roberta_gui.engine.measures.measures import Measures
from roberta_gui.engine.measures.watching import row_watched
from roberta_gui.engine.prepared import as_request, need_mask_head
from roberta_gui.engine.words import attribution, patching
from roberta_gui.engine.words.together import Search
from roberta_gui.engine.words.whole_words import MOST_PIECES, WholeWords
from roberta_gui.problems import BadArgument
from roberta_gui.records import (
    AnalysisRequest,
    Attribution,
    AttributionMethod,
    Fillings,
    Patching,
    PatchSites,
    Report,
    Stop,
    WholeWord,
    WordOrRow,
    read_only,
)


class Words(Measures):
    """The part of `Engine` that fills, explains and patches what stands at masks."""

    def fill_together_steps(
        self,
        request: str | AnalysisRequest,
        n: int = 10,
        beams: int = 32,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> Iterator[Fillings]:
        """Fill all masks with what is likeliest together: the ``n`` best, best first.

        Beside them stands what every mask alone and one after the other give. ``beams`` is how many
        beginnings a search goes on with in each of the two orders.

        Raises
        ------
        problems.NoMaskHead, problems.BadArgument
            The model cannot guess; ``n`` or ``beams`` is below 1, or above `MOST_FILLINGS`.
        """
        return Search(self._prepare(request, stop, report), n, beams).steps()

    fill_together = last_of(fill_together_steps, lambda found: found.together)
    """Give the fillings of the last of `fill_together_steps`."""

    def attribute_steps(
        self,
        request: str | AnalysisRequest,
        word: WordOrRow,
        against: WordOrRow | None = None,
        method: AttributionMethod = "integrated_gradients",
        steps: int = 32,
        mask: int = 0,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> Iterator[Attribution]:
        """Follow log p(word) at a mask, or log p(word) − log p(against), back to the tokens.

        Words are as for `sweep`, each one token. ``steps`` counts the points between baseline and
        sentence at which integrated gradients look; ``mask`` counts the masks from 0.

        Raises
        ------
        problems.NoMaskHead, problems.SeveralPieces, problems.BadArgument
            The model cannot guess; a word is not one token; there is no such mask, row or method;
            ``steps`` is below 1, or above `attribution.MOST_STEPS`.
        """
        as_request(request)  # what is none is told first
        known = attribution.check(self._network, method, steps)
        prepared = self._prepare(request, stop, report)
        at = prepared.place_of_mask(mask)
        words = [word] if against is None else [word, against]
        rows = [row_watched(prepared, at, one) for one in words]
        names = [prepared.written(row) for row in rows]
        begun = Attribution(
            request=prepared.request,
            model=self.info,
            tokens=prepared.tokens,
            word=names[0],
            against=names[1] if against is not None else None,
            method=known,
            token_index=at,
            values=read_only(np.full(len(prepared.tokens), np.nan)),
            score=np.nan,
            baseline_score=np.nan,
            fraction=0.0,
        )
        return attribution.attribute(attribution.Target(prepared, at, *rows), begun, steps)

    attribute = last_of(attribute_steps, lambda found: found)
    """Give what each token adds to a guess: the last of `attribute_steps`."""

    def patch_steps(
        self,
        clean: str | AnalysisRequest,
        corrupted: str | AnalysisRequest,
        word: WordOrRow,
        sites: PatchSites = "layer_token",
        mask: int = 0,
        stop: Stop | None = None,
        report: Report | None = None,
        against: WordOrRow | None = None,
    ) -> Iterator[Patching]:
        """Copy states of the clean run into the corrupted one, from the top layer down.

        Tokens are aligned as by `analysis.sentences.alignment.align`; ``sites="layer"`` copies all
        tokens of a layer at once: (layer + 1,). ``word`` is as for `sweep`, at the corrupted
        run's mask; ``mask`` counts the masks of both from 0. With a second word ``against`` it is
        log p(word) − log p(against) that comes back.

        Raises
        ------
        problems.NoMaskHead, problems.SeveralPieces, problems.BadArgument
            The model cannot guess; a word is not one token; there is no such mask, row or site.
        """
        need_mask_head(self._network)
        if sites not in get_args(PatchSites):
            listed = " or ".join(get_args(PatchSites))
            raise BadArgument(f"{sites!r} is nothing to copy.", f"Choose {listed}.")
        runs = self._prepare(clean, stop, report), self._prepare(corrupted, stop, report)
        masks = runs[0].place_of_mask(mask), runs[1].place_of_mask(mask)
        row = row_watched(runs[1], masks[1], word)
        other = None if against is None else row_watched(runs[1], masks[1], against)
        shape = [self.info.n_layers + 1, len(runs[1].tokens)]
        begun = Patching(
            clean=runs[0].request,
            corrupted=runs[1].request,
            model=self.info,
            tokens=runs[1].tokens,
            word=runs[1].written(row),
            against=None if other is None else runs[1].written(other),
            token_index=masks[1],
            log_probability=read_only(np.full(shape[: 1 if sites == "layer" else 2], np.nan)),
            clean_log_probability=np.nan,
            corrupted_log_probability=np.nan,
            fraction=0.0,
        )
        pairs = align(runs[0].tokens, runs[1].tokens).pairs
        return patching.steps(runs, pairs, (row, other), masks, begun)

    patch = last_of(patch_steps, lambda found: found.regained)
    """Give the share of a word's log-probability that each copied state brings back.

    float64 (layer + 1, token of the corrupted run): 0 as in the corrupted run, 1 as in the clean
    one; see `patch_steps`.
    """

    def whole_words_steps(
        self,
        request: str | AnalysisRequest,
        mask: int = 0,
        max_pieces: int = 4,
        top_k: int = 10,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> Iterator[tuple[WholeWord, ...]]:
        """Guess whole words at a mask, those of one piece first: the ``top_k`` likeliest so far.

        Words of different numbers of pieces are guesses at different numbers of masks: longer
        words have smaller sums.

        Raises
        ------
        problems.NoMaskHead, problems.BadArgument
            The model cannot guess; there is no such mask; a number is below 1; there are more
            than `MOST_PIECES` pieces.
        """
        as_request(request)  # what is none is told first
        count_of(max_pieces, "pieces", MOST_PIECES)
        count_of(top_k, "words")
        prepared = self._prepare(request, stop, report)
        return WholeWords(prepared, prepared.place_of_mask(mask), max_pieces, top_k).steps()

    whole_words = last_of(whole_words_steps, lambda words: words)
    """Guess whole words of up to ``max_pieces`` pieces: the last of `whole_words_steps`."""
