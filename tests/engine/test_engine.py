"""The Engine as its users meet it: a model in, a sentence in, everything out."""

import copy
import dataclasses
import gc
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import softmax

from roberta_gui import problems
from roberta_gui.analysis.stepped import result_of
from roberta_gui.engine import Engine
from roberta_gui.engine.measures.measures import Measures
from roberta_gui.engine.measures.reference import batches
from roberta_gui.engine.roberta import Roberta
from roberta_gui.engine.words.words import Words
from roberta_gui.records import AnalysisRequest
from roberta_gui.resources import resource
from tests.models import make_checkpoint
from tests.tolerances import PASS, ROW_SUM, listed_probability

SENTENCE = "The cat sat on the <mask>."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a small random model with roberta-base's own tokenizer."""
    return make_checkpoint(tmp_path_factory.mktemp("models") / "small", max_positions=34)


@pytest.fixture(scope="module")
def small(folder: Path) -> Engine:
    """Load that model."""
    return Engine.load(folder, device="cpu")


def test_the_built_in_model_guesses_where_a_cat_sat(mini: Engine) -> None:
    analysis = mini.analyse(AnalysisRequest(SENTENCE))
    assert [token.text for token in analysis.tokens if not token.is_special] == [
        *("The", "cat", "sat", "on", "the", "<mask>", "."),
    ]
    (fill,) = analysis.fills
    assert analysis.tokens[fill.token_index].is_mask
    assert {"floor", "table", "bench"} <= {candidate.text for candidate in fill.candidates}
    assert all(candidate.leading_space for candidate in fill.candidates)
    assert analysis.attention.shape == (6, 8, 9, 9)
    assert analysis.hidden.shape == (7, 9, 256)
    np.testing.assert_allclose(analysis.attention.sum(axis=-1), 1.0, atol=ROW_SUM)
    assert analysis.model is mini.info
    assert set(analysis.seconds) == {"tokens", "layers", "head"}
    assert all(seconds > 0 for seconds in analysis.seconds.values())


def test_the_built_in_model_agrees_with_transformers(mini: Engine) -> None:
    """Its weights are stored as float16: both sides read them into float32."""
    from transformers import AutoModelForMaskedLM

    path = resource("models/mini")
    oracle = AutoModelForMaskedLM.from_pretrained(
        path, attn_implementation="eager", dtype=torch.float32
    )
    analysis = mini.analyse(AnalysisRequest(SENTENCE, top_k=16384))
    ids = torch.tensor([[token.id for token in analysis.tokens]])
    with torch.inference_mode():
        theirs = oracle(ids, output_hidden_states=True, output_attentions=True)
    np.testing.assert_allclose(analysis.hidden, torch.cat(theirs.hidden_states), atol=PASS)
    np.testing.assert_allclose(analysis.attention, torch.cat(theirs.attentions), atol=PASS)
    expected = softmax(theirs.logits[0, analysis.fills[0].token_index].double().numpy())
    for candidate in analysis.fills[0].candidates:
        assert candidate.probability == pytest.approx(
            expected[candidate.id], rel=listed_probability(16384)
        )


@pytest.mark.parametrize("is_trained", [False, True])
def test_the_guesses_are_those_of_the_pipeline_of_transformers(
    folder: Path, small: Engine, mini: Engine, is_trained: bool
) -> None:
    import transformers

    path, engine = (resource("models/mini"), mini) if is_trained else (folder, small)
    # In float32 it is itself 6e-6 from what it computes in float64.
    pipeline = transformers.pipeline(
        "fill-mask", model=str(path), top_k=50, device="cpu", dtype=torch.float64
    )
    for text in ("A <mask> is not<mask> dog.", SENTENCE):
        found: Any = pipeline(text)
        # A few more than fifty: two words at the end may be as probable as each other.
        fills = engine.analyse(AnalysisRequest(text, top_k=60)).fills
        for fill, theirs in zip(fills, found if len(fills) > 1 else [found], strict=True):
            best = [candidate.id for candidate in fill.candidates[:10]]
            assert best == [row["token"] for row in theirs[:10]], text
            ours = {candidate.id: candidate.probability for candidate in fill.candidates}
            mine, other = np.array([[ours[row["token"]], row["score"]] for row in theirs]).T
            np.testing.assert_allclose(mine, other, rtol=listed_probability(16384), err_msg=text)
            np.testing.assert_allclose(mine, other, atol=1e-6, rtol=0, err_msg=text)


