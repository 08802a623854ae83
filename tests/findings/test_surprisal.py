"""What is told of surprisal where no token is scored."""

from dataclasses import replace

import pytest

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.engine import Engine
from roberta_gui.findings import surprisal


@pytest.mark.parametrize("text", ["", "<mask>"])
def test_where_no_token_is_scored_that_is_said(text: str, engine: Engine) -> None:
    told = surprisal.caption(engine.analyse(text), engine.surprisal(text))

    assert " No token is scored. " in told
    assert "nan" not in told


def test_nothing_is_more_or_less_than_the_mean_of_no_token(engine: Engine) -> None:
    here, there = engine.analyse("A cat."), engine.analyse("<mask>")
    a, b = (
        surprisal.TokenSurprisal(one, "pll", engine.surprisal(one.request)) for one in (here, there)
    )

    assert replace(a, comparison=Comparison(here, there), b=b).compared_mean == ""
