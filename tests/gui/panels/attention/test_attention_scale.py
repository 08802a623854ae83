"""The Attention panel's scales: on the automatic one no map is near empty."""

from dataclasses import replace

import numpy as np
import pytest

from roberta_gui.gui.panels.attention.panel import AttentionPanel
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.records import Analysis
from tests.gui.shown_panel import ShownPanel
from tests.made_up import made_up_analysis

pytestmark = pytest.mark.panel(kind=AttentionPanel, size=(640, 520))


def broad_and_sharp() -> Analysis:
    """Layer 1 looks everywhere but in one of its 60 rows, layer 2 at single tokens."""
    analysis = made_up_analysis("word " * 58)
    attention = np.full_like(analysis.attention, 1 / 60)
    attention[0, 0, 5] = np.eye(60)[9]
    attention[1, 0] = np.eye(60)
    return replace(analysis, attention=attention)


def picture(shown: ShownPanel) -> Heatmap:
    found = shown.panel.picture()
    assert isinstance(found, Heatmap)
    return found


def test_a_head_of_which_most_would_be_too_faint_is_drawn_in_square_roots_and_says_why(
    shown: ShownPanel,
) -> None:
    shown.show(broad_and_sharp())
    shown.panel.start()
    scale = picture(shown).scale
    told = shown.panel.caption_text()

    assert scale.root
    assert scale.colour_rows(np.array([1 / 60], np.float32))[0] > 255 / 10  # a sixtieth is seen
    assert (
        "square-root scale 0 to ≥\N{NO-BREAK SPACE}0.017 (on a linear one 98 % would be too faint)"
        in told
    )  # 59 of 60 rows
    assert "to see here" not in told


def test_a_head_that_can_be_read_keeps_a_linear_scale(shown: ShownPanel) -> None:
    shown.show(broad_and_sharp())
    shown.store.select_head(1, 0)
    shown.panel.start()

    assert not picture(shown).scale.root
    assert "square-root" not in shown.panel.caption_text()
    assert "faint" not in shown.panel.caption_text()  # empty cells hide nothing


def test_lines_are_linear_on_the_automatic_scale(shown: ShownPanel) -> None:
    shown.store.choose("attention", drawn_as="arcs")
    shown.show(broad_and_sharp())
    shown.panel.start()

    assert "scale 0 – 1 ·" in shown.panel.caption_text()


@pytest.mark.parametrize("scale", ["head", "layer", "all"])
def test_who_chooses_a_linear_scale_gets_it_and_is_told_what_it_hides(
    shown: ShownPanel, scale: str
) -> None:
    shown.store.choose("attention", scale=scale)
    shown.show(broad_and_sharp())
    shown.panel.start()

    assert not picture(shown).scale.root
    told = "98 % of the whole is too faint to see here: “Automatic scale” in Draw ▾ shows it"
    assert told in shown.panel.caption_text()


def test_the_logarithmic_scale_hides_nothing(shown: ShownPanel) -> None:
    shown.store.choose("attention", scale="log")
    shown.show(broad_and_sharp())
    shown.panel.start()

    assert picture(shown).scale.log
    assert "faint" not in shown.panel.caption_text()


@pytest.mark.parametrize("measure", ["attention", "contribution", "rollout"])
def test_every_measure_has_an_automatic_scale_that_can_be_read(
    shown: ShownPanel, measure: str
) -> None:
    shown.store.choose("attention", measure=measure)
    shown.show(broad_and_sharp())
    shown.panel.start()
    shown.derive()
    map_ = picture(shown)
    arrays = shown.panel.arrays()
    assert arrays is not None
    values = arrays[measure]

    pale = map_.scale.colour_rows(values) < 0.08 * 255
    assert values[pale].sum() <= 0.25 * values.sum()