@pytest.mark.parametrize("family", ["xlm-roberta", "camembert"])
def test_its_relatives_are_analysed_as_transformers_would(tmp_path: Path, family: Any) -> None:
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    path = make_checkpoint(tmp_path / family, family=family, seed=4)
    analysis = Engine.load(path).analyse(AnalysisRequest(SENTENCE))
    encoded = AutoTokenizer.from_pretrained(path)(SENTENCE, return_tensors="pt")
    assert [token.id for token in analysis.tokens] == encoded.input_ids[0].tolist()
    oracle = AutoModelForMaskedLM.from_pretrained(path, attn_implementation="eager")
    with torch.inference_mode():
        theirs = oracle(**encoded, output_hidden_states=True, output_attentions=True)
    np.testing.assert_allclose(analysis.hidden, torch.cat(theirs.hidden_states), atol=PASS)
    np.testing.assert_allclose(analysis.attention, torch.cat(theirs.attentions), atol=PASS)
    assert analysis.fills[0].candidates[0].id == theirs.logits[0, 6].argmax().item()


def test_the_engine_says_which_model_it_is(folder: Path, small: Engine) -> None:
    info = small.info
    assert (info.name, info.source) == ("small", str(folder))
    assert (info.n_layers, info.n_heads, info.d_model, info.vocab_size) == (2, 4, 32, 50265)
    assert (info.max_tokens, info.device, info.dtype) == (32, "cpu", "float32")
    assert info.can_fill_masks
    assert info.mask_token == "<mask>"
    # Words, positions and type; norms; 2 blocks; the head's dense, norm and bias.
    embeddings = (50265 + 34 + 1) * 32 + 64
    block = 4 * (32 * 32 + 32) + 2 * 64 + (48 * 32 + 48) + (32 * 48 + 32)
    assert info.n_parameters == embeddings + 2 * block + (32 * 32 + 32) + 64 + 50265


def test_no_text_is_two_tokens_and_no_guesses(small: Engine) -> None:
    analysis = small.analyse(AnalysisRequest(""))
    assert [token.id for token in analysis.tokens] == [0, 2]
    assert analysis.attention.shape == (2, 4, 2, 2)
    assert analysis.fills == ()
    assert analysis.dropped_tokens == 0


def test_a_pair_is_one_input_of_two_segments(small: Engine) -> None:
    analysis = small.analyse(AnalysisRequest("One.", pair="<mask>?"))
    assert [token.segment for token in analysis.tokens] == [None, 0, 0, None, None, 1, 1, None]
    assert [fill.token_index for fill in analysis.fills] == [5]


def test_a_text_that_is_too_long_is_cut_and_the_cut_is_told(small: Engine) -> None:
    text = " ".join(["cat"] * 40) + " <mask>"
    analysis = small.analyse(AnalysisRequest(text))
    whole = small.tokenize(text)
    assert len(whole) == 43
    assert len(analysis.tokens) == small.info.max_tokens == 32
    assert analysis.dropped_tokens == 11
    assert analysis.tokens[-1].id == 2
    assert analysis.hidden.shape[1] == 32
    assert analysis.fills == ()


def test_fifty_masks_get_fifty_lists_of_guesses(mini: Engine) -> None:
    analysis = mini.analyse(AnalysisRequest("<mask>" * 50, top_k=3))
    assert len(analysis.fills) == 50
    assert {len(fill.candidates) for fill in analysis.fills} == {3}


def test_a_model_without_the_head_shows_all_but_guesses(tmp_path: Path) -> None:
    engine = Engine.load(make_checkpoint(tmp_path, mask_head=False))
    analysis = engine.analyse(AnalysisRequest(SENTENCE))
    assert not engine.info.can_fill_masks
    assert analysis.fills == ()
    assert analysis.hidden.shape == (3, 9, 32)


def test_the_same_request_gives_the_same_bits_also_after_heads_were_off(small: Engine) -> None:
    request = AnalysisRequest(SENTENCE)
    before = small.analyse(request)
    switched = small.analyse(dataclasses.replace(request, switched_off=frozenset({(0, 2)})))
    after = small.analyse(request)
    np.testing.assert_array_equal(before.hidden, after.hidden)
    np.testing.assert_array_equal(before.attention, after.attention)
    assert before.fills == after.fills != switched.fills


def test_requests_that_mean_nothing_are_refused_before_any_work(small: Engine) -> None:
    with pytest.raises(problems.BadArgument):
        small.analyse(AnalysisRequest(SENTENCE, top_k=0))
    with pytest.raises(problems.NoSuchHead):
        small.analyse(AnalysisRequest(SENTENCE, switched_off=frozenset({(2, 0)})))
    with pytest.raises(problems.BadArgument):
        small.analyse(AnalysisRequest(SENTENCE, ablation="noise"))  # type: ignore[arg-type]
    with pytest.raises(problems.UnencodableText):
        small.analyse(AnalysisRequest("half \ud83d"))


