"""What Through the layers says of sentences of a token or two."""

import pytest

from roberta_gui.findings import path
from tests.made_up import MADE_UP, made_up_analysis, made_up_axes


@pytest.mark.parametrize("token", [0, 1])
def test_of_two_tokens_the_one_is_compared_with_the_other(token: int) -> None:
    told = path.caption(made_up_analysis(""), made_up_axes(MADE_UP), 1, token)

    names = ("“<s>” and “</s>”", "“</s>” and “<s>”")[token]
    assert f"In layer 1 {names} have a cosine of " in told
    assert "no two tokens" not in told
