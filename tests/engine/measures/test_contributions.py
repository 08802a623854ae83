"""What heads add, against vectors written out from transformers' own weights and hidden states."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from roberta_gui import problems
from roberta_gui.analysis.heads.words import to_words, word_numbers
from roberta_gui.records import AnalysisRequest
from tests.engine.twins import Twins, make_twins
from tests.tolerances import PASS

TEXT = "The hippopotamus didn't <mask> unbelievably fast."


@torch.no_grad()
def their_vectors(twins: Twins, text: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give α (x W_V + b_V) W_O by transformers, and what its attention modules put out.

    Returns
    -------
    (layer, head, query, key, feature), (layer, query, feature)
        The output without b_O.
    """
    layers = twins.oracle.base_model.encoder.layer
    outputs: list[NDArray[np.float64]] = []

    def keep(module: Any, given: Any, output: torch.Tensor) -> None:
        outputs.append((output[0] - module.bias).double().numpy())

    hooks = [layer.attention.output.dense.register_forward_hook(keep) for layer in layers]
    ids = torch.tensor([twins.ids(text)])
    found = twins.oracle(ids, output_hidden_states=True, output_attentions=True)
    for hook in hooks:
        hook.remove()
    vectors = []
    for layer, hidden, attention in zip(
        layers, found.hidden_states[:-1], found.attentions, strict=True
    ):
        n_heads = attention.shape[1]
        value = layer.attention.self.value(hidden[0]).double().numpy()
        output = layer.attention.output.dense.weight.double().numpy().T
        d_head = len(output) // n_heads
        slices = [slice(head * d_head, (head + 1) * d_head) for head in range(n_heads)]
        moved = np.stack([value[:, part] @ output[part] for part in slices])
        vectors.append(np.einsum("hqk,hkf->hqkf", attention[0].double().numpy(), moved))
    return np.stack(vectors), np.stack(outputs)


def test_the_vectors_of_all_heads_and_keys_sum_to_what_the_attention_puts_out(
    twins: Twins,
) -> None:
    vectors, outputs = their_vectors(twins, TEXT)

    np.testing.assert_allclose(vectors.sum(axis=(1, 3)), outputs, atol=PASS)


def test_a_contribution_is_the_length_of_that_vector(twins: Twins) -> None:
    vectors, _ = their_vectors(twins, TEXT)

    found = twins.engine.contributions(AnalysisRequest(TEXT))

    np.testing.assert_allclose(found, np.linalg.norm(vectors, axis=-1), atol=PASS)
    assert found.dtype == np.float32
    assert not found.flags.writeable


@pytest.mark.parametrize(
    "shape",
    [{"n_heads": 5, "d_model": 40}, {"n_heads": 16, "d_model": 16}],
    ids=str,
)
def test_heads_of_odd_sizes_contribute_too(shape: dict[str, int], tmp_path: Path) -> None:
    odd = make_twins(tmp_path, n_layers=1, mask_head=False, family="xlm-roberta", **shape)
    vectors, _ = their_vectors(odd, TEXT)

    found = odd.engine.contributions(AnalysisRequest(TEXT))

    np.testing.assert_allclose(found, np.linalg.norm(vectors, axis=-1), atol=PASS)


@pytest.mark.parametrize("layer", [0, 2])
def test_all_of_a_head_together_is_what_the_module_puts_out_without_the_other_heads(
    layer: int, twins: Twins
) -> None:
    n_tokens = len(twins.ids(TEXT))

    # All tokens as one word: the vectors summed over all keys and averaged over the queries.
    found = twins.engine.contributions(AnalysisRequest(TEXT), np.zeros(n_tokens, dtype=int))

    assert found.shape == (3, 4, 1, 1)
    for head in range(4):
        with twins.without(layer, *({0, 1, 2, 3} - {head})):
            _, outputs = their_vectors(twins, TEXT)
        expected = np.linalg.norm(outputs[layer].mean(axis=0))
        assert found[layer, head, 0, 0] == pytest.approx(expected, abs=PASS)


