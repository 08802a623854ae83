"""One panel alone on made-up data, for whoever develops it."""

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.gui.panels import PANELS
from tests.made_up import MADE_UP, made_up_analysis, made_up_axes
from tests.preview import Preview

TEXT = "The cat sat on the <mask>"


def test_made_up_analyses_obey_shapes_and_sums() -> None:
    analysis = made_up_analysis(TEXT)
    n = len(TEXT.split()) + 2

    assert len(analysis.tokens) == n
    assert analysis.attention.shape == (MADE_UP.n_layers, MADE_UP.n_heads, n, n)
    assert analysis.hidden.shape == (MADE_UP.n_layers + 1, n, MADE_UP.d_model)
    np.testing.assert_allclose(analysis.attention.sum(-1), 1, atol=1e-5)
    assert not analysis.attention.flags.writeable
    assert [TEXT[t.start : t.end] for t in analysis.tokens[1:-1]] == TEXT.split()
    (fill,) = analysis.fills
    assert fill.covered == pytest.approx(sum(c.probability for c in fill.candidates))


def test_the_same_seed_makes_up_the_same() -> None:
    one, two = made_up_analysis(TEXT, seed=3), made_up_analysis(TEXT, seed=3)

    np.testing.assert_array_equal(one.hidden, two.hidden)
    axes = made_up_axes(MADE_UP)
    assert axes.is_complete
    raw = axes.fitted(Space("raw"))
    assert raw is not None
    assert raw.axes.loadings.shape == (MADE_UP.n_layers + 1, MADE_UP.d_model, 3)


@pytest.fixture
def made() -> Iterator[list[Preview]]:
    made: list[Preview] = []
    yield made
    for preview in made:
        preview.jobs.shutdown(wait=True)
    made.clear()


@pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.name)
def test_every_panel_can_be_previewed(qtbot: QtBot, made: list[Preview], kind: type) -> None:
    made.append(Preview(kind, TEXT))
    qtbot.addWidget(made[0])
    with qtbot.waitExposed(made[0]):
        made[0].show()

    qtbot.waitUntil(lambda: made[0].panel.is_current)

    assert made[0].panel.table() is not None
