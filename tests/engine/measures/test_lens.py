"""The logit lens against transformers' own head, and its last layer against the pass itself."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.engine.measures.lens import order, step_tokens
from roberta_gui.engine.roberta import Configuration
from roberta_gui.records import AnalysisRequest, Lens
from tests.models import make_checkpoint
from tests.tolerances import ROW_SUM, information_bits, log_probability

SENTENCE = "The cat<mask> on the <mask>, and looked at the moon."
REQUEST = AnalysisRequest(SENTENCE)
CLOSE, CLOSE_BITS = log_probability(50_265), information_bits(50_265)
LN2 = np.log(2.0)

BASE = Configuration(
    n_layers=12, n_heads=12, d_model=768, d_feedforward=3072, vocab_size=50265,
    max_positions=514, n_types=1, padding_id=1, layer_norm_eps=1e-5, activation="gelu",
    tied_decoder=True, has_mask_head=True,
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("models") / "small", max_positions=70, seed=3)


@pytest.fixture(scope="module")
def small(folder: Path) -> Engine:
    return Engine.load(folder, device="cpu")


@pytest.fixture(scope="module", params=["float32", "bfloat16", "float16"])
def of_dtype(request: pytest.FixtureRequest, folder: Path) -> Engine:
    return Engine.load(folder, device="cpu", dtype=request.param)


@pytest.fixture(scope="module")
def oracle(folder: Path) -> Any:
    from transformers import AutoModelForMaskedLM

    return AutoModelForMaskedLM.from_pretrained(folder, attn_implementation="eager")


@pytest.fixture(scope="module")
def expected(small: Engine, oracle: Any) -> NDArray[np.float64]:
    """Log-probabilities of all states by transformers: (layer + 1, token, vocabulary)."""
    ids = torch.tensor([[token.id for token in small.tokenize(SENTENCE)]])
    with torch.inference_mode():
        hidden = oracle(ids, output_hidden_states=True).hidden_states
        logits = oracle.lm_head(torch.cat(hidden))
    exact: NDArray[np.float64] = log_softmax(logits.double().numpy(), axis=-1)
    return exact


@pytest.fixture(scope="module")
def seen(small: Engine) -> Lens:
    return small.lens(REQUEST, watch=" dog")


def test_shapes_and_types_are_those_of_the_contract(small: Engine, seen: Lens) -> None:
    n_states, n_tokens = 3, len(small.tokenize(SENTENCE))
    one, several = (n_states, n_tokens), (n_states, n_tokens, 10)
    shapes = {"ids": several, "log_probabilities": several, "entropy_bits": one, "kl_bits": one}
    for name, shape in shapes.items():
        array = getattr(seen, name)
        assert array.shape == shape
        assert array.dtype == (np.int64 if name == "ids" else np.float32)
        assert not array.flags.writeable
    assert seen.tokens == small.tokenize(SENTENCE)
    assert seen.computed.all()
    assert (seen.request, seen.model) == (REQUEST, small.info)


def test_the_guesses_of_every_state_are_those_of_transformers_head(
    seen: Lens, expected: NDArray[np.float64]
) -> None:
    theirs = np.take_along_axis(expected, seen.ids, axis=-1)
    np.testing.assert_allclose(seen.log_probabilities, theirs, atol=CLOSE)
    # The tenth of theirs is the tenth of ours, up to a difference that is rounding.
    tenth = np.partition(expected, -10, axis=-1)[..., -10]
    np.testing.assert_allclose(seen.log_probabilities[..., -1], tenth, atol=CLOSE)
    assert (np.diff(seen.log_probabilities, axis=-1) <= 0).all()


def test_entropy_and_distance_to_the_last_layer_are_those_of_whole_distributions(
    seen: Lens, expected: NDArray[np.float64]
) -> None:
    probabilities = np.exp(expected)
    entropy = -(probabilities * expected).sum(-1) / LN2
    kl = (probabilities[-1] * (expected[-1] - expected)).sum(-1) / LN2
    np.testing.assert_allclose(seen.entropy_bits, entropy, atol=CLOSE_BITS)
    np.testing.assert_allclose(seen.kl_bits, kl, atol=CLOSE_BITS)
    assert kl[:-1].min() > 0.1  # these states do differ


def test_the_last_layer_is_at_no_distance_from_itself(seen: Lens) -> None:
    assert (seen.kl_bits[-1] == 0.0).all()


@pytest.mark.parametrize("with_hidden", [True, False], ids=["hidden given", "own pass"])
@pytest.mark.parametrize(
    "text", ["The cat sat on the <mask>.", "A <mask> on <mask><mask>, a <mask>"]
)
def test_the_last_layer_at_the_masks_is_the_models_own_guess_to_the_bit(
    of_dtype: Engine, text: str, with_hidden: bool
) -> None:
    analysis = of_dtype.analyse(AnalysisRequest(text))
    hidden = analysis.hidden if with_hidden else None
    *_, seen = of_dtype.lens_steps(analysis.request, hidden=hidden)

    assert analysis.fills
    for fill in analysis.fills:
        assert seen.candidates(-1, fill.token_index) == fill.candidates
        entropy = np.float32(fill.entropy_bits)
        assert seen.entropy_bits[-1, fill.token_index] == entropy


def test_the_built_in_models_last_layer_is_its_own_guess_to_the_bit(mini: Engine) -> None:
    analysis = mini.analyse(REQUEST)
    *_, seen = mini.lens_steps(REQUEST, hidden=analysis.hidden)
    for fill in analysis.fills:
        assert seen.candidates(-1, fill.token_index) == fill.candidates


def test_the_embedding_matrix_alone_would_guess_other_words(
    small: Engine, oracle: Any, seen: Lens
) -> None:
    hidden = small.analyse(REQUEST).hidden
    bare = hidden @ oracle.roberta.embeddings.word_embeddings.weight.detach().numpy().T
    assert (bare.argmax(-1) != seen.ids[..., 0]).mean() > 0.9


def test_a_watched_word_has_a_rank_and_a_log_probability_everywhere(
    small: Engine, seen: Lens, expected: NDArray[np.float64]
) -> None:
    watched = seen.watched
    assert watched is not None
    assert (watched.text, watched.leading_space) == ("dog", True)
    theirs = expected[..., watched.id]
    np.testing.assert_allclose(watched.log_probabilities, theirs, atol=CLOSE)
    # Rounding may swap near neighbours: the true rank lies between the ranks of both ends.
    least = 1 + (expected > theirs[..., None] + CLOSE).sum(-1)
    most = 1 + (expected > theirs[..., None] - CLOSE).sum(-1)
    assert ((least <= watched.ranks) & (watched.ranks <= most)).all()


def test_the_best_word_of_a_state_ranks_first_when_it_is_watched(small: Engine, seen: Lens) -> None:
    text, leading_space = seen.spelled[int(seen.ids[1, 4, 0])]
    again = small.lens(REQUEST, top_k=1, watch=(" " if leading_space else "") + text)

    assert again.watched is not None
    assert again.watched.id == seen.ids[1, 4, 0]
    assert again.watched.ranks[1, 4] == 1
    assert again.watched.log_probabilities[1, 4] == seen.log_probabilities[1, 4, 0]


def test_nobody_is_watched_unless_somebody_asks(small: Engine) -> None:
    assert small.lens(AnalysisRequest(""), top_k=1).watched is None


def test_no_text_is_two_columns(small: Engine) -> None:
    assert small.lens(AnalysisRequest("")).ids.shape == (3, 2, 10)


def test_all_words_of_the_vocabulary_hold_all_of_the_probability(mini: Engine) -> None:
    seen = mini.lens(AnalysisRequest("A <mask>."), top_k=99_999)

    n_words = mini.info.vocab_size
    assert seen.ids.shape == (7, 5, n_words)
    np.testing.assert_array_equal(np.sort(seen.ids, axis=-1)[0, 0], np.arange(n_words))
    total = np.exp(seen.log_probabilities.astype(np.float64)).sum(-1)
    np.testing.assert_allclose(total, 1.0, atol=ROW_SUM)
    exact = seen.log_probabilities.astype(np.float64)
    expected = -(np.exp(exact) * exact).sum(-1) / LN2
    np.testing.assert_allclose(seen.entropy_bits, expected, atol=CLOSE_BITS)


def test_in_every_precision_softmax_runs_in_float32(of_dtype: Engine) -> None:
    seen = of_dtype.lens(AnalysisRequest("A <mask>."), top_k=50_265)

    total = np.exp(seen.log_probabilities.astype(np.float64)).sum(-1)
    np.testing.assert_allclose(total, 1.0, atol=ROW_SUM)  # 8 bits would be off by 1e-3
    if of_dtype.info.dtype != "float32":  # whose logits may differ where log-probabilities do not
        # Far down, float32 cannot tell apart what the logits can: the order there is the logits'.
        ties = np.diff(seen.log_probabilities[..., :200], axis=-1) == 0
        assert ties.any()
        assert (np.diff(seen.ids[..., :200], axis=-1)[ties] > 0).all()


def test_heads_that_are_switched_off_change_what_the_lens_sees(small: Engine, seen: Lens) -> None:
    off = replace(REQUEST, switched_off=frozenset({(1, 2)}))
    switched = small.lens(off, watch=" dog")

    np.testing.assert_array_equal(switched.ids[:2], seen.ids[:2])  # below that block
    assert not np.array_equal(switched.log_probabilities[2], seen.log_probabilities[2])
    fills = small.analyse(off).fills
    assert switched.candidates(-1, fills[0].token_index) == fills[0].candidates


def test_columns_come_in_steps_the_wanted_ones_first(small: Engine) -> None:
    text = " ".join(["a cat and a dog"] * 12)
    hidden = small.analyse(AnalysisRequest(text)).hidden
    n_tokens = hidden.shape[1]

    steps = list(small.lens_steps(AnalysisRequest(text), hidden=hidden, first=(50, 3, 999, 50)))

    counts = [int(step.computed.sum()) for step in steps]
    assert len(steps) > 1
    assert counts == sorted(counts)
    assert counts[-1] == n_tokens
    first = steps[0]
    assert first.computed[[50, 3]].all()
    assert not first.computed.all()
    assert (first.ids[:, ~first.computed] == -1).all()
    assert np.isnan(first.entropy_bits[:, ~first.computed]).all()
    assert first.candidates(0, int(np.flatnonzero(~first.computed)[0])) == ()
    # What was told stays as it was told, and stays true.
    for name in ("ids", "log_probabilities", "entropy_bits", "kl_bits"):
        early = getattr(first, name)[:, first.computed]
        np.testing.assert_array_equal(early, getattr(steps[-1], name)[:, first.computed])
    assert set(np.unique(first.ids[:, first.computed]).tolist()) == set(first.spelled)


def test_listed_words_are_spelled_and_no_others(small: Engine, seen: Lens) -> None:
    assert dict(seen.spelled) == {
        row: small.tokenizer.spell(row) for row in np.unique(seen.ids).tolist()
    }
    assert len(seen.spelled) == len(np.unique(seen.ids))
    for row in (-1, 99_999_999):
        with pytest.raises(KeyError):
            seen.spelled[row]


def test_the_order_of_columns_leaves_out_what_is_no_token() -> None:
    assert order(5, ()) == [0, 1, 2, 3, 4]
    assert order(5, (3, -1, 5, 1, 3)) == [3, 1, 0, 2, 4]


def test_a_step_reads_fewer_columns_of_a_larger_network() -> None:
    large = replace(BASE, n_layers=24, d_model=1024, n_heads=16, d_feedforward=4096)
    assert 1 <= step_tokens(large) < step_tokens(BASE) < 20
    giant = replace(BASE, vocab_size=2_000_000, d_model=8192, n_heads=64)
    assert step_tokens(giant) == 1


def test_hidden_states_of_another_request_are_refused(small: Engine) -> None:
    hidden = small.analyse(AnalysisRequest("Another text")).hidden
    with pytest.raises(problems.BadArgument, match="not this request's"):
        small.lens_steps(REQUEST, hidden=hidden)


def test_what_cannot_be_read_is_refused_before_any_work(tmp_path: Path, small: Engine) -> None:
    for asked, problem in (
        ({"top_k": 0}, problems.BadArgument),
        ({"watch": "unfathomably"}, problems.SeveralPieces),
        ({"watch": ""}, problems.SeveralPieces),
        ({"watch": "\ud83d"}, problems.UnencodableText),
    ):
        with pytest.raises(problem):
            small.lens_steps(REQUEST, **asked)
    with pytest.raises(problems.NoSuchHead):
        small.lens_steps(replace(REQUEST, switched_off=frozenset({(9, 0)})))
    headless = Engine.load(make_checkpoint(tmp_path, mask_head=False, family="xlm-roberta"))
    with pytest.raises(problems.NoMaskHead):
        headless.lens(REQUEST)


def test_the_lens_stops_between_steps_and_tells_how_far_it_is(small: Engine) -> None:
    text = " ".join(["a cat and a dog"] * 12)
    hidden = small.analyse(AnalysisRequest(text)).hidden
    told: list[float | None] = []
    steps = small.lens_steps(
        AnalysisRequest(text),
        hidden=hidden,
        stop=lambda: len(told) == 1,
        report=lambda _text, fraction: told.append(fraction),
    )

    next(steps)
    with pytest.raises(problems.Stopped):
        next(steps)
    assert told == [0.0]
