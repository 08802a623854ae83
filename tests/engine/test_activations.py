"""Every activation that transformers has for an encoder is the same function here."""

import pytest
import torch

from roberta_gui.engine.configuration import ACTIVATIONS

WITH_WEIGHTS = {"prelu", "xielu"}
"""They would need parameters that no RoBERTa has."""


def test_all_that_transformers_names_are_there() -> None:
    from transformers.activations import ACT2CLS

    assert ACT2CLS.keys() - ACTIVATIONS.keys() == WITH_WEIGHTS
    assert ACTIVATIONS.keys() <= ACT2CLS.keys()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_that_of_transformers(name: str) -> None:
    from transformers.activations import ACT2FN

    values = torch.cat([torch.linspace(-12, 12, 4801), torch.tensor([0.0, -0.0, 60.0, -60.0])])
    # float64: what is left of a difference is a difference of the formulas.
    ours, theirs = ACTIVATIONS[name](values.double()), ACT2FN[name](values.double())
    torch.testing.assert_close(ours, theirs, rtol=1e-6, atol=1e-9)
