"""Several masks at once, against all fillings of a small vocabulary and against transformers."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.engine.climbing import climb_whole
from roberta_gui.engine.words import queries, together
from roberta_gui.engine.words.together import largest_sums
from roberta_gui.records import AnalysisRequest, Fillings
from tests.engine.twins import Twins
from tests.tolerances import PASS

TEXT = "The <mask> sat on the <mask>, unbelievably."


def chained(
    twins: Twins, ids: Sequence[int], filling: dict[int, int], order: Sequence[int]
) -> float:
    """Fill places one after the other, a pass of transformers for each."""
    ids, total = list(ids), 0.0
    for place in order:
        total += float(twins.logs(ids, place)[filling[place]])
        ids[place] = filling[place]
    return total


def mask_places(twins: Twins, text: str) -> list[int]:
    return [at for at, row in enumerate(twins.ids(text)) if row == twins.tokenizer.mask_token_id]


def last(engine: Engine, request: AnalysisRequest, n: int = 10, beams: int = 32) -> Fillings:
    *_, found = engine.fill_together_steps(request, n, beams)
    return found


def test_each_order_is_the_chain_of_conditional_probabilities(twins: Twins) -> None:
    found = twins.engine.fill_together(AnalysisRequest(TEXT), n=4, beams=6)

    ids, places = twins.ids(TEXT), mask_places(twins, TEXT)
    assert len(found) == 4
    for filling in found:
        rows = dict(zip(places, (one.id for one in filling.candidates), strict=True))
        orders = [chained(twins, ids, rows, order) for order in (places, places[::-1])]
        assert filling.by_order == pytest.approx(orders, abs=2 * PASS)
        assert filling.log_probability == pytest.approx(np.mean(orders), abs=2 * PASS)
        logs = twins.logs(ids)
        apart = sum(float(logs[place, row]) for place, row in rows.items())
        assert filling.independent_log_probability == pytest.approx(apart, abs=2 * PASS)
    scores = [filling.log_probability for filling in found]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("text", ["b <mask> c <mask> d", "b <mask> <mask> d", "b <mask><mask>"])
def test_the_best_pair_is_the_best_of_all_pairs(letters: Twins, text: str) -> None:
    """Masks side by side, too: two words, or a word of two pieces."""
    n_words = letters.engine.info.vocab_size
    found = letters.engine.fill_together(AnalysisRequest(text), n=5, beams=n_words)

    ids, places = letters.ids(text), mask_places(letters, text)
    rows = range(n_words)
    with torch.inference_mode():
        first = letters.logs(ids)
        after = {
            (place, row): letters.logs([row if at == place else one for at, one in enumerate(ids)])
            for place, row in product(places, rows)
        }
    left, right = places
    scores = {
        (a, b): (
            first[left, a] + after[left, a][right, b] + first[right, b] + after[right, b][left, a]
        )
        / 2
        for a, b in product(rows, rows)
    }
    best = sorted(scores, key=lambda pair: -scores[pair])[:5]
    assert [tuple(one.id for one in filling.candidates) for filling in found] == best
    apart = sorted(
        product(rows, rows), key=lambda pair: -(first[left, pair[0]] + first[right, pair[1]])
    )
    for filling in found:
        a, b = (one.id for one in filling.candidates)
        assert filling.independent_rank == 1 + apart.index((a, b))


@pytest.mark.parametrize("beams", [3, 12])
def test_three_masks_have_the_best_filling_of_all_that_the_beams_found(
    beams: int, letters: Twins
) -> None:
    """No filling is lost by scoring only those that can still be among the best."""
    request = AnalysisRequest("b <mask> c <mask> d <mask>")
    few = letters.engine.fill_together(request, n=1, beams=beams)
    many = letters.engine.fill_together(request, n=beams, beams=beams)

    assert few[0].candidates == many[0].candidates
    assert few[0].log_probability == pytest.approx(many[0].log_probability, abs=3 * PASS)


def test_one_mask_is_filled_with_the_guesses_of_an_analysis(twins: Twins) -> None:
    request = AnalysisRequest("The cat sat on the <mask>.", top_k=12)
    (fill,) = twins.engine.analyse(request).fills

    found = last(twins.engine, request, n=12, beams=5)

    assert [filling.candidates[0].id for filling in found.together] == [
        one.id for one in fill.candidates
    ]
    for filling, one in zip(found.together, fill.candidates, strict=True):
        assert np.exp(filling.log_probability) == pytest.approx(one.probability, rel=PASS)
        assert filling.by_order == (filling.log_probability,) * 2
        assert filling.independent_rank == filling.candidates[0].rank == one.rank
    assert found.apart == found.in_turn == found.together[0]


def test_what_each_mask_says_alone_is_known_before_anything_is_searched(letters: Twins) -> None:
    steps = letters.engine.fill_together_steps("b <mask> c <mask> d <mask>")
    known = [(one.apart is not None, one.in_turn is not None, bool(one.together)) for one in steps]

    assert list(dict.fromkeys(known)) == [
        (False, False, False), (True, False, False), (True, True, False), (True, True, True),
    ]  # fmt: skip


def test_simpler_ways_are_told_beside_it(letters: Twins) -> None:
    request = AnalysisRequest("b <mask> c <mask>")
    found = last(letters.engine, request)
    fills = letters.engine.analyse(request).fills

    assert found.apart is not None
    assert found.in_turn is not None
    for one, fill in zip(found.apart.candidates, fills, strict=True):
        assert one == replace(fill.candidates[0], probability=one.probability)
        assert one.probability == pytest.approx(fill.candidates[0].probability, rel=PASS)
    assert found.apart.independent_rank == 1
    first = fills[0].candidates[0]
    ids, (left, right) = letters.ids(request.text), mask_places(letters, request.text)
    ids[left] = first.id
    then = int(letters.logs(ids, right).argmax())
    assert [one.id for one in found.in_turn.candidates] == [first.id, then]
    best = found.together[0].log_probability
    assert best >= max(found.apart.log_probability, found.in_turn.log_probability)


def test_switched_off_heads_and_pairs_are_those_of_the_request(twins: Twins) -> None:
    off = frozenset({(1, 0), (1, 3)})
    request = AnalysisRequest("One <mask>.", pair="Two <mask> here.", switched_off=off)
    (filling,) = twins.engine.fill_together(request, n=1, beams=2)

    ids = list(twins.tokenizer(request.text, request.pair)["input_ids"])
    places = [at for at, row in enumerate(ids) if row == twins.tokenizer.mask_token_id]
    rows = dict(zip(places, (one.id for one in filling.candidates), strict=True))
    with twins.without(1, 0, 3):
        orders = [chained(twins, ids, rows, order) for order in (places, places[::-1])]
    assert filling.by_order == pytest.approx(orders, abs=2 * PASS)


def test_records_come_while_the_search_goes_on(letters: Twins) -> None:
    told: list[str] = []
    steps = letters.engine.fill_together_steps(
        "b <mask> c <mask>", report=lambda text, _: told.append(text)
    )
    *_, complete = steps

    assert complete.complete
    assert told[:3] == ["Prepared the sentence", "Mask 1 of 2", "Mask 2 of 2"]
    with pytest.raises(problems.Stopped):
        letters.engine.fill_together("b <mask> c <mask>", stop=lambda: True)


def test_without_masks_there_is_nothing_to_fill(letters: Twins) -> None:
    assert letters.engine.fill_together("") == letters.engine.fill_together("a b") == ()


def test_what_cannot_be_filled_is_refused(letters: Twins, headless: Engine) -> None:
    for n, beams in ((0, 3), (3, 0), (True, 3), (10**9, 3), (3, 10**9), (10**5000, 3)):
        with pytest.raises(problems.BadArgument):
            letters.engine.fill_together("a <mask>", n, beams)
    with pytest.raises(problems.NoMaskHead):
        headless.fill_together("a <mask>")


@pytest.mark.parametrize("most", [40, 10_000])
def test_the_largest_sums_of_lists_are_those_of_all_combinations(most: int) -> None:
    lists = np.random.default_rng(3).normal(size=(3, 9))
    every = sorted((sum(numbers) for numbers in product(*lists.tolist())), reverse=True)
    sums = np.zeros(1)

    for numbers in lists:
        sums = largest_sums(sums, numbers, most)

    assert sums == pytest.approx(every[:most], abs=1e-12)


def test_a_step_ranks_one_mask_apart_and_asks_for_the_stop(
    letters: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked: list[int] = []

    def noted(*lists: Any) -> Any:
        ranked.append(1)
        return largest_sums(*lists)

    monkeypatch.setattr(together, "largest_sums", noted)
    each = []
    text = "b <mask>" * 6
    for _ in letters.engine.fill_together_steps(text, n=1, beams=1):
        each.append(len(ranked))
        ranked.clear()
    with pytest.raises(problems.Stopped):
        letters.engine.fill_together(text, stop=lambda: len(ranked) == 2)

    assert max(each) == 1
    assert sum(each) == 6
    assert len(ranked) == 2


def test_a_step_reads_one_batch_of_sentences(
    letters: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[int] = []

    def noted(*what: Any) -> Any:
        passes.append(1)
        return climb_whole(*what)

    monkeypatch.setattr(queries, "climb_whole", noted)
    each = []
    for _ in letters.engine.fill_together_steps("b <mask>" * 6, n=1, beams=1):
        each.append(len(passes))
        passes.clear()

    assert max(each) == 1
    assert sum(each) >= 10  # each order reads all masks but the first
