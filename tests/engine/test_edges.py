"""No tokens, one token, no special tokens, and arguments of another kind than a method can use."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.records import AnalysisRequest
from tests.engine.small_folders import without_template
from tests.engine.twins import Twins
from tests.tolerances import PASS, ROW_SUM

TEXTS = ("", "cat", "[MASK]", "the cat")


@pytest.fixture(params=["with specials", "without"])
def engine(request: pytest.FixtureRequest, with_specials: Engine, bare: Engine) -> Engine:
    return with_specials if request.param == "with specials" else bare


@pytest.mark.parametrize("text", TEXTS)
def test_a_short_text_is_analysed(engine: Engine, text: str) -> None:
    analysis = engine.analyse(AnalysisRequest(text))
    n_tokens = len(text.split()) + 2 * bool(engine.info.special_tokens)
    assert len(analysis.tokens) == n_tokens
    assert analysis.attention.shape == (2, 4, n_tokens, n_tokens)
    assert analysis.hidden.shape == (3, n_tokens, 32)
    np.testing.assert_allclose(analysis.attention.sum(-1), 1, atol=ROW_SUM)
    assert len(analysis.fills) == (text == "[MASK]")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("ablation", ["zero", "mean"])
def test_heads_are_switched_off_in_a_short_text(engine: Engine, text: str, ablation: Any) -> None:
    request = AnalysisRequest(text, switched_off=frozenset({(0, 1)}), ablation=ablation)
    assert np.isfinite(engine.analyse(request).hidden).all()
    assert np.isfinite(engine.contributions(request)).all()


@pytest.mark.parametrize("text", TEXTS)
def test_the_lens_reads_a_short_text(engine: Engine, text: str) -> None:
    request = AnalysisRequest(text)
    hidden = engine.analyse(request).hidden
    *_, stepwise = engine.lens_steps(request, hidden=hidden, watch="cat")
    whole = engine.lens(request, watch="cat")
    for lens in (whole, stepwise):
        n_tokens = len(lens.tokens)
        assert lens.ids.shape == (3, n_tokens, 10)
        assert lens.computed.tolist() == [True] * n_tokens
        assert np.isfinite(lens.entropy_bits).all()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("estimator", ["unmasked", "pll", "pll_word_l2r"])
def test_the_surprisal_of_a_short_text_is_known(engine: Engine, text: str, estimator: Any) -> None:
    *_, bits = engine.surprisal_steps(AnalysisRequest(text), estimator)
    tokens = engine.tokenize(text)
    scored = [not (token.is_special or token.is_mask) for token in tokens]
    assert np.isfinite(bits).tolist() == scored


@pytest.mark.parametrize("text", TEXTS)
def test_contributions_of_a_short_text(engine: Engine, text: str) -> None:
    n_tokens = len(engine.tokenize(text))
    found = engine.contributions(AnalysisRequest(text))
    assert found.shape == (2, 4, n_tokens, n_tokens)
    assert np.isfinite(found).all()
    by_words = engine.contributions(AnalysisRequest(text), words=[-1] * n_tokens)
    np.testing.assert_allclose(by_words, found, atol=PASS)


@pytest.mark.parametrize("text", TEXTS)
def test_words_are_scored_at_the_masks_that_a_short_text_has(engine: Engine, text: str) -> None:
    request, n_masks = AnalysisRequest(text), int(text == "[MASK]")
    assert engine.log_probabilities(request, ["cat", "mat"]).shape == (n_masks, 2)
    assert engine.mask_log_probabilities(request).shape == (n_masks, engine.info.vocab_size)
    scores = engine.score_words(request, ["cat", "cat cat"])
    assert np.isfinite(scores.log_probability).all()
    if n_masks:
        *_, swept = engine.sweep(request, "cat")
        assert np.isfinite(swept.changes).all()
        assert engine.replacements(request, [6]) != (None,)
    else:
        with pytest.raises(problems.BadArgument, match="no mask 0"):
            next(engine.sweep(request, "cat"))


@pytest.mark.parametrize("pooling", ["mean", "cls", "max"])
@pytest.mark.parametrize("normalize", [False, True])
def test_a_vector_is_had_of_every_text(engine: Engine, pooling: Any, normalize: bool) -> None:
    together = engine.embed(["", "cat", "the cat"], pooling=pooling, normalize=normalize)
    assert np.isfinite(together).all()
    for text, row in zip(["", "cat", "the cat"], together, strict=True):
        alone = engine.embed([text], pooling=pooling, normalize=normalize)[0]
        np.testing.assert_allclose(row, alone, atol=PASS)
    assert bool(together[0].any()) == bool(engine.info.special_tokens)
    assert engine.embed([]).shape == (0, 32)


def test_states_and_roles_are_had_of_every_text(engine: Engine) -> None:
    states = {one.text_index: one for one in engine.token_states(["", "cat", "the cat"])}
    assert [len(states[index].tokens) for index in range(3)] == [0, 1, 2]
    assert all(np.isfinite(one.hidden).all() for one in states.values())
    roles = list(engine.role_steps(["", "cat", "the cat"]))
    assert np.isfinite(roles[-1].shares).all()
    assert list(engine.token_states([])) == []


@pytest.mark.parametrize("pair", ["", "cat"])
@pytest.mark.parametrize("text", ["", "the"])
def test_pairs_of_short_texts(engine: Engine, text: str, pair: str) -> None:
    request = AnalysisRequest(text, pair)
    assert np.isfinite(engine.analyse(request).hidden).all()
    assert len(engine.surprisal(request)) == len(engine.tokenize(text, pair))


REQUEST = AnalysisRequest("the [MASK]")

ODD: dict[str, Callable[[Engine], object]] = {
    "top_k is half": lambda e: e.analyse(AnalysisRequest("", top_k=1.5)),  # type: ignore[arg-type]
    "top_k is True": lambda e: e.analyse(AnalysisRequest("", top_k=True)),
    "top_k is none": lambda e: e.lens(REQUEST, top_k=None),  # type: ignore[arg-type]
    "text is None": lambda e: e.analyse(AnalysisRequest(None)),  # type: ignore[arg-type]
    "text is bytes": lambda e: e.analyse(AnalysisRequest(b"the")),  # type: ignore[arg-type]
    "pair is a number": lambda e: e.lens(AnalysisRequest("", 7)),  # type: ignore[arg-type]
    "tokenized is None": lambda e: e.tokenize(None),  # type: ignore[arg-type]
    "tokenized pair is bytes": lambda e: e.tokenize("", b""),  # type: ignore[arg-type]
    "no request": lambda e: e.surprisal(["the"]),  # type: ignore[arg-type]
    "no request to sweep": lambda e: e.sweep(None, "cat"),  # type: ignore[arg-type]
    "half a layer off": lambda e: e.analyse(
        AnalysisRequest("", switched_off=frozenset({(0.5, 0)}))  # type: ignore[arg-type]
    ),
    "a layer of True": lambda e: e.analyse(
        AnalysisRequest("", switched_off=frozenset({(True, 0)}))
    ),
    "a number for a head": lambda e: e.contributions(
        AnalysisRequest("", switched_off=frozenset({3}))  # type: ignore[arg-type]
    ),
    "mixed heads": lambda e: e.analyse(
        AnalysisRequest("", switched_off=frozenset({(0, 0), ("a", None)}))  # type: ignore[arg-type]
    ),
    "heads off is None": lambda e: e.analyse(
        AnalysisRequest("", switched_off=None)  # type: ignore[arg-type]
    ),
    "ablation is a list": lambda e: e.analyse(
        AnalysisRequest("", ablation=["zero"])  # type: ignore[arg-type]
    ),
    "estimator is a list": lambda e: e.surprisal(REQUEST, ["pll"]),  # type: ignore[arg-type]
    "one text to embed": lambda e: e.embed("the cat"),
    "texts are None": lambda e: e.embed(None),  # type: ignore[arg-type]
    "a text is None": lambda e: e.embed(["the", None]),  # type: ignore[list-item]
    "half a layer to embed": lambda e: e.embed(["the"], layer=0.5),  # type: ignore[arg-type]
    "a layer of False to embed": lambda e: e.embed(["the"], layer=False),
    "batches of half a token": lambda e: e.embed(["a"], batch_tokens=0.5),  # type: ignore[arg-type]
    "pooling is a list": lambda e: e.embed(["the"], pooling=["mean"]),  # type: ignore[arg-type]
    "one text for states": lambda e: list(e.token_states("the cat")),
    "one text for roles": lambda e: list(e.role_steps("the cat")),
    "one word": lambda e: e.log_probabilities(REQUEST, "cat"),
    "a word is None": lambda e: e.log_probabilities(REQUEST, [None]),  # type: ignore[list-item]
    "a word to score is bytes": lambda e: e.score_words(REQUEST, [b"a"]),  # type: ignore[list-item]
    "watch is half": lambda e: e.lens(REQUEST, watch=0.5),  # type: ignore[arg-type]
    "watch is a list": lambda e: e.lens(REQUEST, watch=["cat"]),  # type: ignore[arg-type]
    "sweep of nothing": lambda e: e.sweep(REQUEST, None),  # type: ignore[arg-type]
    "half a mask": lambda e: e.sweep(REQUEST, "cat", mask=0.5),  # type: ignore[arg-type]
    "half a row to put in": lambda e: e.replacements(REQUEST, [0.5]),  # type: ignore[list-item]
    "one row to put in": lambda e: e.replacements(REQUEST, 6),  # type: ignore[arg-type]
    "hidden is a list": lambda e: e.lens_steps(REQUEST, hidden=[1, 2]),  # type: ignore[arg-type]
    "hidden is ragged": lambda e: list(
        e.lens_steps(REQUEST, hidden=[[1.0], [1.0, 2.0]])  # type: ignore[arg-type]
    ),
    "hidden is text": lambda e: list(
        e.lens_steps(REQUEST, hidden=e.analyse(REQUEST).hidden.astype(str))
    ),
    "first is half": lambda e: list(e.lens_steps(REQUEST, first=[0.5])),  # type: ignore[list-item]
    "first is a number": lambda e: list(e.lens_steps(REQUEST, first=1)),  # type: ignore[arg-type]
    "words are halves": lambda e: e.contributions(
        REQUEST,
        words=[0.5, 1.0, 1.5, 2.0],  # type: ignore[list-item]
    ),
    "too few words": lambda e: e.contributions(REQUEST, words=[0]),
    "words are None": lambda e: e.contributions(REQUEST, words=[None] * 4),  # type: ignore[list-item]
    "a negative row to spell": lambda e: e.spell([-1]),
    "half a row to spell": lambda e: e.spell([0.5]),  # type: ignore[list-item]
    "a word for a position": lambda e: e.positions(["a"]),  # type: ignore[list-item]
    "half a row for a position": lambda e: e.positions([1.5]),  # type: ignore[list-item]
    "a row of no model for a position": lambda e: e.positions([2**70]),
    "a row beyond the model's for a position": lambda e: e.positions([e.info.vocab_size]),
    "source is a number": lambda _: Engine.load(7),  # type: ignore[arg-type]
    "source is None": lambda _: Engine.load(None),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", ODD)
def test_what_a_method_cannot_use_is_told_in_a_sentence(with_specials: Engine, name: str) -> None:
    with pytest.raises(problems.BadArgument) as caught:
        ODD[name](with_specials)
    assert caught.value.title.endswith(".")
    assert caught.value.hint


def test_numpy_numbers_are_numbers(with_specials: Engine) -> None:
    two: Any = np.int64(2)
    head: Any = (np.int32(0), np.int64(1))
    request = AnalysisRequest("the [MASK]", top_k=two, switched_off=frozenset({head}))
    (fill,) = with_specials.analyse(request).fills
    assert len(fill.candidates) == 2


def test_a_row_that_no_tokenizer_can_count_to_is_spelled_by_its_number(
    with_specials: Engine,
) -> None:
    for row in (2**32 - 1, 2**32, 2**33):
        assert with_specials.spell([row]) == ((f"⟨row {row}⟩", False),)


def test_heads_that_are_off_are_recorded_alike_however_they_are_listed(
    with_specials: Engine,
) -> None:
    frozen = AnalysisRequest("the [MASK]", switched_off=frozenset({(0, 1)}))
    several: list[Any] = [[(np.int64(0), 1), (0, 1)], {(0, 1)}]
    for listed in several:
        request = AnalysisRequest("the [MASK]", switched_off=listed)

        assert {with_specials.analyse(request).request} == {frozen}
        assert [*with_specials.sweep(request, "cat")][-1].request == frozen
        assert with_specials.lens(request).request == frozen


@pytest.mark.parametrize("unit", ["a", "a1,", "世"])
def test_ten_million_characters_without_a_space_are_refused_at_once(
    twins: Twins, unit: str
) -> None:
    text = unit * (10_000_000 // len(unit))
    with pytest.raises(problems.BadArgument, match="characters without a space"):
        twins.engine.analyse(AnalysisRequest(text))
    with pytest.raises(problems.BadArgument, match="characters without a space"):
        twins.engine.tokenize("the cat", text)


@pytest.fixture
def tuned(tmp_path: Path) -> Engine:
    """Give a model that was fine-tuned to a task."""
    from transformers import RobertaForSequenceClassification

    folder = without_template(tmp_path)
    tuned: Any = RobertaForSequenceClassification.from_pretrained(folder)
    tuned.save_pretrained(folder)
    return Engine.load(folder, device="cpu")


def test_no_label_is_read_from_no_token(tuned: Engine) -> None:
    assert len(tuned.predict("cat").labels) == 1
    with pytest.raises(problems.BadArgument, match="no token to read a label from"):
        tuned.predict("")


def test_no_label_is_read_from_another_text_s_states(tuned: Engine) -> None:
    hidden = tuned.analyse("cat dog").hidden

    wrongs: list[Any] = [hidden, hidden[0], hidden[:, :1].astype(int), "states"]
    for wrong in wrongs:
        with pytest.raises(problems.BadArgument, match="Hidden states of shape"):
            tuned.predict("cat", hidden=wrong)


def test_states_of_any_kind_of_fractions_are_read(with_specials: Engine) -> None:
    hidden = with_specials.analyse(REQUEST).hidden
    own = with_specials.mask_log_probabilities(REQUEST, hidden=hidden)
    for same in (hidden.tolist(), hidden.astype(np.float64), hidden.astype(np.longdouble)):
        np.testing.assert_array_equal(
            with_specials.mask_log_probabilities(REQUEST, hidden=same), own
        )
