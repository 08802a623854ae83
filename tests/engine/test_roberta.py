"""Our network against transformers' own: the same numbers from the same weights."""

import copy
import os
import re
import subprocess
import sys
from itertools import combinations
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from roberta_gui import problems
from roberta_gui.engine import forward
from roberta_gui.engine.roberta import Configuration, Roberta, example, key_mask
from tests.engine.comparison import SHAPES, difference, some_ids, their_pass
from tests.models import ROBERTA_TOKENIZER, make_oracle, network_of, their_name
from tests.tolerances import PASS


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_hidden_states_attention_and_logits_are_those_of_transformers(
    shape: dict[str, Any],
) -> None:
    oracle = make_oracle(**{"vocab_size": 101, "seed": 3, **shape})
    ids = some_ids(oracle)
    found = difference(network_of(oracle), their_pass(oracle, ids), ids)
    assert max(found.values()) <= PASS, found


def test_a_random_model_of_roberta_bases_shape_agrees_on_real_sentences() -> None:
    oracle = make_oracle(
        n_layers=12, n_heads=12, d_model=768, d_feedforward=3072, max_positions=514
    )
    network = network_of(oracle)
    tokenizer = Tokenizer.from_file(str(ROBERTA_TOKENIZER))
    for text in (
        "The cat sat on the <mask>.",
        "Où est né l’auteur 😀 de\n« La Horla »? <mask> knows, and nobody else does.",
        "Again and again she looked " * 12,
    ):
        ids = tokenizer.encode(text).ids
        found = difference(network, their_pass(oracle, ids), ids)
        assert max(found.values()) <= PASS, (text, found)


def test_the_random_models_put_softmax_to_work(network: Roberta, oracle: Any) -> None:
    assert forward.run(network, some_ids(oracle)).attention.max() > 0.9


def test_a_typed_padding_token_takes_the_position_that_transformers_gives_it(
    network: Roberta, oracle: Any
) -> None:
    ids = [0, 17, 1, 18, 1, 1, 19, 2]
    found = difference(network, their_pass(oracle, ids), ids)
    assert max(found.values()) <= PASS, found


def test_a_batch_with_padding_agrees_in_every_row(network: Roberta, oracle: Any) -> None:
    ids = torch.randint(5, 101, (4, 12))
    real = torch.arange(12) < torch.tensor([12, 7, 1, 10])[:, None]
    ids[~real] = 1
    with torch.inference_mode():
        theirs = oracle(
            ids, attention_mask=real.long(), output_hidden_states=True, output_attentions=True
        )
        state = network.embeddings(ids)
        for layer, block in enumerate(network.blocks):
            state, attention = block(state, key_mask(real, state.dtype))
            torch.testing.assert_close(attention, theirs.attentions[layer], atol=PASS, rtol=0)
            torch.testing.assert_close(
                state[real], theirs.hidden_states[layer + 1][real], atol=PASS, rtol=0
            )
        whole = network.logits(network(ids, real))
    torch.testing.assert_close(whole[real], theirs.logits[real], atol=PASS, rtol=0)


@pytest.fixture(scope="module")
def untied() -> Any:
    """Two layers with a decoder of their own, so that every kind of parameter is there."""
    return make_oracle(tied=False, vocab_size=32, d_feedforward=32, max_positions=32)


def key_biases(network: Roberta) -> set[str]:
    """Name the parameters that no output shows.

    A key bias adds the same number, query · bias, to all scores of a row, and softmax does not
    see what is added to all. It is the one parameter that parity of outputs cannot prove.
    """
    return {name for name in network.state_dict() if name.endswith("attention.key.bias")}


@pytest.mark.usefixtures("one_thread")
def test_a_network_that_dropped_any_one_parameter_would_not_agree(untied: Any) -> None:
    network, ids = network_of(untied), some_ids(untied, 12)
    expected = their_pass(untied, ids)
    hidden = key_biases(network)
    for name in network.state_dict():
        broken = copy.deepcopy(network)
        broken.state_dict()[name].zero_()
        worst = max(difference(broken, expected, ids).values())
        assert (worst > PASS) is (name not in hidden), (name, worst)


@pytest.mark.usefixtures("one_thread")
def test_a_network_that_swapped_any_two_parameters_would_not_agree(untied: Any) -> None:
    network, ids = network_of(untied), some_ids(untied, 12)
    expected = their_pass(untied, ids)
    hidden = key_biases(network)
    state = network.state_dict()
    pairs = [
        pair
        for pair in combinations(state, 2)
        if state[pair[0]].shape == state[pair[1]].shape and not hidden.issuperset(pair)
    ]
    assert len(pairs) > 300
    for one, other in pairs:
        values = state[one].clone(), state[other].clone()
        state[one].copy_(values[1])
        state[other].copy_(values[0])
        worst = max(difference(network, expected, ids).values())
        state[one].copy_(values[0])
        state[other].copy_(values[1])
        assert worst > PASS, (one, other)


def test_key_biases_which_no_output_shows_are_in_the_keys(untied: Any) -> None:
    network = network_of(untied)
    hidden = torch.randn(5, 32)
    for name in key_biases(network):
        module = name.removesuffix(".bias")
        theirs = untied.roberta.get_submodule(their_name(f"{module}.bias").removesuffix(".bias"))
        torch.testing.assert_close(
            network.get_submodule(module)(hidden), theirs(hidden), atol=PASS, rtol=0
        )