def every_question(engine: Engine, asked: Any) -> dict[str, Callable[[], Any]]:
    """Give every way of asking the engine about a text or a request."""
    return {
        "analyse": lambda: engine.analyse(asked).hidden,
        "lens": lambda: engine.lens(asked).entropy_bits,
        "lens_steps": lambda: list(engine.lens_steps(asked))[-1].entropy_bits,
        "log_probabilities": lambda: engine.log_probabilities(asked, [" cat"]),
        "mask_log_probabilities": lambda: engine.mask_log_probabilities(asked),
        "mask_log_probability_steps": lambda: result_of(engine.mask_log_probability_steps(asked)),
        "token_log_probabilities": lambda: engine.token_log_probabilities(asked, 1),
        "token_log_probability_steps": lambda: result_of(
            engine.token_log_probability_steps(asked, 1)
        ),
        "score_words": lambda: engine.score_words(asked, ["cat"]).log_probability,
        "score_words_steps": lambda: (
            result_of(engine.score_words_steps(asked, ["cat"])).log_probability
        ),
        "fill_together": lambda: [
            one.by_order for one in engine.fill_together(asked, n=2, beams=2)
        ],
        "fill_together_steps": lambda: list(engine.fill_together_steps(asked, 2, 2))[-1].complete,
        "whole_words": lambda: [
            one.log_probability for one in engine.whole_words(asked, max_pieces=1)
        ],
        "whole_words_steps": lambda: [
            one.log_probability for one in list(engine.whole_words_steps(asked, 0, 1))[-1]
        ],
        "attribute": lambda: engine.attribute(asked, "cat", method="occlusion").values,
        "attribute_steps": lambda: list(engine.attribute_steps(asked, "cat", steps=1))[-1].values,
        "replacements": lambda: [
            (one.start, one.end) for one in engine.replacements(asked, range(400, 500)) if one
        ],
        "surprisal": lambda: engine.surprisal(asked),
        "surprisal_steps": lambda: list(engine.surprisal_steps(asked))[-1],
        "contributions": lambda: engine.contributions(asked),
        "contribution_steps": lambda: list(engine.contribution_steps(asked))[-1],
        "sweep": lambda: list(engine.sweep(asked, "cat"))[-1].changes,
    }


def test_every_method_with_a_request_is_asked_here() -> None:
    public = {name: method for name, method in vars(Engine).items() if name[0] != "_"}
    for base in (Measures, Words):
        public |= {name: method for name, method in vars(base).items() if name[0] != "_"}
    take = {n for n, m in public.items() if "request" in getattr(m, "__annotations__", {})}
    # Only a fine-tuned model predicts anything: see tests/training/finetuning.
    assert take == {"predict", *every_question(None, None)}  # type: ignore[arg-type]


def test_a_bare_text_is_asked_about_as_a_request_for_it_is(small: Engine) -> None:
    requested = every_question(small, AnalysisRequest(SENTENCE))
    for name, ask in every_question(small, SENTENCE).items():
        np.testing.assert_allclose(ask(), requested[name](), atol=PASS, err_msg=name)


@pytest.mark.parametrize("nonsense", [None, b"The cat", 7, ["The", "cat"]])
def test_what_is_neither_text_nor_request_is_refused(small: Engine, nonsense: object) -> None:
    for ask in every_question(small, nonsense).values():
        with pytest.raises(problems.BadArgument, match="neither a text nor a request") as told:
            ask()
        assert "AnalysisRequest" in told.value.hint


def test_a_closed_engine_has_no_weights_and_says_so(folder: Path) -> None:
    with Engine.load(folder, device="cpu") as engine:
        steps = engine.surprisal_steps(SENTENCE)
        assert len(list(steps)) > 0
        before = repr(engine)
    for ask in every_question(engine, SENTENCE).values():
        with pytest.raises(problems.EngineClosed):
            ask()
    with pytest.raises(problems.EngineClosed):
        engine.embed([SENTENCE])
    with pytest.raises(problems.EngineClosed):
        engine.edited(lambda _layer, context: context)
    engine.close()  # once more does no harm
    assert "closed" not in before
    assert repr(engine).endswith("closed>")


def test_closing_an_engine_frees_its_weights(network: Roberta, mini: Engine) -> None:
    mine = copy.deepcopy(network)
    weights = weakref.ref(mine.embeddings.word)
    engine = Engine(mine, mini.tokenizer, mini.info)
    del mine
    engine.close()
    gc.collect()
    assert weights() is None


