"""What an Engine finds out about words at masks that one pass does not say."""

from collections.abc import Iterator
from functools import reduce
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.alignment import align
from roberta_gui.engine.arguments import whole_number
from roberta_gui.engine.measures.measures import Measures
from roberta_gui.engine.measures.watching import row_watched
from roberta_gui.engine.prepared import as_request, need_mask_head
from roberta_gui.engine.words import attribution, patching
from roberta_gui.engine.words.together import Search
from roberta_gui.engine.words.whole_words import WholeWords
from roberta_gui.problems import BadArgument
from roberta_gui.records import (
    AnalysisRequest,
    Attribution,
    AttributionMethod,
    Filling,
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

    def fill_together(
        self,
        request: str | AnalysisRequest,
        n: int = 10,
        beams: int = 32,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> tuple[Filling, ...]:
        """Fill all masks with what is likeliest together: the ``n`` best, best first."""
        steps = self.fill_together_steps(request, n, beams, stop, report)
        return reduce(lambda _older, newer: newer, steps).together

    def fill_together_steps(
        self,
        request: str | AnalysisRequest,
        n: int = 10,
        beams: int = 32,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> Iterator[Fillings]:
        """Do the same step by step, beside what every mask alone and one after the other give.

        ``beams`` is how many beginnings a search goes on with in each of the two orders.

        Raises
        ------
        problems.NoMaskHead, problems.BadArgument
            The model cannot guess; ``n`` or ``beams`` is below 1.
        """
        request = as_request(request)
        prepared = self._prepare(request, stop)
        begun = Fillings(request, self.info, prepared.tokens)
        search = Search(self._network, prepared, self.tokenizer.spell, begun, n, beams)
        return search.steps(stop, report)

    def attribute(
        self,
        request: str | AnalysisRequest,
        word: WordOrRow,
        against: WordOrRow | None = None,
        method: AttributionMethod = "integrated_gradients",
        steps: int = 32,
        mask: int = 0,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> Attribution:
        """Give what each token adds to a guess: the last of `attribute_steps`."""
        work = self.attribute_steps(request, word, against, method, steps, mask, stop, report)
        return reduce(lambda _older, newer: newer, work)

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
            The model cannot guess; a word is not one token; there is no such mask, row or method.
        """
        request = as_request(request)
        known = attribution.check(self._network, method, steps)
        prepared = self._prepare(request, stop)
        at = prepared.place_of_mask(mask)
        rows = [
            row_watched(self.tokenizer, request, prepared, at, one, self.info)
            for one in ([word] if against is None else [word, against])
        ]
        target = attribution.Target(self._network, prepared, prepared.ids[at], at, *rows)
        names = [self._written(row) for row in rows]
        begun = Attribution(
            request=request,
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
        return attribution.attribute(target, begun, steps, stop, report)

    def patch(
        self,
        clean: str | AnalysisRequest,
        corrupted: str | AnalysisRequest,
        word: WordOrRow,
        sites: PatchSites = "layer_token",
        mask: int = 0,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> NDArray[np.float64]:
        """Give the share of a word's log-probability that each copied state brings back.

        float64 (layer + 1, token of the corrupted run): 0 as in the corrupted run, 1 as in the
        clean one; see `patch_steps`.
        """
        steps = self.patch_steps(clean, corrupted, word, sites, mask, stop, report)
        return reduce(lambda _older, newer: newer, steps).regained

    def patch_steps(
        self,
        clean: str | AnalysisRequest,
        corrupted: str | AnalysisRequest,
        word: WordOrRow,
        sites: PatchSites = "layer_token",
        mask: int = 0,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> Iterator[Patching]:
        """Copy states of the clean run into the corrupted one, from the top layer down.

        Tokens are aligned as by `analysis.sentences.alignment.align`; ``sites="layer"`` copies all
        tokens of a layer at once: (layer + 1,). ``word`` is as for `sweep`, at the corrupted
        run's mask; ``mask`` counts the masks of both from 0.

        Raises
        ------
        problems.NoMaskHead, problems.SeveralPieces, problems.BadArgument
            The model cannot guess; the word is not one token; there is no such mask, row or site.
        """
        need_mask_head(self._network)
        if sites not in get_args(PatchSites):
            listed = " or ".join(get_args(PatchSites))
            raise BadArgument(f"{sites!r} is nothing to copy.", f"Choose {listed}.")
        requests = as_request(clean), as_request(corrupted)
        runs = self._prepare(requests[0], stop), self._prepare(requests[1], stop)
        masks = runs[0].place_of_mask(mask), runs[1].place_of_mask(mask)
        row = row_watched(self.tokenizer, requests[1], runs[1], masks[1], word, self.info)
        shape = [self.info.n_layers + 1, len(runs[1].tokens)]
        begun = Patching(
            clean=requests[0],
            corrupted=requests[1],
            model=self.info,
            tokens=runs[1].tokens,
            word=self._written(row),
            token_index=masks[1],
            log_probability=read_only(np.full(shape[: 1 if sites == "layer" else 2], np.nan)),
            clean_log_probability=np.nan,
            corrupted_log_probability=np.nan,
            fraction=0.0,
        )
        pairs = align(runs[0].tokens, runs[1].tokens).pairs
        return patching.steps(self._network, runs, pairs, row, masks, begun, stop, report)

    def whole_words(
        self,
        request: str | AnalysisRequest,
        mask: int = 0,
        max_pieces: int = 4,
        top_k: int = 10,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> tuple[WholeWord, ...]:
        """Guess whole words of up to ``max_pieces`` pieces at a mask: the last of the steps."""
        steps = self.whole_words_steps(request, mask, max_pieces, top_k, stop, report)
        return reduce(lambda _older, newer: newer, steps)

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
            The model cannot guess; there is no such mask; a number is below 1.
        """
        request = as_request(request)
        for value, what in ((max_pieces, "pieces"), (top_k, "words")):
            if whole_number(value, f"The number of {what}") < 1:
                raise BadArgument(f"{value} {what} cannot be had.", "Ask for one or more.")
        prepared = self._prepare(request, stop)
        at = prepared.place_of_mask(mask)
        search = WholeWords(self._network, self.tokenizer, prepared, at, max_pieces, top_k)
        return search.steps(stop, report)

    def _written(self, row: int) -> str:
        """Spell a row literally, with the space that belongs to it."""
        text, leading_space = self.tokenizer.spell(row)
        return " " * leading_space + text