def test_gradients_are_those_of_transformers(network: Roberta, oracle: Any) -> None:
    """Pretraining runs this very network, through torch's fused attention."""
    ours, theirs = copy.deepcopy(network).requires_grad_(True), copy.deepcopy(oracle)
    ids = torch.randint(5, 101, (3, 9))
    real = torch.arange(9) < torch.tensor([9, 4, 6])[:, None]
    ids[~real] = 1
    targets = torch.randint(5, 101, (int(real.sum()),))
    F.cross_entropy(ours.logits(ours(ids, real)[real]), targets).backward()  # type: ignore[no-untyped-call]
    logits = theirs(ids, attention_mask=real.long()).logits[real]
    F.cross_entropy(logits, targets).backward()  # type: ignore[no-untyped-call]
    named = theirs.named_parameters(remove_duplicate=False)
    expected = {name.removeprefix("roberta."): p.grad for name, p in named}
    for name, parameter in ours.named_parameters():
        torch.testing.assert_close(
            parameter.grad, expected[their_name(name)], atol=PASS, rtol=1e-3, msg=name
        )


def configuration(**changes: Any) -> Configuration:
    """Give a small legal configuration, changed as asked."""
    values: dict[str, Any] = {
        "n_layers": 2,
        "n_heads": 2,
        "d_model": 64,
        "d_feedforward": 64,
        "vocab_size": 400,
        "max_positions": 40,
        "n_types": 1,
        "padding_id": 1,
        "layer_norm_eps": 1e-5,
        "activation": "gelu",
        "tied_decoder": True,
        "has_mask_head": True,
    }
    return Configuration(**{**values, **changes})


def test_dropout_acts_in_training_and_never_in_evaluation() -> None:
    network = Roberta(configuration(dropout=0.3))
    ids = torch.randint(5, 400, (2, 9))
    network.train()
    assert not torch.equal(network(ids), network(ids))
    network.eval()
    assert torch.equal(network(ids), network(ids))


def test_training_without_dropout_computes_what_evaluation_computes() -> None:
    network = Roberta(configuration())
    ids = torch.randint(5, 400, (2, 9))
    torch.testing.assert_close(network.train()(ids), network.eval()(ids), atol=0, rtol=0)


def test_a_new_network_starts_as_berts_code_starts_it() -> None:
    network = Roberta(configuration(tied_decoder=False))
    for name, value in network.state_dict().items():
        if value.ndim == 2 and value.shape[0] > 1:
            assert value.std().item() == pytest.approx(0.02, rel=0.1), name
            assert value.mean().item() == pytest.approx(0.0, abs=0.002), name
        elif name.endswith("norm.weight"):
            assert torch.equal(value, torch.ones(64)), name
        elif name.endswith("bias"):
            assert not value.any(), name
    assert not network.embeddings.word.weight[1].any()
    assert not network.embeddings.position.weight[1].any()


def test_logits_of_a_model_without_the_head_are_a_problem_with_a_name() -> None:
    network = Roberta(configuration(has_mask_head=False))
    with pytest.raises(problems.NoMaskHead):
        network.logits(torch.zeros(1, 64))


def test_an_unknown_activation_is_not_a_roberta() -> None:
    with pytest.raises(problems.NotRoberta, match="xielu"):
        configuration(activation="xielu")


@pytest.mark.parametrize("wrong", [{"n_heads": 3}, {"n_heads": 0}, {"max_positions": 2}])
def test_numbers_that_contradict_each_other_are_a_broken_checkpoint(wrong: dict[str, int]) -> None:
    with pytest.raises(problems.BrokenCheckpoint):
        configuration(**wrong)


def test_the_longest_input_leaves_out_the_positions_that_are_never_used() -> None:
    assert configuration(max_positions=514, padding_id=1).max_tokens == 512
    assert configuration(max_positions=512, padding_id=0).max_tokens == 511


@pytest.mark.parametrize("n_rows", range(1, 14))
def test_the_head_gives_the_same_for_any_number_of_rows(
    n_rows: int, network: Roberta, oracle: Any
) -> None:
    rows = torch.randn(n_rows, network.configuration.d_model)

    with torch.inference_mode():
        found = network.logits(rows)
        again = network.logits(rows)
        expected = oracle.lm_head(rows)

    assert found.is_contiguous()
    torch.testing.assert_close(found, expected, rtol=0, atol=PASS)
    assert torch.equal(found, again)


def test_the_head_learns_from_a_few_rows_as_from_many(network: Roberta) -> None:
    rows = torch.randn(4, network.configuration.d_model, requires_grad=True)

    (slope,) = torch.autograd.grad(network.logits(rows).sum(), rows)

    assert float(slope.abs().max()) > 0


def test_the_example_shows_a_sentence_on_its_way_through_the_network() -> None:
    command = [sys.executable, "-m", "roberta_gui.engine.roberta"]

    shown = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip

    assert (shown.stdout, shown.stderr) == (example(), "")
    assert "(1, 12, 64) (batch, token, feature)" in shown.stdout
    assert "(1, 4, 12, 12) (batch, head, query, key)" in shown.stdout
    assert len(re.findall(r"^  \S+ +(\S+ [\d.]+%(, |$)){3}", shown.stdout, re.MULTILINE)) == 12
