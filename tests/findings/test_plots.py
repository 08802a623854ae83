"""What notebooks draw: the right numbers, with names on the axes and the scale printed."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from roberta_gui import problems
from roberta_gui.analysis.projection import Axes as FittedAxes
from roberta_gui.findings import plots
from roberta_gui.records import Analysis, Lens
from tests.made_up import make_analysis
from tests.made_up_words import attributed, patched

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

NAMES = ["<s>", "␣t11", "␣t12", "<mask>", "␣t14", "</s>"]


@pytest.fixture
def axes() -> "Axes":
    """Give Axes of a figure of their own."""
    # Imported here: every worker would wait for its list of fonts, and one draws.
    from matplotlib.figure import Figure

    return Figure().subplots()


@pytest.fixture
def analysis() -> Analysis:
    return make_analysis()


def names(labels: Iterable["Text"]) -> list[str]:
    return [label.get_text() for label in labels]


def scale(axes: "Axes") -> str:
    """Return what the colour bar beside a picture says."""
    figure = axes.figure
    (bar,) = [one for one in figure.axes if one is not axes]
    return bar.get_ylabel()


def test_attention_is_drawn_with_its_scale_and_tokens(analysis: Analysis, axes: "Axes") -> None:
    assert plots.attention(analysis, 1, 2, axes) is axes

    (picture,) = axes.images
    np.testing.assert_array_equal(picture.get_array(), analysis.attention[1, 2])
    assert picture.get_clim() == (0, analysis.attention[1, 2].max())
    assert names(axes.get_xticklabels()) == names(axes.get_yticklabels()) == NAMES
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("key", "query")
    assert axes.get_title() == "attention[1, 2]"
    assert "attention" in scale(axes)


def test_hidden_states_are_drawn_where_the_axes_put_them(analysis: Analysis, axes: "Axes") -> None:
    fitted = FittedAxes.fit(analysis.hidden, n=2)

    plots.hidden_states(analysis, fitted, 2, axes)

    (points,) = axes.collections
    np.testing.assert_array_equal(points.get_offsets(), fitted.transform(analysis.hidden)[2])
    assert names(axes.texts) == NAMES
    assert f"{fitted.explained[2, 0]:.0%} of variance" in axes.get_xlabel()
    assert axes.get_title() == "hidden[2], standardised, joint axes"


def read_lens(analysis: Analysis) -> Lens:
    shape = analysis.hidden.shape[:2]
    ids = np.full((*shape, 1), 7)
    ids[:, -1] = -1  # this column is not read yet
    bits = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    logs = np.zeros((*shape, 1), np.float32)
    spelled = {7: ("$dog", True)}
    return Lens(analysis.request, analysis.model, analysis.tokens, ids, logs, bits, bits, spelled)


def test_the_lens_is_drawn_upwards_with_the_best_guesses(analysis: Analysis, axes: "Axes") -> None:
    plots.lens(read_lens(analysis), axes)

    assert names(axes.get_yticklabels()) == ["emb", "1", "2", "3"]
    assert axes.get_ylim()[0] < axes.get_ylim()[1]
    assert names(axes.texts) == [r"␣\$dog"] * 4 * 5
    assert scale(axes) == "entropy (bits)"


def test_a_lens_of_which_nothing_is_known_yet_is_drawn_empty(
    analysis: Analysis, axes: "Axes"
) -> None:
    read = read_lens(analysis)
    unknown = np.full_like(read.entropy_bits, np.nan)

    plots.lens(replace(read, ids=np.full_like(read.ids, -1), entropy_bits=unknown), axes)

    assert not axes.texts


def test_surprisal_is_drawn_in_bits_with_no_bar_where_there_is_none(
    analysis: Analysis, axes: "Axes"
) -> None:
    plots.surprisal(analysis, np.array([np.nan, 2.0, 3.5, np.nan, 1.0, np.nan]), axes)

    assert [bar.get_height() for bar in axes.patches] == [0, 2, 3.5, 0, 1, 0]  # type: ignore[attr-defined]
    assert names(axes.get_xticklabels()) == NAMES
    assert axes.get_ylabel() == "surprisal (bits)"


def test_what_each_token_adds_is_drawn_in_bits(analysis: Analysis, axes: "Axes") -> None:
    *_, found = attributed(analysis, " is", " are", "occlusion", 0)
    plots.attribution(found, axes)

    bars = [bar.get_height() for bar in axes.patches]  # type: ignore[attr-defined]
    np.testing.assert_allclose(bars, np.nan_to_num(found.values) / np.log(2))
    assert axes.get_title() == "log₂ p(“␣is”) − log₂ p(“␣are”), occlusion"
    assert names(axes.get_xticklabels()) == NAMES


def test_what_copied_states_bring_back_is_drawn_around_nothing(
    analysis: Analysis, axes: "Axes"
) -> None:
    *_, found = patched((analysis, analysis), (analysis.request, analysis.request), " is", 0)
    plots.patching(found, axes)

    (picture,) = axes.images
    np.testing.assert_array_equal(picture.get_array(), found.regained)
    low, high = picture.get_clim()
    assert low == -high <= -1
    assert names(axes.get_yticklabels())[:2] == ["emb", "1"]
    assert axes.get_title() == "where “␣is” comes from"
    whole = replace(found, log_probability=found.log_probability[:, 0])
    with pytest.raises(problems.BadArgument, match="no tokens"):
        plots.patching(whole, axes)


def test_without_axes_a_new_figure_is_made(analysis: Analysis) -> None:
    from matplotlib import pyplot

    pyplot.switch_backend("agg")

    drawn = plots.attention(analysis, 0, 0)

    assert drawn.figure is pyplot.gcf()
    drawn.figure.canvas.draw()
    pyplot.close()


def test_what_is_not_there_is_refused(analysis: Analysis, axes: "Axes") -> None:
    one = FittedAxes.fit(analysis.hidden, n=1)
    two = FittedAxes.fit(analysis.hidden, n=2)
    for layer, head in [(3, 0), (0, 4), (-1, 0)]:
        with pytest.raises(problems.NoSuchHead):
            plots.attention(analysis, layer, head, axes)
    with pytest.raises(problems.BadArgument, match="one axis"):
        plots.hidden_states(analysis, one, 0, axes)
    with pytest.raises(problems.BadArgument, match="no layer 4"):
        plots.hidden_states(analysis, two, 4, axes)
    with pytest.raises(problems.BadArgument, match="Bits of shape"):
        plots.surprisal(analysis, np.zeros(3), axes)
