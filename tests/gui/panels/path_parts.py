"""What the tests of "Through the layers" share: its maps and buttons, and cosines by hand."""

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.records import Analysis
from tests.gui.shown_panel import ShownPanel, axes_of
from tests.made_up import MADE_UP

TEXT = "The cat sat on the <mask> tonight"


def maps(shown: ShownPanel) -> tuple[LayerHeatmap, LayerHeatmap]:
    itself, others = shown.panel.findChildren(LayerHeatmap)
    return itself, others


def written(value: float, digits: int = 2) -> str:
    """Write a number with a minus sign, which what rounds to zero has not."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "−" if float(text) else "")


def prepared(analysis: Analysis, space: Space) -> NDArray[np.float64]:
    """Centre and scale by hand, from the preparation's own numbers."""
    preparations = axes_of(MADE_UP).preparations.get(space)
    assert preparations is not None
    states = np.stack(
        [
            (h - p.centre) * p.scale
            for h, p in zip(analysis.hidden, preparations.layers, strict=True)
        ]
    )
    unit: NDArray[np.float64] = states / np.linalg.norm(states, axis=-1, keepdims=True)
    return unit