def test_between_words_vectors_are_summed_before_they_are_measured(twins: Twins) -> None:
    tokens = twins.engine.tokenize(TEXT)
    apart = list(word_numbers(tokens))
    apart[1] = apart[-2]  # a word whose pieces stand apart
    vectors, _ = their_vectors(twins, TEXT)
    attention = twins.engine.analyse(AnalysisRequest(TEXT)).attention
    groups = to_words(attention, apart).groups
    assert {len(group) for group in groups} == {1, 2, 3}

    found = twins.engine.contributions(AnalysisRequest(TEXT), apart)

    summed = np.empty(found.shape)
    for row, queries in enumerate(groups):
        for column, keys in enumerate(groups):
            mean = vectors[:, :, list(queries)][:, :, :, list(keys)].sum(axis=3).mean(axis=2)
            summed[:, :, row, column] = np.linalg.norm(mean, axis=-1)
    np.testing.assert_allclose(found, summed, atol=PASS)
    # Norms that are summed afterwards are larger where pieces pull apart.
    norms = to_words(np.linalg.norm(vectors, axis=-1), apart).matrix
    assert (norms - found).max() > 0.05
    assert (norms - found).min() > -PASS


def test_words_of_one_token_contribute_what_the_token_does(twins: Twins) -> None:
    n_tokens = len(twins.ids(TEXT))

    np.testing.assert_allclose(
        twins.engine.contributions(AnalysisRequest(TEXT), [-1] * n_tokens),
        twins.engine.contributions(AnalysisRequest(TEXT)),
        atol=PASS,
    )


def test_a_head_switched_off_brings_nothing_and_changes_the_layers_above(twins: Twins) -> None:
    off = AnalysisRequest(TEXT, switched_off=frozenset({(1, 2)}))

    found, whole = (
        twins.engine.contributions(off),
        twins.engine.contributions(AnalysisRequest(TEXT)),
    )

    assert not found[1, 2].any()
    np.testing.assert_array_equal(found[:2, :2], whole[:2, :2])
    with twins.without(1, 2):
        vectors, _ = their_vectors(twins, TEXT)
    np.testing.assert_allclose(found, np.linalg.norm(vectors, axis=-1), atol=PASS)
    assert np.abs(found[2] - whole[2]).max() > 1e-3


@pytest.mark.parametrize("by_word", [False, True])
def test_a_head_that_gives_its_mean_brings_the_same_to_every_query(
    by_word: bool, twins: Twins
) -> None:
    off = AnalysisRequest(TEXT, switched_off=frozenset({(0, 1)}), ablation="mean")
    words = word_numbers(twins.engine.tokenize(TEXT)) if by_word else None
    vectors, _ = their_vectors(twins, TEXT)

    found = twins.engine.contributions(off, words)[0, 1]

    mean = vectors[0, 1].mean(axis=0)  # (key, feature)
    if words is not None:
        groups = to_words(np.eye(len(words), dtype=np.float32), words).groups
        mean = np.stack([mean[list(group)].sum(axis=0) for group in groups])
    expected = np.broadcast_to(np.linalg.norm(mean, axis=-1), found.shape)
    np.testing.assert_allclose(found, expected, atol=PASS)


def test_a_step_is_one_layer_and_the_work_ends_when_told_to(twins: Twins) -> None:
    request = AnalysisRequest(TEXT)
    steps = list(twins.engine.contribution_steps(request))
    np.testing.assert_array_equal(np.stack(steps), twins.engine.contributions(request))

    told: list[str] = []
    with pytest.raises(problems.Stopped):
        twins.engine.contributions(
            request, stop=lambda: len(told) == 2, report=lambda text, _: told.append(text)
        )
    assert told == ["Layer 1 of 3", "Layer 2 of 3"]


def test_an_empty_text_has_the_contributions_of_its_special_tokens(twins: Twins) -> None:
    assert twins.engine.contributions(AnalysisRequest("")).shape == (3, 4, 2, 2)
    assert twins.engine.contributions(AnalysisRequest(""), [-1, -1]).shape == (3, 4, 2, 2)


def test_words_that_do_not_fit_the_tokens_are_refused(twins: Twins) -> None:
    with pytest.raises(problems.BadArgument, match="2 word numbers"):
        twins.engine.contributions(AnalysisRequest(TEXT), [0, 0])