def test_every_method_ends_when_it_is_told_to_stop(folder: Path, small: Engine) -> None:
    def stop() -> bool:
        return True

    with pytest.raises(problems.Stopped):
        Engine.load(folder, stop=stop)
    with pytest.raises(problems.Stopped):
        small.tokenize(SENTENCE, stop=stop)
    with pytest.raises(problems.Stopped):
        small.analyse(AnalysisRequest(SENTENCE), stop=stop)
    with pytest.raises(problems.Stopped):
        list(small.token_states([SENTENCE], stop=stop))


def test_every_method_tells_what_it_is_doing(folder: Path, small: Engine) -> None:
    told: list[tuple[str, float | None]] = []

    def report(text: str, fraction: float | None) -> None:
        told.append((text, fraction))

    calls: list[Any] = [
        lambda: Engine.load(folder, report=report),
        lambda: small.tokenize(SENTENCE, report=report),
        lambda: small.analyse(AnalysisRequest(SENTENCE), report=report),
        lambda: list(small.token_states([SENTENCE], report=report)),
    ]
    for call in calls:
        told.clear()
        call()
        assert told
        assert all(fraction is None or 0 <= fraction <= 1 for _, fraction in told)


def test_a_device_or_precision_that_is_not_here_is_refused_before_anything_is_read() -> None:
    with pytest.raises(problems.DeviceUnavailable):
        Engine.load("no/such/folder/at-all", device="tpu")
    with pytest.raises(problems.DeviceUnavailable):
        Engine.load("no/such/folder/at-all", dtype="int8")


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_guesses_much_the_same(folder: Path, small: Engine, dtype: str) -> None:
    half = Engine.load(folder, device="cpu", dtype=dtype)
    assert half.info.dtype == dtype
    rough = half.analyse(AnalysisRequest(SENTENCE))
    exact = small.analyse(AnalysisRequest(SENTENCE))
    np.testing.assert_allclose(rough.attention.sum(axis=-1), 1.0, atol=ROW_SUM)
    best = {candidate.id for candidate in exact.fills[0].candidates[:3]}
    assert best <= {candidate.id for candidate in rough.fills[0].candidates}


def test_token_states_are_those_of_single_passes_without_the_specials(small: Engine) -> None:
    texts = [
        "The cat sat.",
        "A longer text than all the others are.",
        "",
        "Two <mask>",
        "cat " * 99,
    ]
    found = list(small.token_states(texts))
    by_length = sorted(range(len(texts)), key=lambda index: len(small.tokenize(texts[index])))
    assert [read.text_index for read in found] == by_length
    for read in found:
        analysis = small.analyse(AnalysisRequest(texts[read.text_index]))
        assert read.tokens == tuple(token for token in analysis.tokens if not token.is_special)
        assert read.hidden.dtype == np.float32
        assert not read.hidden.flags.writeable
        alone = analysis.hidden[:, [token.index for token in read.tokens]]
        np.testing.assert_allclose(read.hidden, alone, atol=PASS)
        assert read.dropped_tokens == analysis.dropped_tokens
    assert max(read.dropped_tokens for read in found) > 0


def test_token_states_come_out_the_same_every_time(mini: Engine) -> None:
    texts = [f"Sentence number {number} says little. " * (number % 5) for number in range(60)]
    first, second = list(mini.token_states(texts)), list(mini.token_states(texts))
    assert len(first) == 60
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.hidden, other.hidden)
    assert list(mini.token_states([])) == []


def test_texts_run_together_up_to_a_number_of_tokens_with_padding_counted() -> None:
    lengths = [3, 3, 4, 9, 10, 10, 11, 40, 90]
    assert [lengths[batch] for batch in batches(lengths, 30)] == [
        *([3, 3, 4], [9, 10, 10], [11], [40], [90]),
    ]
    assert list(batches([], 30)) == []


def test_the_built_in_model_runs_without_transformers_a_compiler_or_qt() -> None:
    """Each of them costs seconds, or is missing on a machine with nothing but a GPU."""
    program = """
import sys
from roberta_gui import AnalysisRequest, Engine
analysis = Engine.load("mini").analyse(AnalysisRequest("A <mask>."))
assert len(analysis.fills) == 1
unwanted = {"transformers", "torch._dynamo", "torch._inductor", "sklearn", "PySide6", "pyqtgraph"}
print(sorted(unwanted & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_rows_of_the_vocabulary_are_spelled_as_the_guesses_are(mini: Engine) -> None:
    (fill,) = mini.analyse(AnalysisRequest("The cat sat on the <mask>.")).fills
    ids = [candidate.id for candidate in fill.candidates]

    expected = tuple((candidate.text, candidate.leading_space) for candidate in fill.candidates)
    assert mini.spell(ids) == expected
    assert mini.spell([]) == ()
